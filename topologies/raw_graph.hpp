// SPDX-License-Identifier: GPL-2.0-only
// What a file says, before its words have a meaning: nodes and edges with attributes as text. Both readers
// make it; build() gives it its meaning.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "topologies/report.hpp"

namespace mailroom::topology {

struct Attribute {
  std::string name;  // in lower case
  std::string value;
  Position at;
};

struct RawNode {
  std::string id;
  Position at;
  std::vector<Attribute> attributes;
};

struct RawEdge {
  std::string source;
  std::string target;
  bool is_directed = false;
  Position at;
  std::vector<Attribute> attributes;
};

struct RawGraph {
  std::string name;
  std::vector<RawNode> nodes;
  std::vector<RawEdge> edges;
};

// Whether build() looks at an attribute of this (lower-case) name; others need not be kept.
bool is_node_attribute(std::string_view name);
bool is_edge_attribute(std::string_view name);

// Reads GraphML of a size that was checked; false if it could not be read to its end (the report says why).
bool parse_graphml(std::string_view text, RawGraph& raw, Report& report);

// What becomes of a link of a node to itself.
enum class SelfLoops { drop_with_warning, refuse };

// The graph, or the report's errors (those that it had before as well).
ReadOutcome build(const RawGraph& raw, SelfLoops self_loops, Report& report);

// The rate that a text for people names: "10 Gbps", "OC-192", "STM-16", "45 Mbps DS-3", "10GE"; 0: none.
std::int64_t rate_in_text(std::string_view text);

}  // namespace mailroom::topology
