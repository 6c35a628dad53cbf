// SPDX-License-Identifier: GPL-2.0-only
// Verbs that are programs of their own, next to this one: `mailroom view …` becomes `mailroom-view …`.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::cli {

struct Invocation;

struct Handoff {
  std::string_view verb;
  std::string_view program;
  std::string_view group;
  std::string_view meaning;
  std::string_view without_it;  // what can be done in a version that does not have the program
};
std::span<const Handoff> handoffs();

// The group of verbs that simulate, and so on: the headings of the front page.
inline constexpr const char* kSimulateGroup = "Simulate";
inline constexpr const char* kLookGroup = "Look into a run";
inline constexpr const char* kPrepareGroup = "Prepare";

// Where the handoff's program is, if this version has it: in the folder of the program that runs.
std::optional<std::filesystem::path> program_of(const Handoff& handoff,
                                                const std::filesystem::path& this_program);

// Replaces this process by the handoff's program, given arguments[1..]. Returns (an exit code, after a
// complaint) only if that is not possible.
int hand_off(const Handoff& handoff, const std::vector<std::string>& arguments, Invocation& invocation);

// The file that this process runs.
std::filesystem::path this_program(std::string_view argv0);

}  // namespace mailroom::cli
