// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/moments.hpp"

#include <gtest/gtest.h>

#include "tests/viz/model/canvas_run.hpp"

namespace mailroom::viz {
namespace {

using tests::kMs;
using trace::Kind;

TEST(Moments, AreWhatHasJustHappenedTheNewestFirst) {
  tests::SmallRun run;
  run.happens(5 * kMs, {.kind = Kind::connection_refused, .host = {1}, .connection = {1}});
  run.happens(50 * kMs, {.kind = Kind::copy_deferred,
                         .host = {1},
                         .message = {4},
                         .copy = {1},
                         .code = 451,
                         .text = "try later"});
  run.happens(60 * kMs,
              {.kind = Kind::copy_delivered, .host = {3}, .message = {5}, .copy = {2}, .text = "bob"});
  auto reader = run.read();
  const auto moments = moments_before(reader, run.last(), 40 * kMs);
  ASSERT_TRUE(moments);
  ASSERT_EQ(moments->size(), 2U);
  EXPECT_EQ((*moments)[0].what, Moment::What::delivered);
  EXPECT_EQ((*moments)[1].what, Moment::What::deferred);
  EXPECT_EQ((*moments)[1].code, 451);
  EXPECT_EQ((*moments)[1].text, "try later");
  EXPECT_EQ((*moments)[1].host.value, 1);
}

TEST(Moments, OfTheFutureAreNotShown) {
  tests::SmallRun run;
  const auto first = run.happens(5 * kMs, {.kind = Kind::host_crashed, .host = {1}});
  run.happens(6 * kMs, {.kind = Kind::host_restarted, .host = {1}});
  auto reader = run.read();
  EXPECT_EQ(moments_before(reader, first, 0)->size(), 1U);
  EXPECT_EQ(moments_before(reader, run.last(), 0)->size(), 2U);
  EXPECT_TRUE(moments_before(reader, {}, 0)->empty());
}

TEST(Moments, OfALossAreOnItsLinkButAResetIsNot) {
  tests::SmallRun run;
  run.happens(
      5 * kMs,
      {.kind = Kind::connection_disturbed, .host = {2}, .link = {2}, .connection = {1}, .text = "loss"});
  run.happens(6 * kMs, {.kind = Kind::connection_disturbed, .host = {1}, .connection = {2}, .text = "reset"});
  auto reader = run.read();
  const auto moments = moments_before(reader, run.last(), 0);
  ASSERT_TRUE(moments);
  ASSERT_EQ(moments->size(), 1U);
  EXPECT_EQ((*moments)[0].what, Moment::What::lost);
  EXPECT_EQ((*moments)[0].link.value, 2);
}

TEST(Moments, AreNoMoreThanAPictureHolds) {
  tests::SmallRun run;
  for (int i = 0; i < 500; ++i)
    run.happens(i, {.kind = Kind::connection_reset, .host = {1}, .connection = {1}});
  auto reader = run.read();
  EXPECT_EQ(moments_before(reader, run.last(), 0)->size(), static_cast<std::size_t>(kMostMoments));
}

}  // namespace
}  // namespace mailroom::viz
