// SPDX-License-Identifier: GPL-2.0-only
// Reads a scenario file (docs/SCENARIO.md) into plain data. Every mistake of the file is reported, not only
// the first; what was written never ends in an exception or an assert, whatever it is. Time and memory are
// bounded by the size limits of sim/scenario/document.hpp.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostic.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

struct Loaded {
  Scenario scenario;
  std::vector<Diagnostic> warnings;  // what may well be meant, by order of the file
};

// Each override is "key.path=value" of `--set`: keys of maps and positions (from 0) of lists, joined by dots;
// a key that has dots itself is found by its longest match among the keys that are there, or is put into
// double quotes. The value is YAML. "faults+=SENTENCE" of `--fault` adds one to the list of faults. Overrides are applied one after another before anything is checked.
using Overrides = std::vector<std::string>;
inline constexpr std::string_view kAddFault = "faults+=";

// Reads the file at `path`. Files that it names are relative to its folder.
std::expected<Loaded, std::vector<Diagnostic>> load(const std::filesystem::path& path,
                                                    const Overrides& overrides = {});

// The same for a text that is at hand; `file` names it in diagnostics, `folder` is where the files that it
// names are.
std::expected<Loaded, std::vector<Diagnostic>> load_text(std::string_view text, const std::string& file,
                                                         const std::filesystem::path& folder,
                                                         const Overrides& overrides = {});

}  // namespace mailroom::scenario
