// SPDX-License-Identifier: GPL-2.0-only
// Templates of hosts: an entry whose key is a pattern stands for an entry of each node that it matches.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/read_topology.hpp"
#include "sim/scenario/report.hpp"

namespace mailroom::scenario {

struct HostEntry {
  std::string name;
  Position name_at;
  ValuePtr value;
  bool is_repetition = false;  // a template's second and later node: its mistakes have been told already
};

// The entries of 'hosts', each template replaced by one entry a node, in the topology's order. A node that is
// a LAN, has no link, is named itself or is matched by an earlier template gets none. In keys and texts of a
// template {name} is the node's name, {1}, {2}, … what the pattern's wildcards stand for.
std::vector<HostEntry> expand_templates(const Value& hosts, const Topology& topology, Report& report);

}  // namespace mailroom::scenario
