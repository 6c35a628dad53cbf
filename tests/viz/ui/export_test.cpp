// SPDX-License-Identifier: GPL-2.0-only
// The Export menu: the dialogue, the command that it tells, and the file that is there in the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/sim/main/scripted_run.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/viz/ui/screen.hpp"
#include "viz/export/job.hpp"

namespace mailroom::viz {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class UiExport : public testing::Test {
 protected:
  UiExport() : screen_(1280, 800, settings()) {
    tests::write_scripted_run(folder_ / "run.mailroom");
    EXPECT_TRUE(screen_.open(folder_ / "run.mailroom"));
  }
  static Settings settings() {
    Settings settings;
    settings.is_first_start = false;
    return settings;
  }
  // What the last word to the person is, once no export is at work.
  std::string word() {
    for (int i = 0; i < 3000; ++i) {
      screen_.frames(1);
      const auto& words = screen_.desk().words();
      if (!words.empty() && !words.back().text.ends_with("is being written…")) return words.back().text;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return "nothing in 30 s";
  }
  std::string begin_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(200, '\0');
    file.read(text.data(), 200);
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
  }

  tests::TemporaryFolder folder_;
  Screen screen_;
};

TEST_F(UiExport, APictureIsMadeOfWhatIsShown) {
  EXPECT_FALSE(screen_.has("export/go"));
  screen_.menu("Export", "export/png");
  ASSERT_TRUE(screen_.has("export/go"));
  EXPECT_TRUE(screen_.is_on("export/format/png"));
  const fs::path out = folder_ / "picture.png";
  screen_.enter("export/path", out.string());
  EXPECT_TRUE(screen_.is_enabled("export/go"));
  screen_.enter("export/size", "huge");
  EXPECT_FALSE(screen_.is_enabled("export/go"));
  screen_.enter("export/size", "640x400");
  EXPECT_FALSE(fs::exists(out));
  screen_.click("export/go");
  EXPECT_FALSE(screen_.has("export/go"));
  EXPECT_EQ(word(), out.string() + " is there.");
  EXPECT_THAT(begin_of(out), HasSubstr("PNG"));
}

TEST_F(UiExport, EachFormatByItsTab) {
  screen_.menu("Export", "export/csv");
  screen_.enter("export/path", (folder_ / "out.csv").string());
  screen_.click("export/format/svg");
  EXPECT_TRUE(screen_.is_on("export/format/svg"));
  EXPECT_TRUE(screen_.has("export/pane"));
  screen_.click("export/go");
  EXPECT_EQ(word(), (folder_ / "out.svg").string() + " is there.") << "the ending follows the format";
  EXPECT_THAT(begin_of(folder_ / "out.svg"), HasSubstr("<svg"));
  screen_.menu("Export", "export/html");
  screen_.enter("export/path", (folder_ / "out.html").string());
  screen_.click("export/go");
  EXPECT_EQ(word(), (folder_ / "out.html").string() + " is there.");
  screen_.menu("Export", "export/csv");
  screen_.enter("export/path", (folder_ / "out.csv").string());
  screen_.click("export/go");
  EXPECT_EQ(word(), (folder_ / "out.csv").string() + " is there.");
  EXPECT_THAT(begin_of(folder_ / "out.csv"), HasSubstr("message,message_id,from,recipient,outcome"));
}

TEST_F(UiExport, WhatIsWrongIsTold) {
  screen_.menu("Export", "export/csv");
  screen_.enter("export/path", "/nowhere/at/all/out.csv");
  screen_.click("export/go");
  EXPECT_THAT(word(), HasSubstr("cannot be written"));
}

TEST_F(UiExport, TheCommandThatDoesTheSameIsTold) {
  screen_.desk().show_time(1'500'000'000);
  screen_.desk().select(trace::MessageId{1});
  screen_.desk().look([](View& v) { v.filter = "rcpt:bob reply:4xx"; });
  const std::vector<std::string> arguments =
      arguments_of(screen_.desk(), {.format = ExportFormat::png, .path = "it's.png", .pane = "ladder", .size = "800x600"});
  EXPECT_THAT(arguments, ElementsAre((folder_ / "run.mailroom").string(), "--render", "it's.png", "--filter",
                                     "rcpt:bob reply:4xx", "--pane", "ladder", "--size", "800x600", "--theme", "light",
                                     "--select", "message:1", "--at", "1.5s"));
  EXPECT_EQ(command_line_of({"a.mailroom", "--render", "it's.png", "--filter", "rcpt:bob reply:4xx"}),
            "mailroom view a.mailroom --render 'it'\\''s.png' --filter 'rcpt:bob reply:4xx'");
  ImGui::SetClipboardText("");
  screen_.menu("Export", "export/png");
  screen_.click("export/copy-command");
  EXPECT_THAT(ImGui::GetClipboardText(), HasSubstr("--at 1.5s"));
}

TEST_F(UiExport, ARangeOfTimeIsThatOfPagesAndMovies) {
  screen_.desk().look([](View& v) { v.range = TimeRange{1'000'000'000, 2'500'000'000}; });
  EXPECT_THAT(arguments_of(screen_.desk(), {.format = ExportFormat::html, .path = "x.html"}),
              ElementsAre((folder_ / "run.mailroom").string(), "--render", "x.html", "--from", "1s", "--to", "2.5s"));
}

}  // namespace
}  // namespace mailroom::viz
