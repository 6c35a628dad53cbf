// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/check.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "sim/agents/zones.hpp"
#include "sim/main/cli.hpp"
#include "sim/main/cli_handoff.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/fault_warnings.hpp"
#include "sim/scenario/load.hpp"

namespace mailroom::cli {
namespace {

Json to_json(const std::vector<scenario::Diagnostic>& diagnostics) {
  Json list = Json::array();
  for (const scenario::Diagnostic& d : diagnostics)
    list.push_back(
        {{"file", d.file}, {"line", d.line}, {"column", d.column}, {"wrong", d.wrong}, {"right", d.right}});
  return list;
}

void print_diagnostics(Terminal& terminal, Ink ink, std::string_view word,
                       const std::vector<scenario::Diagnostic>& diagnostics) {
  for (const scenario::Diagnostic& diagnostic : diagnostics)
    fmt::print(terminal.err, "{} {}\n", dyed(terminal, ink, word), printable(to_string(diagnostic)));
}

// What one file's check found, for --json.
Json check_file(const CheckOptions& options, const std::string& file, Terminal& terminal, bool& all_right) {
  const auto loaded = scenario::load(file, options.overrides);
  Json answer = {{"file", file}, {"ok", loaded.has_value()}};
  if (!loaded) {
    all_right = false;
    answer["mistakes"] = to_json(loaded.error());
    if (!options.json) {
      print_diagnostics(terminal, Ink::bad, "mistake:", loaded.error());
      fmt::print(
          terminal.err, "{}\n",
          counted(static_cast<std::int64_t>(loaded.error().size()), "mistake") + " in " + printable(file));
    }
    return answer;
  }
  const scenario::Scenario& scenario = loaded->scenario;
  const auto hosts = static_cast<std::int64_t>(scenario.hosts.size());
  const auto links = static_cast<std::int64_t>(num_edges(scenario.topology));
  const std::int64_t messages = planned_messages(scenario);
  answer["hosts"] = hosts;
  answer["links"] = links;
  answer["messages"] = messages;
  answer["mistakes"] = Json::array();
  std::vector<scenario::Diagnostic> warnings = loaded->warnings;
  for (scenario::Diagnostic& one : agents::zone_warnings(scenario, file)) warnings.push_back(std::move(one));
  for (scenario::Diagnostic& one : fault_warnings(scenario, file)) warnings.push_back(std::move(one));
  answer["warnings"] = to_json(warnings);
  if (!options.json) {
    print_diagnostics(terminal, Ink::warn, "warning:", warnings);
    fmt::print(terminal.out, "{}{} {}, {}, {}\n",
               options.files.size() > 1 ? printable(file) + ": " : std::string(),
               dyed(terminal, Ink::good, "ok:"), counted(hosts, "host"), counted(links, "link"),
               counted(messages, "message"));
  }
  return answer;
}

}  // namespace

std::int64_t planned_messages(const scenario::Scenario& scenario) {
  using Choice = scenario::AddressSet::Choice;
  std::int64_t messages = 0;
  for (const scenario::Traffic& traffic : scenario.traffic) {
    const std::int64_t senders =
        traffic.from.choice == Choice::any ? 1 : static_cast<std::int64_t>(traffic.from.members.size());
    std::int64_t of_all = senders;
    if (traffic.to.choice == Choice::each) {
      const auto recipients = static_cast<std::int64_t>(traffic.to.members.size());
      of_all = senders * recipients;
      // Nobody writes to themselves, unless there is no one else.
      if (traffic.from.choice != Choice::any && recipients > 1) {
        of_all -= std::ranges::count_if(traffic.from.members, [&](const std::string& from) {
          return std::ranges::find(traffic.to.members, from) != traffic.to.members.end();
        });
      }
    }
    messages += of_all * traffic.count;
  }
  return messages;
}

int run_check(const CheckOptions& options, Terminal& terminal) {
  bool all_right = true;
  Json answers = Json::array();
  for (const std::string& file : options.files)
    answers.push_back(check_file(options, file, terminal, all_right));
  if (options.json) print_json(terminal, answers.size() == 1 ? answers.front() : answers);
  return all_right ? kDone : kUsage;
}

void add_check(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("check", "all mistakes of a scenario, with line and column");
  verb->group(kPrepareGroup);
  const auto options = std::make_shared<CheckOptions>();
  verb->add_option("SCENARIO", options->files, "scenario files (YAML)")->required();
  verb->add_option("--set", options->overrides,
                   "change a value before the check, as 'run --set' does: seed=7")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb->add_flag("--json", options->json, "print the result as JSON");
  verb->footer("\nExit code: 0 if all is right (warnings allowed), 2 if there is a mistake.");
  verb->callback([options, &invocation] {
    invocation.act = [options, &invocation] { return run_check(*options, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
