// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/print.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/topologies/reading.hpp"
#include "topologies/generate.hpp"
#include "topologies/write.hpp"

namespace mailroom::topology {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Graph example() {
  auto outcome = read_dot(R"(graph "Example" { edge [rate="10Mbps"]
    a [label="Office A", lat=10, lon=20] b c d [external=true] l [lan=true]
    a -- b; b -- c [delay="5ms"]; c -- a; c -- d [rate="64kbps"]; c -- d [rate="64kbps"]; b -- l; e -- f })",
                          "x");
  EXPECT_TRUE(outcome);
  return std::move(outcome->graph);
}

TEST(TopologySummary, CountsWhatIsThere) {
  const Summary s = summarize(example(), "Example");
  EXPECT_EQ(s.nodes, 7u);
  EXPECT_EQ(s.links, 7u);
  EXPECT_EQ(s.with_coordinates, 1u);
  EXPECT_EQ(s.external, 1u);
  EXPECT_EQ(s.diameter_hops, 3u);
  ASSERT_EQ(s.rates.size(), 2u);
  EXPECT_EQ(s.rates[0].rate_bps, 64'000);
  EXPECT_EQ(s.rates[0].links, 2u);
  ASSERT_EQ(s.components.size(), 2u);
  EXPECT_THAT(s.components[1], ElementsAre("e", "f"));
  EXPECT_THAT(s.critical_nodes, ElementsAre("b", "c"));
  EXPECT_THAT(s.critical_links, ElementsAre("b-l", "e-f"));
  ASSERT_EQ(s.parallel.size(), 1u);
  EXPECT_EQ(s.parallel[0].a, "c");
  EXPECT_THAT(s.lans, ElementsAre("l"));
}

TEST(TopologySummary, IsPrintedWithinAHundredColumns) {
  Graph graph = example();
  graph[0].name = std::string(63, 'x');
  graph[0].label = "Ω\x1B[31m" + std::string(500, 'y');
  const std::string text = print_summary(graph, "Example");
  EXPECT_THAT(text, HasSubstr("Network                   Example\n"));
  EXPECT_THAT(text, HasSubstr("  at 64kbps               2 links\n"));
  EXPECT_THAT(text, HasSubstr("  2 nodes                 b, c\n"));
  EXPECT_THAT(text, HasSubstr("Parallel links            2 x c - d\n"));
  EXPECT_THAT(text, HasSubstr("LANs                      l\n"));
  EXPECT_THAT(text, HasSubstr("5ms"));
  EXPECT_EQ(text.find('\x1B'), text.npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto columns =
        std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    EXPECT_LE(columns, 100) << line;
  }
  const std::string large = print_summary(*generate("line", {{"nodes", "3000"}}, 1), "", false);
  EXPECT_THAT(large, HasSubstr("and 2798 more"));
}

TEST(TopologySummary, IsGivenAsJson) {
  const auto json = summary_json(example(), "Example");
  EXPECT_EQ(json["name"], "Example");
  EXPECT_EQ(json["nodes"].size(), 7u);
  EXPECT_EQ(json["nodes"][0]["label"], "Office A");
  EXPECT_EQ(json["nodes"][1]["latitude"], nullptr);
  EXPECT_EQ(json["links"][1]["delay_ns"], 5'000'000);
  EXPECT_EQ(json["links"][0]["delay_ns"], nullptr);
  EXPECT_EQ(json["single_points_of_failure"]["nodes"], (std::vector<std::string>{"b", "c"}));
  EXPECT_FALSE(json.dump().empty());
}

TEST(GraphmlWriter, WritesWhatTheReaderReadsBack) {
  Graph graph = example();
  graph[1].label = "a <b> & \"c\"\n\td";
  graph[2].latitude = 0.1 + 0.2;
  graph[2].longitude = -1e-300;
  graph[3].x = 1.0 / 3;
  graph[3].y = 2e300;
  const auto back = read_graphml(write_graphml(graph, "R&D"), "f");
  ASSERT_FALSE(back) << "2e300 is beyond what the reader takes";
  graph[3].y = -0.25;
  const auto again = read_graphml(write_graphml(graph, "R&D"), "f");
  ASSERT_TRUE(again) << all_of(again.error());
  EXPECT_EQ(again->name, "R&D");
  EXPECT_EQ(everything(again->graph), everything(graph));
}

TEST(GraphmlWriter, WritesGeneratedNetworks) {
  for (const KindInfo& kind : kinds()) {
    const Graph graph = *generate(kind.name, {{"rate", "2.5Gbps"}, {"loss", "0.1%"}}, 9);
    const auto back = read_graphml(write_graphml(graph, ""), "f");
    ASSERT_TRUE(back) << all_of(back.error());
    EXPECT_EQ(everything(back->graph), everything(graph)) << kind.name;
  }
}

}  // namespace
}  // namespace mailroom::topology
