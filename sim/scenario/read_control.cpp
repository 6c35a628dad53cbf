// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_control.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "sim/faults/parse.hpp"
#include "sim/scenario/control_line.hpp"
#include "sim/scenario/fields.hpp"
#include "topologies/units.hpp"

namespace mailroom::scenario {

namespace {

constexpr std::string_view kExample = "write for example '10s connect 1 from pc to mx1:25'";

// What is wrong with a line as such; nothing if it can be obeyed at some time.
std::optional<std::string> mistake_in(std::string_view text) {
  const std::string_view verb = control::first_word(text);
  if (verb == "fault" || verb == "mend" || verb == "forget") {
    const auto fault = faults::parse(text.substr(verb.size()));
    if (!fault) return fault.error().wrong + "; " + fault.error().right;
    return std::nullopt;
  }
  const auto line = control::parse(text);
  if (!line) return line.error();
  if (std::holds_alternative<control::Other>(*line)) return fmt::format("{} is nothing that a person can do", shown(verb));
  return std::nullopt;
}

}  // namespace

std::vector<ControlLine> read_control(const Value* value, Report& report) {
  std::vector<ControlLine> read;
  if (value == nullptr || value->kind == Value::Kind::null) return read;
  for (const Word& word : read_texts(*value, "a control line", report)) {
    const std::size_t blank = std::min(word.text.find_first_of(" \t"), word.text.size());
    const std::size_t begin = std::min(word.text.find_first_not_of(" \t", blank), word.text.size());
    const auto at_ns = topology::parse_duration_ns(std::string_view(word.text).substr(0, blank));
    if (!at_ns) {
      report.mistake(word.at, fmt::format("{} does not begin with a time", shown(word.text)),
                     std::string(kExample));
    } else if (begin == word.text.size()) {
      report.mistake(word.at, "a time, and nothing that is done then", std::string(kExample));
    } else if (auto mistake = mistake_in(std::string_view(word.text).substr(begin))) {
      report.mistake(word.at, std::move(*mistake), std::string(kExample));
    } else {
      read.push_back({*at_ns, word.text.substr(begin), word.at.line});
    }
  }
  std::ranges::stable_sort(read, {}, &ControlLine::at_ns);
  return read;
}

}  // namespace mailroom::scenario
