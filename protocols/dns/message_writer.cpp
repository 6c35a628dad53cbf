// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <cassert>
#include <span>
#include <utility>

#include "protocols/dns/message.hpp"
#include "protocols/dns/writer.hpp"

namespace mailroom::dns {

namespace {

constexpr unsigned kTruncated = 0x0200;

struct WriteRdata {
  Writer& out;

  void operator()(const A& a) const { out.u32(a.address); }
  void operator()(const Aaaa& aaaa) const {
    for (const std::uint8_t octet : aaaa.address) out.u8(octet);
  }
  void operator()(const Ns& ns) const { out.name(ns.server); }
  void operator()(const Cname& cname) const { out.name(cname.target); }
  void operator()(const Ptr& ptr) const { out.name(ptr.target); }
  void operator()(const Mx& mx) const {
    out.u16(mx.preference);
    out.name(mx.exchange);
  }
  void operator()(const Soa& soa) const {
    out.name(soa.primary);
    out.name(soa.responsible);
    for (const std::uint32_t number : {soa.serial, soa.refresh_s, soa.retry_s, soa.expire_s, soa.minimum_s})
      out.u32(number);
  }
  void operator()(const Txt& txt) const {
    for (const std::string& string : txt.strings) {
      assert(string.size() <= 255);
      out.u8(static_cast<unsigned>(string.size()));
      out.octets(string);
    }
  }
  void operator()(const Opaque& opaque) const { out.octets(opaque.octets); }
};

unsigned flags(const Message& message) {
  const auto bit = [](bool on, unsigned value) { return on ? value : 0; };
  return bit(message.is_response, 0x8000) | (std::to_underlying(message.opcode) & 15U) << 11 |
         bit(message.is_authoritative, 0x0400) | bit(message.is_truncated, kTruncated) |
         bit(message.recursion_desired, 0x0100) | bit(message.recursion_available, 0x0080) |
         bit(message.authentic_data, 0x0020) | bit(message.checking_disabled, 0x0010) |
         (std::to_underlying(message.rcode) & 15U);
}

std::string edns_octets(const Message& message, std::span<const EdnsOption> options) {
  Writer out;
  const Edns& edns = *message.edns;
  out.u8(0);
  out.u16(std::to_underlying(Type::opt));
  out.u16(edns.udp_octets);
  out.u8(std::to_underlying(message.rcode) >> 4 & 255U);
  out.u8(edns.version);
  out.u16(edns.dnssec_ok ? 0x8000 : 0);
  std::size_t length = 0;
  for (const EdnsOption& option : options) length += 4 + option.octets.size();
  out.u16(static_cast<unsigned>(length));
  for (const EdnsOption& option : options) {
    out.u16(option.code);
    out.u16(static_cast<unsigned>(option.octets.size()));
    out.octets(option.octets);
  }
  return out.take();
}

void write_record(Writer& out, const Record& record) {
  out.name(record.owner);
  out.u16(std::to_underlying(record.type()));
  out.u16(std::to_underlying(record.cls));
  out.u32(record.ttl_s);
  const std::size_t length_at = out.size();
  out.u16(0);
  std::visit(WriteRdata{out}, record.data);
  out.set_u16(length_at, static_cast<unsigned>(out.size() - length_at - 2));
}

struct Written {
  unsigned records = 0;
  bool complete = true;
};

// The records of one section that fit into `limit`, RRset by RRset. Of courtesies, those that fit after one
// that did not; of others, none.
Written write_section(Writer& out, std::span<const Record> records, std::size_t limit, bool are_courtesies) {
  Written written;
  while (!records.empty()) {
    const auto other = std::ranges::find_if_not(records, [&](const Record& record) {
      return record.type() == records.front().type() && record.owner == records.front().owner;
    });
    const auto set = records.first(static_cast<std::size_t>(other - records.begin()));
    records = records.subspan(set.size());
    const std::size_t mark = out.size();
    for (const Record& record : set) write_record(out, record);
    if (out.size() <= limit) {
      written.records += static_cast<unsigned>(set.size());
      continue;
    }
    out.take_back_to(mark);
    written.complete = false;
    if (!are_courtesies) break;
  }
  return written;
}

// The addresses of a referral's servers are no mere courtesy.
bool is_referral(const Message& message) {
  return message.is_response && !message.is_authoritative && message.answers.empty() &&
         std::ranges::any_of(message.authority,
                             [](const Record& record) { return record.type() == Type::ns; });
}

}  // namespace

std::string write_message(const Message& message, std::size_t limit_octets) {
  assert(limit_octets >= kUdpOctets);
  std::string opt = message.edns ? edns_octets(message, message.edns->options) : "";
  // Options are courtesies; the rest of OPT is not, and always fits.
  if (opt.size() > limit_octets / 2) opt = edns_octets(message, {});
  const std::size_t limit = std::min(limit_octets, kTcpOctets) - opt.size();
  Writer out;
  out.u16(message.id);
  for (int i = 0; i < 5; ++i) out.u16(0);  // flags and counts: below
  unsigned questions = 0;
  bool complete = true;
  for (const Question& question : message.questions) {
    const std::size_t mark = out.size();
    out.name(question.name);
    out.u16(std::to_underlying(question.type));
    out.u16(std::to_underlying(question.cls));
    if (out.size() > limit) {
      out.take_back_to(mark);
      complete = false;
      break;
    }
    ++questions;
  }
  out.set_u16(4, questions);
  bool truncated = message.is_truncated || !complete;
  std::size_t count_at = 6;
  for (const auto* section : {&message.answers, &message.authority, &message.additional}) {
    const bool is_additional = section == &message.additional;
    Written written;
    if (complete) written = write_section(out, *section, limit, is_additional);
    complete = complete && written.complete;
    if (!complete && (!is_additional || is_referral(message))) truncated = true;
    out.set_u16(count_at, written.records + (is_additional && message.edns ? 1 : 0));
    count_at += 2;
  }
  out.octets(opt);
  out.set_u16(2, flags(message) | (truncated ? kTruncated : 0));
  return out.take();
}

}  // namespace mailroom::dns
