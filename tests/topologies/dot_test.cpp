// SPDX-License-Identifier: GPL-2.0-only
#include <gmock/gmock.h>

#include "tests/topologies/reading.hpp"

namespace mailroom::topology {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Graph graph_of(std::string_view text) {
  auto outcome = read_dot(text, "net.dot");
  EXPECT_TRUE(outcome) << (outcome ? "" : all_of(outcome.error()));
  return outcome ? std::move(outcome->graph) : Graph();
}

std::string errors_of(std::string_view text) {
  const auto outcome = read_dot(text, "net.dot");
  EXPECT_FALSE(outcome) << text;
  return outcome ? "" : all_of(outcome.error());
}

TEST(DotReader, ReadsNodesLinksAndTheirAttributes) {
  const auto outcome = read_dot(R"(/* a net */ graph "Two" {
  a [label="Office A", lat=47.5, lon="-12.25", pos="10,20!"]; // the first
  lan1 [lan=true] ext [external=yes label=<<b>The</b> world>]
# a line of the preprocessor
  a -- lan1 [rate="10Mbps" delay="5ms"; queue=50, loss="1%", label="up\nlink"]
  a:north -- ext:p:s -- lan1
})",
                                "net.dot");
  ASSERT_TRUE(outcome) << all_of(outcome.error());
  const Graph& graph = outcome->graph;
  EXPECT_EQ(outcome->name, "Two");
  EXPECT_THAT(node_names(graph), ElementsAre("office-a", "lan1", "the-world"));
  EXPECT_EQ(graph[0].id, "a");
  EXPECT_EQ(graph[0].latitude, 47.5);
  EXPECT_EQ(graph[0].longitude, -12.25);
  EXPECT_EQ(graph[0].x, 10);
  EXPECT_EQ(graph[0].y, -20);
  EXPECT_TRUE(graph[1].is_lan);
  EXPECT_TRUE(graph[2].is_external);
  const auto links = links_of(graph);
  ASSERT_EQ(links.size(), 3u);
  EXPECT_EQ(links[0].rate_bps, 10'000'000);
  EXPECT_EQ(links[0].delay_ns, 5'000'000);
  EXPECT_EQ(links[0].queue_packets, 50);
  EXPECT_EQ(links[0].loss_per_billion, 10'000'000);
  EXPECT_EQ(links[0].label, "up link");
  EXPECT_EQ(links[1].rate_bps, 0);
  EXPECT_THAT(link_names(graph), ElementsAre("office-a-lan1", "office-a-the-world", "lan1-the-world"));
}

TEST(DotReader, AppliesDefaultsWithinTheirBraces) {
  const Graph graph = graph_of(R"(graph { edge [rate="1Mbps"] a -- b
    subgraph s { node [lan=true] edge [rate="2Mbps", delay="1ms"] c -- d }
    e -- f [delay="3ms"] })");
  EXPECT_THAT(node_names(graph), ElementsAre("a", "b", "c", "d", "e", "f"));
  EXPECT_FALSE(graph[0].is_lan);
  EXPECT_TRUE(graph[2].is_lan);
  EXPECT_FALSE(graph[4].is_lan);
  const auto links = links_of(graph);
  EXPECT_EQ(links[0].rate_bps, 1'000'000);
  EXPECT_EQ(links[1].rate_bps, 2'000'000);
  EXPECT_EQ(links[1].delay_ns, 1'000'000);
  EXPECT_EQ(links[2].rate_bps, 1'000'000);
  EXPECT_EQ(links[2].delay_ns, 3'000'000);
}

TEST(DotReader, JoinsSubgraphsNodeByNode) {
  const Graph graph = graph_of("graph { {a b} -- {c d e} -- f }");
  EXPECT_EQ(boost::num_vertices(graph), 6u);
  EXPECT_EQ(boost::num_edges(graph), 9u);
}

TEST(DotReader, KeepsParallelLinksUnlessStrict) {
  EXPECT_EQ(boost::num_edges(graph_of("graph { a -- b; b -- a; a -- b }")), 3u);
  EXPECT_EQ(boost::num_edges(graph_of("strict graph { a -- b; b -- a; a -- b }")), 1u);
}

