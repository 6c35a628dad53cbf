// SPDX-License-Identifier: GPL-2.0-only
// Reads a delivery status notification, whoever wrote it (RFC 3464 in RFC 6522), and whatever else is in it:
// garbage before, between and behind its fields is passed over, fields that cannot be read are named.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dsn/report.hpp"

namespace mailroom::dsn {

struct ParsedReport {
  Report report;        // with at least one recipient
  std::string words{};  // the first part of text, for people; may be empty
  // The message that it is about, or the header of it; empty: none came back.
  std::string returned{};
  bool returns_all = false;  // the message, not only its header
  // Fields that could not be read: of these the report has the default.
  std::vector<message::FieldError> errors{};
};

// A whole message. An error where it is no such report: no multipart with a boundary, no part
// message/delivery-status in it, no recipient there. Costs time and space of the order of its length.
std::expected<ParsedReport, message::ParseError> parse_report(std::string_view octets);

}  // namespace mailroom::dsn
