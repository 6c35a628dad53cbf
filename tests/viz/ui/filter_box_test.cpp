// SPDX-License-Identifier: GPL-2.0-only
// The field for the filter in the transport bar, worked as a person works it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include "tests/support/temporary_folder.hpp"
#include "tests/viz/model/ladder_run.hpp"
#include "tests/viz/ui/screen.hpp"

namespace mailroom::viz {
namespace {

using tests::LadderRun;

class UiFilterBox : public testing::Test {
 protected:
  static Settings settings() {
    Settings settings;
    settings.is_first_start = false;
    settings.filters = {"is:bounced", "t>30"};
    return settings;
  }
  void SetUp() override {
    const auto path = folder_ / "run.mailroom";
    LadderRun::write(path);
    ASSERT_TRUE(screen_.open(path));
    ASSERT_TRUE(screen_.has("filter/box"));
    ASSERT_EQ(screen_.view().filter, "");
  }
  std::vector<std::string> offered() {
    std::vector<std::string> labels;
    for (const std::string& name : screen_.names("filter/complete/")) labels.push_back(screen_.label(name));
    return labels;
  }

  mailroom::tests::TemporaryFolder folder_;
  Screen screen_{1600, 900, settings()};
};

TEST_F(UiFilterBox, EnterAppliesWhatIsRight) {
  screen_.click("filter/box");
  screen_.type("rcpt:bob reply:250");
  EXPECT_EQ(screen_.view().filter, "");
  screen_.key("Enter");
  EXPECT_EQ(screen_.view().filter, "rcpt:bob reply:250");
  EXPECT_EQ(screen_.desk().settings.filters.front(), "rcpt:bob reply:250");
  screen_.key("Ctrl+Z");
  EXPECT_EQ(screen_.view().filter, "");
  EXPECT_EQ(screen_.label("filter/box"), "");
}

TEST_F(UiFilterBox, APauseAppliesItToo) {
  screen_.click("filter/box");
  screen_.type("t>30");
  EXPECT_EQ(screen_.view().filter, "");
  screen_.frames(3, 0.3);
  EXPECT_EQ(screen_.view().filter, "t>30");
}

TEST_F(UiFilterBox, WhatIsWrongIsToldAndTheFilterBeforeStays) {
  screen_.desk().edit("filter", [](View& v) { v.filter = "t>30"; });
  screen_.frames(2);
  ASSERT_EQ(screen_.label("filter/box"), "t>30");
  ASSERT_EQ(screen_.desk().ui.registry.find("filter/error"), nullptr);
  screen_.enter("filter/box", "hots:north");
  EXPECT_EQ(screen_.view().filter, "t>30");
  EXPECT_THAT(screen_.label("filter/error"), testing::HasSubstr("there is no key \"hots\""));
  EXPECT_TRUE(screen_.shows("did you mean 'host'?"));
  EXPECT_TRUE(screen_.is_on("filter/box"));  // drawn as wrong
  screen_.enter("filter/box", "host:north");
  EXPECT_EQ(screen_.view().filter, "host:north");
  EXPECT_EQ(screen_.desk().ui.registry.find("filter/error"), nullptr);
}

TEST_F(UiFilterBox, OffersKeysAndNamesOfThisRun) {
  screen_.click("filter/box");
  ASSERT_TRUE(offered().empty());
  screen_.type("ho");
  EXPECT_THAT(offered(), testing::Contains("host:"));
  screen_.key("Tab");
  EXPECT_EQ(screen_.label("filter/box"), "host:");
  screen_.type("s");
  EXPECT_THAT(offered(), testing::ElementsAre("south"));
  screen_.key("Tab");
  EXPECT_EQ(screen_.label("filter/box"), "host:south");
  screen_.type(" 4xx");  // the cursor stands behind it
  screen_.key("Enter");
  EXPECT_EQ(screen_.view().filter, "host:south 4xx");
}

TEST_F(UiFilterBox, ArrowsAndClicksChooseFromTheList) {
  screen_.click("filter/box");
  screen_.type("is:d");
  ASSERT_THAT(offered(), testing::ElementsAre("delivered", "deferred", "duplicate", "bounced"));
  screen_.key("Down");
  screen_.key("Down");
  EXPECT_TRUE(screen_.is_on("filter/complete/1"));
  screen_.key("Enter");
  EXPECT_EQ(screen_.label("filter/box"), "is:deferred");
  screen_.key("Enter");
  EXPECT_EQ(screen_.view().filter, "is:deferred");
  screen_.enter("filter/box", "");
  screen_.click("filter/box");
  screen_.type("is:b");
  screen_.click("filter/complete/1");
  EXPECT_EQ(screen_.label("filter/box"), "is:bounce");
}

TEST_F(UiFilterBox, OffersFiltersUsedBefore) {
  ASSERT_FALSE(screen_.has("filter/recent/0"));
  screen_.click("filter/box");
  ASSERT_TRUE(screen_.has("filter/recent/1"));
  EXPECT_EQ(screen_.label("filter/recent/1"), "t>30");
  screen_.click("filter/recent/1");
  EXPECT_EQ(screen_.view().filter, "t>30");
}

TEST_F(UiFilterBox, ClearsByItsButtonAndByAKey) {
  ASSERT_FALSE(screen_.has("filter/clear"));
  screen_.enter("filter/box", "t>30");
  ASSERT_EQ(screen_.view().filter, "t>30");
  screen_.click("filter/clear");
  EXPECT_EQ(screen_.view().filter, "");
  screen_.enter("filter/box", "t>30");
  screen_.key("Ctrl+Shift+F");
  EXPECT_EQ(screen_.view().filter, "");
  EXPECT_EQ(screen_.label("filter/box"), "");
}

TEST_F(UiFilterBox, AKeyGoesToIt) {
  screen_.key("Ctrl+F");
  screen_.type("t>30");
  EXPECT_EQ(screen_.label("filter/box"), "t>30");
}

TEST_F(UiFilterBox, NothingLiesOverAnotherWhileItsListIsOpen) {
  for (const auto& [width, height] : {std::pair{1600, 900}, {640, 480}}) {
    screen_.resize(width, height);
    if (!screen_.has("filter/box")) continue;  // no room for it
    for (const char* text : {"is:d", "hots:1 ", "r"}) {
      screen_.key("Ctrl+F");
      screen_.type(text);
      EXPECT_THAT(screen_.collisions(), testing::IsEmpty()) << width << " " << text;
      screen_.key("Enter");
      EXPECT_THAT(screen_.collisions(), testing::IsEmpty()) << width << " " << text;
      screen_.key("Ctrl+Shift+F");
    }
  }
}

}  // namespace
}  // namespace mailroom::viz
