// SPDX-License-Identifier: GPL-2.0-only
#include <array>
#include <charconv>

#include "topologies/raw_graph.hpp"
#include "topologies/text.hpp"
#include "topologies/units.hpp"

namespace mailroom::topology {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

// Circuits of the telephone hierarchies (ITU-T G.702, G.707; ANSI T1.105), by multiple or whole.
struct Circuit {
  std::string_view name;
  std::int64_t unit_bps;
  bool times_number;  // "oc" 192 is 192 units; "ds" 3 is itself
  int number;
};
constexpr std::array<Circuit, 9> kCircuits{{{"oc", 51'840'000, true, 0},
                                            {"stm", 155'520'000, true, 0},
                                            {"ds", 1'544'000, false, 1},
                                            {"ds", 44'736'000, false, 3},
                                            {"t", 1'544'000, false, 1},
                                            {"t", 44'736'000, false, 3},
                                            {"e", 2'048'000, false, 1},
                                            {"e", 34'368'000, false, 3},
                                            {"e", 139'264'000, false, 4}}};

std::int64_t circuit_rate(std::string_view name, int number) {
  for (const Circuit& circuit : kCircuits) {
    if (circuit.name != name) continue;
    if (circuit.times_number && number >= 1 && number <= 768) return circuit.unit_bps * number;
    if (!circuit.times_number && number == circuit.number) return circuit.unit_bps;
  }
  return 0;
}

// "oc-192c", "stm 16", "ds3" at the beginning of `text`.
std::int64_t circuit_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_letter(text[end])) ++end;
  const std::string_view name = text.substr(0, end);
  if (end < text.size() && (text[end] == '-' || text[end] == ' ')) ++end;
  int number = 0;
  const auto [after, error] = std::from_chars(text.data() + end, text.data() + text.size(), number);
  if (error != std::errc{} || (after != text.data() + text.size() && is_digit(*after))) return 0;
  return circuit_rate(name, number);
}

// "10 gbps", "2.5gbit/s", "10ge", "1 gige" at the beginning of `text`.
std::int64_t plain_rate_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  const std::string number(text.substr(0, end));
  if (end < text.size() && text[end] == ' ') ++end;
  std::size_t unit_end = end;
  while (unit_end < text.size() && (is_letter(text[unit_end]) || text[unit_end] == '/')) ++unit_end;
  const std::string_view unit = text.substr(end, unit_end - end);
  if (unit == "ge" || unit == "gbe" || unit == "gige") return parse_rate_bps(number + "Gbps").value_or(0);
  if (unit.find('b') == unit.npos) return 0;  // "10 m" may be metres
  return parse_rate_bps(number + std::string(unit)).value_or(0);
}

}  // namespace

std::int64_t rate_in_text(std::string_view text) {
  const std::string low = lower_ascii(text.substr(0, 200));
  const std::string_view view = low;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const bool word_begins =
        i == 0 || !(is_letter(view[i - 1]) || is_digit(view[i - 1]) || view[i - 1] == '.');
    if (!word_begins) continue;
    std::int64_t rate = 0;
    if (is_letter(view[i])) rate = circuit_at(view.substr(i));
    if (is_digit(view[i])) rate = plain_rate_at(view.substr(i));
    if (rate > 0) return rate;
  }
  return 0;
}

}  // namespace mailroom::topology
