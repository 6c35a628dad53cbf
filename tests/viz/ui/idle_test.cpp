// SPDX-License-Identifier: GPL-2.0-only
// A window that nobody touches, on a run that is over, paints nothing.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/sim/main/scripted_run.hpp"
#include "tests/viz/ui/screen.hpp"

namespace mailroom::viz {
namespace {

TEST(UiIdle, WantsNoFrameWhenNothingMoves) {
  const auto path = std::filesystem::temp_directory_path() / ("mailroom-idle-" + std::to_string(getpid()) + ".mailroom");
  tests::write_scripted_run(path);
  {
    Settings settings;
    settings.is_first_start = false;
    Screen screen(1280, 800, settings);
    ASSERT_TRUE(screen.open(path));
    for (const Command& command : screen.desk().commands.all()) {
      if (!command.id.starts_with("view/pane-") || !Commands::is_enabled(command, screen.desk())) continue;
      command.run(screen.desk());
      EXPECT_TRUE(screen.until([&] { return screen.app().next_frame_s() > 1e6; }))
          << command.id << " wants a frame in " << screen.app().next_frame_s() << " s";
    }
    screen.desk().player.play();
    screen.frames();
    EXPECT_LE(screen.app().next_frame_s(), 0) << "while playing, it does";
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace mailroom::viz
