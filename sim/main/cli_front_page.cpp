// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/cli_front_page.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "sim/main/cli.hpp"
#include "sim/main/cli_handoff.hpp"
#include "sim/main/cli_table.hpp"

namespace mailroom::cli {
namespace {

namespace fs = std::filesystem;

// The first file of `folder` by name that ends in `extension`.
std::optional<fs::path> first_file(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == extension) found.push_back(it->path());
  if (found.empty()) return std::nullopt;
  return std::ranges::min(found).lexically_normal();
}

// A scenario to begin with: one that lies here, or a demo of the source tree that we are in or were built in
// (build/PRESET/bin/mailroom).
std::optional<fs::path> scenario_to_try(const fs::path& program) {
  for (const fs::path& folder :
       {fs::path("."), fs::path("labs/demos"), program.parent_path() / "../../../labs/demos",
        program.parent_path() / "../share/mailroom/demos"})
    if (const auto scenario = first_file(folder, ".yaml")) return scenario;
  return std::nullopt;
}

void print_next(const CLI::App& app, Invocation& invocation) {
  Terminal& terminal = invocation.terminal;
  const auto has_verb = [&](const char* name) { return verb_named(app, name) != nullptr; };
  std::vector<Suggestion> next;
  if (const auto scenario = scenario_to_try(invocation.program); scenario && has_verb("run"))
    next.push_back({fmt::format("mailroom run {}", scenario->string()), "simulate it, and get a run file"});
  if (const auto run = first_file(".", ".mailroom"); run && has_verb("inspect"))
    next.push_back({fmt::format("mailroom inspect {}", run->string()), "what became of the mail"});
  if (next.empty()) next.push_back({"mailroom topology --generate ring,nodes=6", "a first network"});
  next.push_back({"mailroom VERB --help", "all about one verb"});
  print_suggestions(terminal, next);
}

}  // namespace

void print_front_page(const CLI::App& app, Invocation& invocation) {
  Terminal& terminal = invocation.terminal;
  fmt::print(
      terminal.out,
      "{} {}: a laboratory for Internet mail\n\n"
      "Simulated hosts run complete mail agents over ns-3's TCP/IP. Watch messages travel, read every\n"
      "dialogue, open every queue and mailbox, break things, and find out why a message was late,\n"
      "bounced, doubled or lost.\n\n"
      "usage: mailroom VERB [options]\n",
      dyed(terminal, Ink::strong, "Mailroom"), version());

  std::vector<std::string> groups;
  const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* verb : verbs)
    if (std::ranges::find(groups, verb->get_group()) == groups.end()) groups.push_back(verb->get_group());

  for (const std::string& group : groups) {
    fmt::print(terminal.out, "\n{}\n", dyed(terminal, Ink::strong, group));
    Table table({{.heading = ""}, {.heading = "", .wraps = true}});
    for (const CLI::App* verb : verbs)
      if (verb->get_group() == group)
        table.add({{fmt::format("{:<9}", verb->get_name()), Ink::name}, verb->get_description()});
    for (const Handoff& handoff : handoffs())
      if (handoff.group == group && program_of(handoff, invocation.program))
        table.add({{fmt::format("{:<9}", handoff.verb), Ink::name}, std::string(handoff.meaning)});
    table.print(terminal);
  }
  print_next(app, invocation);
}

}  // namespace mailroom::cli
