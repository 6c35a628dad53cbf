// SPDX-License-Identifier: GPL-2.0-only
// What is asked of `mailroom run`: a command line as a value. Where run files go, and which names are free.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/run_file.hpp"

namespace mailroom::viz {

struct RunOrder {
  std::filesystem::path scenario{};
  std::filesystem::path out{};
  std::vector<std::string> sets{};    // "key.path=value"
  std::vector<std::string> faults{};  // sentences
  std::filesystem::path replay{};     // a run whose control lines are obeyed again; empty: none
  std::string pace{};                 // "1x"; empty: as fast as it goes, without listening
  bool replaces_notes = false;        // a run file with notes may be overwritten
  bool hides_faults = false;          // of the line that is shown to people

  std::vector<std::string> arguments() const;  // of the program mailroom: run, …
  // As a person would type it into a shell.
  std::string command_line() const;
};

// What `--set`, `--fault`, `--seed` and `--record` changed in a run, as lines that --set takes.
std::vector<std::string> overrides_of(const trace::RunHeader& header);

// A path as a word for a program: one that begins with a dash is no option.
std::string as_argument(const std::filesystem::path& path);

// The program `mailroom`: beside the one that runs. MAILROOM in the environment names another.
std::filesystem::path simulator_program();

// Where `mailroom run SCENARIO` writes: its name with .mailroom, in the current folder.
std::filesystem::path usual_run_file(const std::filesystem::path& scenario);
// "NAME-2.mailroom", "NAME-3.mailroom", … beside `path`: the first that is not there. `path` itself if it is not there.
std::filesystem::path free_name(const std::filesystem::path& path);
// Whether there is a run file in whose notes a reader's work would be lost.
bool has_notes(const std::filesystem::path& run_file);

// The scenario of a run as a file that can be run again. A file that has the very text is taken: `hint`, or one of its name
// beside the run file or in the current folder; else the text is written into `folder`, which is made. The error is a
// sentence.
std::expected<std::filesystem::path, std::string> scenario_file_of(const trace::RunHeader& header,
                                                                   const std::filesystem::path& run_file,
                                                                   const std::filesystem::path& hint,
                                                                   const std::filesystem::path& folder);

// For what a session of the visualizer makes and nobody keeps. It is there until remove_scratch().
std::filesystem::path scratch_folder();
void remove_scratch();

}  // namespace mailroom::viz
