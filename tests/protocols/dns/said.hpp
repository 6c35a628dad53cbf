// SPDX-License-Identifier: GPL-2.0-only
// What a message says, in one line: the same that tests/interop/python_dns.py makes of it. And octets as hex.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "protocols/dns/message.hpp"

namespace mailroom::dns {

inline std::string hex(std::string_view octets) {
  std::string out;
  for (const char c : octets) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

inline std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

inline std::string said(const Message& message) {
  std::string out = fmt::format("id {} | opcode {} | rcode {}", message.id,
                                std::to_underlying(message.opcode), std::to_underlying(message.rcode));
  const std::pair<bool, const char*> flags[] = {
      {message.is_response, "qr"},       {message.is_authoritative, "aa"},    {message.is_truncated, "tc"},
      {message.recursion_desired, "rd"}, {message.recursion_available, "ra"}, {message.authentic_data, "ad"},
      {message.checking_disabled, "cd"},
  };
  for (const auto& [on, flag] : flags)
    if (on) out += fmt::format(" | {}", flag);
  if (const auto& edns = message.edns) {
    out += fmt::format(" | edns {} {} {}", edns->version, edns->udp_octets, edns->dnssec_ok ? 1 : 0);
    for (const EdnsOption& option : edns->options)
      out += fmt::format(" | option {} {}", option.code, hex(option.octets));
  }
  for (const Question& question : message.questions)
    out += fmt::format(" | ? {} {} {}", question.name.absolute_text(), std::to_underlying(question.cls),
                       std::to_underlying(question.type));
  const std::pair<const char*, const std::vector<Record>*> sections[] = {
      {"answer", &message.answers}, {"authority", &message.authority}, {"more", &message.additional}};
  for (const auto& [mark, records] : sections)
    for (const Record& record : *records)
      out += fmt::format(" | {} {} {} {} {}", mark, record.owner.absolute_text(), record.ttl_s,
                         std::to_underlying(record.type()), text(record.data));
  return out;
}

}  // namespace mailroom::dns
