// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/cli_handoff.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "sim/main/cli.hpp"

namespace mailroom::cli {
namespace {

constexpr std::array kHandoffs = {
    Handoff{.verb = "view",
            .program = "mailroom-view",
            .group = kLookGroup,
            .meaning = "watch a run: envelopes in motion, queues, dialogues, causes",
            .without_it = "a run file can be read with 'mailroom inspect'"},
    Handoff{.verb = "lab",
            .program = "mailroom-lab",
            .group = kPrepareGroup,
            .meaning = "do a lab exercise and have it graded",
            .without_it = "scenarios can be run with 'mailroom run' and studied with 'mailroom inspect'"},
};

}  // namespace

std::span<const Handoff> handoffs() {
  return kHandoffs;
}

std::optional<std::filesystem::path> program_of(const Handoff& handoff,
                                                const std::filesystem::path& this_program) {
  const std::filesystem::path path = this_program.parent_path() / handoff.program;
  if (access(path.c_str(), X_OK) != 0 || std::filesystem::is_directory(path)) return std::nullopt;
  return path;
}

int hand_off(const Handoff& handoff, const std::vector<std::string>& arguments, Invocation& invocation) {
  const auto path = program_of(handoff, invocation.program);
  if (!path)
    return complain(
        invocation.terminal, kUsage,
        fmt::format("'{}' is not part of this version (there is no {} next to {}); {}", handoff.verb,
                    handoff.program, invocation.program.string(), handoff.without_it));
  std::vector<std::string> words = arguments;
  words.front() = path->string();
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  invocation.terminal.out.flush();
  execv(path->c_str(), argv.data());
  return complain(
      invocation.terminal, kUsage,
      fmt::format("cannot start {}: {}; reinstall Mailroom", path->string(), std::strerror(errno)));
}

std::filesystem::path this_program(std::string_view argv0) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(argv0) : path;
}

}  // namespace mailroom::cli
