// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/swarm_verb.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

#include "sim/main/cli_handoff.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/swarm.hpp"
#include "topologies/units.hpp"

namespace mailroom::cli {

namespace {

struct SwarmOptions {
  std::string seeds = "1..1000";
  std::string budget;
  std::string out;
  int jobs = 0;
  std::optional<std::uint64_t> show;
  bool has_marks = false;
};

bool parse_seeds(std::string_view text, swarm::Plan& plan) {
  const auto number = [](std::string_view digits, std::uint64_t& target) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), target);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return number(text, plan.first) && number(text, plan.last);
  return number(text.substr(0, dots), plan.first) && number(text.substr(dots + 2), plan.last) && plan.first <= plan.last;
}

// One line that is written over and over, on a terminal alone.
class Progress {
 public:
  Progress(Terminal& terminal, const swarm::Plan& plan)
      : terminal_(terminal), planned_(plan.last - plan.first + 1), is_shown_(isatty(STDERR_FILENO) != 0) {}

  void show(std::int64_t done, std::string_view what) {
    const auto now = std::chrono::steady_clock::now();
    if (!is_shown_ || now - shown_ < std::chrono::milliseconds(200)) return;
    shown_ = now;
    fmt::print(terminal_.err, "\r\x1b[K{} of {} seeds, {}", grouped(done), grouped(static_cast<std::int64_t>(planned_)), what);
    terminal_.err.flush();
  }
  void clear() {
    if (is_shown_) fmt::print(terminal_.err, "\r\x1b[K");
  }

 private:
  Terminal& terminal_;
  std::uint64_t planned_;
  bool is_shown_;
  std::chrono::steady_clock::time_point shown_{};
};

void print_marks(const swarm::Tally& tally, bool has_all, Terminal& terminal) {
  std::vector<std::string> missing;
  for (const std::string& mark : swarm::wanted_marks()) {
    const auto found = tally.marks.find(mark);
    if (found == tally.marks.end()) missing.push_back(mark);
    if (has_all) fmt::print(terminal.out, "  {:>11}  {}\n", found == tally.marks.end() ? "-" : grouped(found->second), mark);
  }
  const std::size_t wanted = swarm::wanted_marks().size();
  fmt::print(terminal.out, "Reached {} of {} marks{}\n", wanted - missing.size(), wanted,
             missing.empty() ? "." : "; not yet reached:");
  for (const std::string& mark : missing) fmt::print(terminal.out, "  {}\n", mark);
}

int tell_failure(const swarm::Plan& plan, const swarm::Tally& tally, const SwarmOptions& options, Progress& progress,
                 Terminal& terminal) {
  const swarm::Failure& failure = *tally.failure;
  fmt::print(terminal.out, "Seed {} failed: {}\n{}\n", failure.seed, name(failure.verdict.result),
             printable(failure.verdict.text, true));
  terminal.out.flush();  // what follows may take a while
  const swarm::Failure small = swarm::shrink(
      failure, plan, [&](std::size_t parts) { progress.show(tally.seeds, fmt::format("shrinking: {} parts are left", parts)); });
  progress.clear();
  fmt::print(terminal.out, "The smallest scenario that fails in the same way ({}):\n\n{}\n", name(small.verdict.result),
             small.yaml);
  const std::string out = options.out.empty() ? fmt::format("swarm-{}.yaml", failure.seed) : options.out;
  if (std::ofstream file(out); file << small.yaml) {
    fmt::print(terminal.out, "It is in {0}; run it again with\n  mailroom run {0}\n", printable(out));
  } else {
    return complain(terminal, kUsage, fmt::format("{} cannot be written; --out NAME writes elsewhere", printable(out)));
  }
  return kFoundWrong;
}

int run_swarm(const SwarmOptions& options, Terminal& terminal) {
  swarm::Plan plan;
  if (options.show) {
    fmt::print(terminal.out, "{}", swarm::generate(*options.show, plan.options).yaml());
    return kDone;
  }
  if (!parse_seeds(options.seeds, plan))
    return complain(terminal, kUsage,
                    fmt::format("--seeds: '{}' is no range; write for example 1..10000, or 17", printable(options.seeds)));
  if (!options.budget.empty()) {
    const auto budget = topology::parse_duration_ns(options.budget);
    if (!budget)
      return complain(terminal, kUsage, fmt::format("--budget: {}; {}", printable(budget.error().wrong), budget.error().right));
    plan.budget_ns = std::max<std::int64_t>(*budget, 1);
  }
  plan.jobs = options.jobs > 0 ? options.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  Progress progress(terminal, plan);
  const swarm::Tally tally = swarm::run(plan, [&progress](const swarm::Tally& so_far) {
    progress.show(so_far.seeds, fmt::format("{} events", grouped(so_far.events)));
  });
  progress.clear();
  if (tally.failure) return tell_failure(plan, tally, options, progress, terminal);
  fmt::print(terminal.out, "{} run, {} of them twice: mail was conserved in each, and nothing crashed ({}).\n",
             counted(tally.seeds, "seed"), grouped(tally.replayed), counted(tally.events, "event"));
  print_marks(tally, options.has_marks, terminal);
  return kDone;
}

}  // namespace

void add_swarm(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("swarm", "run random scenarios with random faults, and verify each");
  verb->group(kSimulateGroup);
  const auto options = std::make_shared<SwarmOptions>();
  verb->add_option("--seeds", options->seeds, "which scenarios (default: 1..1000)")->type_name("A..B");
  verb->add_option("--budget", options->budget, "begin no further one after so long: 10m")->type_name("TIME");
  verb->add_option("--jobs", options->jobs, "so many at the same time (default: one a processor)")->type_name("N");
  verb->add_option("--show", options->show, "print the scenario of this seed, and run nothing")->type_name("SEED");
  verb->add_option("--out", options->out, "where a scenario that fails is written (default: swarm-SEED.yaml, here)")
      ->type_name("FILE");
  verb->add_flag("--marks", options->has_marks, "print how often everything was reached that should be");
  verb->footer(
      "\nEach scenario runs in a process of its own; every 16th runs twice and must give the same events. The first that\n"
      "fails is made as small as it can be, printed and written to a file.\n"
      "Exit code: 0 all is well; 1 a scenario failed; 2 a mistake on the command line.");
  verb->callback([options, &invocation] {
    invocation.act = [options, &invocation] { return run_swarm(*options, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
