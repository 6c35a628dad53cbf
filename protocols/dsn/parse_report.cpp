// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dsn/parse_report.hpp"

#include "protocols/dsn/content_type.hpp"
#include "protocols/message/date.hpp"

namespace mailroom::dsn {
namespace {

using message::Field;
using message::FieldError;
using message::Header;
using message::ParseError;

// Takes the fields of one message/delivery-status part, one after the other.
class StatusReader {
 public:
  explicit StatusReader(ParsedReport& out) : out_(out) {}

  void read(std::string_view body) {
    bool empty_line = true;
    while (!body.empty()) {
      const Header group(body);
      for (const Field& field : group.fields()) {
        if (empty_line) begin_group();
        empty_line = false;
        read(field);
      }
      // What follows is an empty line, or something that is no field: over that, and on within the group.
      body = group.body();
      if (!group.separator().empty()) {
        empty_line = true;
      } else if (!body.empty()) {
        body.remove_prefix(std::min(body.find('\n'), body.size() - 1) + 1);
      }
    }
  }

 private:
  void begin_group() {
    is_first_ = group_++ == 0;
    recipient_ = nullptr;
  }

  // RFC 3464 §2.1: the first group is about the message. A report without that group begins with a recipient.
  Recipient& recipient() {
    if (recipient_ == nullptr) recipient_ = &out_.report.recipients.emplace_back();
    return *recipient_;
  }

  void read(const Field& field) {
    if (is_first_ && recipient_ == nullptr && read_of_message(field)) return;
    read_of_recipient(field);
  }

  bool read_of_message(const Field& field) {
    Report& report = out_.report;
    if (field.is("Original-Envelope-Id")) {
      report.original_envelope_id = field.unfolded();
    } else if (field.is("Reporting-MTA")) {
      report.reporting_mta = parse_typed(field.unfolded());
    } else if (field.is("Received-From-MTA")) {
      report.received_from_mta = parse_typed(field.unfolded());
    } else if (field.is("Arrival-Date")) {
      read_date(field, report.arrival_s);
    } else {
      return false;
    }
    return true;
  }

  void read_of_recipient(const Field& field) {
    if (field.is("Original-Recipient")) {
      recipient().original_recipient = parse_typed(field.unfolded());
    } else if (field.is("Final-Recipient")) {
      recipient().final_recipient = parse_typed(field.unfolded());
    } else if (field.is("Remote-MTA")) {
      recipient().remote_mta = parse_typed(field.unfolded());
    } else if (field.is("Diagnostic-Code")) {
      recipient().diagnostic_code = parse_typed(field.unfolded());
    } else if (field.is("Final-Log-ID")) {
      recipient().final_log_id = field.unfolded();
    } else if (field.is("Last-Attempt-Date")) {
      read_date(field, recipient().last_attempt_s);
    } else if (field.is("Will-Retry-Until")) {
      read_date(field, recipient().will_retry_until_s);
    } else if (field.is("Action")) {
      if (const auto action = parse_action(field.unfolded())) {
        recipient().action = *action;
      } else {
        wrong(field, "RFC 3464 §2.3.3", "failed, delayed, delivered, relayed or expanded");
      }
    } else if (field.is("Status")) {
      if (const auto status = parse_status(field.unfolded())) {
        recipient().status = *status;
      } else {
        wrong(field, "RFC 3463 §2", "a status like 5.1.1");
      }
    }
  }

  void read_date(const Field& field, std::optional<std::int64_t>& out) {
    const auto date = message::parse_date_time(field.value());
    if (date) {
      out = date->unix_s;
    } else {
      out_.errors.push_back({std::string(field.name()), date.error()});
    }
  }

  void wrong(const Field& field, std::string_view section, std::string_view expected) {
    out_.errors.push_back({std::string(field.name()), ParseError{0, section, expected}});
  }

  ParsedReport& out_;
  Recipient* recipient_ = nullptr;  // of the open group, once it has a field of a recipient
  int group_ = 0;
  bool is_first_ = false;
};

bool is_returned_header(std::string_view type) {
  return type == "text/rfc822-headers" || type == "message/rfc822-headers" ||
         type == "message/global-headers";
}

}  // namespace

std::expected<ParsedReport, ParseError> parse_report(std::string_view octets) {
  const Header header(octets);
  const auto offset_of = [&](std::string_view part) {
    return static_cast<std::size_t>(part.data() - octets.data());
  };
  const ContentType type = content_type_of(header);
  const std::string* boundary = type.parameter("boundary");
  // RFC 6522 §3 asks for multipart/report; gateways have been seen to write multipart/mixed.
  if (!type.type.starts_with("multipart/") || boundary == nullptr || boundary->empty())
    return std::unexpected(ParseError{0, "RFC 6522 §3", "Content-Type: multipart/report with a boundary"});
  ParsedReport out;
  bool found = false;
  for (const std::string_view octets_of_part : parts_of(header.body(), *boundary)) {
    const Header part(octets_of_part);
    const std::string kind = content_type_of(part).type;
    if (!found && (kind == "message/delivery-status" || kind == "message/global-delivery-status")) {
      found = true;
      StatusReader(out).read(part.body());
    } else if (!found && out.words.empty() && kind == "text/plain") {
      out.words = part.body();
    } else if (found && out.returned.empty() &&
               (kind == "message/rfc822" || kind == "message/global" || is_returned_header(kind))) {
      out.returned = part.body();
      out.returns_all = !is_returned_header(kind);
    }
  }
  if (!found)
    return std::unexpected(
        ParseError{offset_of(header.body()), "RFC 3464 §2", "a part of type message/delivery-status"});
  if (out.report.recipients.empty())
    return std::unexpected(
        ParseError{offset_of(header.body()), "RFC 3464 §2.3", "the fields of at least one recipient"});
  return out;
}

}  // namespace mailroom::dsn
