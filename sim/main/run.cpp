// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/run.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "sim/agents/zones.hpp"
#include "sim/main/cli_handoff.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/run_control.hpp"
#include "sim/main/run_loop.hpp"
#include "sim/main/run_progress.hpp"
#include "sim/main/simulation.hpp"
#include "sim/scenario/load.hpp"
#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/run_file_writer.hpp"
#include "topologies/layout.hpp"
#include "topologies/units.hpp"

namespace mailroom::cli {
namespace {

std::filesystem::path out_path(const RunOptions& options) {
  if (!options.out.empty()) return options.out;
  return std::filesystem::path(options.file).stem().concat(".mailroom");
}

// Notes are a reader's work: a run file that has some is not replaced unasked.
bool has_notes(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return false;
  auto reader = trace::RunFileReader::open(path);
  if (!reader) return false;
  const auto notes = reader->notes();
  return notes && !notes->empty();
}

std::optional<scenario::Scenario> load(const RunOptions& options, Terminal& terminal) {
  std::vector<std::string> overrides = options.overrides;
  if (options.seed) overrides.push_back(fmt::format("seed={}", *options.seed));
  if (!options.record.empty()) overrides.push_back("record=" + options.record);
  auto loaded = scenario::load(options.file, overrides);
  if (!loaded) {
    fmt::print(terminal.err, "{}", printable(to_string(loaded.error()), true));
    complain(terminal, kUsage,
             fmt::format("{} in {}; nothing was run",
                         counted(static_cast<std::int64_t>(loaded.error().size()), "mistake"),
                         printable(options.file)));
    return std::nullopt;
  }
  std::vector<scenario::Diagnostic> warnings = std::move(loaded->warnings);
  for (scenario::Diagnostic& one : agents::zone_warnings(loaded->scenario, options.file))
    warnings.push_back(std::move(one));
  for (const scenario::Diagnostic& warning : warnings)
    fmt::print(terminal.err, "{} {}\n", dyed(terminal, Ink::warn, "warning:"), printable(to_string(warning)));
  topology::layout(loaded->scenario.topology);  // for the run file: readers draw what it says
  return std::move(loaded->scenario);
}

void record_end(trace::Recorder& recorder, run::Why why) {
  trace::ContextScope scope(recorder, {});
  recorder.record({.kind = trace::Kind::run_ended, .text = run::name(why)});
}

// Simulates into the writer. The simulation is gone when this returns.
run::Why simulate(const scenario::Scenario& scenario, trace::Level level, trace::RunFileWriter& writer,
                  const run::LoopOptions& loop_options, run::Progress& progress, Terminal& terminal) {
  run::WatchedSink sink(writer);
  trace::Recorder recorder(sink, level);
  Simulation simulation(scenario, recorder);
  const std::string detail = nlohmann::json{{"seed", scenario.seed}}.dump();
  recorder.context.event =
      recorder.record({.kind = trace::Kind::run_began, .text = version(), .detail = detail});
  simulation.start();
  recorder.context = {};
  run::Loop loop(simulation, sink, loop_options, progress, terminal.err, [&writer] {
    writer.maybe_commit();
    return !writer.error();
  });
  const run::Why why = loop.run();
  progress.clear();
  simulation.close();
  recorder.set_time(simulation.now_ns());
  record_end(recorder, why);
  return why;
}

int tell_end(run::Why why, const trace::RunFileWriter& writer, const std::filesystem::path& out,
             Terminal& terminal) {
  if (writer.error())
    return complain(
        terminal, kFoundWrong,
        fmt::format("{}; {} has what came before", writer.error()->text, printable(out.string())));
  if (why == run::Why::interrupted || why == run::Why::quit)
    fmt::print(terminal.err, "{}: the run was ended early; {} is valid and has all that happened before\n",
               why == run::Why::quit ? "quit" : "interrupted", printable(out.string()));
  return kDone;
}

}  // namespace

int run_run(const RunOptions& options, Terminal& terminal) {
  run::LoopOptions loop_options{.input_descriptor = STDIN_FILENO};
  if (!options.pace.empty()) {
    loop_options.pace = run::parse_pace(options.pace);
    if (!loop_options.pace)
      return complain(terminal, kUsage,
                      fmt::format("'{}' is no pace; write 1x, 10x or max", printable(options.pace)));
  }
  std::int64_t max_file_bytes = 0;
  if (!options.max_file_size.empty()) {
    const auto size = topology::parse_size_bytes(options.max_file_size);
    if (!size)
      return complain(terminal, kUsage,
                      fmt::format("--max-file-size: {}; {}", printable(size.error().wrong), size.error().right));
    max_file_bytes = std::max<std::int64_t>(*size, 1);
  }
  const auto scenario = load(options, terminal);
  if (!scenario) return kUsage;
  loop_options.duration_ns = scenario->duration_ns;
  const auto level = trace::level_named(scenario->record).value_or(trace::Level::full);
  const std::filesystem::path out = out_path(options);
  if (!options.force && has_notes(out))
    return complain(terminal, kUsage,
                    fmt::format("{} has notes of yours; --force replaces it, --out NAME writes elsewhere",
                                printable(out.string())));
  auto writer = trace::RunFileWriter::create(out, header_of(*scenario, level),
                                             {.overwrite = true, .max_bytes = max_file_bytes});
  if (!writer) {
    const bool full = writer.error().problem == trace::FileError::Problem::disk_full;
    return complain(terminal, full ? kFoundWrong : kUsage, writer.error().text);
  }
  run::watch_interrupts();
  // Where a person types, nothing is drawn over what is being typed.
  const bool is_typed = loop_options.pace && isatty(STDIN_FILENO) != 0;
  if (is_typed && !options.quiet)
    fmt::print(terminal.err, "Type pause, resume, step, pace 10x or quit, and press Enter.\n");
  const run::Show show = options.quiet || is_typed    ? run::Show::nothing
                         : isatty(STDERR_FILENO) != 0 ? run::Show::bar
                                                      : run::Show::lines;
  run::Progress progress(terminal.err, show, terminal.width);
  const run::Why why = simulate(*scenario, level, **writer, loop_options, progress, terminal);
  static_cast<void>((*writer)->finish());  // its error is the writer's, told below
  const int exit_code = tell_end(why, **writer, out, terminal);
  if (options.quiet) return exit_code;
  const int told = run_inspect({.file = out.string()}, terminal);
  return exit_code != kDone ? exit_code : told;
}

void add_run(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("run", "simulate a scenario; writes a run file and tells what happened");
  verb->group(kSimulateGroup);
  const auto options = std::make_shared<RunOptions>();
  verb->add_option("SCENARIO", options->file, "scenario file (YAML)")->required();
  verb->add_option("--out", options->out, "the run file (default: the scenario's name with .mailroom, here)")
      ->type_name("FILE");
  verb->add_option("--seed", options->seed, "another seed for all random streams")->type_name("N");
  verb->add_option("--set", options->overrides, "change a value of the scenario: topology.links.0.loss=1%")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb->add_option("--record", options->record,
                   "how much to record: summary, mail, full (dialogue) or packets")
      ->type_name("LEVEL");
  verb->add_option("--pace", options->pace,
                   "simulated seconds a second: 1x, 10x, max; then lines on standard input are obeyed:\n"
                   "pause, resume, step, pace 10x, quit")
      ->type_name("PACE");
  verb->add_option("--max-file-size", options->max_file_size, "stop when the run file reaches this size: 500MB")
      ->type_name("SIZE");
  verb->add_flag("--force", options->force, "replace a run file that has notes");
  verb->add_flag("--quiet", options->quiet, "print neither progress nor summary");
  verb->footer(
      "\nCtrl-C ends a run early and leaves a valid run file.\n"
      "Exit code: 0 done; 1 the disk was full (the run file has what came before); 2 a mistake.");
  verb->callback([options, &invocation] {
    invocation.act = [options, &invocation] { return run_run(*options, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
