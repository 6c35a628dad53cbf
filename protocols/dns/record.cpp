// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/record.hpp"

#include <fmt/format.h>

namespace mailroom::dns {

namespace {

// RFC 1035 §5.1: <character-string> in quotes.
std::string quoted(std::string_view octets) {
  std::string out = "\"";
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < ' ' || octet > '~') {
      out += fmt::format("\\{:03}", octet);
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + '"';
}

struct TypeOf {
  Type operator()(const A&) const { return Type::a; }
  Type operator()(const Aaaa&) const { return Type::aaaa; }
  Type operator()(const Ns&) const { return Type::ns; }
  Type operator()(const Cname&) const { return Type::cname; }
  Type operator()(const Ptr&) const { return Type::ptr; }
  Type operator()(const Mx&) const { return Type::mx; }
  Type operator()(const Soa&) const { return Type::soa; }
  Type operator()(const Txt&) const { return Type::txt; }
  Type operator()(const Opaque& opaque) const { return opaque.type; }
};

struct TextOf {
  std::string operator()(const A& a) const { return ipv4_text(a.address); }
  std::string operator()(const Aaaa& aaaa) const { return ipv6_text(aaaa.address); }
  std::string operator()(const Ns& ns) const { return ns.server.absolute_text(); }
  std::string operator()(const Cname& cname) const { return cname.target.absolute_text(); }
  std::string operator()(const Ptr& ptr) const { return ptr.target.absolute_text(); }
  std::string operator()(const Mx& mx) const {
    return fmt::format("{} {}", mx.preference, mx.exchange.absolute_text());
  }
  std::string operator()(const Soa& soa) const {
    return fmt::format("{} {} {} {} {} {} {}", soa.primary.absolute_text(), soa.responsible.absolute_text(),
                       soa.serial, soa.refresh_s, soa.retry_s, soa.expire_s, soa.minimum_s);
  }
  std::string operator()(const Txt& txt) const {
    std::string out;
    for (const std::string& string : txt.strings) out += (out.empty() ? "" : " ") + quoted(string);
    return out;
  }
  // RFC 3597 §5
  std::string operator()(const Opaque& opaque) const {
    std::string out = fmt::format("\\# {}", opaque.octets.size());
    if (!opaque.octets.empty()) out += ' ';
    for (const char c : opaque.octets) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
  }
};

}  // namespace

Type type_of(const Rdata& data) {
  return std::visit(TypeOf{}, data);
}

std::string text(const Rdata& data) {
  return std::visit(TextOf{}, data);
}

const Name* named_host(const Rdata& data) {
  if (const auto* ns = std::get_if<Ns>(&data)) return &ns->server;
  if (const auto* mx = std::get_if<Mx>(&data)) return &mx->exchange;
  return nullptr;
}

std::string text(const Record& record) {
  return fmt::format("{} {} {} {} {}", record.owner.absolute_text(), record.ttl_s, name(record.cls),
                     name(record.type()), text(record.data));
}

}  // namespace mailroom::dns
