// SPDX-License-Identifier: GPL-2.0-only
// Save as scenario: what was done in a run, and what is planned, written into the text of its scenario, so that
// `mailroom run` makes the same again.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/run_file_reader.hpp"

namespace mailroom::viz {

struct SavedScenario {
  std::string text{};
  bool keeps_comments = true;  // false: the text had to be written anew, because --set had changed it or it is in flow style
};

// Adds items to the lists `faults` and `control` of a scenario. Comments and layout stay wherever the text lets them.
// `overrides`: "key=value" as for --set, "faults+=sentence" among them. The error is a sentence.
std::expected<SavedScenario, std::string> scenario_with(std::string_view text, const std::vector<std::string>& overrides,
                                                        const std::vector<std::string>& faults,
                                                        const std::vector<std::string>& control);

// "10s connect 1 from a to b:25": what people told a run, each with its time, as a scenario has it.
std::expected<std::vector<std::string>, std::string> control_lines_of(trace::RunFileReader& reader);

// The scenario of a run with what was done to it and `planned`.
std::expected<SavedScenario, std::string> scenario_of_run(trace::RunFileReader& reader, const std::vector<std::string>& planned);

}  // namespace mailroom::viz
