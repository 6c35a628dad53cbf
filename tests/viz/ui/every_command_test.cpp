// SPDX-License-Identifier: GPL-2.0-only
// Every row of the table of commands, by its key, by its menu and by the palette: something that can be seen changes,
// or it cannot be chosen.
#include <gtest/gtest.h>
#include <imgui.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include "tests/sim/main/scripted_run.hpp"
#include "tests/viz/ui/fake_simulator.hpp"
#include "tests/viz/ui/screen.hpp"
#include "viz/app/live.hpp"

namespace mailroom::viz {
namespace {

namespace fs = std::filesystem;

// What a person can tell from the window, its sound mind and the clipboard.
struct Seen {
  View view;
  ThemeName theme{};
  float scale = 0;
  bool is_playing = false;
  double speed = 0;
  std::int64_t time_ns = 0;
  trace::EventId event{};
  bool has_run = false;
  bool has_other = false;
  bool wants_to_quit = false;
  std::string words;
  std::string clipboard;
  std::map<std::string, std::pair<bool, std::string>> items;
  friend bool operator==(const Seen&, const Seen&) = default;
};

Seen look(Screen& screen) {
  Desk& d = screen.desk();
  Seen seen{.view = d.view(), .theme = d.settings.theme, .scale = d.settings.scale,
            .is_playing = d.player.is_playing(), .speed = d.player.speed(), .time_ns = d.time_ns(),
            .event = d.run ? d.run->event() : trace::EventId{}, .has_run = d.run != nullptr,
            .has_other = d.other != nullptr, .wants_to_quit = screen.app().wants_to_quit()};
  for (const Desk::Word& word : d.words()) seen.words += word.text + "\n";
  if (const char* text = ImGui::GetClipboardText()) seen.clipboard = text;
  for (const auto& [name, item] : d.ui.registry.items())
    if (!name.starts_with("word/")) seen.items[name] = {item.is_on, item.label};
  return seen;
}

class UiEveryCommand : public testing::Test {
 protected:
  UiEveryCommand()
      : folder_(fs::temp_directory_path() / ("mailroom-commands-" + std::to_string(getpid()))),
        before_(fs::current_path()) {
    fs::remove_all(folder_);
    fs::create_directory(folder_);
    tests::write_scripted_run(folder_ / "run.mailroom");
    fs::current_path(folder_);  // what is exported lands here
    tests::use_fake_simulator(folder_);
    std::ofstream("office.yaml") << R"(mailroom: 1
topology: {links: [mx1 -- mx2]}
hosts:
  mx1: {domains: a.example, users: [ann]}
  mx2: {domains: b.example, users: [bob]}
traffic: [{from: ann@a.example, to: bob@b.example, start: 1s, every: 1s, count: 9}]
)";
  }
  ~UiEveryCommand() override {
    tests::use_real_simulator();
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

  template <class Condition>
  static void settle(Screen& screen, const Condition& condition) {
    for (int i = 0; i < 4000 && !condition(); ++i) {
      screen.frames(1);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ASSERT_TRUE(condition());
    screen.frames(6);
  }

  // Moments in which somebody may want the commands, the most fruitful first.
  static std::vector<std::function<void(Screen&)>> situations() {
    const auto with_run = [](Screen& s, double share) {
      ASSERT_TRUE(s.open("run.mailroom"));
      s.desk().show_time(static_cast<std::int64_t>(static_cast<double>(s.desk().run->end_ns()) * share));
      s.desk().edit("notes", [](View& v) {
        v.notes = {{.time_ns = 1'000'000, .text = "first"}, {.time_ns = 950'000'000'000, .text = "last"}};
        v.filter = "to:bob@south.example";
        v.moved = {{trace::HostId{1}, Point{0.2f, 0.1f}}};
        v.path_on_map = {{1}, {2}};
        v.range = TimeRange{0, 500'000'000'000};
        v.planned_faults = {"link mx1-mx2 down at 1s for 1m"};
      });
      s.desk().select(trace::HostId{3});
      s.desk().select(trace::LinkId{3});
      s.desk().select(trace::SessionId{1});
      s.desk().select(trace::MessageId{1});
      s.frames(3);
    };
    return {
        [=](Screen& s) { with_run(s, 0.6); },
        [](Screen&) {},
        [=](Screen& s) {
          with_run(s, 0.3);
          s.desk().undo();
          s.frames(3);
        },
        [=](Screen& s) {
          with_run(s, 0.6);
          s.desk().open_to_compare("run.mailroom");
          s.desk().player.play();
          s.desk().look([](View& v) { v.followed = {1}; });
          s.frames(3);
        },
        [=](Screen& s) {
          with_run(s, 0.0);
          s.desk().settings.scale = 1.5f;
          s.desk().player.set_speed(5);
          s.key("Shift+Up");  // the timeline shows a part
          s.frames(3);
        },
        [=](Screen& s) {  // a run goes on
          s.desk().open("office.yaml");
          settle(s, [&] { return s.desk().live->is_live() && s.desk().run && s.desk().time_ns() == s.desk().run->end_ns(); });
        },
        [=](Screen& s) {  // and has a secret
          s.desk().live->start_mystery(s.desk(), "office.yaml", 1);
          settle(s, [&] { return s.desk().live->is_live() && s.desk().run && s.desk().time_ns() == s.desk().run->end_ns(); });
        },
        [=](Screen& s) {  // a scenario could not be run, and somebody looks elsewhere
          s.desk().open("wrong.yaml");
          settle(s, [&] { return s.desk().live->run()->is_over(); });
          s.desk().look([](View& v) { v.layout.in_front["center"] = "start"; });
          s.frames(3);
        },
    };
  }

  // Ids of commands that could be chosen in some situation, and of those that changed what is seen.
  void try_all(const std::function<void(Screen&, const Command&)>& choose,
               const std::function<bool(const Command&)>& wanted) {
    std::set<std::string> all;
    std::set<std::string> changed;
    for (const auto& situation : situations()) {
      std::vector<std::string> ids;
      {
        Screen screen;
        situation(screen);
        for (const Command& command : screen.desk().commands.all()) {
          if (!wanted(command)) continue;
          all.insert(command.id);
          if (!changed.contains(command.id) && Commands::is_enabled(command, screen.desk())) ids.push_back(command.id);
        }
      }
      for (const std::string& id : ids) {
        Settings settings;
        settings.is_first_start = false;
        Screen screen(1280, 800, settings);
        situation(screen);
        const Seen before = look(screen);
        ASSERT_EQ(look(screen), before) << "nothing changes by itself: " << id;
        choose(screen, *screen.desk().commands.find(id));
        screen.frames(3);
        if (!(look(screen) == before)) changed.insert(id);
      }
    }
    for (const std::string& id : all) EXPECT_TRUE(changed.contains(id)) << id << " changes nothing that can be seen";
  }

  fs::path folder_;
  fs::path before_;
};

TEST_F(UiEveryCommand, DoesSomethingByItsKeys) {
  try_all([](Screen& screen, const Command& command) { screen.key(command.shortcut); },
          [](const Command& command) { return !command.shortcut.empty(); });
}

TEST_F(UiEveryCommand, DoesSomethingByThePalette) {
  try_all(
      [](Screen& screen, const Command& command) {
        screen.key("Ctrl+Shift+P");
        screen.type(command.menu + " " + command.title);
        const std::string row = "palette/" + command.id;
        ASSERT_TRUE(screen.has(row)) << row;
        screen.click(row);
      },
      [](const Command& command) { return command.id != "view/palette"; });
}

TEST_F(UiEveryCommand, DoesSomethingByItsMenu) {
  try_all([](Screen& screen, const Command& command) { screen.menu(command.menu, command.id); },
          [](const Command& command) { return !command.menu.empty(); });
}

}  // namespace
}  // namespace mailroom::viz
