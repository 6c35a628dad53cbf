// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_report.hpp"

#include <fmt/format.h>

#include <expected>
#include <optional>
#include <vector>

#include "protocols/dsn/content_type.hpp"
#include "protocols/dsn/parse_report.hpp"
#include "protocols/message/header.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect_words.hpp"

namespace mailroom::cli {
namespace {

constexpr std::size_t kMostShown = 10;

using Parsed = std::expected<dsn::ParsedReport, message::ParseError>;

// nullopt: a message that does not claim to be one.
std::optional<Parsed> report_of(Run& run, const trace::Message& message) {
  if (!message.content) return std::nullopt;
  const auto octets = must(run.reader().content(message.content));
  if (!octets) return std::nullopt;
  Parsed parsed = dsn::parse_report(*octets);
  if (!parsed && dsn::content_type_of(message::Header(*octets)).type != "multipart/report") return std::nullopt;
  return parsed;
}

std::string unread(const message::FieldError& wrong) {
  return fmt::format("its {} cannot be read: at octet {} not {} ({})", printable_beginning(wrong.field),
                     wrong.error.offset, wrong.error.expected, wrong.error.section);
}

std::string sentence(const dsn::Recipient& recipient) {
  std::string text =
      fmt::format("<{}> {}", printable_beginning(recipient.final_recipient.value), dsn::name(recipient.action));
  if (recipient.status) text += ": " + dsn::describe(recipient.status);
  return text;
}

}  // namespace

void add_report(Run& run, const trace::Message& message, Table& table) {
  const auto parsed = report_of(run, message);
  if (!parsed) return;
  if (message.notifies) table.add({{"tells of", Ink::dim}, numbered("message", message.notifies.value)});
  if (!*parsed) {
    const message::ParseError& error = parsed->error();
    table.add({{"says", Ink::dim}, fmt::format("no report that can be read: at octet {} not {} ({})", error.offset,
                                               error.expected, error.section)});
    return;
  }
  const std::vector<dsn::Recipient>& recipients = (*parsed)->report.recipients;
  for (std::size_t i = 0; i < recipients.size() && i < kMostShown; ++i)
    table.add({{i == 0 ? "says" : "", Ink::dim}, sentence(recipients[i])});
  if (recipients.size() > kMostShown)
    table.add({"", fmt::format("and the same of {} more", recipients.size() - kMostShown)});
  const std::vector<message::FieldError>& errors = (*parsed)->errors;
  for (std::size_t i = 0; i < errors.size() && i < kMostShown; ++i) table.add({"", unread(errors[i])});
  if (errors.size() > kMostShown)
    table.add({"", fmt::format("and {} fields more that cannot be read", errors.size() - kMostShown)});
}

Json report_json(Run& run, const trace::Message& message) {
  const auto parsed = report_of(run, message);
  if (!parsed || !*parsed) return nullptr;
  const dsn::Report* report = &(*parsed)->report;
  Json json = {{"notifies", message.notifies ? Json(message.notifies.value) : Json(nullptr)},
               {"envelope_id", report->original_envelope_id},
               {"reporting_mta", report->reporting_mta.value}};
  json["recipients"] = Json::array();
  for (const dsn::Recipient& recipient : report->recipients)
    json["recipients"].push_back(
        {{"recipient", recipient.final_recipient.value},
         {"original_recipient", recipient.original_recipient.value},
         {"action", dsn::name(recipient.action)},
         {"status", recipient.status ? Json(to_string(recipient.status)) : Json(nullptr)},
         {"status_words", recipient.status ? Json(dsn::describe(recipient.status)) : Json(nullptr)},
         {"remote_mta", recipient.remote_mta.value},
         {"diagnostic", recipient.diagnostic_code.value}});
  return json;
}

}  // namespace mailroom::cli
