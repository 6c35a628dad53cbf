// SPDX-License-Identifier: GPL-2.0-only
// Addresses and shortest paths of a topology, compact enough for thousands of hosts.
//
// What hangs on the rest by single links is peeled off into trees. Addresses are given in the order of a walk
// through these trees, so that everything behind a node is one range: inside a tree a route is "the child
// whose range has it, else up", and a leaf has nothing but its default route. The core that is left (one
// node, if the component is a tree) has a table a destination, made by Dijkstra when the first packet for it
// comes; it depends on the graph alone. A path is the one of least delay; among equals of fewest hops; then
// the one found first, in the graph's order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/net/network.hpp"
#include "topologies/graph.hpp"

namespace mailroom::net {

class Routes {
 public:
  using Node = std::uint32_t;  // index of a vertex
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // Where a packet goes next: over the edge to the node; a LAN segment is passed through, so `node` never is
  // one and `edge` is then the attachment of the node that sends.
  struct Hop {
    std::uint32_t edge = kNone;
    Node node = kNone;
    explicit operator bool() const { return edge != kNone; }
  };

  explicit Routes(const topology::Graph& graph);

  Address address(Node node) const;                      // {} for a LAN segment
  std::optional<Node> node_with(Address address) const;  // never a LAN segment
  bool connected(Node a, Node b) const { return component_[a] == component_[b]; }
  Hop next(Node at, Node to);  // none if at == to or if there is no path

 private:
  struct Step {
    std::uint32_t edge = kNone;
    Node node = kNone;
  };

  void read(const topology::Graph& graph);
  void peel();
  void number();
  void number_tree(Node root);
  void make_core();
  Step step(Node at, Node to);
  const std::vector<std::uint32_t>& core_table(std::uint32_t core);

  std::vector<Node> source_, target_;  // of each edge
  std::vector<std::int64_t> weight_;   // of each edge
  std::vector<bool> is_lan_;
  std::vector<std::uint32_t> component_;
  std::vector<std::vector<std::uint32_t>> edges_of_;  // of each node, ascending
  std::vector<Node> parent_;                          // kNone in the core
  std::vector<std::uint32_t> parent_edge_;
  std::vector<std::vector<Node>> children_;   // ascending by place
  std::vector<std::uint32_t> place_, after_;  // a node's subtree has the places [place, after)
  std::vector<Node> node_at_;                 // by place
  std::vector<std::uint32_t> core_of_;        // number in the core of the root that a node hangs on
  std::vector<Node> core_;                    // the core's nodes
  std::vector<std::vector<std::uint32_t>>
      core_edge_;  // [destination][core number]: the edge to take; empty: not yet made
  struct CoreGraph;
  std::shared_ptr<CoreGraph> core_graph_;
};

}  // namespace mailroom::net
