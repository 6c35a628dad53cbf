// SPDX-License-Identifier: GPL-2.0-only
// `inspect --why`: the chain of causes from an event up to its root, with the evidence of each as side
// branches.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "sim/main/cli.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/main/inspect_words.hpp"
#include "sim/story/causes.hpp"

namespace mailroom::cli {
namespace {

using story::Causes;
using story::Step;
using trace::EventId;
using trace::StoredEvent;

void add_row(Run& run, const Step& step, const std::string& indent, Table& table) {
  const StoredEvent& e = step.event;
  std::string text = sentence(run, e);
  if (step.reason_for) text += fmt::format(" (the reason for event {})", step.reason_for.value);
  const bool is_asked = step.relation == Step::Relation::asked;
  const char* relation = is_asked ? "" : step.relation == Step::Relation::because ? "because" : "caused by";
  table.add({{indent + relation, Ink::dim},
             std::to_string(e.id.value),
             {clock(e.time_ns), Ink::dim},
             {run.host(e.host), Ink::name},
             {std::move(text), is_asked ? Ink::strong : ink_of(e.kind)}});
}

void add_left_out(const Step& step, const std::string& indent, Table& table) {
  std::string text =
      step.relation == Step::Relation::fewer_lines
          ? fmt::format("{} of session {}", counted(step.count, "earlier line"), step.event.session.value)
          : fmt::format("{} earlier tries like this, since {}", step.count, clock(step.event.time_ns));
  table.add({{indent + "...", Ink::dim}, "", "", "", {std::move(text), Ink::dim}});
}

void add_steps(Run& run, const std::vector<Step>& steps, Table& table) {
  for (const Step& step : steps) {
    const std::string indent(2 * static_cast<std::size_t>(step.depth), ' ');
    if (step.relation == Step::Relation::fewer_lines || step.relation == Step::Relation::fewer_tries)
      add_left_out(step, indent, table);
    else
      add_row(run, step, indent, table);
  }
}

bool has(const std::vector<Step>& steps, Step::Relation relation) {
  return std::ranges::any_of(steps, [relation](const Step& step) { return step.relation == relation; });
}

Json chain_json(Run& run, const std::vector<StoredEvent>& chain) {
  Json list = Json::array();
  for (const StoredEvent& e : chain) list.push_back(to_json(run, e));
  return list;
}

}  // namespace

int inspect_why(Run& run, const InspectOptions& options, Terminal& terminal) {
  const EventId id{*options.why};
  if (!must(run.reader().event(id))) {
    const EventId last = must(run.reader().last_event());
    const bool is_left_out = id.value >= 1 && id < last;
    return complain(
        terminal, kUsage,
        is_left_out
            ? fmt::format("event {} is not in this file, because its level leaves it out: {}", id.value,
                          record_again(run, trace::Level::packets))
            : fmt::format("there is no event {} in this run, the last one is {}; 'mailroom inspect {} "
                          "--events' lists them",
                          id.value, last.value, printable(run.file())));
  }
  const Causes causes = must(story::causes_of(run.reader(), id));
  if (options.json) {
    Json json = {{"event", id.value}, {"chain", chain_json(run, causes.chain)}, {"because", Json::array()}};
    for (const story::Because& branch : causes.branches)
      json["because"].push_back({{"of", branch.of.value}, {"chain", chain_json(run, branch.chain)}});
    print_json(terminal, json);
    return kDone;
  }
  Table table({{.heading = ""},
               {.heading = "event", .align = Column::Align::right},
               {.heading = "time"},
               {.heading = "host"},
               {.heading = "what happened", .wraps = true}});
  const std::vector<Step> steps = story::steps_of(causes);
  add_steps(run, steps, table);
  table.print(terminal, 0);
  const StoredEvent& root = causes.chain.back();
  if (causes.chain.size() > 1)
    fmt::print(terminal.out, "\n{} passed between the first cause and event {}.\n",
               duration(causes.chain.front().time_ns - root.time_ns), id.value);
  if (has(steps, Step::Relation::fewer_lines))
    fmt::print(terminal.out, "What was left out: --session NUMBER has the dialogue, --json every step.\n");
  else if (has(steps, Step::Relation::fewer_tries))
    fmt::print(terminal.out, "What was left out: --json has every step.\n");
  return kDone;
}

}  // namespace mailroom::cli
