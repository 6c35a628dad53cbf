// SPDX-License-Identifier: GPL-2.0-only
// The summary of a run: outcomes, delays, hosts, replies, and what to ask next.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "sim/main/cli.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/inspect_faults.hpp"
#include "sim/main/inspect_next.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/main/inspect_words.hpp"
#include "sim/trace/statistics.hpp"

namespace mailroom::cli {
namespace {

using trace::CopyEnd;

struct HostFigures {
  std::int64_t composed = 0;
  std::int64_t owned = 0;  // copies that it became responsible for
  std::int64_t queue = 0;  // of those, still open
  std::int64_t deferrals = 0;
  std::array<std::int64_t, trace::kCopyEndCount> ends{};
  std::int64_t of(CopyEnd end) const { return ends[static_cast<std::size_t>(end)]; }
};

// By host id - 1.
std::vector<HostFigures> host_figures(Run& run) {
  const trace::World& world = run.world();
  std::vector<HostFigures> figures(run.header().hosts.size());
  const auto at = [&](trace::HostId id) -> HostFigures* {
    const auto index = static_cast<std::size_t>(id.value - 1);
    return id && index < figures.size() ? &figures[index] : nullptr;
  };
  world.messages.for_each([&](trace::MessageId, const trace::Message& message) {
    if (HostFigures* host = message.composed ? at(message.host) : nullptr) ++host->composed;
  });
  world.copies.for_each([&](trace::CopyId, const trace::Copy& copy) {
    HostFigures* host = copy.created ? at(copy.host) : nullptr;
    if (host == nullptr) return;
    ++host->owned;
    host->deferrals += copy.deferrals;
    if (copy.open()) ++host->queue;
    ++host->ends[static_cast<std::size_t>(copy.end)];
  });
  return figures;
}

// Replies by leading digit, [2] … [5], each counted once: where it was sent, or, in a session whose receiver
// is outside the simulation, where it was received.
std::array<std::int64_t, 6> replies_by_category(Run& run) {
  std::array<std::int64_t, 6> replies{};
  std::unordered_map<trace::SessionId, std::array<std::int64_t, 6>> received;
  std::unordered_set<trace::SessionId> with_sent;
  trace::EventQuery query;
  query.kinds = {trace::Kind::reply_sent, trace::Kind::reply_received};
  must(run.reader().for_each(query, [&](const trace::StoredEvent& e) {
    if (e.code < 200 || e.code >= 600) return true;
    const auto digit = static_cast<std::size_t>(e.code / 100);
    if (e.kind == trace::Kind::reply_sent) {
      ++replies[digit];
      if (with_sent.insert(e.session).second) received.erase(e.session);
    } else if (!with_sent.contains(e.session)) {
      ++received[e.session][digit];
    }
    return true;
  }));
  for (const auto& [session, of_session] : received)
    for (std::size_t digit = 0; digit < replies.size(); ++digit) replies[digit] += of_session[digit];
  return replies;
}

constexpr std::array<std::string_view, 6> kCategories = {"",
                                                         "",
                                                         "positive completion",
                                                         "positive intermediate",
                                                         "transient negative completion",
                                                         "permanent negative completion"};

Json delay_json(const trace::Summary& summary) {
  const auto one = [](const std::optional<std::int64_t>& ns) { return ns ? seconds(*ns) : Json(nullptr); };
  return {{"p50", one(summary.delay_p50_ns)},
          {"p95", one(summary.delay_p95_ns)},
          {"max", one(summary.delay_max_ns)}};
}

Json summary_json(Run& run, const trace::Summary& s) {
  const trace::RunHeader& header = run.header();
  Json json = {{"scenario", header.scenario_name},
               {"seed", header.seed},
               {"level", trace::name(header.level)},
               {"only_host", header.only_host ? Json(run.host(header.only_host)) : Json(nullptr)},
               {"complete", s.complete},
               {"messages", s.mail.messages},
               {"recipients", s.mail.recipients},
               {"accepted", s.mail.accepted},
               {"delivered", s.mail.delivered},
               {"bounced", s.mail.bounced},
               {"discarded", s.mail.discarded},
               {"destroyed", s.mail.destroyed},
               {"queued", s.mail.queued},
               {"unaccounted", s.mail.unaccounted},
               {"duplicates", s.duplicates},
               {"events", s.events},
               {"simulated_s", seconds(s.simulated_ns)},
               {"delay_s", delay_json(s)}};
  json["notifications"] = {{"messages", s.bounces.messages},
                           {"delivered", s.bounces.delivered},
                           {"queued", s.bounces.queued},
                           {"lost", s.bounces.accepted - s.bounces.delivered - s.bounces.queued},
                           {"backscatter", s.backscatter}};
  json["faults"] = faults_json(run);
  json["hosts"] = Json::array();
  const auto figures = host_figures(run);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const HostFigures& f = figures[i];
    if (header.hosts[i].role != trace::HostRow::Role::host) continue;
    json["hosts"].push_back({{"host", header.hosts[i].name},
                             {"composed", f.composed},
                             {"responsible", f.owned},
                             {"queue", f.queue},
                             {"requeued", f.deferrals},
                             {"relayed", f.of(CopyEnd::relayed)},
                             {"delivered", f.of(CopyEnd::delivered)},
                             {"expanded", f.of(CopyEnd::expanded)},
                             {"bounced", f.of(CopyEnd::bounced)},
                             {"discarded", f.of(CopyEnd::discarded)},
                             {"destroyed", f.of(CopyEnd::destroyed)}});
  }
  if (run.records(trace::Level::full)) {
    const auto replies = replies_by_category(run);
    json["replies"] = {{"2xx", replies[2]}, {"3xx", replies[3]}, {"4xx", replies[4]}, {"5xx", replies[5]}};
  }
  return json;
}

void print_outcomes(const trace::Summary& s, bool is_of_one_host, Terminal& terminal) {
  heading(terminal, fmt::format("{} to {}", counted(s.mail.messages, "message"),
                                counted(s.mail.recipients, "recipient")));
  Table table(
      {{.heading = ""}, {.heading = "", .align = Column::Align::right}, {.heading = "", .wraps = true}});
  const auto row = [&](const char* name, std::int64_t count, Ink ink, const char* meaning, bool always) {
    if (always || count > 0)
      table.add({name, {grouped(count), count > 0 ? ink : Ink::plain}, {meaning, Ink::dim}});
  };
  row("accepted", s.mail.accepted, Ink::plain, "a host became responsible", true);
  row("delivered", s.mail.delivered, Ink::good, "in a mailbox", true);
  row("bounced", s.mail.bounced, Ink::bad, "given up", true);
  row("discarded", s.mail.discarded, Ink::bad, "dropped by a rule", false);
  row("destroyed", s.mail.destroyed, Ink::bad, "lost by a fault", false);
  row("queued", s.mail.queued, Ink::warn, "a host is still responsible", true);
  if (is_of_one_host)
    row("handed on", s.mail.unaccounted, Ink::good, "another host, outside this run, is responsible", true);
  else
    row("unaccounted", s.mail.unaccounted, Ink::bad, "passed on to no one that we know: outside, or lost", false);
  row("duplicates", s.duplicates, Ink::warn, "delivered once more to the same mailbox", false);
  if (s.bounces.messages > 0)
    row("notifications", s.bounces.messages, Ink::plain, "new messages that tell originators what became of theirs",
        true);
  row("backscatter", s.backscatter, Ink::warn, "notifications made for someone who had not sent the message", false);
  table.print(terminal);
  if (!s.delay_p50_ns) return;
  heading(terminal, "Delay from composing to the mailbox");
  fmt::print(terminal.out, "  half within {}, 95 % within {}, longest {}\n", duration(*s.delay_p50_ns),
             duration(*s.delay_p95_ns), duration(*s.delay_max_ns));
}

void print_hosts(Run& run, Terminal& terminal) {
  struct Figure {
    const char* heading;
    std::function<std::int64_t(const HostFigures&)> value;
    bool always;
  };
  const std::array<Figure, 9> all = {{
      {"composed", [](const HostFigures& f) { return f.composed; }, true},
      {"responsible", [](const HostFigures& f) { return f.owned; }, true},
      {"relayed", [](const HostFigures& f) { return f.of(CopyEnd::relayed); }, true},
      {"delivered", [](const HostFigures& f) { return f.of(CopyEnd::delivered); }, true},
      {"expanded", [](const HostFigures& f) { return f.of(CopyEnd::expanded); }, false},
      {"bounced", [](const HostFigures& f) { return f.of(CopyEnd::bounced); }, false},
      {"lost", [](const HostFigures& f) { return f.of(CopyEnd::discarded) + f.of(CopyEnd::destroyed); },
       false},
      {"re-queued", [](const HostFigures& f) { return f.deferrals; }, false},
      {"in queue", [](const HostFigures& f) { return f.queue; }, true},
  }};
  const auto figures = host_figures(run);
  std::vector<const Figure*> shown;
  std::vector<Column> columns = {{.heading = "host"}};
  for (const Figure& figure : all) {
    if (!figure.always &&
        std::ranges::all_of(figures, [&](const HostFigures& f) { return figure.value(f) == 0; }))
      continue;
    shown.push_back(&figure);
    columns.push_back({.heading = figure.heading, .align = Column::Align::right});
  }
  constexpr std::size_t kMost = 40;
  Table table(std::move(columns));
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (figures[i].owned == 0 && figures[i].composed == 0) continue;
    if (table.size() == kMost) {
      ++left_out;
      continue;
    }
    std::vector<Cell> row = {{run.header().hosts[i].name, Ink::name}};
    for (const Figure* figure : shown) {
      const std::int64_t value = figure->value(figures[i]);
      row.emplace_back(grouped(value), value == 0 ? Ink::dim : Ink::plain);
    }
    table.add(std::move(row));
  }
  if (table.empty()) return;
  heading(terminal, "Hosts (in copies: one for each message and recipient)");
  table.print(terminal);
  if (left_out > 0)
    fmt::print(terminal.out, "  and {} more; --json has them all\n",
               counted(static_cast<std::int64_t>(left_out), "host"));
}

