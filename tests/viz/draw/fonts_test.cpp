// SPDX-License-Identifier: GPL-2.0-only
#include "viz/draw/fonts.hpp"

#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_internal.h>

#include "viz/app/context.hpp"

namespace mailroom::viz {
namespace {

TEST(Fonts, HaveEveryIconThatHasAName) {
  const Context context;
  const Fonts fonts = Fonts::load(15);
  if (!fonts.complaint.empty()) GTEST_SKIP() << fonts.complaint;
  int count = 0;
  for (const char* text : {
#define ICON(name, letter) letter,
#include "viz/draw/icons.def"
#undef ICON
       }) {
    unsigned letter = 0;
    ImTextCharFromUtf8(&letter, text, nullptr);
    for (const Face face : {Face::body, Face::strong, Face::title, Face::mono})
      EXPECT_NE(fonts.of(face)->FindGlyphNoFallback(static_cast<ImWchar>(letter)), nullptr) << std::hex << letter;
    ++count;
  }
  EXPECT_GT(count, 10);
}

TEST(Fonts, FitIntoATextureAtTheLargestSize) {
  const Context context;
  Fonts::load(21 * 3);
  EXPECT_LE(ImGui::GetIO().Fonts->TexHeight, 4096);
}

}  // namespace
}  // namespace mailroom::viz
