// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/host_past.hpp"

#include "tests/viz/model/hand_made_run.hpp"
#include "viz/model/host_settings.hpp"

namespace mailroom::viz {
namespace {

using trace::Kind;

class TheHostPast : public testing::Test {
 protected:
  TheHostPast() {
    for (int i = 1; i <= 100; ++i) {
      run_.at(i);
      const bool is_name = i % 10 == 0;
      last_ = run_.record({.kind = is_name ? Kind::name_answered : Kind::route_found,
                           .host = {i % 2 == 0 ? 1 : 2},
                           .value = is_name ? 15 : 1,
                           .text = is_name ? (i % 20 == 0 ? "A a: 1" : "MX b: 2") : "x"});
    }
    reader_.emplace(run_.finish());
  }
  std::vector<std::int64_t> seconds(const HostPast& past) {
    std::vector<std::int64_t> all;
    for (const auto& e : past.events()) all.push_back(e.time_ns / kSecond);
    return all;
  }
  HandMadeRun run_;
  std::optional<trace::RunFileReader> reader_;
  trace::EventId last_;
};

TEST_F(TheHostPast, LooksBackALittleAtATime) {
  HostPast past({.rows_each = 10, .rows_in_all = 1000, .events = 12, .names = 10});
  ASSERT_TRUE(past.show(*reader_, {1}, last_));
  EXPECT_EQ(seconds(past), (std::vector<std::int64_t>{100, 98, 96, 94, 92}));
  ASSERT_TRUE(past.is_looking());
  while (past.is_looking()) ASSERT_TRUE(past.look_further(*reader_));
  ASSERT_EQ(past.events().size(), 12u);
  EXPECT_EQ(seconds(past).back(), 78);
}

TEST_F(TheHostPast, GoesOnWithTheMomentAndBeginsAnewAfterAJump) {
  HostPast past({.rows_each = 10, .rows_in_all = 20, .events = 5, .names = 10});
  ASSERT_TRUE(past.show(*reader_, {1}, {40}));
  EXPECT_EQ(seconds(past).front(), 40);
  ASSERT_TRUE(past.show(*reader_, {1}, {46}));
  EXPECT_EQ(seconds(past), (std::vector<std::int64_t>{46, 44, 42, 40, 38}));
  ASSERT_TRUE(past.show(*reader_, {1}, {10}));
  EXPECT_EQ(seconds(past), (std::vector<std::int64_t>{10, 8, 6, 4, 2}));
  ASSERT_TRUE(past.show(*reader_, {2}, {10}));
  EXPECT_EQ(seconds(past).front(), 9);
}

TEST_F(TheHostPast, KnowsNamesAsLongAsTheyMayBeBelieved) {
  HostPast past;
  ASSERT_TRUE(past.show(*reader_, {1}, last_));
  auto names = past.names_at(100 * kSecond);
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0].answer, "A a: 1");
  EXPECT_EQ(names[0].believed_until_ns, 115 * kSecond);
  EXPECT_EQ(names[1].answer, "MX b: 2");
  EXPECT_EQ(names[1].believed_until_ns, 105 * kSecond);
  names = past.names_at(106 * kSecond);
  ASSERT_EQ(names.size(), 1u);
  EXPECT_EQ(names[0].answer, "A a: 1");
}

TEST(HostSettings, AreToldInWords) {
  trace::HostRow row;
  row.detail =
      R"({"domains":["a.example","b.example"],"receiver_port":25,"users":[{"name":"ann"},{"name":"bob"},)"
      R"({"name":"max","moved_to":"max@home.example"}],"lists":[{"name":"staff","members":200,"owner":"olga@a.example"}],)"
      R"("aliases":[{"name":"all","targets":["x@y"]}],"catch_all":"ann@a.example","zones":["."]})";
  std::string all;
  for (const HostSetting& setting : settings_of(row)) all += setting.name + ": " + setting.value + "\n";
  EXPECT_EQ(all,
            "takes mail for: a.example, b.example\nSMTP receiver: listens at port 25\nname server of: .\n"
            "user max: has moved to max@home.example\nusers: ann, bob\nalias all: stands for x@y\n"
            "list staff: 200 members; olga@a.example hears of failures\nany other user: goes to ann@a.example\n");
}

TEST(HostSettings, LeaveOutWhatADamagedFileHas) {
  for (const char* detail : {"", "{", "[]", R"({"users":3,"lists":[1,{"name":7}],"domains":{"a":1},"zones":[1]})"}) {
    trace::HostRow row;
    row.detail = detail;
    EXPECT_TRUE(settings_of(row).empty()) << detail;
  }
}

}  // namespace
}  // namespace mailroom::viz
