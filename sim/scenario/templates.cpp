// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/templates.hpp"

#include <fmt/format.h>

#include <unordered_set>

#include "sim/scenario/pattern.hpp"

namespace mailroom::scenario {

namespace {

// What all templates of a scenario may make, in values: a node more costs at least one.
constexpr std::size_t kMaxMade = 2'000'000;

std::string filled_in(const std::string& text, const std::string& name,
                      const std::vector<std::string>& captures) {
  std::string filled;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t close = text[i] == '{' ? text.find('}', i) : std::string::npos;
    const std::string key = close == std::string::npos ? "" : text.substr(i + 1, close - i - 1);
    const bool is_number = key.size() == 1 && key[0] >= '1' && key[0] <= '9';
    if (key == "name") {
      filled += name;
    } else if (is_number && static_cast<std::size_t>(key[0] - '0') <= captures.size()) {
      filled += captures[static_cast<std::size_t>(key[0] - '1')];
    } else {
      filled += text[i++];
      continue;
    }
    i = close + 1;
  }
  return filled;
}

bool has_blank(const Value& value) {
  if (value.text.find('{') != std::string::npos) return true;
  for (const ValuePtr& item : value.items)
    if (has_blank(*item)) return true;
  for (const Value::Entry& entry : value.entries)
    if (entry.key.find('{') != std::string::npos || has_blank(*entry.value)) return true;
  return false;
}

ValuePtr filled_in(const ValuePtr& value, const std::string& name, const std::vector<std::string>& captures) {
  if (!has_blank(*value)) return value;
  auto filled = std::make_shared<Value>(*value);
  filled->text = filled_in(value->text, name, captures);
  for (ValuePtr& item : filled->items) item = filled_in(item, name, captures);
  for (Value::Entry& entry : filled->entries) {
    entry.key = filled_in(entry.key, name, captures);
    entry.value = filled_in(entry.value, name, captures);
  }
  return filled;
}

}  // namespace

std::vector<HostEntry> expand_templates(const Value& hosts, const Topology& topology, Report& report) {
  std::unordered_set<std::string> named;
  for (const Value::Entry& entry : hosts.entries)
    if (!is_pattern(entry.key)) named.insert(entry.key);
  std::vector<HostEntry> expanded;
  std::size_t made = 0;
  for (const Value::Entry& entry : hosts.entries) {
    if (!is_pattern(entry.key)) {
      expanded.push_back({entry.key, entry.key_at, entry.value});
      continue;
    }
    bool is_used = false;
    for (const topology::Vertex v : boost::make_iterator_range(vertices(topology.graph))) {
      const topology::Node& node = topology.graph[v];
      std::vector<std::string> captures;
      if (node.is_lan || degree(v, topology.graph) == 0 || named.contains(node.name) ||
          !matches(entry.key, node.name, captures))
        continue;
      made += entry.value->weight;
      if (made > kMaxMade) {
        report.mistake(entry.key_at, "the templates make too many values", "say less in them");
        return expanded;
      }
      named.insert(node.name);
      expanded.push_back({node.name, entry.key_at, filled_in(entry.value, node.name, captures), is_used});
      is_used = true;
    }
    if (!is_used && topology.is_complete)
      report.warning(entry.key_at,
                     fmt::format("the template {} matches no node that is left", shown(entry.key)),
                     "hosts that are named, and earlier templates, come first");
  }
  return expanded;
}

}  // namespace mailroom::scenario
