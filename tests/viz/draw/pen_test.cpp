// SPDX-License-Identifier: GPL-2.0-only
#include "viz/draw/pen.hpp"

#include <gtest/gtest.h>
#include <imgui.h>

#include <functional>

#include "viz/app/context.hpp"

namespace mailroom::viz {
namespace {

class PenTest : public testing::Test {
 protected:
  PenTest() : fonts_(Fonts::load(15)) {
    ImGui::GetIO().DisplaySize = {400, 300};
    registry_.set_on(true);
  }
  // Draws in a frame of its own.
  void draw(const std::function<void(Pen&)>& act, Svg* svg = nullptr) {
    ImGui::NewFrame();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize({400, 300});
    ImGui::Begin("w", nullptr, ImGuiWindowFlags_NoDecoration);
    Pen pen(*ImGui::GetWindowDrawList(), fonts_, registry_, 1, svg);
    act(pen);
    ImGui::End();
    ImGui::Render();
  }

  Context context_;
  Fonts fonts_;
  Registry registry_;
};

TEST_F(PenTest, ClipsTextWithAnEllipsis) {
  draw([&](Pen& pen) {
    const Pen::Style style{.color = rgb(0), .max_width = 60};
    const Rect place = pen.text({20, 20}, "a name that is too long for its place", style);
    EXPECT_LE(place.width(), 60);
    EXPECT_GT(place.width(), 30);
  });
  ASSERT_EQ(registry_.texts().size(), 1u);
  EXPECT_TRUE(registry_.texts()[0].text.ends_with("\xE2\x80\xA6"));
}

TEST_F(PenTest, ALabelYieldsToThoseBeforeIt) {
  draw([&](Pen& pen) {
    const Pen::Style style{.color = rgb(0)};
    EXPECT_TRUE(pen.label({50, 50}, "mx1", style));
    EXPECT_FALSE(pen.label({55, 55}, "mx2", style));
    EXPECT_TRUE(pen.label({50, 100}, "mx2", style));
  });
  EXPECT_EQ(registry_.texts().size(), 2u);
}

TEST_F(PenTest, TextOutOfSightIsNotRegisteredNorExported) {
  Svg svg({0, 0, 400, 300});
  draw([&](Pen& pen) { EXPECT_TRUE(pen.text({2000, 20}, "far away", {.color = rgb(0)}).is_empty()); }, &svg);
  EXPECT_TRUE(registry_.texts().empty());
  EXPECT_EQ(svg.finish(rgb(0)).find("far away"), std::string::npos);
}

TEST_F(PenTest, WhatIsDrawnIsInTheSvgAsVectors) {
  Svg svg({0, 0, 400, 300});
  draw(
      [&](Pen& pen) {
        pen.line({10, 10}, {20, 20}, rgb(0x0072B2), 2);
        pen.circle({50, 50}, 5, rgb(0xD55E00));
        pen.arrow({10, 100}, {100, 100}, rgb(0x009E73));
        pen.text({10, 200}, "250 OK", {.color = rgb(0), .face = Face::mono});
      },
      &svg);
  const std::string text = svg.finish(rgb(0xFFFFFF));
  EXPECT_NE(text.find("<polyline"), std::string::npos);
  EXPECT_NE(text.find("<circle"), std::string::npos);
  EXPECT_NE(text.find("<polygon"), std::string::npos);
  EXPECT_NE(text.find(">250 OK</text>"), std::string::npos);
}

TEST(Printable, ReplacesWhatNoLetterStandsFor) {
  EXPECT_EQ(printable("250 OK"), "250 OK");
  EXPECT_EQ(printable("a\r\n"), "a\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(printable("\xFF"), "\xEF\xBF\xBD");
  EXPECT_EQ(printable("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
}

}  // namespace
}  // namespace mailroom::viz
