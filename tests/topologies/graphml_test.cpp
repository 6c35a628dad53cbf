// SPDX-License-Identifier: GPL-2.0-only
#include <gmock/gmock.h>

#include "tests/topologies/reading.hpp"

namespace mailroom::topology {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kKeys = R"(<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key attr.name="label" attr.type="string" for="graph" id="g0"/>
<key attr.name="label" attr.type="string" for="node" id="n0"/>
<key attr.name="label" attr.type="string" for="edge" id="e0"/>
<key attr.name="Latitude" attr.type="double" for="node" id="n1"/>
<key attr.name="Longitude" attr.type="double" for="node" id="n2"/>
<key attr.name="hyperedge" attr.type="integer" for="node" id="n3"/>
<key attr.name="Internal" attr.type="integer" for="node" id="n4"/>
<key attr.name="LinkSpeedRaw" attr.type="double" for="edge" id="e1"/>
<key attr.name="LinkSpeed" attr.type="string" for="edge" id="e2"/>
<key attr.name="LinkSpeedUnits" attr.type="string" for="edge" id="e3"/>
<key attr.name="LinkType" attr.type="string" for="edge" id="e4"/>
<key attr.name="rate" attr.type="string" for="edge" id="e5"/>
<key attr.name="delay" attr.type="string" for="edge" id="e6"/>
<key attr.name="queue" attr.type="string" for="edge" id="e7"/>
<key attr.name="loss" attr.type="string" for="edge" id="e8"/>
)";
constexpr std::size_t kKeyLines = 17;  // and one for <graph>

ReadOutcome read(std::string_view body) {
  return read_graphml(
      std::string(kKeys) + "<graph edgedefault=\"undirected\">\n" + std::string(body) + "</graph></graphml>",
      "map.graphml");
}

Graph graph_of(std::string_view body) {
  auto outcome = read(body);
  EXPECT_TRUE(outcome) << (outcome ? "" : all_of(outcome.error()));
  return outcome ? std::move(outcome->graph) : Graph();
}

std::string errors_of(std::string_view body) {
  const auto outcome = read(body);
  EXPECT_FALSE(outcome);
  return outcome ? "" : all_of(outcome.error());
}

TEST(GraphmlReader, KeepsOrderIdsAndLabelsAndMakesNamesUnique) {
  const auto outcome = read(R"(<data key="g0">My net</data>
<node id="7"><data key="n0">Prague</data></node><node id="3"><data key="n0">Prague</data></node>
<node id="x y"><data key="n0">?</data></node><node id="9"/><edge source="9" target="7"/>)");
  ASSERT_TRUE(outcome) << all_of(outcome.error());
  EXPECT_EQ(outcome->name, "My net");
  EXPECT_THAT(node_names(outcome->graph), ElementsAre("prague", "prague-2", "x-y", "n9"));
  EXPECT_EQ(outcome->graph[1].id, "3");
  EXPECT_EQ(outcome->graph[1].label, "Prague");
  EXPECT_THAT(link_names(outcome->graph), ElementsAre("prague-n9"));
  EXPECT_EQ(outcome->warnings.size(), 0u);
}

TEST(GraphmlReader, KnowsLansOutsidersAndPlaces) {
  const Graph graph = graph_of(R"(<node id="a"><data key="n3">1</data></node>
<node id="b"><data key="n4">0</data></node><node id="c"><data key="n1">50.5</data><data key="n2">-14.25</data><data key="n4">1</data></node>)");
  ASSERT_EQ(boost::num_vertices(graph), 3u);
  EXPECT_TRUE(graph[0].is_lan);
  EXPECT_FALSE(graph[0].is_external);
  EXPECT_TRUE(graph[1].is_external);
  EXPECT_FALSE(graph[1].latitude);
  EXPECT_FALSE(graph[2].is_external);
  EXPECT_EQ(graph[2].latitude, 50.5);
  EXPECT_EQ(graph[2].longitude, -14.25);
}

TEST(GraphmlReader, NamesWhatHasNoLabelAfterItsId) {
  const Graph graph = graph_of(R"(<node id="7"><data key="n0">None</data><data key="n3">1</data></node>
<node id="8"><data key="n0">None</data></node><node id="hub"/>)");
  EXPECT_THAT(node_names(graph), ElementsAre("lan-7", "n8", "hub"));
  const Graph numbered = graph_of("<node id=\"" + std::string(80, '4') + "\"/>");
  EXPECT_EQ(numbered[0].name.size(), 63u);
}

