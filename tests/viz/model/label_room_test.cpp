// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/label_room.hpp"

#include <gtest/gtest.h>

#include <random>

namespace mailroom::viz {
namespace {

TEST(LabelRoom, GivesAPlaceOnce) {
  LabelRoom room({0, 0, 500, 300});
  EXPECT_TRUE(room.take_if_free({10, 10, 90, 30}));
  EXPECT_FALSE(room.take_if_free({80, 20, 150, 40}));
  EXPECT_TRUE(room.take_if_free({90, 10, 150, 30}));
}

TEST(LabelRoom, RefusesWhatSticksOut) {
  LabelRoom room({0, 0, 500, 300});
  EXPECT_FALSE(room.take_if_free({450, 10, 501, 30}));
  EXPECT_FALSE(room.take_if_free({-1, 10, 20, 30}));
  EXPECT_TRUE(room.take_if_free({450, 10, 500, 30}));
}

TEST(LabelRoom, NeverGivesTwoThatIntersect) {
  LabelRoom room({100, 100, 900, 700});
  std::mt19937 random(7);
  const auto number = [&](unsigned range) { return static_cast<float>(random() % range); };
  std::vector<Rect> given;
  for (int i = 0; i < 3000; ++i) {
    const float left = 80 + number(850);
    const float top = 80 + number(650);
    const Rect rect = {left, top, left + 5 + number(120), top + 5 + number(20)};
    if (room.take_if_free(rect)) given.push_back(rect);
  }
  ASSERT_GT(given.size(), 100U);
  for (std::size_t i = 0; i < given.size(); ++i) {
    for (std::size_t j = i + 1; j < given.size(); ++j) EXPECT_FALSE(given[i].intersects(given[j]));
  }
}

}  // namespace
}  // namespace mailroom::viz
