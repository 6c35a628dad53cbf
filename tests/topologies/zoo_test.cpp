// SPDX-License-Identifier: GPL-2.0-only
// Maps of the Internet Topology Zoo, which the project does not ship: the tests skip where they are absent.
// What the reader finds is compared with what a plain search of the text finds.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/topologies/reading.hpp"
#include "topologies/analysis.hpp"
#include "topologies/delays.hpp"
#include "topologies/layout.hpp"
#include "topologies/print.hpp"
#include "topologies/write.hpp"

namespace mailroom::topology {
namespace {

const std::filesystem::path kZoo =
    std::filesystem::path(MAILROOM_SOURCE_DIR) / ".." / "shared" / "topologies";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::size_t count(std::string_view text, std::string_view word) {
  std::size_t result = 0;
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++result;
  return result;
}

std::string between(std::string_view text, std::string_view before, std::string_view after,
                    std::size_t from) {
  const auto begin = text.find(before, from) + before.size();
  return std::string(text.substr(begin, text.find(after, begin) - begin));
}

struct Edges {
  std::size_t all = 0;
  std::size_t loops = 0;
  std::set<std::pair<int, int>> pairs;
};

Edges count_edges(std::string_view text) {
  Edges edges;
  for (auto at = text.find("<edge "); at != text.npos; at = text.find("<edge ", at + 1)) {
    const int a = std::stoi(between(text, "source=\"", "\"", at));
    const int b = std::stoi(between(text, "target=\"", "\"", at));
    ++edges.all;
    if (a == b)
      ++edges.loops;
    else
      edges.pairs.insert({std::min(a, b), std::max(a, b)});
  }
  return edges;
}

class TopologyZoo : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kZoo))
      GTEST_SKIP() << "the maps of the Topology Zoo are not beside this source tree (../shared/topologies)";
  }
  std::filesystem::path path() const { return kZoo / (std::string(GetParam()) + ".graphml"); }
};

TEST_P(TopologyZoo, LoadsWithEveryNodeAndEdge) {
  const std::string text = text_of(path());
  const Edges edges = count_edges(text);
  ASSERT_GT(edges.all, 0u);
  const auto outcome = read_file(path());
  ASSERT_TRUE(outcome) << all_of(outcome.error());
  const Graph& graph = outcome->graph;
  EXPECT_EQ(boost::num_vertices(graph), count(text, "<node "));
  EXPECT_EQ(boost::num_edges(graph), edges.all - edges.loops);
  std::size_t loops_named = 0;
  for (const auto& warning : outcome->warnings)
    if (warning.wrong.find("to itself") != warning.wrong.npos) ++loops_named;
  EXPECT_EQ(loops_named, edges.loops);

  std::size_t pairs = edges.pairs.size();
  std::size_t extra = 0;
  for (const auto& parallel : parallel_links(graph)) extra += parallel.count - 1;
  EXPECT_EQ(pairs + extra, boost::num_edges(graph));

  const auto names = node_names(graph);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (const auto& name : names) {
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-"), name.npos) << name;
  }
  EXPECT_FALSE(outcome->name.empty());

  // Keys have ids of their own in each file.
  const auto with_value = [&](std::string_view attribute, std::string_view scope, std::string_view value) {
    for (auto at = text.find("<key "); at != text.npos; at = text.find("<key ", at + 1)) {
      const std::string key = between(text, "<key ", ">", at);
      if (key.find("attr.name=\"" + std::string(attribute) + "\"") == key.npos) continue;
      if (key.find("for=\"" + std::string(scope) + "\"") == key.npos) continue;
      return count(text, "<data key=\"" + between(key, "id=\"", "\"", 0) + "\">" + std::string(value));
    }
    return std::size_t{0};
  };
  std::size_t lans = 0, external = 0, places = 0;
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph))) {
    lans += graph[v].is_lan;
    external += graph[v].is_external;
    places += graph[v].latitude.has_value();
  }
  EXPECT_EQ(lans, with_value("hyperedge", "node", "1<"));
  EXPECT_EQ(external, with_value("Internal", "node", "0<"));
  EXPECT_EQ(places, with_value("Latitude", "node", ""));
  if (const auto raw = with_value("LinkSpeedRaw", "edge", ""); raw > 0) {
    std::size_t with_rate = 0;
    for (const Link& link : links_of(graph)) with_rate += link.rate_bps > 0;
    EXPECT_EQ(with_rate, raw);
  }
}

TEST_P(TopologyZoo, SurvivesWritingAndReading) {
  const auto first = read_file(path());
  ASSERT_TRUE(first);
  const auto second = read_graphml(write_graphml(first->graph, first->name), "written");
  ASSERT_TRUE(second) << all_of(second.error());
  EXPECT_EQ(second->name, first->name);
  EXPECT_EQ(everything(second->graph), everything(first->graph));
}

TEST_P(TopologyZoo, IsLaidOutAndFilledIn) {
  auto outcome = read_file(path());
  ASSERT_TRUE(outcome);
  Graph& graph = outcome->graph;
  layout(graph);
  std::set<std::pair<double, double>> places;
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph))) {
    ASSERT_TRUE(graph[v].x && graph[v].y);
    EXPECT_TRUE(*graph[v].x >= 0 && *graph[v].x <= 1 && *graph[v].y >= 0 && *graph[v].y <= 1);
    EXPECT_TRUE(places.insert({*graph[v].x, *graph[v].y}).second) << graph[v].name;
  }
  EXPECT_GT(fill_defaults(graph), 0u);
  for (const Link& link : links_of(graph)) {
    EXPECT_GT(link.rate_bps, 0);
    EXPECT_GT(link.delay_ns, 0);
    EXPECT_LT(link.delay_ns, 150'000'000);
  }
  EXPECT_EQ(fill_defaults(graph), 0u);
}

INSTANTIATE_TEST_SUITE_P(Maps, TopologyZoo,
                         testing::Values("Abilene", "AttMpls", "DialtelecomCz", "Garr201201", "Geant2012",
                                         "Interoute", "Psnc", "Sprint"),
                         [](const auto& map) { return std::string(map.param); });

TEST(TopologyZooMaps, ShowWhatIsKnownOfThem) {
  if (!std::filesystem::exists(kZoo))
    GTEST_SKIP() << "the maps of the Topology Zoo are not beside this source tree (../shared/topologies)";
  const auto dialtelecom = read_file(kZoo / "DialtelecomCz.graphml");
  ASSERT_TRUE(dialtelecom);
  EXPECT_EQ(components(dialtelecom->graph).count(), 56u);
  const auto abilene = read_file(kZoo / "Abilene.graphml");
  ASSERT_TRUE(abilene);
  EXPECT_EQ(components(abilene->graph).count(), 1u);
  EXPECT_EQ(diameter(abilene->graph).hops, 5u);
  for (const Link& link : links_of(abilene->graph)) EXPECT_EQ(link.rate_bps, 9'953'280'000);  // OC-192
}

}  // namespace
}  // namespace mailroom::topology
