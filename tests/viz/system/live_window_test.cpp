// SPDX-License-Identifier: GPL-2.0-only
// The window with the real simulator behind it: a live run is broken, mended and talked to by hand; afterwards it goes another
// way from a moment on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/support/temporary_folder.hpp"
#include "tests/viz/ui/screen.hpp"
#include "viz/app/live.hpp"

namespace mailroom::viz {
namespace {

using namespace std::chrono_literals;
using trace::Kind;
using ::testing::HasSubstr;

template <class Condition>
bool soon(Screen& screen, const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    screen.frames(1, 0.02);
    std::this_thread::sleep_for(5ms);
  }
  screen.frames(2);
  return true;
}

std::size_t count(Screen& screen, Kind kind) {
  const auto found = screen.desk().run->reader().events({.kinds = {kind}});
  return found ? found->size() : 0;
}

TEST(LiveWindow, ARunIsBrokenMendedTalkedToAndMadeAgain) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "office.yaml") << R"(mailroom: 1
topology: {links: [north -- south: {rate: 1Mbps, delay: 10ms}]}
dns: {mode: static}
retry: {intervals: [1m]}
hosts:
  north: {domains: north.example, users: [ann]}
  south: {domains: south.example, users: [bob]}
traffic:
  - {from: ann@north.example, to: bob@south.example, start: 1s, every: 1s, count: 3}
)";
  Settings settings;
  settings.is_first_start = false;
  Screen screen(1280, 800, settings);
  Live& live = *screen.desk().live;
  live.folder = folder.path();
  ASSERT_TRUE(screen.desk().open(folder / "office.yaml"));
  ASSERT_TRUE(soon(screen, [&] { return live.is_live() && screen.desk().run; }));
  live.tell(screen.desk(), "pace max");
  ASSERT_TRUE(soon(screen, [&] { return live.run()->state() == LiveRun::State::waiting && count(screen, Kind::copy_delivered) == 3; }));
  EXPECT_EQ(screen.desk().time_ns(), screen.desk().run->end_ns()) << "it is followed";

  screen.desk().look([](View& v) { v.layout.in_front["right"] = "faults"; });
  screen.frames();
  screen.enter("faults/sentence", "link north-south down");
  ASSERT_TRUE(soon(screen, [&] { return screen.has("faults/mend/1"); }));
  screen.click("faults/mend/1");
  ASSERT_TRUE(soon(screen, [&] { return screen.has("faults/over/1"); }));
  EXPECT_FALSE(screen.has("faults/mend/1"));
  screen.key("Ctrl+Z");  // of the mending
  ASSERT_TRUE(soon(screen, [&] { return screen.has("faults/mend/2"); }));
  screen.key("Ctrl+Z");  // and of the fault itself: nothing more of it
  ASSERT_TRUE(soon(screen, [&] { return !screen.has("faults/mend/2"); }));

  live.tell(screen.desk(), "pace 20x");
  screen.desk().look([](View& v) { v.layout.in_front["bottom-right"] = "terminal"; });
  screen.frames();
  screen.click("terminal/connect");
  ASSERT_TRUE(soon(screen, [&] { return screen.shows("S: 220 south.example"); }));
  screen.type("HELO pc.north.example");
  screen.key("Enter");
  ASSERT_TRUE(soon(screen, [&] { return screen.shows("o S: 250 south.example"); }));
  screen.type("RCPT TO:<bob@south.example>");
  screen.key("Enter");
  ASSERT_TRUE(soon(screen, [&] { return screen.shows("x S: 503"); }));
  EXPECT_TRUE(screen.collisions().empty());
  screen.click("live/end");
  ASSERT_TRUE(soon(screen, [&] { return screen.desk().run->is_complete(); }));

  // The confirmation of the first letter is lost.
  const auto replies = screen.desk().run->reader().events({.kinds = {Kind::reply_received}});
  ASSERT_TRUE(replies);
  const auto confirmed = std::ranges::find_if(*replies, [](const auto& event) { return event.text.find("queued as") != std::string::npos; });
  ASSERT_NE(confirmed, replies->end());
  screen.desk().select(*confirmed);
  screen.key("Ctrl+B");
  ASSERT_TRUE(screen.has("branch/0"));
  EXPECT_THAT(screen.label("branch/0"), HasSubstr("This 250 is lost on the way"));
  screen.click("branch/0");
  ASSERT_TRUE(soon(screen, [&] { return live.parting.has_value(); }));
  EXPECT_FALSE(live.parting->are_same);
  EXPECT_GT(live.parting->same, 10);
  ASSERT_TRUE(screen.desk().other);
  EXPECT_THAT(live.parting_words, HasSubstr("The two futures part at 0:00:01."));
  screen.click("branch/parting");
  EXPECT_EQ(screen.desk().run->event(), live.parting->in_a->id);
}

}  // namespace
}  // namespace mailroom::viz
