// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_report.hpp"

#include <fmt/format.h>

#include <optional>

#include "protocols/dsn/parse_report.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect_words.hpp"

namespace mailroom::cli {
namespace {

constexpr std::size_t kMostShown = 10;

std::optional<dsn::Report> report_of(Run& run, const trace::Message& message) {
  if (!message.content) return std::nullopt;
  const auto octets = must(run.reader().content(message.content));
  if (!octets) return std::nullopt;
  auto parsed = dsn::parse_report(*octets);
  if (!parsed) return std::nullopt;
  return std::move(parsed->report);
}

std::string sentence(const dsn::Recipient& recipient) {
  std::string text =
      fmt::format("<{}> {}", printable(recipient.final_recipient.value), dsn::name(recipient.action));
  if (recipient.status) text += ": " + dsn::describe(recipient.status);
  return text;
}

}  // namespace

void add_report(Run& run, const trace::Message& message, Table& table) {
  const auto report = report_of(run, message);
  if (!report) return;
  if (message.notifies) table.add({{"tells of", Ink::dim}, numbered("message", message.notifies.value)});
  for (std::size_t i = 0; i < report->recipients.size() && i < kMostShown; ++i)
    table.add({{i == 0 ? "says" : "", Ink::dim}, sentence(report->recipients[i])});
  if (report->recipients.size() > kMostShown)
    table.add({"", fmt::format("and the same of {} more", report->recipients.size() - kMostShown)});
}

Json report_json(Run& run, const trace::Message& message) {
  const auto report = report_of(run, message);
  if (!report) return nullptr;
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
