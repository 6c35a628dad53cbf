// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/keys.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "viz/app/null_screen.hpp"

namespace mailroom::viz {
namespace {

TEST(Keys, ReadsChordsAsPeopleWriteThem) {
  EXPECT_EQ(chord("Ctrl+Shift+P"), (Chord{.key = 'P', .has_ctrl = true, .has_shift = true}));
  EXPECT_EQ(chord("F5"), (Chord{.key = 294}));
  EXPECT_EQ(chord("F"), (Chord{.key = 'F'}));
  EXPECT_EQ(chord("Ctrl++"), (Chord{.sign = '+', .has_ctrl = true}));
  EXPECT_EQ(chord("?"), (Chord{.sign = '?'}));
  EXPECT_EQ(chord("Alt+1"), (Chord{.key = '1', .has_alt = true}));
  for (const char* wrong : {"", "Hyper+P", "p", "F99", "Ctrl+"}) EXPECT_EQ(chord(wrong), std::nullopt) << wrong;
}

TEST(Keys, EveryCommandHasItsOwnTitleInItsMenuAndItsOwnKeys) {
  NullScreen screen(Settings(), 800, 600);
  std::set<std::string> keys;
  std::set<std::string> titles;
  for (const Command& command : screen.app().desk().commands.all()) {
    EXPECT_TRUE(titles.insert(command.menu + "/" + command.title).second) << command.title;
    EXPECT_TRUE(command.run) << command.id;
    if (!command.shortcut.empty()) {
      EXPECT_TRUE(keys.insert(command.shortcut).second) << command.shortcut;
    }
    if (command.menu.empty()) continue;
    EXPECT_NE(std::ranges::find(kMenus, command.menu), std::end(kMenus)) << command.menu;
  }
}

}  // namespace
}  // namespace mailroom::viz
