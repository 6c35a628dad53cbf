// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/run.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "sim/main/cli_handoff.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/control_replay.hpp"
#include "sim/main/run_control.hpp"
#include "sim/main/run_loop.hpp"
#include "sim/main/run_progress.hpp"
#include "sim/main/simulation.hpp"

namespace mailroom::cli {
namespace {

// The control lines of the earlier run that is named, or else of the scenario; none if there are none. An exit code
// after a complaint.
std::expected<std::optional<control::Replay>, int> read_replay(RunOptions& options, const scenario::Scenario& scenario,
                                                               Terminal& terminal) {
  if (options.replay.empty() && scenario.control.empty()) return std::nullopt;
  if (options.replay.empty()) return control::Replay::of(scenario);
  auto replay = control::Replay::read(options.replay);
  if (!replay) return std::unexpected(complain(terminal, kUsage, replay.error()));
  std::error_code error;
  if (std::filesystem::equivalent(out_path(options), options.replay, error)) {
    if (!options.out.empty())
      return std::unexpected(
          complain(terminal, kUsage, "--out would replace the run that is replayed; give it another name"));
    options.suffix = "-replay";
  }
  if (replay->size() == 0)
    fmt::print(terminal.err, "note: nobody told {} anything; there is nothing to replay\n", printable(options.replay));
  if (const std::string different = replay->compare(scenario); !different.empty())
    fmt::print(terminal.err, "note: this is not the run that is replayed: {}; its lines keep their times\n",
               printable(different));
  return std::move(*replay);
}

// What comes back to those whom lines of standard input have connect, for the person who wrote these lines.
class Hearer final : public control::Watcher {
 public:
  explicit Hearer(std::ostream& messages, run::Progress& progress) : messages_(messages), progress_(progress) {}

 private:
  void say(control::Name name, std::string_view what) {
    progress_.clear();
    messages_ << control::to_string(name) << ": " << what << std::endl;
  }
  void on_taken(control::Name name) override { say(name, "taken"); }
  void on_established(control::Name name) override { say(name, "connected"); }
  void on_octets(control::Name name, std::string_view octets) override { say(name, control::quote(octets)); }
  void on_peer_finished(control::Name name) override { say(name, "finished by the other side"); }
  void on_ended(control::Name name, net::End end) override { say(name, net::name(end)); }
  void on_datagram(control::Name name, std::string_view octets) override { say(name, control::quote(octets)); }
  void on_port_unreachable(control::Name name) override { say(name, "port unreachable"); }

  std::ostream& messages_;
  run::Progress& progress_;
};

run::Why simulate(Setup& setup, const run::LoopOptions& loop_options, run::Progress& progress, Terminal& terminal) {
  UnderWay under_way(setup);
  Hearer hearer(terminal.err, progress);
  if (loop_options.pace) under_way.controller.set_watcher(&hearer);
  run::Loop loop(under_way.simulation, under_way.controller, under_way.sink, loop_options, progress, terminal.err,
                 [&under_way] { return under_way.keep_writing(); });
  const run::Why why = loop.run();
  progress.clear();
  under_way.end(why);
  return why;
}

}  // namespace

int run_run(RunOptions options, Terminal& terminal) {
  run::LoopOptions loop_options{.input_descriptor = STDIN_FILENO};
  if (!options.pace.empty()) {
    loop_options.pace = run::parse_pace(options.pace);
    if (!loop_options.pace)
      return complain(terminal, kUsage,
                      fmt::format("'{}' is no pace; write 1x, 10x or max", printable(options.pace)));
  }
  auto scenario = load_scenario(options, terminal);
  if (!scenario) return scenario.error();
  auto replay = read_replay(options, *scenario, terminal);
  if (!replay) return replay.error();
  if (*replay) loop_options.replay = &**replay;
  loop_options.duration_ns = scenario->duration_ns;
  auto setup = set_up(options, std::move(*scenario), terminal);
  if (!setup) return setup.error();
  run::watch_interrupts();
  // Where a person types, nothing is drawn over what is being typed.
  const bool is_typed = loop_options.pace && isatty(STDIN_FILENO) != 0;
  if (is_typed && !options.quiet)
    fmt::print(terminal.err, "Type pause, resume, step, pace 10x or quit, and press Enter.\n");
  const run::Show show = options.quiet || is_typed    ? run::Show::nothing
                         : isatty(STDERR_FILENO) != 0 ? run::Show::bar
                                                      : run::Show::lines;
  run::Progress progress(terminal.err, show, terminal.width);
  const run::Why why = simulate(*setup, loop_options, progress, terminal);
  const int exit_code = close_file(*setup, why, terminal);
  if (options.quiet) return exit_code;
  const int told = run_inspect({.file = setup->out.string()}, terminal);
  return exit_code != kDone ? exit_code : told;
}

void add_run(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("run", "simulate a scenario; writes a run file and tells what happened");
  verb->group(kSimulateGroup);
  const auto options = std::make_shared<RunOptions>();
  add_setup_options(*verb, *options);
  verb->add_option("--pace", options->pace,
                   "simulated seconds a second: 1x, 10x, max; then lines on standard input are obeyed:\n"
                   "pause, resume, step, pace 10x, stay, quit, and control lines (docs/LIVE.md)")
      ->type_name("PACE");
  verb->add_option("--replay", options->replay,
                   "obey again what people told an earlier run (telnet, serve, standard input), at its times")
      ->type_name("RUN");
  verb->add_flag("--quiet", options->quiet, "print neither progress nor summary");
  verb->footer(
      "\nCtrl-C ends a run early and leaves a valid run file.\n"
      "Exit code: 0 done; 1 the disk was full (the run file has what came before); 2 a mistake.");
  verb->callback([options, &invocation] {
    invocation.act = [options, &invocation] { return run_run(*options, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
