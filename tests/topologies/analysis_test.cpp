// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/analysis.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/topologies/reading.hpp"
#include "topologies/generate.hpp"
#include "topologies/sampling.hpp"

namespace mailroom::topology {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Graph graph_of(std::size_t nodes, std::initializer_list<std::pair<Vertex, Vertex>> links) {
  Graph graph(nodes);
  for (const auto& [a, b] : links) boost::add_edge(a, b, graph);
  return graph;
}

// A random graph with parallel links and several components.
Graph random_graph(std::size_t nodes, std::size_t links, std::uint64_t seed) {
  Sampler sampler(seed);
  Graph graph(nodes);
  while (boost::num_edges(graph) < links) {
    const Vertex a = sampler.below(nodes), b = sampler.below(nodes);
    if (a == b) continue;
    Link link;
    link.delay_ns = static_cast<std::int64_t>(sampler.below(4));
    boost::add_edge(a, b, link, graph);
  }
  return graph;
}

// The definition itself: components once a vertex or a link is gone.
std::size_t components_without(const Graph& graph, std::optional<Vertex> vertex,
                               std::optional<std::size_t> link) {
  Graph rest(boost::num_vertices(graph));
  std::size_t i = 0;
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) {
    const Vertex a = boost::source(e, graph), b = boost::target(e, graph);
    if (i++ != link && a != vertex && b != vertex) boost::add_edge(a, b, rest);
  }
  return components(rest).count() - (vertex ? 1 : 0);  // the vertex itself is left over alone
}

TEST(Analysis, NumbersComponentsByTheirFirstVertex) {
  const Components parts = components(graph_of(6, {{4, 1}, {5, 3}}));
  EXPECT_THAT(parts.of, ElementsAre(0, 1, 2, 3, 1, 3));
  EXPECT_THAT(parts.sizes, ElementsAre(1, 2, 1, 2));
  EXPECT_EQ(components(Graph()).count(), 0u);
}

TEST(Analysis, FindsSinglePointsOfFailure) {
  // Two triangles joined by a link, and a tail.
  const Graph graph = graph_of(7, {{0, 1}, {1, 2}, {2, 0}, {2, 3}, {3, 4}, {4, 5}, {5, 3}, {5, 6}});
  EXPECT_THAT(articulation_points(graph), ElementsAre(2, 3, 5));
  const auto found = bridges(graph);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(boost::source(found[0], graph), 2u);
  EXPECT_EQ(boost::source(found[1], graph), 5u);
}

TEST(Analysis, TakesNoParallelLinkForABridge) {
  const Graph graph = graph_of(3, {{0, 1}, {1, 2}, {0, 1}});
  EXPECT_EQ(bridges(graph).size(), 1u);
  EXPECT_THAT(articulation_points(graph), ElementsAre(1));
  const auto parallel = parallel_links(graph);
  ASSERT_EQ(parallel.size(), 1u);
  EXPECT_EQ(parallel[0].count, 2u);
}

TEST(Analysis, AgreesWithTheDefinitionOfCuts) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Graph graph = random_graph(12, 6 + seed % 12, seed);
    const std::size_t before = components(graph).count();
    const auto points = articulation_points(graph);
    for (Vertex v = 0; v < 12; ++v) {
      const bool cuts = components_without(graph, v, {}) > before;
      ASSERT_EQ(std::ranges::count(points, v) > 0, cuts) << "seed " << seed << " vertex " << v;
    }
    const auto found = bridges(graph);
    std::size_t i = 0;
    for (const Edge e : boost::make_iterator_range(boost::edges(graph))) {
      const bool cuts = components_without(graph, {}, i++) > before;
      ASSERT_EQ(std::ranges::count(found, e) > 0, cuts) << "seed " << seed << " link " << i - 1;
    }
  }
}

