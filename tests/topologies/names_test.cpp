// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/names.hpp"

#include <gtest/gtest.h>

namespace mailroom::topology {
namespace {

TEST(Names, ComeFromLabels) {
  EXPECT_EQ(name_from_label("Prague", "x"), "prague");
  EXPECT_EQ(name_from_label("České Budějovice", "x"), "ceske-budejovice");
  EXPECT_EQ(name_from_label("St. Gallen (CH)", "x"), "st.gallen-ch");
  EXPECT_EQ(name_from_label("Łódź", "x"), "lodz");
  EXPECT_EQ(name_from_label("Straße Ærø", "x"), "strasse-aero");
  EXPECT_EQ(name_from_label("Αθήνα", "x"), "athina");
  EXPECT_EQ(name_from_label("Москва", "x"), "moskva");
  EXPECT_EQ(name_from_label("New York, NY", "x"), "new-york-ny");
  EXPECT_EQ(name_from_label("東京", "x"), "u6771u4eac");
  EXPECT_EQ(name_from_label("Zu\u0308rich", "x"), "zurich");
  EXPECT_EQ(name_from_label("_a..b-.-c_", "x"), "a.b.c");
}

TEST(Names, AreNeverEmpty) {
  EXPECT_EQ(name_from_label("", "n7"), "n7");
  EXPECT_EQ(name_from_label("?!", "n7"), "n7");
  EXPECT_EQ(name_from_label("\xFF\xFE\x80", "n7"), "n7");
  EXPECT_EQ(name_from_label("…", "n7"), "n7");
}

TEST(Names, AreShort) {
  std::string long_label(62, 'a');
  long_label.append("---b");
  const std::string name = name_from_label(long_label, "x");
  EXPECT_EQ(name.size(), 62u);
  UniqueNames names;
  const std::string longest(63, 'a');
  EXPECT_EQ(names.make(longest), longest);
  const std::string second = names.make(longest);
  EXPECT_EQ(second.size(), 63u);
  EXPECT_TRUE(second.ends_with("a-2"));
}

TEST(Names, AreUnique) {
  UniqueNames names;
  EXPECT_EQ(names.make("prague"), "prague");
  EXPECT_EQ(names.make("prague-2"), "prague-2");
  EXPECT_EQ(names.make("prague"), "prague-3");
  EXPECT_EQ(names.make("prague"), "prague-4");
}

TEST(Names, OfLinksComeFromTheirEnds) {
  Graph graph(3);
  graph[0].name = "a";
  graph[1].name = "b";
  graph[2].name = "b.2";
  boost::add_edge(1, 0, graph);
  boost::add_edge(0, 1, graph);
  boost::add_edge(0, 2, graph);
  name_links(graph);
  std::vector<std::string> names;
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) names.push_back(graph[e].name);
  EXPECT_EQ(names, (std::vector<std::string>{"a-b", "a-b.2", "a-b.2.2"}));
}

}  // namespace
}  // namespace mailroom::topology
