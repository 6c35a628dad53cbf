// SPDX-License-Identifier: GPL-2.0-only
// Trace fields (RFC 5321 §4.4, RFC 5322 §3.6.7): `Received:`, which each SMTP receiver puts in front of the
// message, and `Return-Path:`, which the host of final delivery adds.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/message/date.hpp"
#include "protocols/message/header.hpp"
#include "protocols/message/parse_error.hpp"

namespace mailroom::message {

// An empty string: that clause is not there.
struct Received {
  std::string from{};           // the name the client gave with HELO or EHLO
  std::string from_tcp_info{};  // what the receiver saw: `host [192.0.2.1]`; the parentheses are added
  std::string by{};
  std::string by_tcp_info{};
  std::string via{};   // TCP
  std::string with{};  // SMTP, ESMTP …
  std::string id{};
  std::string for_path{};  // without < and >
  std::vector<std::pair<std::string, std::string>>
      additional{};  // other clauses: name, value (RFC 5321 Additional-Registered-Clauses)
  DateTime date{};   // when written: in UTC
  friend bool operator==(const Received&, const Received&) = default;
};

// The whole field with its CRLF, folded between clauses to at most 78 octets a line (a single longer word
// stands alone). Line breaks inside a clause become blanks.
std::string format(const Received& received);

// `value` is the field's value, folded or not. Clauses in any order; comments that are not TCP-info are left
// out.
std::expected<Received, ParseError> parse_received(std::string_view value);

// How many hosts have handled the message: a receiver refuses at its hop limit (RFC 5321 §6.3).
std::size_t received_count(const Header& header);

// `Return-Path: <path>` CRLF; the empty path is that of a notification.
std::string format_return_path(std::string_view reverse_path);
// The path without < and >, without a source route; empty for `<>`.
std::expected<std::string, ParseError> parse_return_path(std::string_view value);

}  // namespace mailroom::message