TEST(GraphmlReader, TakesTheBestRateThereIs) {
  const Graph graph = graph_of(R"(<node id="a"/><node id="b"/>
<edge source="a" target="b"><data key="e1">155000000.0</data><data key="e2">1</data><data key="e3">G</data></edge>
<edge source="a" target="b"><data key="e2">2.5</data><data key="e3">G</data></edge>
<edge source="a" target="b"><data key="e4">OC-192</data></edge>
<edge source="a" target="b"><data key="e0">45 Mbps DS-3</data></edge>
<edge source="a" target="b"><data key="e0">Peering, 10GE</data></edge>
<edge source="a" target="b"><data key="e0">Dark Fibre 2010 - 12</data></edge>
<edge source="a" target="b"><data key="e5">64kbps</data><data key="e1">1000000.0</data></edge>)");
  std::vector<std::int64_t> rates;
  for (const Link& link : links_of(graph)) rates.push_back(link.rate_bps);
  EXPECT_THAT(rates, ElementsAre(155'000'000, 2'500'000'000, 192 * 51'840'000LL, 45'000'000, 10'000'000'000,
                                 0, 64'000));
  EXPECT_THAT(link_names(graph), ElementsAre("a-b", "a-b.2", "a-b.3", "a-b.4", "a-b.5", "a-b.6", "a-b.7"));
}

TEST(GraphmlReader, ReadsWhatOurOwnFilesSayAboutLinks) {
  const Graph graph = graph_of(R"(<node id="a"/><node id="b"/><edge source="a" target="b">
<data key="e5">2Mbps</data><data key="e6">120ms</data><data key="e7">50p</data><data key="e8">0.5%</data></edge>)");
  const Link link = links_of(graph).at(0);
  EXPECT_EQ(link.rate_bps, 2'000'000);
  EXPECT_EQ(link.delay_ns, 120'000'000);
  EXPECT_EQ(link.queue_packets, 50);
  EXPECT_EQ(link.loss_per_billion, 5'000'000);
}

TEST(GraphmlReader, DropsSelfLoopsWithAWarning) {
  const auto outcome = read(
      "<node id=\"a\"/><node id=\"b\"/>\n<edge source=\"a\" target=\"a\"/><edge source=\"a\" target=\"b\"/>");
  ASSERT_TRUE(outcome);
  EXPECT_EQ(boost::num_edges(outcome->graph), 1u);
  ASSERT_EQ(outcome->warnings.size(), 1u);
  EXPECT_EQ(outcome->warnings[0].line, kKeyLines + 3);
  EXPECT_EQ(outcome->warnings[0].column, 1u);
  EXPECT_THAT(outcome->warnings[0].wrong, HasSubstr("linked to itself"));
}

TEST(GraphmlReader, ReportsEveryMistakeAtItsPlaceInOrder) {
  const std::string errors =
      errors_of(R"(<node id="a"><data key="n1">91</data><data key="n2">east</data></node>
  <edge source="a" target="zz"/>
  <edge
     source="a" target="b"><data key="e5">10MB/s</data></edge>
<node id="b"><data key="n3">maybe</data></node>
  <node/>
  <edge source="b"/>
  <node id="a"/>)");
  EXPECT_EQ(
      errors,
      "map.graphml:19:14: latitude is \"91\"; write a number from -90 to 90\n"
      "map.graphml:19:38: longitude is \"east\", not a number; write a number from -180 to 360\n"
      "map.graphml:20:3: an edge ends at the node \"zz\", which is not in the file; name the id of a node\n"
      "map.graphml:22:28: rate of a link: \"10MB/s\" is in bytes; rates are in bits; write 80Mbps\n"
      "map.graphml:23:14: hyperedge is \"maybe\"; write true or false, or 1 or 0\n"
      "map.graphml:24:3: a node has no id; write <node id=\"…\">\n"
      "map.graphml:25:3: an edge has no target; write <edge source=\"…\" target=\"…\">\n"
      "map.graphml:26:3: a second node has the id \"a\"; give each node an id of its own (the first is in "
      "line 19)\n");
}

TEST(GraphmlReader, ReportsBrokenXmlWithItsLine) {
  const auto outcome = read_graphml("<graphml>\n<graph>\n<node id=\"a\">\n</graph>\n</graphml>", "f");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(all_of(outcome.error()), HasSubstr("f:4:"));
  EXPECT_THAT(all_of(outcome.error()), HasSubstr("no well-formed XML"));
}

TEST(GraphmlReader, RefusesWhatIsNoGraphml) {
  for (const char* text : {"", "  \n ", "<html><body/></html>", "<graphml/>", "<graphml><graph/></graphml>",
                           "\x01\x02\xFF", "<graphml", "<?xml version=\"1.0\"?>"}) {
    const auto outcome = read_graphml(text, "f");
    ASSERT_FALSE(outcome) << text;
    EXPECT_FALSE(outcome.error().empty());
    EXPECT_FALSE(outcome.error()[0].right.empty());
  }
}

TEST(GraphmlReader, RefusesEntitiesBeforeTheyExpand) {
  std::string text = "<!DOCTYPE graphml [\n<!ENTITY a \"aaaaaaaaaa\">\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    const std::string previous = std::string("&") + static_cast<char>(c - 1) + ";";
    text += std::string("<!ENTITY ") + c + " \"";
    for (int i = 0; i < 10; ++i) text += previous;
    text += "\">\n";
  }
  text += "]>\n<graphml><graph><node id=\"&z;\"/></graph></graphml>";
  const auto outcome = read_graphml(text, "f");
  ASSERT_FALSE(outcome);
  ASSERT_EQ(outcome.error().size(), 1u) << all_of(outcome.error());
  EXPECT_EQ(outcome.error()[0].line, 2u);
  EXPECT_THAT(outcome.error()[0].wrong, HasSubstr("entity"));
}

TEST(GraphmlReader, NeverOpensWhatTheFileNames) {
  const auto outcome = read_graphml(
      "<!DOCTYPE graphml [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><graphml><graph><node "
      "id=\"&x;\"/></graph></graphml>",
      "f");
  ASSERT_FALSE(outcome);
  const auto harmless = read_graphml(
      "<!DOCTYPE graphml SYSTEM \"nowhere.dtd\"><graphml><graph><node id=\"a\"/></graph></graphml>", "f");
  EXPECT_TRUE(harmless) << all_of(harmless.error());
}

TEST(GraphmlReader, BoundsTheDepth) {
  std::string text = "<graphml>";
  for (int i = 0; i < 100'000; ++i) text += "<graph>";
  const auto outcome = read_graphml(text, "f");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(all_of(outcome.error()), HasSubstr("nested more than 100 deep"));
}

TEST(GraphmlReader, IsNotSlowedByOneLongLineOrOneCrowdedElement) {
  std::string line =
      "<graphml><key id=\"k\" for=\"node\" attr.name=\"label\"><default>x</default></key><graph>";
  for (int i = 0; i < 90'000; ++i) line += "<node id=\"" + std::to_string(i) + "\"/>";
  const auto outcome = read_graphml(
      line + "<edge source=\"0\" target=\"1\"/><edge source=\"0\" target=\"zz\"/></graph></graphml>", "f");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error()[0].line, 1u);
  EXPECT_EQ(outcome.error()[0].column,
            line.size() + std::string("<edge source=\"0\" target=\"1\"/>").size() + 1);

  std::string crowded = "<graphml><graph><node id=\"a\"";
  for (int i = 0; i < 1'000'000; ++i) crowded += " a" + std::to_string(i) + "=\"\"";
  EXPECT_THAT(all_of(read_graphml(crowded + "/></graph></graphml>", "f").error()),
              HasSubstr("more than 1000 attributes"));
}

TEST(GraphmlReader, ReadsPredefinedEntitiesAndCdata) {
  const Graph graph = graph_of(
      R"(<node id="R&amp;D"><data key="n0">R &amp; D</data></node><node id="b"><data key="n0"><![CDATA[<b>]]></data></node>
<edge source="R&#38;D" target="b"/>)");
  EXPECT_EQ(graph[0].id, "R&D");
  EXPECT_EQ(graph[0].label, "R & D");
  EXPECT_EQ(graph[1].label, "<b>");
  EXPECT_EQ(boost::num_edges(graph), 1u);
}

TEST(GraphmlReader, ReadsOtherEncodings) {
  const auto outcome = read_graphml(
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><graphml><key id=\"l\" for=\"node\" "
      "attr.name=\"label\"/><graph><node id=\"a\"><data key=\"l\">K\xF6ln</data></node></graph></graphml>",
      "f");
  ASSERT_TRUE(outcome) << all_of(outcome.error());
  EXPECT_EQ(outcome->graph[0].label, "Köln");
  EXPECT_EQ(outcome->graph[0].name, "koln");
}

TEST(GraphmlReader, ReadsYedFiles) {
  const auto outcome = read_graphml(R"(<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
<key for="port" id="d0" yfiles.type="portgraphics"/>
<key attr.name="url" attr.type="string" for="node" id="d3"/>
<key attr.name="hyperedge" attr.type="boolean" for="node" id="d4"><default>false</default></key>
<key for="node" id="d5" yfiles.type="nodegraphics"/><key for="edge" id="d6" yfiles.type="edgegraphics"/>
<graph edgedefault="directed" id="G">
<node id="n0"><data key="d5"><y:ShapeNode><y:Geometry height="30" width="30" x="10" y="20"/>
<y:NodeLabel visible="true">Hub<y:LabelModel/></y:NodeLabel></y:ShapeNode></data></node>
<node id="n1"><data key="d4">true</data><graph edgedefault="directed" id="n1:"><node id="n1::n0"/></graph></node>
<edge id="e0" source="n0" target="n1"><data key="d6"><y:PolyLineEdge><y:EdgeLabel>10 Gbps</y:EdgeLabel></y:PolyLineEdge></data></edge>
<edge id="e1" source="n1" target="n0"/><edge id="e2" source="n1::n0" target="n0" directed="false"/>
</graph></graphml>)",
                                    "f");
  ASSERT_TRUE(outcome) << all_of(outcome.error());
  const Graph& graph = outcome->graph;
  EXPECT_THAT(node_names(graph), ElementsAre("hub", "n1", "n1-n0"));
  EXPECT_EQ(graph[0].x, 10);
  EXPECT_EQ(graph[0].y, 20);
  EXPECT_FALSE(graph[0].is_lan);
  EXPECT_TRUE(graph[1].is_lan);
  // Both directions of one link are one link; its label names its rate.
  ASSERT_EQ(boost::num_edges(graph), 2u);
  EXPECT_EQ(links_of(graph)[0].rate_bps, 10'000'000'000);
}

TEST(GraphmlReader, TurnsHyperedgesIntoLans) {
  const Graph graph = graph_of(R"(<node id="a"/><node id="b"/><node id="c"/>
<hyperedge id="h"><endpoint node="a"/><endpoint node="b"/><endpoint node="c"/></hyperedge>)");
  ASSERT_EQ(boost::num_vertices(graph), 4u);
  EXPECT_TRUE(graph[3].is_lan);
  EXPECT_EQ(boost::out_degree(3, graph), 3u);
}

TEST(GraphmlReader, GivesTheDefaultsOfKeys) {
  const auto outcome =
      read_graphml(R"(<graphml><key id="q" for="edge" attr.name="queue"><default>7p</default></key><graph>
<node id="a"/><node id="b"/><edge source="a" target="b"/><edge source="a" target="b"><data key="q">9p</data></edge></graph></graphml>)",
                   "f");
  ASSERT_TRUE(outcome);
  EXPECT_EQ(links_of(outcome->graph)[0].queue_packets, 7);
  EXPECT_EQ(links_of(outcome->graph)[1].queue_packets, 9);
}

TEST(GraphmlReader, ShowsAtMostFiftyMistakes) {
  std::string body = "<node id=\"a\"/>";
  for (int i = 0; i < 1000; ++i) body += "<edge source=\"a\" target=\"b\"/>\n";
  const auto outcome = read(body);
  ASSERT_FALSE(outcome);
  ASSERT_EQ(outcome.error().size(), kMaxDiagnostics + 1);
  EXPECT_THAT(outcome.error().back().wrong, HasSubstr("950 more"));
}

}  // namespace
}  // namespace mailroom::topology
