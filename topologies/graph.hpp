// SPDX-License-Identifier: GPL-2.0-only
// The one model of a network: nodes joined by links, on Boost.Graph. Readers and generators make it, layout
// and analysis work on it, the simulator builds it, the run file stores it.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace mailroom::topology {

struct Node {
  std::string
      name;  // unique, made of [a-z0-9.-]: names hosts in scenarios; derived from the label if need be
  std::string label;    // as the file has it, for people
  std::string id;       // the file's own id, if any
  bool is_lan = false;  // a shared segment (a hyperedge): its links are attachments, not wires of their own
  bool is_external = false;  // outside the mapped network (Internal=0 in the Zoo)
  std::optional<double> latitude;
  std::optional<double> longitude;
  std::optional<double> x;  // laid out, right and down, in [0, 1]; set for every node after layout()
  std::optional<double> y;
};

struct Link {
  std::string name;  // unique: "a-b", "a-b.2" for a parallel one
  std::string label;
  std::int64_t rate_bps = 0;   // 0: not given yet
  std::int64_t delay_ns = -1;  // -1: not given yet
  std::int64_t queue_packets = 100;
  std::int64_t loss_per_billion = 0;
};

// Parallel links are allowed; a link of a node to itself is refused by the readers that take a user's own
// words, and dropped with a warning by the readers of published maps. Vertex and edge order is the file's.
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, Node, Link>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
using Edge = boost::graph_traits<Graph>::edge_descriptor;

}  // namespace mailroom::topology
