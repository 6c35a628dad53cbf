// SPDX-License-Identifier: GPL-2.0-only
// Run files that are damaged, strange or huge, and windows that are small: nothing crashes, every text keeps to its
// place, and what is wrong is said.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "tests/sim/main/scripted_run.hpp"
#include "tests/viz/ui/odd_runs.hpp"
#include "tests/viz/ui/screen.hpp"

namespace mailroom::viz {
namespace {

namespace fs = std::filesystem;

class UiOddRuns : public testing::Test {
 protected:
  UiOddRuns() : folder_(fs::temp_directory_path() / ("mailroom-odd-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directory(folder_);
    path_ = folder_ / "run.mailroom";
  }
  ~UiOddRuns() override { fs::remove_all(folder_); }

  static std::string join(const std::vector<std::string>& lines) {
    std::string all;
    for (std::size_t i = 0; i < lines.size() && i < 8; ++i) all += lines[i] + "\n";
    return all;
  }

  // Every pane in front once, at three moments, with something of each noun selected.
  void look_around(Screen& screen, std::string_view what) {
    Desk& desk = screen.desk();
    for (const double share : {0.0, 0.4, 1.0}) {
      desk.show_time(static_cast<std::int64_t>(static_cast<double>(desk.run->end_ns()) * share));
      desk.select(trace::HostId{1});
      desk.select(trace::MessageId{1});
      desk.select(trace::SessionId{1});
      for (const Command& command : desk.commands.all()) {
        if (!command.id.starts_with("view/pane-") || !Commands::is_enabled(command, desk)) continue;
        command.run(desk);
        screen.frames(3);
        const auto found = screen.collisions();
        EXPECT_TRUE(found.empty()) << what << ", " << command.id << " at " << share << ":\n" << join(found);
      }
    }
  }

  fs::path folder_;
  fs::path path_;
};

TEST_F(UiOddRuns, EachKindOfBadFileIsAnsweredInWords) {
  Screen screen;
  const auto refuses = [&](std::string_view why) {
    ASSERT_FALSE(screen.open(path_));
    ASSERT_FALSE(screen.desk().words().empty());
    EXPECT_NE(screen.desk().words().back().text.find(why), std::string::npos) << screen.desk().words().back().text;
    EXPECT_FALSE(screen.desk().run);
    EXPECT_TRUE(screen.has("start/open")) << "the start page is still there";
  };
  refuses("no such file");
  std::ofstream(path_).close();
  refuses("empty");
  std::ofstream(path_) << std::string(4096, 'x');
  refuses("not a run file");
  fs::remove(path_);
  tests::write_scripted_run(path_);
  const auto whole = fs::file_size(path_);
  fs::resize_file(path_, 60);
  refuses("damaged or cut short");
  fs::remove(path_);
  tests::write_scripted_run(path_);
  fs::resize_file(path_, whole / 2);
  // Either it is refused at once, or it opens as far as it goes and says what is wrong with it.
  if (screen.open(path_)) {
    screen.desk().show_time(screen.desk().run->end_ns());
    screen.frames(20);
    EXPECT_TRUE(screen.desk().trouble);
  } else {
    refuses("damaged");
  }
}

TEST_F(UiOddRuns, ANewerVersionIsNamedAsSuch) {
  tests::write_scripted_run(path_);
  {
    // user_version is at octet 60 of an SQLite file, its last octet first.
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(60);
    file.write("\0\0\0\x63", 4);
  }
  Screen screen;
  ASSERT_FALSE(screen.open(path_));
  EXPECT_NE(screen.desk().words().back().text.find("newer"), std::string::npos) << screen.desk().words().back().text;
}

TEST_F(UiOddRuns, DamageAnywhereInTheFileIsStood) {
  tests::write_scripted_run(path_);
  std::ifstream in(path_, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::mt19937 random(1);
  Screen screen;
  int opened = 0;
  for (int round = 0; round < 40; ++round) {
    std::string damaged = whole;
    for (int i = 0; i < 200; ++i)
      damaged[1024 + random() % (damaged.size() - 1024)] = static_cast<char>(random() % 256);
    screen.desk().close();
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << damaged;
    if (!screen.open(path_)) continue;
    ++opened;
    for (const double share : {1.0, 0.3}) {
      screen.desk().show_time(static_cast<std::int64_t>(static_cast<double>(screen.desk().run->end_ns()) * share));
      screen.desk().select(trace::HostId{3});
      screen.desk().select(trace::MessageId{1});
      screen.frames(2);
    }
  }
  EXPECT_GT(opened, 0) << "nothing was tried";
}

TEST_F(UiOddRuns, ADeletedFileDoesNotTakeTheWindowWithIt) {
  const tests::GrowingRun growing(path_, {.hosts = 3, .links = 2});
  Screen screen;
  ASSERT_TRUE(screen.open(path_));
  fs::remove(path_);
  fs::remove(path_.string() + "-wal");
  fs::remove(path_.string() + "-shm");
  EXPECT_TRUE(screen.until([&] { return screen.desk().trouble.has_value(); })) << "it is said that the file is gone";
  EXPECT_TRUE(screen.has("trouble"));
}

TEST_F(UiOddRuns, ARunThatGrowsIsFollowed) {
  tests::GrowingRun growing(path_, {.hosts = 2, .links = 1, .messages = 1});
  Screen screen;
  ASSERT_TRUE(screen.open(path_));
  ASSERT_FALSE(screen.desk().run->is_complete());
  const std::int64_t before = screen.desk().run->end_ns();
  growing.more(5);
  EXPECT_TRUE(screen.until([&] { return screen.desk().run->end_ns() > before; }));
  EXPECT_FALSE(screen.desk().run->is_complete());
  growing.finish();
  EXPECT_TRUE(screen.until([&] { return screen.desk().run->is_complete(); }));
}

TEST_F(UiOddRuns, TextsKeepApartInEveryWindow) {
  tests::write_scripted_run(path_);
  struct Size {
    int width;
    int height;
  };
  for (const Size size : {Size{640, 480}, {1280, 800}, {1920, 1080}}) {
    for (const ThemeName theme : {ThemeName::light, ThemeName::projector}) {
      Settings settings;
      settings.is_first_start = false;
      settings.theme = theme;
      Screen screen(size.width, size.height, settings);
      ASSERT_TRUE(screen.open(path_));
      look_around(screen, std::to_string(size.width) + " " + std::string(name(theme)));
    }
  }
}

TEST_F(UiOddRuns, TextsKeepApartAtEveryScale) {
  tests::write_scripted_run(path_);
  for (const float scale : {0.75f, 1.5f, 3.0f}) {
    Settings settings;
    settings.is_first_start = false;
    settings.scale = scale;
    Screen screen(1280, 800, settings);
    ASSERT_TRUE(screen.open(path_));
    look_around(screen, "scale " + std::to_string(scale));
  }
}

TEST_F(UiOddRuns, OneHostIsARunToo) {
  tests::write_odd_run(path_, {.hosts = 1, .links = 0});
  Screen screen;
  ASSERT_TRUE(screen.open(path_));
  look_around(screen, "one host");
}

TEST_F(UiOddRuns, NoEventAtAllIsARunToo) {
  tests::write_odd_run(path_, {.hosts = 2, .links = 1, .messages = 0});
  Screen screen;
  ASSERT_TRUE(screen.open(path_));
  look_around(screen, "no mail");
}

TEST_F(UiOddRuns, NamesOf500CharactersAreClipped) {
  for (const bool is_hostile : {false, true}) {
    std::string text = is_hostile ? "\x1b[31m\xff\xfe\r\n%s%n<b>" : "a-long-word ";
    while (text.size() < 500) text += text;
    text.resize(500);
    tests::write_odd_run(path_, {.hosts = 3, .links = 2, .name = text, .text = text});
    for (const int width : {640, 1280}) {
      Settings settings;
      settings.is_first_start = false;
      Screen screen(width, width == 640 ? 480 : 800, settings);
      ASSERT_TRUE(screen.open(path_));
      look_around(screen, is_hostile ? "hostile names" : "long names");
    }
  }
}

TEST_F(UiOddRuns, FiveThousandHostsAreShown) {
  for (const bool has_coordinates : {true, false}) {
    tests::write_odd_run(path_, {.hosts = 5000, .links = 4, .has_coordinates = has_coordinates});
    Screen screen;
    ASSERT_TRUE(screen.open(path_));
    look_around(screen, has_coordinates ? "5,000 hosts on a map" : "5,000 hosts without places");
  }
}

}  // namespace
}  // namespace mailroom::viz
