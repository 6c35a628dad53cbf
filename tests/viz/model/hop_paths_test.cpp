// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/hop_paths.hpp"

#include <gtest/gtest.h>

#include "tests/viz/model/canvas_run.hpp"

namespace mailroom::viz {
namespace {

using Path = std::vector<trace::HostId>;

TEST(HopPaths, TakeTheFewestLinks) {
  trace::RunHeader header = tests::small_header();
  HopPaths paths(header);
  EXPECT_EQ(paths.between({1}, {3}).size(), 3U);
  EXPECT_EQ(paths.between({1}, {2}), (Path{{1}, {2}}));
  header.links.push_back({.name = "short", .from = {3}, .to = {1}});
  HopPaths shorter(header);
  EXPECT_EQ(shorter.between({1}, {3}), (Path{{1}, {3}}));
}

TEST(HopPaths, AreTheSameThereAndBack) {
  HopPaths paths(tests::small_header());
  const Path there = paths.between({2}, {4});
  EXPECT_EQ(paths.between({4}, {2}), there);
  EXPECT_EQ(there.front().value, 2);
  EXPECT_EQ(there.back().value, 4);
}

TEST(HopPaths, AreNoneWhereNoLinkLeads) {
  trace::RunHeader header = tests::small_header();
  header.hosts.push_back({.name = "island"});
  HopPaths paths(header);
  EXPECT_TRUE(paths.between({1}, {5}).empty());
  EXPECT_TRUE(paths.between({1}, {77}).empty());
  EXPECT_TRUE(paths.between({0}, {1}).empty());
  EXPECT_EQ(paths.between({1}, {1}), (Path{{1}}));
}

}  // namespace
}  // namespace mailroom::viz
