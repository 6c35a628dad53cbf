// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/verify.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "sim/main/cli.hpp"
#include "sim/main/cli_handoff.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/main/inspect_words.hpp"
#include "sim/trace/conservation.hpp"
#include "sim/trace/discard_rules.hpp"

namespace mailroom::cli {
namespace {

using trace::Accounts;
using trace::Kind;

struct End {
  Kind kind;
  const char* name;
  const char* meaning;
};
constexpr End kEnds[] = {
    {Kind::copy_delivered, "delivered", "in a mailbox"},
    {Kind::copy_relayed, "relayed", "the next host is responsible"},
    {Kind::copy_expanded, "expanded", "its children are there"},
    {Kind::copy_bounced, "bounced", "the originator is told"},
    {Kind::copy_discarded, "discarded", "by a named rule"},
    {Kind::copy_destroyed, "destroyed", "by a named fault"},
};

std::int64_t count_of(const Accounts& accounts, Kind kind) {
  const auto found = accounts.ended.find(kind);
  return found == accounts.ended.end() ? 0 : found->second;
}

// What the events were read for: of all whom a run knows, only these.
Accounts accounts_of(Run& run) {
  trace::Conservation conservation(run.header().level, static_cast<bool>(run.header().only_host));
  trace::EventQuery query;
  query.kinds = {Kind::message_composed, Kind::copy_created,    Kind::copy_delivered,   Kind::copy_relayed,
                 Kind::copy_expanded,    Kind::copy_bounced,    Kind::copy_discarded,   Kind::copy_destroyed,
                 Kind::message_queued,   Kind::message_removed, Kind::mailbox_appended, Kind::disk_filled,
                 Kind::attempt_ended,    Kind::host_crashed,   Kind::run_ended,
                 Kind::control_received, Kind::fault_began};
  must(run.reader().for_each(query, [&](const trace::StoredEvent& event) {
    conservation.read(event);
    return true;
  }));
  return conservation.finish();
}

Json to_json(Run& run, const Accounts& accounts) {
  Json json = {{"conserved", accounts.violations.empty()}, {"copies", accounts.copies}};
  for (const End& end : kEnds) json[end.name] = count_of(accounts, end.kind);
  json["left"] = accounts.left;
  json["owned"] = accounts.owned;
  json["discarded_by"] = Json::object();
  for (const auto& [rule, count] : accounts.discarded_by) json["discarded_by"][rule] = count;
  json["destroyed_by"] = Json::object();
  for (const auto& [fault, count] : accounts.destroyed_by) json["destroyed_by"][fault] = count;
  json["duplicates"] = Json::array();
  for (const trace::Duplicate& one : accounts.duplicates)
    json["duplicates"].push_back(
        {{"copy", one.of.value}, {"again", one.again.value}, {"because", one.because.value}});
  json["violations"] = Json::array();
  for (const trace::Violation& one : accounts.violations)
    json["violations"].push_back({{"event", one.event.value}, {"text", one.text}});
  json["queues_checked"] = run.records(trace::Level::mail);
  return json;
}

void print_accounts(const Accounts& accounts, Terminal& terminal) {
  using Align = Column::Align;
  Table table({{"", Align::left}, {"", Align::right}, {"", Align::left, true}});
  table.add(
      {"copies", grouped(accounts.copies), "one for each host that was responsible, message and recipient"});
  for (const End& end : kEnds) table.add({end.name, grouped(count_of(accounts, end.kind)), end.meaning});
  if (accounts.left > 0) table.add({"left", grouped(accounts.left), "of the relayed: a real server outside has it"});
  table.add({"owned", grouped(accounts.owned), "still in queues when the run ended"});
  table.print(terminal);
}

void print_duplicates(Run& run, const Accounts& accounts, Terminal& terminal) {
  if (accounts.duplicates.empty()) return;
  fmt::print(terminal.out, "\nHanded over again (the receiver had it, and the sender could not know)\n");
  Table table({{"copy", Column::Align::right},
               {"again as", Column::Align::right},
               {"because", Column::Align::left, true}});
  constexpr std::size_t kMost = 20;
  for (std::size_t i = 0; i < std::min(kMost, accounts.duplicates.size()); ++i) {
    const trace::Duplicate& one = accounts.duplicates[i];
    const auto because = must(run.reader().event(one.because));
    table.add({std::to_string(one.of.value), std::to_string(one.again.value),
               because ? fmt::format("event {}: {}", one.because.value, sentence(run, *because)) : "?"});
  }
  table.print(terminal);
  if (accounts.duplicates.size() > kMost)
    fmt::print(terminal.out, "  and {} more; --json has all\n", accounts.duplicates.size() - kMost);
}

void print_rules(const Accounts& accounts, Terminal& terminal) {
  if (accounts.discarded_by.empty()) return;
  fmt::print(terminal.out, "\nDiscarded by rule\n");
  Table table({{"copies", Column::Align::right},
               {"rule", Column::Align::left},
               {"may drop", Column::Align::left, true}});
  for (const auto& [text, count] : accounts.discarded_by) {
    const trace::DiscardRule* rule = trace::discard_rule(text);
    table.add({grouped(count), printable(text),
               rule != nullptr ? std::string(rule->drops) : "nothing: there is no such rule"});
  }
  table.print(terminal);
}

void print_destroyed(const Accounts& accounts, Terminal& terminal) {
  if (accounts.destroyed_by.empty()) return;
  fmt::print(terminal.out, "\nDestroyed by fault\n");
  Table table({{"copies", Column::Align::right}, {"fault", Column::Align::left, true}});
  for (const auto& [fault, count] : accounts.destroyed_by) table.add({grouped(count), printable(fault)});
  table.print(terminal);
}

void print_violations(const VerifyOptions& options, const Accounts& accounts, Terminal& terminal) {
  fmt::print(terminal.out, "\nViolations\n");
  Table table({{"event", Column::Align::right}, {"what is wrong", Column::Align::left, true}});
  for (const trace::Violation& one : accounts.violations)
    table.add({one.event ? Cell(std::to_string(one.event.value)) : Cell("end"), {one.text, Ink::bad}});
  table.print(terminal);
  const auto first =
      std::ranges::find_if(accounts.violations, [](const auto& one) { return bool(one.event); });
  if (first == accounts.violations.end()) return;
  fmt::print(terminal.out, "\n");
  print_suggestions(
      terminal, {{fmt::format("mailroom inspect {} --why {}", printable(options.file), first->event.value),
                  "how it came to that"}});
}

}  // namespace

int run_verify(const VerifyOptions& options, Terminal& terminal) {
  return with_run(options.file, terminal, [&](Run& run) {
    const Accounts accounts = accounts_of(run);
    const bool is_conserved = accounts.violations.empty();
    if (options.json) {
      print_json(terminal, to_json(run, accounts));
      return is_conserved ? kDone : kFoundWrong;
    }
    if (is_conserved) {
      fmt::print(terminal.out, "{}\n", dyed(terminal, Ink::good, "Mail was conserved."));
    } else {
      const std::string how_often = counted(std::ssize(accounts.violations), "violation");
      fmt::print(terminal.out, "{}\n",
                 dyed(terminal, Ink::bad, "Mail was not conserved: " + how_often + "."));
    }
    print_accounts(accounts, terminal);
    print_duplicates(run, accounts, terminal);
    print_rules(accounts, terminal);
    print_destroyed(accounts, terminal);
    if (!run.records(trace::Level::mail))
      fmt::print(terminal.out, "\nQueues, mailboxes and repeated deliveries were not looked at: {}\n",
                 record_again(run, trace::Level::mail));
    if (!is_conserved) print_violations(options, accounts, terminal);
    return is_conserved ? kDone : kFoundWrong;
  });
}

void add_verify(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("verify", "whether mail was conserved: nothing lost, each double explained");
  verb->group(kLookGroup);
  const auto options = std::make_shared<VerifyOptions>();
  verb->add_option("RUN", options->file, "the run file (*.mailroom)")->required();
  verb->add_flag("--json", options->json, "print the answer as JSON");
  verb->footer(
      "\nProves from the run file who was responsible for each copy at each moment: no gap, and two owners "
      "only\n"
      "while the receiver has committed a message and its sender has not read the reply.\n"
      "Exit code: 0 if mail was conserved, 1 if not, 2 if the file is no run file.");
  verb->callback([options, &invocation] {
    invocation.act = [options, &invocation] { return run_verify(*options, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
