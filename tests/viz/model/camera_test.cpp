// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/camera.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace mailroom::viz {
namespace {

const Viewport kPane = {100, 50, 900, 650};
const Camera kCamera = {.fits_all = false, .center = {3, 4}, .scale = 80};

TEST(Camera, ShowsItsCenterInTheMiddleOfThePane) {
  EXPECT_EQ(to_screen(kCamera, kPane, {3, 4}), (Point{500, 350}));
  EXPECT_EQ(to_screen(kCamera, kPane, {4, 3}), (Point{580, 270}));
}

TEST(Camera, FindsThePlaceUnderAPixelAgain) {
  const MapPoint place = to_map(kCamera, kPane, {123, 456});
  const Point pixel = to_screen(kCamera, kPane, place);
  EXPECT_NEAR(pixel.x, 123, 0.01);
  EXPECT_NEAR(pixel.y, 456, 0.01);
}

TEST(Camera, ZoomsAroundThePointerWhichStaysOverTheSamePlace) {
  const MapPoint before = to_map(kCamera, kPane, {200, 600});
  const Camera nearer = zoomed(kCamera, kPane, {200, 600}, 2.5);
  EXPECT_DOUBLE_EQ(nearer.scale, 200);
  const MapPoint after = to_map(nearer, kPane, {200, 600});
  EXPECT_NEAR(after.x, before.x, 1e-9);
  EXPECT_NEAR(after.y, before.y, 1e-9);
  EXPECT_FALSE(nearer.fits_all);
}

TEST(Camera, ZoomsNoFurtherThanCanBeSeen) {
  EXPECT_DOUBLE_EQ(zoomed(kCamera, kPane, {500, 350}, 1e9).scale, kGreatestScale);
  EXPECT_DOUBLE_EQ(zoomed(kCamera, kPane, {500, 350}, 1e-9).scale, kLeastScale);
}

TEST(Camera, PansWithThePointer) {
  const Point before = to_screen(kCamera, kPane, {0, 0});
  const Point after = to_screen(panned(kCamera, {40, -10}), kPane, {0, 0});
  EXPECT_NEAR(after.x - before.x, 40, 0.01);
  EXPECT_NEAR(after.y - before.y, -10, 0.01);
}

TEST(Camera, FitsABoxWithItsMargin) {
  const MapBox box = {-1, -1, 5, 1};
  const Camera camera = fitted(box, kPane, 50);
  const Point low = to_screen(camera, kPane, {box.left, box.top});
  const Point high = to_screen(camera, kPane, {box.right, box.bottom});
  EXPECT_NEAR(low.x, kPane.left + 50, 0.01);
  EXPECT_NEAR(high.x, kPane.right - 50, 0.01);
  EXPECT_GE(low.y, kPane.top + 50);
  EXPECT_LE(high.y, kPane.bottom - 50);
}

TEST(Camera, FitsASinglePointWithoutGoingTooNear) {
  EXPECT_DOUBLE_EQ(fitted({2, 2, 2, 2}, kPane, 50, 300).scale, 300);
}

TEST(Camera, FitsIntoAPaneThatIsSmallerThanItsMargins) {
  const Camera camera = fitted({0, 0, 10, 10}, {0, 0, 30, 20}, 40);
  EXPECT_GE(camera.scale, kLeastScale);
  EXPECT_TRUE(std::isfinite(camera.center.x));
}

TEST(Camera, MovesOnlyIfWhatIsFollowedLeavesTheView) {
  EXPECT_EQ(keeping_in_view(kCamera, kPane, {3, 4}, 60), kCamera);
  const MapPoint outside = to_map(kCamera, kPane, {1000, 350});
  const Camera moved = keeping_in_view(kCamera, kPane, outside, 60);
  const Point seen = to_screen(moved, kPane, outside);
  EXPECT_NEAR(seen.x, kPane.right - 60, 0.01);
  EXPECT_NEAR(seen.y, 350, 0.01);
}

TEST(Camera, GoesFromOneToAnotherSteadily) {
  const Camera to = {.fits_all = false, .center = {13, -6}, .scale = 1280};
  EXPECT_EQ(between(kCamera, to, 0), kCamera);
  EXPECT_EQ(between(kCamera, to, 1), to);
  EXPECT_NEAR(between(kCamera, to, 0.5).scale, 320, 1e-6);
  double last = kCamera.scale;
  for (int i = 1; i <= 20; ++i) {
    const double scale = between(kCamera, to, i / 20.0).scale;
    EXPECT_GT(scale, last);
    last = scale;
  }
}

TEST(Camera, GoesAcrossWithoutZoomInAStraightLine) {
  const Camera to = {.fits_all = false, .center = {5, 8}, .scale = 80};
  const Camera half = between(kCamera, to, 0.5);
  EXPECT_NEAR(half.center.x, 4, 1e-9);
  EXPECT_NEAR(half.center.y, 6, 1e-9);
}

TEST(Camera, ShowsLessOfANodeTheFartherItIs) {
  EXPECT_EQ(detail_at(10, 18), Detail::dots);
  EXPECT_EQ(detail_at(40, 18), Detail::small);
  EXPECT_EQ(detail_at(120, 18), Detail::full);
}

TEST(MapGeometry, MeetsRectanglesThatALineComesInto) {
  const Rect rect = {10, 10, 20, 20};
  EXPECT_TRUE(line_meets({0, 0}, {30, 30}, rect));
  EXPECT_TRUE(line_meets({12, 12}, {13, 13}, rect));
  EXPECT_FALSE(line_meets({0, 18}, {12, 40}, rect));
  EXPECT_FALSE(line_meets({0, 0}, {9, 30}, rect));
}

TEST(MapGeometry, MeasuresTheDistanceToALineAndItsEnds) {
  EXPECT_FLOAT_EQ(distance_to_line({5, 3}, {0, 0}, {10, 0}), 3);
  EXPECT_FLOAT_EQ(distance_to_line({-3, 4}, {0, 0}, {10, 0}), 5);
  EXPECT_FLOAT_EQ(distance_to_line({3, 4}, {0, 0}, {0, 0}), 5);
}

}  // namespace
}  // namespace mailroom::viz
