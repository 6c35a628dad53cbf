// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_smtp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/scenario/fields.hpp"

namespace mailroom::scenario {

namespace {

constexpr std::int64_t kMany = 1'000'000'000;

void read_auth(const Fields& fields, Receiving& receiving, Report& report) {
  constexpr std::array<std::string_view, 3> kMechanisms = {"cram-md5", "plain", "login"};
  if (!fields.has("auth")) return;
  std::vector<std::string> mechanisms;
  for (const Word& word : fields.texts("auth")) {
    if (std::ranges::find(kMechanisms, word.text) == kMechanisms.end())
      report.mistake(word.at, fmt::format("{} is no mechanism of AUTH here", shown(word.text)),
                     suggest(word.text, kMechanisms));
    else if (std::ranges::find(mechanisms, word.text) == mechanisms.end())
      mechanisms.push_back(word.text);
  }
  receiving.auth = std::move(mechanisms);
}

void read_errors(const Value& value, ErrorLimits& errors, Report& report) {
  const Fields fields(value, object("errors"), report);
  fields.count("soft", errors.soft, 0, kMany);
  fields.count("hard", errors.hard, 0, kMany);
  fields.count("junk", errors.junk, 0, kMany);
  fields.duration("sleep", errors.sleep_ns);
  if (errors.hard > 0 && errors.soft > errors.hard)
    report.mistake(fields.at(fields.has("hard") ? "hard" : "soft"),
                   fmt::format("'hard' ({}) below 'soft' ({})", errors.hard, errors.soft),
                   "a session is slowed down before it is ended");
}

void read_clients(const Value& value, ClientLimits& client, Report& report) {
  const Fields fields(value, object("clients"), report);
  fields.count("connections", client.connections, 0, kMany);
  fields.count("connection-rate", client.connection_rate, 0, kMany);
  fields.count("message-rate", client.message_rate, 0, kMany);
  fields.count("recipient-rate", client.recipient_rate, 0, kMany);
  fields.duration("period", client.period_ns, 1);
}

void read_greylist(const Value& value, std::optional<Greylist>& target, Report& report) {
  Greylist greylist = target.value_or(Greylist{});
  const Fields fields(value, object("greylist"), report);
  fields.duration("delay", greylist.delay_ns, 1);
  fields.duration("window", greylist.window_ns, 1);
  fields.duration("memory", greylist.memory_ns, 1);
  fields.count("auto-whitelist", greylist.auto_whitelist, 0, kMany);
  if (const auto choice = fields.choice("key")) greylist.key = static_cast<Greylist::Key>(*choice);
  if (fields.has("whitelist")) greylist.whitelist.clear();
  for (const Word& word : fields.texts("whitelist")) greylist.whitelist.push_back(word.text);
  if (greylist.window_ns <= greylist.delay_ns)
    report.mistake(fields.at(fields.has("window") ? "window" : "delay"),
                   "'window' is not after 'delay', so that nobody would ever pass",
                   "a retry must come after 'delay' and before 'window'");
  target = std::move(greylist);
}

void read_receiving(const Fields& fields, Receiving& receiving, Report& report) {
  fields.flag("chunking", receiving.chunking);
  fields.flag("send-chunks", receiving.chunks_sent);
  fields.flag("dsn", receiving.dsn);
  fields.flag("smtputf8", receiving.smtputf8);
  if (bool offered = false; fields.flag("etrn", offered)) receiving.etrn = offered;
  if (const auto choice = fields.choice("check-sender"))
    receiving.check_sender = static_cast<Receiving::CheckSender>(*choice);
  fields.flag("limits", receiving.limits);
  read_auth(fields, receiving, report);
  fields.duration("idle-time-out", receiving.idle_time_out_ns, 1);
  fields.duration("service-time", receiving.service_time_ns);
  if (const auto choice = fields.choice("service")) receiving.service_is_exponential = *choice == 1;
  fields.duration("greeting-delay", receiving.greeting_delay_ns);
  if (const auto choice = fields.choice("early-talker")) receiving.refuses_early_talkers = *choice == 1;
  if (const Value* errors = fields.find("errors")) read_errors(*errors, receiving.errors, report);
  if (const Value* clients = fields.find("clients")) read_clients(*clients, receiving.client, report);
  if (const Value* tarpit = fields.find("tarpit")) {
    receiving.tarpit = Tarpit{};
    const Fields inner(*tarpit, object("tarpit"), report);
    inner.count("after", receiving.tarpit->after, 0, kMany);
    inner.duration("delay", receiving.tarpit->delay_ns, 1);
  }
  if (const Value* load = fields.find("load")) {
    const Fields inner(*load, object("load"), report);
    inner.count("queue", receiving.load.queue, 0, kMany);
    inner.share("disk-free", receiving.load.disk_free_per_billion);
  }
  if (const Value* greylist = fields.find("greylist")) read_greylist(*greylist, receiving.greylist, report);
}

}  // namespace

void read_smtp(const Value& value, SmtpPolicy& smtp, Report& report) {
  const Fields fields(value, object("smtp"), report);
  fields.flag("extended", smtp.extended);
  if (const auto choice = fields.choice("eighth-bit"))
    smtp.eighth_bit = *choice == 0 ? SmtpPolicy::EighthBit::clear : SmtpPolicy::EighthBit::refuse;
  if (const auto choice = fields.choice("bare-line-ends")) {
    using enum SmtpPolicy::BareLineEnd;
    smtp.bare_line_end = std::array{blank, keep, refuse}[*choice];
  }
  if (const auto choice = fields.choice("texts")) smtp.lecture_texts = *choice == 1;
  fields.size("size-limit", smtp.message_size_limit_bytes, 1);
  fields.count("recipient-limit", smtp.recipient_limit, 1, kMany);
  fields.count("messages-per-connection", smtp.messages_per_connection, 1, kMany);
  fields.count("connections-per-destination", smtp.connections_per_destination, 1, kMany);
  fields.count("recipients-per-message", smtp.recipients_per_message, 1, kMany);
  fields.flag("pipelining", smtp.pipelining);
  if (const auto choice = fields.choice("vrfy")) {
    using enum SmtpPolicy::Vrfy;
    smtp.vrfy = std::array{ask, decline, off}[*choice];
  }
  fields.flag("expn", smtp.expn);
  fields.count("connection-limit", smtp.connection_limit, 1, kMany);
  if (const auto choice = fields.choice("source-routes"))
    smtp.source_routes = std::array{SourceRoutes::honour, SourceRoutes::ignore, SourceRoutes::refuse}[*choice];
  fields.count("hop-limit", smtp.hop_limit, 1, kMany);
  fields.flag("follow-moved", smtp.follow_moved);
  read_receiving(fields, smtp.receiving, report);
}

}  // namespace mailroom::scenario
