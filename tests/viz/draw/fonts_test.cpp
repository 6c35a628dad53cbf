// SPDX-License-Identifier: GPL-2.0-only
#include "viz/draw/fonts.hpp"

#include <gtest/gtest.h>
#include <imgui.h>

#include <fstream>
#include <regex>
#include <string>

#include "viz/app/context.hpp"

namespace mailroom::viz {
namespace {

TEST(Fonts, HaveEveryIconThatHasAName) {
  const Context context;
  const Fonts fonts = Fonts::load(15);
  if (!fonts.complaint.empty()) GTEST_SKIP() << fonts.complaint;
  std::ifstream file(MAILROOM_SOURCE_DIR "/viz/draw/fonts.hpp");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::regex icon("\"\\\\u(f[0-9a-f]{3})\"");
  int count = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), icon), end; at != end; ++at, ++count) {
    const auto letter = static_cast<ImWchar>(std::stoul((*at)[1].str(), nullptr, 16));
    for (const Face face : {Face::body, Face::strong, Face::title, Face::mono})
      EXPECT_NE(fonts.of(face)->FindGlyphNoFallback(letter), nullptr) << std::hex << letter;
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
