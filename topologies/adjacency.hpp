// SPDX-License-Identifier: GPL-2.0-only
// A graph's links by vertex in flat arrays: what the algorithms walk, many times faster than the lists of
// Graph and with a number for every link.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "topologies/graph.hpp"

namespace mailroom::topology {

class Adjacency {
 public:
  struct Arc {
    Vertex to{};
    std::size_t link = 0;  // index into links()
  };
  explicit Adjacency(const Graph& graph);

  std::size_t size() const { return first_.size() - 1; }
  // In the order in which the links were added.
  std::span<const Arc> of(Vertex v) const { return {arcs_.data() + first_[v], first_[v + 1] - first_[v]}; }
  const std::vector<Edge>& links() const { return links_; }

 private:
  std::vector<Edge> links_;  // in edge order
  std::vector<std::size_t> first_;
  std::vector<Arc> arcs_;
};

}  // namespace mailroom::topology
