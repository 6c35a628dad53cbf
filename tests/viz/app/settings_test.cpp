// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/settings.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace mailroom::viz {
namespace {

namespace fs = std::filesystem;

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() : folder_(fs::temp_directory_path() / ("mailroom-settings-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
  }
  ~SettingsTest() override { fs::remove_all(folder_); }
  fs::path path() const { return folder_ / "deep" / "view.json"; }
  fs::path folder_;
};

TEST_F(SettingsTest, AreTheSameAfterARestart) {
  ASSERT_TRUE(Settings::load(path()).is_first_start);
  Settings settings;
  settings.theme = ThemeName::projector;
  settings.scale = 1.5f;
  settings.layout.left = 0.3f;
  settings.remember_file("/runs/one.mailroom");
  settings.remember_file("/runs/two.mailroom");
  settings.remember_file("/runs/one.mailroom");
  settings.remember_filter("rcpt:bob");
  ASSERT_TRUE(settings.save(path()));
  const Settings again = Settings::load(path());
  EXPECT_FALSE(again.is_first_start);
  EXPECT_EQ(again.theme, ThemeName::projector);
  EXPECT_EQ(again.scale, 1.5f);
  EXPECT_EQ(again.layout.left, 0.3f);
  EXPECT_EQ(again.recent, (std::vector<std::string>{"/runs/one.mailroom", "/runs/two.mailroom"}));
  EXPECT_EQ(again.filters, std::vector<std::string>{"rcpt:bob"});
}

TEST_F(SettingsTest, ADamagedFileCountsAsNone) {
  fs::create_directories(path().parent_path());
  for (const char* text : {"", "{", "[1, 2]", "null", "\xff\xfe"}) {
    std::ofstream(path()) << text;
    EXPECT_TRUE(Settings::load(path()).is_first_start) << text;
  }
  std::ofstream(path()) << R"({"theme": 7, "scale": "big", "recent": [1, "a"], "left": -4})";
  const Settings settings = Settings::load(path());
  EXPECT_EQ(settings.theme, ThemeName::light);
  EXPECT_EQ(settings.scale, 1);
  EXPECT_EQ(settings.recent, std::vector<std::string>{"a"});
  EXPECT_GE(settings.layout.left, 0.05f);
}

TEST_F(SettingsTest, ScaleKeepsItsBounds) {
  fs::create_directories(path().parent_path());
  std::ofstream(path()) << R"({"scale": 99})";
  EXPECT_EQ(Settings::load(path()).scale, Settings::kMaxScale);
  EXPECT_FALSE(Settings().save({}));
}

}  // namespace
}  // namespace mailroom::viz
