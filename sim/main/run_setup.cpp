// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/run_setup.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/agents/zones.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/fault_warnings.hpp"
#include "sim/scenario/load.hpp"
#include "sim/trace/run_file_reader.hpp"
#include "topologies/layout.hpp"
#include "topologies/units.hpp"

namespace mailroom::cli {
namespace {

// Notes are a reader's work: a run file that has some is not replaced unasked.
bool has_notes(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return false;
  auto reader = trace::RunFileReader::open(path);
  if (!reader) return false;
  const auto notes = reader->notes();
  return notes && !notes->empty();
}

std::string seed_detail(const scenario::Scenario& scenario) {
  return nlohmann::json{{"seed", scenario.seed}}.dump();
}

}  // namespace

void add_setup_options(CLI::App& verb, SetupOptions& options) {
  verb.add_option("SCENARIO", options.file, "scenario file (YAML)")->required();
  verb.add_option(
          "--out", options.out,
          fmt::format("the run file (default: the scenario's name with {}.mailroom, here)", options.suffix))
      ->type_name("FILE");
  verb.add_option("--seed", options.seed, "another seed for all random streams")->type_name("N");
  verb.add_option("--set", options.overrides, "change a value of the scenario: topology.links.0.loss=1%")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--fault", options.faults,
                  "something that goes wrong: \"link a-b down at 10s for 5m\" (docs/FAULTS.md)")
      ->type_name("SENTENCE")
      ->allow_extra_args(false);
  verb.add_option("--record", options.record, "how much to record: summary, mail, full (dialogue) or packets")
      ->type_name("LEVEL");
  verb.add_option("--max-file-size", options.max_file_size, "stop when the run file reaches this size: 500MB")
      ->type_name("SIZE");
  verb.add_flag("--force", options.force, "replace a run file that has notes");
}

std::filesystem::path out_path(const SetupOptions& options) {
  if (!options.out.empty()) return options.out;
  return std::filesystem::path(options.file).stem().concat(options.suffix + ".mailroom");
}

std::expected<scenario::Scenario, int> load_scenario(const SetupOptions& options, Terminal& terminal) {
  std::vector<std::string> overrides = options.overrides;
  if (options.seed) overrides.push_back(fmt::format("seed={}", *options.seed));
  if (!options.record.empty()) overrides.push_back("record=" + options.record);
  for (const std::string& fault : options.faults)
    overrides.push_back(std::string(scenario::kAddFault) + fault);
  auto loaded = scenario::load(options.file, overrides);
  if (!loaded) {
    fmt::print(terminal.err, "{}", printable(to_string(loaded.error()), true));
    return std::unexpected(
        complain(terminal, kUsage,
                 fmt::format("{} in {}; nothing was run",
                             counted(static_cast<std::int64_t>(loaded.error().size()), "mistake"),
                             printable(options.file))));
  }
  std::vector<scenario::Diagnostic> warnings = std::move(loaded->warnings);
  for (scenario::Diagnostic& one : agents::zone_warnings(loaded->scenario, options.file))
    warnings.push_back(std::move(one));
  for (scenario::Diagnostic& one : fault_warnings(loaded->scenario, options.file)) warnings.push_back(std::move(one));
  for (const scenario::Diagnostic& warning : warnings)
    fmt::print(terminal.err, "{} {}\n", dyed(terminal, Ink::warn, "warning:"), printable(to_string(warning)));
  topology::layout(loaded->scenario.topology);  // for the run file: readers draw what it says
  return std::move(loaded->scenario);
}

std::expected<Setup, int> set_up(const SetupOptions& options, scenario::Scenario scenario, Terminal& terminal,
                                 const ChangeHeader& change) {
  std::int64_t max_file_bytes = 0;
  if (!options.max_file_size.empty()) {
    const auto size = topology::parse_size_bytes(options.max_file_size);
    if (!size)
      return std::unexpected(complain(
          terminal, kUsage,
          fmt::format("--max-file-size: {}; {}", printable(size.error().wrong), size.error().right)));
    max_file_bytes = std::max<std::int64_t>(*size, 1);
  }
  const auto level = trace::level_named(scenario.record).value_or(trace::Level::full);
  const std::filesystem::path out = out_path(options);
  if (!options.force && has_notes(out))
    return std::unexpected(
        complain(terminal, kUsage,
                 fmt::format("{} has notes of yours; --force replaces it, --out NAME writes elsewhere",
                             printable(out.string()))));
  trace::RunHeader header = header_of(scenario, level);
  if (change) change(header);
  auto writer = trace::RunFileWriter::create(out, header, {.overwrite = true, .max_bytes = max_file_bytes});
  if (!writer) {
    const bool full = writer.error().problem == trace::FileError::Problem::disk_full;
    return std::unexpected(complain(terminal, full ? kFoundWrong : kUsage, writer.error().text));
  }
  return Setup{std::move(scenario), level, out, std::move(*writer)};
}

UnderWay::UnderWay(Setup& setup)
    : sink(*setup.writer),
      recorder(sink, setup.level),
      simulation(setup.scenario, recorder),
      controller(simulation, setup.scenario, recorder),
      setup_(setup) {
  const std::string detail = seed_detail(setup.scenario);
  recorder.context.event =
      recorder.record({.kind = trace::Kind::run_began, .text = version(), .detail = detail});
  simulation.start();
  recorder.context = {};
}

bool UnderWay::keep_writing() {
  setup_.writer->maybe_commit();
  return !setup_.writer->error();
}

void UnderWay::end(run::Why why) {
  simulation.close();
  recorder.set_time(simulation.now_ns());
  trace::ContextScope scope(recorder, {});
  recorder.record({.kind = trace::Kind::run_ended, .text = run::name(why)});
}

int close_file(Setup& setup, Terminal& terminal) {
  static_cast<void>(setup.writer->finish());  // its error is the writer's
  if (const auto& error = setup.writer->error())
    return complain(terminal, kFoundWrong,
                    fmt::format("{}; {} has what came before", error->text, printable(setup.out.string())));
  return kDone;
}

int close_file(Setup& setup, run::Why why, Terminal& terminal) {
  if (const int exit_code = close_file(setup, terminal); exit_code != kDone) return exit_code;
  if (why == run::Why::interrupted || why == run::Why::quit)
    fmt::print(terminal.err, "{}: the run was ended early; {} is valid and has all that happened before\n",
               why == run::Why::quit ? "quit" : "interrupted", printable(setup.out.string()));
  return kDone;
}

}  // namespace mailroom::cli