void print_replies(Run& run, Terminal& terminal) {
  if (!run.records(trace::Level::full)) return;
  const auto replies = replies_by_category(run);
  if (std::ranges::all_of(replies, [](std::int64_t n) { return n == 0; })) return;
  heading(terminal, "SMTP replies");
  Table table({{.heading = ""}, {.heading = "", .align = Column::Align::right}, {.heading = ""}});
  for (std::size_t digit = 2; digit <= 5; ++digit)
    table.add(
        {fmt::format("{}xx", digit), grouped(replies[digit]), {std::string(kCategories[digit]), Ink::dim}});
  table.print(terminal);
}

}  // namespace

int inspect_summary(Run& run, const InspectOptions& options, Terminal& terminal) {
  const trace::Summary summary = must(trace::summarize(run.reader()));
  if (options.json) {
    print_json(terminal, summary_json(run, summary));
    return kDone;
  }
  const trace::RunHeader& header = run.header();
  fmt::print(terminal.out, "{}\n", dyed(terminal, Ink::strong, printable(header.scenario_name)));
  const std::string of_whom = header.only_host ? fmt::format(" of {} alone, in real time", run.host(header.only_host))
                                               : std::string(" simulated");
  fmt::print(terminal.out, "  seed {}, recorded at '{}', {}{}, {}{}\n", header.seed, trace::name(header.level),
             duration(summary.simulated_ns), of_whom, counted(summary.events, "event"),
             summary.complete ? "" : ", not finished");
  print_outcomes(summary, static_cast<bool>(header.only_host), terminal);
  print_hosts(run, terminal);
  print_faults(run, terminal);
  print_replies(run, terminal);
  print_next_questions(run, terminal);
  return kDone;
}

}  // namespace mailroom::cli
