// SPDX-License-Identifier: GPL-2.0-only
// What all verbs that simulate (run, host, telnet, serve) do before and after: the scenario is loaded, the
// run file begun, the simulation started; and at the end the file is closed and what there is to say of it is
// said.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/main/cli.hpp"
#include "sim/main/controller.hpp"
#include "sim/main/run_loop.hpp"
#include "sim/main/simulation.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/recorder.hpp"
#include "sim/trace/run_file_writer.hpp"

namespace CLI {
class App;
}

namespace mailroom::cli {

struct SetupOptions {
  std::string file;
  std::string out;     // empty: the scenario's name and `suffix` with .mailroom, in the current folder
  std::string suffix;  // "-telnet"
  std::string record;  // a level; empty: as the scenario says
  std::optional<std::uint64_t> seed;
  std::vector<std::string> overrides;  // key=value
  std::vector<std::string> faults;     // sentences, as in the scenario
  bool force = false;                  // replace a run file that has notes
  std::string max_file_size;           // "500MB"; empty: no limit
};

// SCENARIO, --out, --seed, --set, --fault, --record, --max-file-size and --force. `options` outlives the
// verb.
void add_setup_options(CLI::App& verb, SetupOptions& options);

std::filesystem::path out_path(const SetupOptions& options);

struct Setup {
  scenario::Scenario scenario;
  trace::Level level;
  std::filesystem::path out;
  std::unique_ptr<trace::RunFileWriter> writer;
};

// What the scenario file says; an exit code after a complaint. Warnings are told.
std::expected<scenario::Scenario, int> load_scenario(const SetupOptions& options, Terminal& terminal);

// Begins the run file; an exit code after a complaint. `change` may say more in its header.
using ChangeHeader = std::function<void(trace::RunHeader&)>;
std::expected<Setup, int> set_up(const SetupOptions& options, scenario::Scenario scenario, Terminal& terminal,
                                 const ChangeHeader& change = {});

// A simulation under way. Time stands at 0, and everything has been started.
class UnderWay {
 public:
  // `setup` must outlive it.
  explicit UnderWay(Setup& setup);

  // To be called now and then. False: the run file takes no more.
  bool keep_writing();
  // Records the end. Nothing happens afterwards.
  void end(run::Why why);

  run::WatchedSink sink;
  trace::Recorder recorder;
  Simulation simulation;
  control::Controller controller;

 private:
  Setup& setup_;
};

// Closes the run file and says if it is not whole. An exit code.
int close_file(Setup& setup, Terminal& terminal);
// And if it was ended early.
int close_file(Setup& setup, run::Why why, Terminal& terminal);

}  // namespace mailroom::cli
