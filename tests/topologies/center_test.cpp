// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/center.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mailroom::topology {
namespace {

Graph nodes(int count) {
  Graph graph;
  for (int i = 0; i < count; ++i) {
    Node node;
    node.name = "n" + std::to_string(i);
    add_vertex(node, graph);
  }
  return graph;
}

void join(Graph& graph, const std::vector<Vertex>& path) {
  for (std::size_t i = 1; i < path.size(); ++i) add_edge(path[i - 1], path[i], Link(), graph);
}

TEST(Center, IsTheMiddleOfALongestPathWhereverOneBegins) {
  Graph graph = nodes(9);
  join(graph, {3, 1, 7, 0, 5});  // five in a row,
  join(graph, {7, 2});           // and something at the middle
  join(graph, {4, 6});           // another component
  for (const Vertex start : {0, 1, 2, 3, 5, 7}) EXPECT_EQ(center(graph, start), 7u) << start;
  EXPECT_EQ(center(graph, 8), 8u) << "alone";
  const Vertex of_two = center(graph, 4);
  EXPECT_TRUE(of_two == 4 || of_two == 6);
  EXPECT_EQ(center(graph, 4), of_two);
}

TEST(Center, IsNoSegment) {
  Graph graph = nodes(4);
  graph[0].is_lan = true;
  for (const Vertex station : {1, 2, 3}) join(graph, {0, station});
  EXPECT_FALSE(graph[center(graph, 2)].is_lan);
  Graph pair = nodes(2);
  pair[1].is_lan = true;
  join(pair, {0, 1});
  EXPECT_EQ(center(pair, 0), 0u);
}

TEST(Center, IsFoundInARing) {
  Graph graph = nodes(6);
  join(graph, {0, 1, 2, 3, 4, 5, 0});
  EXPECT_LT(center(graph, 3), 6u);
}

}  // namespace
}  // namespace mailroom::topology
