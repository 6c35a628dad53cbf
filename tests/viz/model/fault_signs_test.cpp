// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/fault_signs.hpp"

#include <gtest/gtest.h>

#include "tests/viz/model/canvas_run.hpp"

namespace mailroom::viz {
namespace {

using trace::Kind;
using Shape = FaultSign::Shape;

TEST(FaultSigns, StandWhereTheFaultIs) {
  tests::SmallRun run;
  run.happens(1, {.kind = Kind::fault_began,
                  .link = {2},
                  .fault = {1},
                  .text = "link r-bob down",
                  .detail = R"({"kind":"link_down","links":[2],"hosts":[2,3]})"});
  run.happens(2, {.kind = Kind::fault_began,
                  .host = {3},
                  .fault = {2},
                  .text = "disk of bob full",
                  .detail = R"({"kind":"disk_full","links":[2],"hosts":[3]})"});
  run.happens(3, {.kind = Kind::fault_began,
                  .fault = {3},
                  .text = "partition ann",
                  .detail = R"({"kind":"partition","links":[1,3],"hosts":[1]})"});
  const trace::World world = run.world;
  auto reader = run.read();
  FaultSigns signs;
  const auto& now = signs.in_force(reader, world);
  ASSERT_EQ(now.size(), 3U);
  EXPECT_EQ(now[0].shape, Shape::down);
  EXPECT_EQ(now[0].links, std::vector<trace::LinkId>{{2}});
  EXPECT_TRUE(now[0].hosts.empty());
  EXPECT_EQ(now[1].shape, Shape::disk);
  EXPECT_EQ(now[1].hosts, std::vector<trace::HostId>{{3}});
  EXPECT_TRUE(now[1].links.empty());
  EXPECT_EQ(now[2].links, (std::vector<trace::LinkId>{{1}, {3}}));
}

TEST(FaultSigns, GoWhenTheFaultIsOver) {
  tests::SmallRun run;
  run.happens(1, {.kind = Kind::fault_began, .link = {2}, .fault = {1}, .text = "link r-bob down"});
  const trace::World before = run.world;
  run.happens(2, {.kind = Kind::fault_ended, .link = {2}, .fault = {1}, .text = "link r-bob down"});
  const trace::World after = run.world;
  auto reader = run.read();
  FaultSigns signs;
  EXPECT_EQ(signs.in_force(reader, before).size(), 1U);
  EXPECT_TRUE(signs.in_force(reader, after).empty());
}

TEST(FaultSigns, KeepASecret) {
  tests::SmallRun run;
  run.happens(1, {.kind = Kind::fault_began, .link = {2}, .fault = {1}, .text = "link r-bob down"});
  const trace::World world = run.world;
  auto reader = run.read();
  FaultSigns signs;
  EXPECT_TRUE(signs.in_force(reader, world, [](const trace::StoredEvent& event) {
                     return event.kind == Kind::fault_began;
                   }).empty());
  EXPECT_EQ(signs.in_force(reader, world).size(), 1U);
}

TEST(FaultSigns, SurviveADetailOfNonsense) {
  tests::SmallRun run;
  run.happens(1,
              {.kind = Kind::fault_began, .fault = {1}, .text = "?", .detail = R"({"kind":5,"links":"x"})"});
  run.happens(2, {.kind = Kind::fault_began, .fault = {2}, .text = "?", .detail = "{{{"});
  const trace::World world = run.world;
  auto reader = run.read();
  FaultSigns signs;
  EXPECT_EQ(signs.in_force(reader, world).size(), 2U);
}

TEST(FaultSigns, HaveAShapeOfTheirOwnForEachFamily) {
  EXPECT_EQ(shape_of("link_down"), Shape::down);
  EXPECT_EQ(shape_of("link_losing"), Shape::losing);
  EXPECT_EQ(shape_of("link_delayed"), Shape::slow);
  EXPECT_EQ(shape_of("host_out_of_operation"), Shape::host);
  EXPECT_EQ(shape_of("dns_lying"), Shape::names);
  EXPECT_EQ(shape_of("relay_wraps"), Shape::relay);
  EXPECT_EQ(shape_of("clock_ahead"), Shape::clock);
  EXPECT_EQ(shape_of("smtp_answers"), Shape::answer);
}

}  // namespace
}  // namespace mailroom::viz