TEST(Analysis, FindsShortestPathsByDelay) {
  Graph graph = graph_of(5, {{0, 1}, {1, 2}, {0, 2}, {2, 3}});
  const std::vector<std::int64_t> delays = {5, 5, 11, 1};
  std::size_t i = 0;
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) graph[e].delay_ns = delays[i++];
  const ShortestPaths paths = shortest_paths(graph, 0);
  EXPECT_EQ(paths.delay_ns[3], 11);
  EXPECT_EQ(paths.hops[3], 3u);
  EXPECT_THAT(path_to(paths, 3), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(path_to(paths, 0), ElementsAre(0));
  EXPECT_FALSE(paths.reaches(4));
  EXPECT_THAT(path_to(paths, 4), IsEmpty());
}

TEST(Analysis, BreaksTiesByHopsThenOrder) {
  // Two ways of equal delay and hops over 1 and 2, one of more hops over 3 and 4.
  Graph graph = graph_of(6, {{0, 2}, {2, 5}, {0, 1}, {1, 5}, {0, 3}, {3, 4}, {4, 5}, {1, 5}});
  const std::vector<std::int64_t> delays = {3, 3, 3, 3, 2, 2, 2, 3};
  std::size_t i = 0;
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) graph[e].delay_ns = delays[i++];
  const ShortestPaths paths = shortest_paths(graph, 0);
  EXPECT_EQ(paths.delay_ns[5], 6);
  EXPECT_THAT(path_to(paths, 5), ElementsAre(0, 1, 5));
  EXPECT_EQ(paths.link[5], *std::next(boost::edges(graph).first, 3));
}

TEST(Analysis, AgreesWithBellmanAndFord) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Graph graph = random_graph(30, 45, seed);
    const ShortestPaths paths = shortest_paths(graph, 0);
    constexpr std::pair<std::int64_t, std::size_t> kFar{ShortestPaths::kUnreachable, 0};
    std::vector<std::pair<std::int64_t, std::size_t>> best(30, kFar);
    best[0] = {0, 0};
    for (int round = 0; round < 30; ++round)
      for (const Edge e : boost::make_iterator_range(boost::edges(graph)))
        for (const auto& [a, b] : {std::pair(boost::source(e, graph), boost::target(e, graph)),
                                   std::pair(boost::target(e, graph), boost::source(e, graph))})
          if (best[a] != kFar)
            best[b] = std::min(best[b], {best[a].first + graph[e].delay_ns, best[a].second + 1});
    for (Vertex v = 0; v < 30; ++v) {
      ASSERT_EQ(paths.delay_ns[v], best[v].first) << "seed " << seed << " vertex " << v;
      ASSERT_EQ(paths.hops[v], best[v].second);
      if (v != 0 && paths.reaches(v)) {
        const Vertex p = paths.predecessor[v];
        ASSERT_EQ(paths.delay_ns[v], paths.delay_ns[p] + graph[paths.link[v]].delay_ns);
        ASSERT_EQ(paths.hops[v], paths.hops[p] + 1);
      }
    }
  }
}

TEST(Analysis, MeasuresTheDiameterExactly) {
  EXPECT_EQ(diameter(Graph()).hops, 0u);
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Graph graph = random_graph(40, 30 + seed, seed);
    Graph unit = graph;
    for (const Edge e : boost::make_iterator_range(boost::edges(unit))) unit[e].delay_ns = 1;
    std::size_t longest = 0;
    for (Vertex v = 0; v < 40; ++v)
      longest = std::max(longest, std::ranges::max(shortest_paths(unit, v).hops));
    ASSERT_EQ(diameter(graph).hops, longest) << "seed " << seed;
    ASSERT_TRUE(diameter(graph).is_exact);
  }
}

TEST(Analysis, WalksLongLinesWithoutAStack) {
  const Graph graph = *generate("line", {{"nodes", "100000"}}, 1);
  EXPECT_EQ(articulation_points(graph).size(), 99'998u);
  EXPECT_EQ(bridges(graph).size(), 99'999u);
  EXPECT_EQ(diameter(graph).hops, 99'999u);
}

}  // namespace
}  // namespace mailroom::topology
