// SPDX-License-Identifier: GPL-2.0-only
#include "viz/draw/svg.hpp"

#include <gtest/gtest.h>

namespace mailroom::viz {
namespace {

TEST(Svg, EscapesMarkupAndReplacesWhatXmlForbids) {
  EXPECT_EQ(Svg::escaped("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
  EXPECT_EQ(Svg::escaped(std::string_view("a\0b", 3)), "a\xEF\xBF\xBD" "b");
  EXPECT_EQ(Svg::escaped("\x1b[31m"), "\xEF\xBF\xBD[31m");
  EXPECT_EQ(Svg::escaped("\xC3\xA9"), "\xC3\xA9");
  EXPECT_EQ(Svg::escaped("\xC3"), "\xEF\xBF\xBD");                        // cut
  EXPECT_EQ(Svg::escaped("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
  EXPECT_EQ(Svg::escaped("\xEF\xBF\xBF"), "\xEF\xBF\xBD");                // U+FFFF
}

TEST(Svg, ClosesWhatItOpens) {
  Svg svg({0, 0, 100, 50});
  svg.clip({0, 0, 10, 10});
  svg.clip({0, 0, 5, 5});
  svg.rect({1, 1, 2, 2}, 0, rgb(0xFF0000));
  const std::string text = svg.finish(rgb(0xFFFFFF));
  const auto count = [&](std::string_view what) {
    int times = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++times;
    return times;
  };
  EXPECT_EQ(count("<g "), 2);
  EXPECT_EQ(count("</g>"), 2);
  EXPECT_EQ(count("<clipPath"), 2);
  EXPECT_EQ(count("fill=\"#ff0000\""), 1);
}

}  // namespace
}  // namespace mailroom::viz
