// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/layout.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/topologies/reading.hpp"
#include "topologies/generate.hpp"
#include "topologies/names.hpp"

namespace mailroom::topology {
namespace {

double distance(const Node& a, const Node& b) {
  return std::sqrt((*a.x - *b.x) * (*a.x - *b.x) + (*a.y - *b.y) * (*a.y - *b.y));
}

double mean_link(const Graph& graph) {
  double sum = 0;
  for (const Edge e : boost::make_iterator_range(boost::edges(graph)))
    sum += distance(graph[boost::source(e, graph)], graph[boost::target(e, graph)]);
  return sum / static_cast<double>(boost::num_edges(graph));
}

// What every layout must be.
void expect_sound(const Graph& graph) {
  std::set<std::pair<double, double>> places;
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph))) {
    ASSERT_TRUE(graph[v].x && graph[v].y) << v;
    ASSERT_TRUE(*graph[v].x >= 0 && *graph[v].x <= 1 && *graph[v].y >= 0 && *graph[v].y <= 1) << v;
    ASSERT_TRUE(places.insert({*graph[v].x, *graph[v].y}).second) << v;
  }
}

Graph generated(std::string_view kind, const Parameters& parameters) {
  return *generate(kind, parameters, 1);
}

void forget_places(Graph& graph) {
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph)))
    graph[v].x = graph[v].y = std::nullopt;
}

TEST(Layout, PlacesEveryKindOfGraph) {
  for (const KindInfo& kind : kinds()) {
    Graph graph = generated(kind.name, {});
    forget_places(graph);
    layout(graph);
    expect_sound(graph);
    Graph again = generated(kind.name, {});
    forget_places(again);
    layout(again);
    EXPECT_EQ(everything(graph), everything(again));
  }
  Graph empty;
  layout(empty);
  Graph lonely(1);
  layout(lonely);
  expect_sound(lonely);
}

TEST(Layout, KeepsNeighboursTogether) {
  for (const auto& [kind, parameters, most] :
       {std::tuple("grid", Parameters{{"rows", "20"}, {"columns", "20"}}, 0.1),
        std::tuple("ring", Parameters{{"nodes", "60"}}, 0.1),
        std::tuple("tree", Parameters{{"depth", "8"}}, 0.2),
        std::tuple("waxman", Parameters{{"nodes", "200"}, {"beta", "0.05"}}, 0.15)}) {
    Graph graph = generated(kind, parameters);
    forget_places(graph);
    layout(graph);
    expect_sound(graph);
    // Random places would give 0.52.
    EXPECT_LT(mean_link(graph), most) << kind;
  }
}

TEST(Layout, TakesThousandsOfNodes) {
  for (const char* kind : {"tree", "barabasi-albert", "grid"}) {
    Graph graph =
        generated(kind, std::string_view(kind) == "grid" ? Parameters{{"rows", "70"}, {"columns", "72"}}
                                                         : Parameters{{"nodes", "5000"}});
    forget_places(graph);
    layout(graph);
    expect_sound(graph);
  }
}

TEST(Layout, DrawsAMapWithNorthUpAndEastRight) {
  Graph graph(3);
  graph[0].latitude = 50, graph[0].longitude = 10;
  graph[1].latitude = 40, graph[1].longitude = 20;
  graph[2].latitude = 45, graph[2].longitude = 15;
  layout(graph);
  expect_sound(graph);
  EXPECT_LT(*graph[0].x, *graph[1].x);
  EXPECT_LT(*graph[0].y, *graph[1].y);
  EXPECT_NEAR(*graph[2].x, (*graph[0].x + *graph[1].x) / 2, 1e-9);
  // A degree of longitude at 45° is 0.707 of one of latitude.
  EXPECT_NEAR((*graph[1].x - *graph[0].x) / (*graph[1].y - *graph[0].y), std::sqrt(0.5), 1e-6);
}

TEST(Layout, CutsTheWorldWhereThereIsNothing) {
  Graph graph(3);
  const double longitudes[] = {170, -170, -150};
  for (Vertex v = 0; v < 3; ++v)
    graph[v].latitude = static_cast<double>(v), graph[v].longitude = longitudes[v];
  layout(graph);
  EXPECT_LT(*graph[0].x, *graph[1].x);
  EXPECT_LT(*graph[1].x, *graph[2].x);
}

TEST(Layout, PutsNodesWithoutAPlaceNearTheirNeighbours) {
  Graph graph(6);
  for (Vertex v = 0; v < 3; ++v)
    graph[v].latitude = 40.0 + 5.0 * static_cast<double>(v),
    graph[v].longitude = 3.0 * static_cast<double>(v);
  boost::add_edge(0, 1, graph);
  boost::add_edge(1, 2, graph);
  boost::add_edge(2, 3, graph);  // 3 has none
  boost::add_edge(4, 5, graph);  // nor has this component
  ASSERT_FALSE(graph[3].latitude);
  layout(graph);
  expect_sound(graph);
  EXPECT_LT(distance(graph[3], graph[2]), 0.1);
  EXPECT_FALSE(graph[3].latitude);
  for (Vertex v = 0; v < 4; ++v) EXPECT_LT(*graph[v].y, std::min(*graph[4].y, *graph[5].y));
}

TEST(Layout, TellsNodesOfOneCityApart) {
  Graph graph(300);
  for (Vertex v = 0; v < 300; ++v) graph[v].latitude = v < 299 ? 50 : 51, graph[v].longitude = 14;
  layout(graph);
  expect_sound(graph);
  double nearest = 1;
  for (Vertex a = 0; a < 300; ++a)
    for (Vertex b = a + 1; b < 300; ++b) nearest = std::min(nearest, distance(graph[a], graph[b]));
  EXPECT_GT(nearest, 0.002);
}

TEST(Layout, KeepsTheShapeOfGivenPositions) {
  Graph graph = generated("grid", {{"rows", "2"}, {"columns", "5"}});
  layout(graph);
  expect_sound(graph);
  EXPECT_DOUBLE_EQ(*graph[0].x, 0);
  EXPECT_DOUBLE_EQ(*graph[4].x, 1);
  EXPECT_DOUBLE_EQ(*graph[5].y - *graph[0].y, 0.25);
  const std::string before = everything(graph);
  layout(graph);
  EXPECT_EQ(everything(graph), before);
}

TEST(Layout, PacksComponentsSideBySide) {
  Graph graph(60);
  for (Vertex v = 0; v + 2 < 60; v += 3)
    boost::add_edge(v, v + 1, graph), boost::add_edge(v + 1, v + 2, graph);
  layout(graph);
  expect_sound(graph);
  EXPECT_LT(mean_link(graph), 0.2);
  // Components do not lie upon each other: strangers are farther than half a link.
  const double link = mean_link(graph);
  for (Vertex a = 0; a < 60; ++a)
    for (Vertex b = a + 1; b < 60; ++b)
      if (a / 3 != b / 3) {
        ASSERT_GT(distance(graph[a], graph[b]), link / 2);
      }
}

}  // namespace
}  // namespace mailroom::topology