TEST(DotReader, TakesOppositeArrowsForOneLink) {
  const auto outcome = read_dot("DiGraph { a -> b; b -> a; b -> c }", "f");
  ASSERT_TRUE(outcome);
  EXPECT_EQ(boost::num_edges(outcome->graph), 2u);
  ASSERT_EQ(outcome->warnings.size(), 1u);
  EXPECT_THAT(outcome->warnings[0].wrong, HasSubstr("1 pair of opposite"));
}

TEST(DotReader, SaysWhereAndWhatIsWrong) {
  EXPECT_EQ(
      errors_of("graph {\n  a -- b [rate=10Mbps]\n}"),
      "net.dot:2:16: \"10Mbps\" begins like a number but is none; put it in quotation marks: \"10Mbps\"\n");
  EXPECT_EQ(errors_of("graph {\n  a -> b }"),
            "net.dot:2:5: -> joins nodes in a digraph, and this is a graph; write --\n");
  EXPECT_EQ(errors_of("graph { a -- b"),
            "net.dot:1:15: the file ends within a graph; close every { with }\n");
  EXPECT_EQ(
      errors_of("graph {\n a -- a }"),
      "net.dot:2:4: the node \"a\" (a) is linked to itself; link two different nodes, or remove the link\n");
  EXPECT_THAT(errors_of("hello"), HasSubstr("net.dot:1:1: this is no DOT"));
  EXPECT_THAT(errors_of("graph { a [label=\"x }"),
              HasSubstr("net.dot:1:18: the text that begins here does not end"));
  EXPECT_THAT(errors_of("graph { /* }"), HasSubstr("net.dot:1:9: the comment"));
  EXPECT_THAT(errors_of("graph { a [label=<x }"), HasSubstr("does not end"));
  EXPECT_THAT(errors_of("graph { a } graph { b }"), HasSubstr("more after"));
  EXPECT_THAT(errors_of("graph { a; ? }"), HasSubstr("net.dot:1:12: \"?\" is not understood"));
  EXPECT_THAT(errors_of("graph { }"), HasSubstr("no nodes"));
  EXPECT_THAT(errors_of(""), HasSubstr("empty"));
}

TEST(DotReader, ReportsAllWrongValuesAtOnce) {
  EXPECT_EQ(errors_of("graph {\n a [lat=100, lon=3]\n a -- b [rate=\"fast\"]\n b -- c [queue=0]}"),
            "net.dot:2:9: lat is \"100\"; write a number from -90 to 90\n"
            "net.dot:3:15: rate of a link: \"fast\" is not a rate: a number is missing; write a number and a "
            "unit, such as "
            "64kbps, 10Mbps or 2.5Gbps\n"
            "net.dot:4:16: a link has a queue of 0 packets; write at least 1, such as 100p\n");
}

TEST(DotReader, BoundsDepthAndSize) {
  std::string deep = "graph ";
  for (int i = 0; i < 1'000'000; ++i) deep += "{";
  EXPECT_THAT(errors_of(deep), HasSubstr("nested more than 100 deep"));
  // 2000 × 2000 links from a few octets.
  std::string wide;
  for (int i = 0; i < 2000; ++i) wide += "n" + std::to_string(i) + " ";
  EXPECT_THAT(errors_of("graph { {" + wide + "} -- { node [lan=true] " + wide + " } }"),
              HasSubstr("more than 400000 links"));
}

TEST(DotReader, ReadsQuotedTextAndOldEncodings) {
  const Graph graph = graph_of(
      "graph { \"a \\\"q\\\"\" -- \"x\" + /* and */ \"y\"; k [label=\"K\xF6ln\\N\"] l [label=\"one "
      "\\\ntwo\"] }");
  EXPECT_EQ(graph[0].id, "a \"q\"");
  EXPECT_EQ(graph[1].id, "xy");
  EXPECT_EQ(graph[2].label, "Kölnk");
  EXPECT_EQ(graph[3].label, "one two");
}

}  // namespace
}  // namespace mailroom::topology
