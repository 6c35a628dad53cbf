// SPDX-License-Identifier: GPL-2.0-only
// The program `mailroom`: git-style verbs over one command line. Each verb lives in a file of its own, adds
// itself through a function of type AddVerb, and runs as a function that returns an exit code. main.cpp lists
// the verbs.
//
// Nothing here exits or throws for what a user did: a complaint is printed and its exit code returned.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/main/cli_terminal.hpp"

namespace CLI {
class App;
}

namespace mailroom::cli {

// The exit codes of every verb (docs/INSPECT.md).
inline constexpr int kDone = 0;        // done what was asked
inline constexpr int kFoundWrong = 1;  // the run or the check found what it was asked to find wrong
inline constexpr int kUsage = 2;       // the command line, or a file that was given, is faulty
inline constexpr int kOurBug = 3;      // Mailroom itself is wrong

// One call of the program: where it writes, and, once the command line is parsed, what it is to do.
struct Invocation {
  Terminal& terminal;
  std::filesystem::path program;  // as it was started, to find the programs next to it
  std::function<int()> act;       // set by the verb that was chosen
};

// Adds a verb's subcommand and options to `app`; when the verb is chosen, it sets `invocation.act`.
// `invocation` outlives the app.
using AddVerb = void (*)(CLI::App& app, Invocation& invocation);

// Parses `arguments` (without the program's name), does what they say and returns the exit code.
int run_program(std::vector<std::string> arguments, std::filesystem::path program, Terminal& terminal,
                std::span<const AddVerb> verbs);

// Prints "mailroom: what is wrong" on the error stream and returns `exit_code`. What the text says should
// include what to do about it.
int complain(Terminal& terminal, int exit_code, std::string_view text);

// As complain(), for a condition that no user could cause.
int report_our_bug(Terminal& terminal, std::string_view what);

// From now on a failed assert and a crash end with exit code 3 and say what to send us.
void report_crashes_as_our_bugs();

// The version as `--version` prints it: "0.1.0".
std::string_view version();

// The verb's subcommand, or null.
const CLI::App* verb_named(const CLI::App& app, std::string_view name);

// Of `candidates` the one that `word` was probably meant to be, or nothing.
std::string_view nearest(std::string_view word, std::span<const std::string> candidates);

// The verbs that read files only. (`run` and its kin, which simulate, are in files of their own.)
void add_check(CLI::App& app, Invocation& invocation);
void add_topology(CLI::App& app, Invocation& invocation);
void add_inspect(CLI::App& app, Invocation& invocation);
void add_verify(CLI::App& app, Invocation& invocation);
void add_export(CLI::App& app, Invocation& invocation);

}  // namespace mailroom::cli
