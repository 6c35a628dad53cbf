// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "topologies/units.hpp"
#include "viz/model/filter_lexer.hpp"

namespace mailroom::viz {
namespace {

using What = FilterNode::What;

// In quotation marks if it would not be read back as one word otherwise.
std::string printed_word(std::string_view text, bool has_key) {
  if (is_plain_filter_word(text, has_key)) return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string printed_quantity(FilterKey key, std::int64_t value) {
  switch (key) {
    case FilterKey::time:
      return value == 0 ? "0s" : topology::format_duration(value);
    case FilterKey::size:
      return topology::format_size(value);
    default:
      return fmt::to_string(value);
  }
}

std::string printed_range(const FilterTerm& term) {
  const std::string_view name = info(term.key).name;
  const auto quantity = [&](std::int64_t value) { return printed_quantity(term.key, value); };
  if (term.least == FilterTerm::kLeast) return fmt::format("{}<={}", name, quantity(term.most));
  if (term.most == FilterTerm::kMost) return fmt::format("{}>={}", name, quantity(term.least));
  if (term.least == term.most) return fmt::format("{}={}", name, quantity(term.least));
  return fmt::format("{}:{}..{}", name, quantity(term.least), quantity(term.most));
}

std::string printed(const FilterTerm& term) {
  if (term.key == FilterKey::any) return printed_word(term.texts.front(), false);
  const FilterKeyInfo& key = info(term.key);
  if (key.value == FilterValue::time || key.value == FilterValue::count || key.value == FilterValue::size)
    return printed_range(term);
  std::string result(key.name);
  char between = ':';
  const auto add = [&](std::string_view value) {
    result += between;
    result += value;
    between = ',';
  };
  if (key.value == FilterValue::word) add(kFilterIs[static_cast<std::size_t>(term.is)].name);
  for (const std::int64_t number : term.numbers) add(fmt::to_string(number));
  for (const std::string& text : term.texts) add(printed_word(text, true));
  return result;
}

// `inside`: what stands around it.
std::string printed(const FilterNode& node, What inside) {
  if (node.what == What::term) return printed(node.term);
  if (node.what == What::negation) return "-" + printed(node.children.front(), What::negation);
  std::string result;
  for (const FilterNode& child : node.children) {
    if (!result.empty()) result += node.what == What::any ? " or " : " ";
    result += printed(child, node.what);
  }
  const bool is_loose = inside == What::negation || (inside == What::all && node.what == What::any);
  return is_loose ? "(" + result + ")" : result;
}

}  // namespace

const FilterKeyInfo& info(FilterKey key) {
  const auto found = std::ranges::find(kFilterKeys, key, &FilterKeyInfo::key);
  assert(found != std::end(kFilterKeys));
  return *found;
}

std::string Filter::print() const {
  if (is_empty()) return {};
  return printed(root_, What::any);
}

}  // namespace mailroom::viz
