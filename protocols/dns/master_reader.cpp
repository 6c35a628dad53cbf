// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/master_reader.hpp"

#include <string>

#include "protocols/dns/ascii.hpp"
#include "protocols/dns/master_lexer.hpp"
#include "protocols/dns/message.hpp"

namespace mailroom::dns {

namespace {

constexpr std::string_view kSection = "RFC 1035 §5.1";
constexpr std::uint32_t kU16 = 0xffff;
constexpr std::uint32_t kU32 = 0xffffffff;

template <typename Address>
Address address(MasterLexer& in, std::optional<Address> (&parse)(std::string_view),
                std::string_view expected) {
  const MasterWord word = in.word(expected);
  const auto value = parse(word.text);
  if (!value || word.quoted) in.fail(word.offset, kSection, expected);
  return value.value_or(Address{});
}

Soa read_soa(MasterLexer& in, const Name& origin) {
  Soa soa;
  soa.primary = in.name(origin, "the primary server's name");
  soa.responsible = in.name(origin, "the responsible person's mailbox, as a name");
  soa.serial = in.number(kU32, "the serial number");
  soa.refresh_s = in.duration_s("the time to refresh");
  soa.retry_s = in.duration_s("the time to retry");
  soa.expire_s = in.duration_s("the time to expire");
  soa.minimum_s = in.duration_s("the time that a negative answer may be cached");
  return soa;
}

Txt read_txt(MasterLexer& in) {
  Txt txt;
  std::size_t size = 0;
  do {
    const std::size_t offset = in.offset();
    txt.strings.push_back(in.string());
    size += 1 + txt.strings.back().size();
    if (size > kU16) in.fail(offset, "RFC 1035 §3.2.1", "strings of at most 65535 octets together");
  } while (!in.at_end() && !in.error());
  return txt;
}

// RFC 3597 §5: \# LENGTH HEX...
Opaque read_opaque(MasterLexer& in, Type type) {
  constexpr std::string_view kExpected = "\\#, a length, and as many octets as hex digits";
  Opaque out{type, {}};
  if (in.peek() != "\\#") in.fail(in.offset(), "RFC 3597 §5", kExpected);
  if (in.error()) return out;
  in.skip();
  const std::uint32_t length = in.number(kU16, "a length of at most 65535");
  const std::size_t offset = in.offset();
  std::string digits;
  while (!in.at_end() && !in.error()) digits += in.word(kExpected).text;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const int high = ascii::hexadecimal(digits[i]);
    const int low = ascii::hexadecimal(digits[i + 1]);
    if (high < 0 || low < 0) in.fail(offset, "RFC 3597 §5", kExpected);
    out.octets += static_cast<char>(high * 16 + low);
  }
  if (digits.size() != std::size_t{2} * length) in.fail(offset, "RFC 3597 §5", kExpected);
  return out;
}

Rdata read_rdata(MasterLexer& in, Type type, const Name& origin) {
  switch (type) {
    case Type::a:
      return A{address(in, parse_ipv4, "an IPv4 address")};
    case Type::aaaa:
      return Aaaa{address(in, parse_ipv6, "an IPv6 address")};
    case Type::ns:
      return Ns{in.name(origin, "the server's name")};
    case Type::cname:
      return Cname{in.name(origin, "the canonical name")};
    case Type::ptr:
      return Ptr{in.name(origin, "a name")};
    case Type::mx: {
      const auto preference = static_cast<std::uint16_t>(in.number(kU16, "a preference of at most 65535"));
      return Mx{preference, in.name(origin, "the mail exchanger's name")};
    }
    case Type::soa:
      return read_soa(in, origin);
    case Type::txt:
      return read_txt(in);
    default:
      return read_opaque(in, type);
  }
}

bool is_data(Type type) {
  return type != Type::opt && type != Type::ixfr && type != Type::axfr && type != Type::any;
}

// [TTL] [IN] TYPE, the first two in either order.
Type read_type(MasterLexer& in, std::uint32_t& ttl_s) {
  bool has_ttl = false;
  bool has_class = false;
  while (const auto word = in.peek()) {
    if (!has_class && ascii::same(*word, "IN")) {
      has_class = true;
    } else if (!has_ttl && ascii::is_digit(word->front()) && parse_duration_s(*word)) {
      ttl_s = *parse_duration_s(*word);
      has_ttl = true;
    } else {
      break;
    }
    in.skip();
  }
  const MasterWord word = in.word("a type: A, AAAA, CNAME, MX, NS, PTR, SOA, TXT");
  const auto type = parse_type(word.text);
  if (!type || word.quoted || !is_data(*type))
    in.fail(word.offset, kSection, "a type: A, AAAA, CNAME, MX, NS, PTR, SOA, TXT or TYPE and its number");
  return type.value_or(Type::a);
}

}  // namespace

std::expected<std::optional<Record>, ParseError> MasterReader::read_line(std::string_view line) {
  MasterLexer in(line);
  if (in.error()) return std::unexpected(*in.error());
  if (in.at_end()) return std::nullopt;
  const auto word = in.peek();
  if (word && word->starts_with('$')) {
    in.skip();
    Name origin = origin_;
    std::uint32_t ttl_s = ttl_s_;
    if (ascii::same(*word, "$ORIGIN")) {
      origin = in.name(origin_, "the new origin");
    } else if (ascii::same(*word, "$TTL")) {
      ttl_s = in.duration_s("the new TTL");
    } else {
      in.fail(0, kSection, "$ORIGIN, $TTL or a record");
    }
    in.end();
    if (in.error()) return std::unexpected(*in.error());
    origin_ = std::move(origin);
    ttl_s_ = ttl_s;
    return std::nullopt;
  }
  Record record{{}, Class::in, ttl_s_, {}};
  if (in.starts_with_blank()) {
    if (!owner_) in.fail(0, kSection, "an owner's name, or @");
    record.owner = owner_.value_or(Name());
  } else {
    record.owner = in.name(origin_, "an owner's name, or @");
  }
  const Type type = read_type(in, record.ttl_s);
  if (!in.error()) record.data = read_rdata(in, type, origin_);
  in.end();
  if (in.error()) return std::unexpected(*in.error());
  owner_ = record.owner;
  return record;
}

}  // namespace mailroom::dns
