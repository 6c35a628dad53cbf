// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/routes.hpp"

#include <gtest/gtest.h>

#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <set>

#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

// Follows the hops and adds up the delays; -1 if there is no way.
std::int64_t delay_along(Routes& routes, const topology::Graph& graph, Routes::Node from, Routes::Node to) {
  std::vector<topology::Edge> by_index;
  for (auto [e, last] = edges(graph); e != last; ++e) by_index.push_back(*e);
  std::int64_t sum = 0;
  std::size_t hops = 0;
  for (Routes::Node at = from; at != to;) {
    const Routes::Hop hop = routes.next(at, to);
    if (!hop || ++hops > num_vertices(graph)) return -1;
    const topology::Edge edge = by_index.at(hop.edge);
    EXPECT_TRUE(source(edge, graph) == at || target(edge, graph) == at);
    EXPECT_FALSE(graph[hop.node].is_lan);
    sum += graph[edge].delay_ns;
    at = hop.node;
  }
  return sum;
}

topology::Graph random_graph(std::uint64_t seed, int core, int extra, int hanging) {
  topology::Graph graph;
  Random random(seed, "graph", "test");
  for (int v = 0; v < core; ++v) {
    add_node(graph, "n" + std::to_string(v));
    if (v > 0 && v != core / 2) {  // two components
      const int low = v < core / 2 ? 0 : core / 2;
      join(graph, static_cast<topology::Vertex>(v),
           static_cast<topology::Vertex>(low) + random.below(static_cast<std::uint64_t>(v - low)),
           {.delay_ns = static_cast<std::int64_t>(random.below(50)) * kMs});
    }
  }
  for (int i = 0; i < extra; ++i) {
    const auto a = random.below(static_cast<std::uint64_t>(core / 2)),
               b = random.below(static_cast<std::uint64_t>(core / 2));
    if (a != b) join(graph, a, b, {.delay_ns = static_cast<std::int64_t>(random.below(50)) * kMs});
  }
  for (int i = 0; i < hanging; ++i) {
    const auto v = add_node(graph, "x" + std::to_string(i));
    join(graph, v, random.below(v), {.delay_ns = static_cast<std::int64_t>(random.below(50)) * kMs});
  }
  return graph;
}

TEST(Routes, AreShortestInTreesAndMeshesAlike) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const topology::Graph graph = random_graph(seed, 20, static_cast<int>(seed % 5) * 4, 20);
    Routes routes(graph);
    const std::size_t nodes = num_vertices(graph);
    for (Routes::Node from = 0; from < nodes; ++from) {
      std::vector<std::int64_t> best(nodes);
      boost::dijkstra_shortest_paths(
          graph, from, boost::weight_map(get(&topology::Link::delay_ns, graph)).distance_map(best.data()));
      for (Routes::Node to = 0; to < nodes; ++to) {
        const bool reachable = best[to] != std::numeric_limits<std::int64_t>::max();
        ASSERT_EQ(routes.connected(from, to), reachable);
        ASSERT_EQ(delay_along(routes, graph, from, to), reachable ? best[to] : -1)
            << seed << ' ' << from << ' ' << to;
      }
    }
  }
}

TEST(Routes, GiveEveryHostAnAddressOfItsOwn) {
  topology::Graph graph = random_graph(3, 300, 100, 500);
  const auto lan = add_node(graph, "lan", true);
  join(graph, lan, 0);
  Routes routes(graph);
  std::set<Address> addresses;
  for (Routes::Node v = 0; v < num_vertices(graph); ++v) {
    const Address address = routes.address(v);
    if (v == lan) {
      EXPECT_FALSE(address);
      continue;
    }
    EXPECT_TRUE(addresses.insert(address).second);
    EXPECT_EQ(routes.node_with(address), v);
    EXPECT_EQ(address.value >> 24, 10u);
    EXPECT_NE(address.value & 255, 0u);
    EXPECT_NE(address.value & 255, 255u);
  }
  for (const std::uint32_t none :
       {0u, 0x0a000000u, 0x0a0000ffu, 0x0a00ffffu, 0x0affffffu, 0x09ffffffu, 0xffffffffu}) {
    EXPECT_FALSE(routes.node_with({none})) << none;
  }
}

TEST(Routes, PassThroughALanOverItsAttachments) {
  topology::Graph graph;
  const auto a = add_node(graph, "a"), lan = add_node(graph, "lan", true), b = add_node(graph, "b"),
             c = add_node(graph, "c");
  join(graph, a, lan, {.delay_ns = kMs});      // edge 0
  join(graph, b, lan, {.delay_ns = 5 * kMs});  // edge 1
  join(graph, b, c, {.delay_ns = kMs});        // edge 2
  join(graph, a, c, {.delay_ns = 4 * kMs});  // edge 3: to b it is as far as over the segment, with a hop more
  Routes routes(graph);
  const auto next = [&routes](topology::Vertex at, topology::Vertex to) {
    return routes.next(static_cast<Routes::Node>(at), static_cast<Routes::Node>(to));
  };
  EXPECT_EQ(next(a, b).edge, 0u);
  EXPECT_EQ(next(a, b).node, b);
  EXPECT_EQ(next(b, a).edge, 1u);
  EXPECT_EQ(next(a, c).edge, 3u);
  EXPECT_FALSE(next(a, a));
}

TEST(Routes, TakeTheFasterOfParallelLinks) {
  topology::Graph graph = line(2, {.delay_ns = 2 * kMs});
  join(graph, 0, 1, {.delay_ns = kMs});
  join(graph, 1, 0, {.delay_ns = kMs});
  Routes routes(graph);
  EXPECT_EQ(routes.next(0, 1).edge, 1u);
  EXPECT_EQ(routes.next(1, 0).edge, 1u);
}

}  // namespace
}  // namespace mailroom::net::test
