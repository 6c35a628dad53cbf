// SPDX-License-Identifier: GPL-2.0-only
// Any octets as a notification; and any octets as what a notification tells of: that is read back as it was
// written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocols/dsn/compose_report.hpp"
#include "protocols/dsn/parse_report.hpp"

using namespace mailroom;  // NOLINT

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void write_and_read(dsn::Notification notification, std::string_view content) {
  notification.report.reporting_mta = {"dns", "mx.example"};
  notification.to = "a@b.example";
  notification.content = content;
  for (const auto wanted : {dsn::Return::headers, dsn::Return::full}) {
    notification.returned = {.wanted = wanted, .allows_eight_bit = true};
    const dsn::Composed composed = dsn::compose_report(notification);
    require(message::is_canonical(composed.octets, message::FinalLineEnd::ensure));
    const auto again = dsn::parse_report(composed.octets);
    require(again.has_value());
    require(again->report.recipients.size() == notification.report.recipients.size());
    for (std::size_t i = 0; i < again->report.recipients.size(); ++i) {
      const dsn::Recipient& was = notification.report.recipients[i];
      const dsn::Recipient& is = again->report.recipients[i];
      require(is.action == was.action && (!was.status || is.status == was.status));
      require(is.last_attempt_s == was.last_attempt_s);
    }
    if (again->returns_all) require(again->returned == content);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (auto parsed = dsn::parse_report(octets)) {
    require(!parsed->report.recipients.empty());
    // Dates that no calendar of four digits has cannot be written again.
    for (dsn::Recipient& recipient : parsed->report.recipients) {
      recipient.last_attempt_s.reset();
      recipient.will_retry_until_s.reset();
    }
    parsed->report.arrival_s.reset();
    write_and_read({.report = std::move(parsed->report)}, parsed->returned);
  }
  dsn::Recipient recipient{.final_recipient = {"rfc822", std::string(octets.substr(0, 50))},
                           .status = {5, 1, 1},
                           .diagnostic_code = dsn::smtp_diagnostic(550, "5.1.1", octets.substr(0, 200)),
                           .last_attempt_s = 1704103200};
  write_and_read({.report = {.recipients = {recipient}}}, octets);
  return 0;
}
