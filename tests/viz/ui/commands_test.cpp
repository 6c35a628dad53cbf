// SPDX-License-Identifier: GPL-2.0-only
#include <gtest/gtest.h>

#include "tests/viz/ui/screen.hpp"

namespace mailroom::viz {
namespace {

TEST(UiCommands, PaletteRunsWhatIsTyped) {
  Screen screen;
  ASSERT_EQ(screen.desk().settings.theme, ThemeName::light);
  screen.key("Ctrl+Shift+P");
  ASSERT_TRUE(screen.has("palette/field"));
  screen.type("theme dark");
  screen.key("Enter");
  EXPECT_EQ(screen.desk().settings.theme, ThemeName::dark);
  EXPECT_FALSE(screen.has("palette/field"));
}

TEST(UiCommands, EveryMenuHoldsItsCommands) {
  Screen screen;
  for (const std::string_view menu : kMenus) {
    const std::string name = "menu/" + std::string(menu);
    ASSERT_TRUE(screen.has(name)) << name;
    screen.click(name);
    for (const Command& command : screen.desk().commands.all()) {
      if (command.menu != menu) continue;
      EXPECT_TRUE(screen.has("menu/" + command.id)) << command.id;
      EXPECT_EQ(screen.is_enabled("menu/" + command.id), Commands::is_enabled(command, screen.desk())) << command.id;
    }
    screen.key("Escape");
  }
}

TEST(UiCommands, ScaleIsLiveAndHasItsEnds) {
  Screen screen;
  const float before = screen.rect("bar/larger").height();
  screen.click("bar/larger");
  EXPECT_GT(screen.rect("bar/larger").height(), before);
  for (int i = 0; i < 30; ++i) screen.key("Ctrl++");
  EXPECT_EQ(screen.desk().settings.scale, Settings::kMaxScale);
  for (int i = 0; i < 30; ++i) screen.key("Ctrl+-");
  EXPECT_EQ(screen.desk().settings.scale, Settings::kMinScale);
  screen.key("Ctrl+0");
  EXPECT_EQ(screen.desk().settings.scale, 1);
}

TEST(UiCommands, KeySheetOpensAndClosesByKeys) {
  Screen screen;
  ASSERT_FALSE(screen.has("dialog/close"));
  screen.key("?");
  EXPECT_TRUE(screen.has("dialog/close"));
  EXPECT_TRUE(screen.shows("Ctrl+Shift+P"));
  screen.key("Escape");
  EXPECT_FALSE(screen.has("dialog/close"));
}

}  // namespace
}  // namespace mailroom::viz
