// SPDX-License-Identifier: GPL-2.0-only
// The list of hosts, the inspectors of a host and of a message, and Why?, worked with mouse and keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/main/scripted_run.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/viz/model/hand_made_run.hpp"
#include "tests/viz/ui/odd_runs.hpp"
#include "tests/viz/ui/screen.hpp"

namespace mailroom::viz {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using trace::Kind;

class Inspectors : public testing::Test {
 protected:
  Inspectors() : screen(1400, 1000) {
    tests::write_scripted_run(path_);
    EXPECT_TRUE(screen.open(path_));
  }

  trace::StoredEvent first(Kind kind, const char* host = nullptr) {
    trace::EventQuery query{.kinds = {kind}, .limit = 1};
    if (host != nullptr) query.host = screen.desk().run->reader().host_named(host);
    const auto events = screen.desk().run->reader().events(query);
    EXPECT_TRUE(events && !events->empty()) << info(kind).name;
    return events->front();
  }
  // The moment right after the first event of a kind.
  trace::StoredEvent show(Kind kind, const char* host = nullptr) {
    const auto event = first(kind, host);
    screen.desk().show_event(event.id);
    screen.frames();
    return event;
  }
  void show_end() {
    screen.desk().show_time(screen.desk().run->end_ns());
    screen.frames();
  }
  void choose(trace::MessageId message) {
    screen.desk().select(message);
    screen.desk().bring_to_front("right", "message");
    screen.frames();
  }
  void choose_host(const char* name) {
    screen.desk().select(screen.desk().run->reader().host_named(name));
    screen.desk().bring_to_front("right", "host");
    screen.frames();
  }
  trace::HostId host(const char* name) { return screen.desk().run->reader().host_named(name); }

  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "run.mailroom";
  Screen screen;
};

// --- the list of hosts

TEST_F(Inspectors, AClickInTheListChoosesAHostAndOpensItsInspector) {
  ASSERT_FALSE(screen.view().selection.host);
  screen.click("hosts/mx1");
  EXPECT_EQ(screen.view().selection.host, host("mx1"));
  EXPECT_TRUE(screen.is_on("hosts/mx1"));
  EXPECT_TRUE(screen.has("host/flow/queue"));
}

TEST_F(Inspectors, TheListIsLookedThroughByTyping) {
  ASSERT_TRUE(screen.has("hosts/pc1"));
  ASSERT_FALSE(screen.has("hosts/north"));  // an idle router
  screen.key("Ctrl+H");
  screen.type("NOR");
  EXPECT_FALSE(screen.has("hosts/pc1"));
  EXPECT_TRUE(screen.has("hosts/north"));
  screen.key("Enter");
  EXPECT_EQ(screen.view().selection.host, host("north"));
}

TEST_F(Inspectors, TheListIsSortedByItsHeadingsThereAndBack) {
  show(Kind::copy_deferred);
  ASSERT_LT(screen.rect("hosts/mx1").top, screen.rect("hosts/pc1").top);
  screen.click("hosts/by/name");
  EXPECT_GT(screen.rect("hosts/mx1").top, screen.rect("hosts/pc1").top);
  screen.click("hosts/by/queue");
  EXPECT_LT(screen.rect("hosts/mx1").top, screen.rect("hosts/mx2").top);
  EXPECT_TRUE(screen.shows("q 1"));
  EXPECT_TRUE(screen.shows("1 with re-queued mail"));
}

// --- a host

TEST_F(Inspectors, TheMailFlowLightsThePartInWhichSomethingHappensNow) {
  choose_host("mx1");
  show(Kind::copy_deferred);
  EXPECT_TRUE(screen.is_on("host/flow/queue"));
  EXPECT_FALSE(screen.is_on("host/flow/receiver"));
  show(Kind::content_received, "mx1");
  screen.frames(2, 1.5);  // what was lit before fades
  EXPECT_TRUE(screen.is_on("host/flow/receiver"));
  EXPECT_FALSE(screen.is_on("host/flow/queue"));
}

TEST_F(Inspectors, WhatIsLitFadesWhenTheMomentHasGoneOn) {
  choose_host("mx1");
  const auto count_lit = [&] {
    return std::ranges::count_if(screen.names("host/flow/"), [&](const auto& name) { return screen.is_on(name); });
  };
  const auto deferred = show(Kind::copy_deferred);
  screen.frames(2, 1.5);
  EXPECT_EQ(count_lit(), 1);  // as long as the moment stands there
  screen.desk().show_time(deferred.time_ns + 1'000'000'000);
  screen.frames(2, 1.5);
  EXPECT_EQ(count_lit(), 0);
}

TEST_F(Inspectors, AClickOnAPartOfTheMailFlowGoesToItsList) {
  choose_host("mx1");
  show_end();
  ASSERT_TRUE(screen.is_on("host/tab/queue"));
  screen.click("host/flow/mailboxes");
  EXPECT_TRUE(screen.is_on("host/tab/mailboxes"));
  screen.click("host/flow/sender");
  EXPECT_TRUE(screen.is_on("host/tab/protocol"));
  EXPECT_TRUE(screen.is_on("host/side/sender"));
  screen.click("host/flow/receiver");
  EXPECT_TRUE(screen.is_on("host/side/receiver"));
  screen.click("host/flow/agent");
  EXPECT_TRUE(screen.is_on("host/tab/settings"));
  screen.click("host/flow/queue");
  EXPECT_TRUE(screen.is_on("host/tab/queue"));
}

TEST_F(Inspectors, TheQueueTellsRecipientAndNextTryAndAClickChoosesTheCopy) {
  choose_host("mx1");
  const auto deferred = show(Kind::copy_deferred);
  EXPECT_TRUE(screen.shows("bob@south.example"));
  EXPECT_TRUE(screen.shows("+15m"));
  const std::string row = "host/queue/copy/" + std::to_string(deferred.copy.value);
  ASSERT_TRUE(screen.has(row));
  screen.click(row);
  EXPECT_EQ(screen.view().selection.copy, deferred.copy);
  EXPECT_EQ(screen.view().selection.message, deferred.message);
  EXPECT_TRUE(screen.has("message/follow"));
}

TEST_F(Inspectors, TheQueueIsSortedByItsHeadings) {
  choose_host("mx1");
  show(Kind::copy_deferred);
  const auto rows = screen.names("host/queue/copy/");
  ASSERT_EQ(rows.size(), 2u);
  const bool before = screen.rect(rows[0]).top < screen.rect(rows[1]).top;
  screen.click("host/queue/by/recipient");
  EXPECT_TRUE(screen.is_on("host/queue/by/recipient"));
  screen.click("host/queue/by/recipient");
  EXPECT_NE(screen.rect(rows[0]).top < screen.rect(rows[1]).top, before);
}

TEST_F(Inspectors, AMailboxOpensAndItsMailIsChosen) {
  choose_host("mx2");
  show_end();
  screen.click("host/tab/mailboxes");
  ASSERT_THAT(screen.names("host/mail/"), IsEmpty());
  screen.click("host/mailbox/bob@south.example");
  ASSERT_THAT(screen.names("host/mail/"), ElementsAre("host/mail/bob@south.example/1"));
  screen.click("host/mail/bob@south.example/1");
  EXPECT_EQ(screen.view().selection.copy, first(Kind::copy_delivered).copy);
}

TEST_F(Inspectors, TheStateMachineLightsTheStateOfTheSession) {
  choose_host("mx1");
  screen.click("host/tab/protocol");
  show(Kind::content_received, "mx1");
  ASSERT_TRUE(screen.has("host/state/ready"));
  EXPECT_THAT(screen.names("host/session/"), testing::SizeIs(1));
  const auto is_lit = [&] {
    return std::ranges::count_if(screen.names("host/state/"),
                                 [&](const std::string& name) { return screen.is_on(name); });
  };
  EXPECT_EQ(is_lit(), 1);
  screen.click("host/side/sender");
  EXPECT_TRUE(screen.has("host/state/awaiting greeting"));
  EXPECT_FALSE(screen.has("host/state/greeted"));
  screen.click("host/side/receiver");
  screen.click("host/session/1");
  EXPECT_EQ(screen.view().selection.session.value, 1);
}

TEST(InspectorOfAHost, LightsTheStateThatTheLastReplyLedTo) {
  HandMadeRun run;
  run.at(1);
  const auto session = run.session();
  run.record({.kind = Kind::session_opened, .host = {1}, .session = session, .text = "SMTP receiver"});
  const auto greet = run.record(
      {.kind = Kind::reply_sent, .host = {1}, .session = session, .code = 220, .value = 3, .text = "h1 ready"});
  run.at(2);
  const auto ok = run.record(
      {.kind = Kind::reply_sent, .host = {1}, .session = session, .code = 250, .value = 5, .text = "OK"});
  run.finish();
  Screen screen(1400, 1000);
  ASSERT_TRUE(screen.open(run.path()));
  screen.desk().select(trace::HostId{1});
  screen.desk().bring_to_front("right", "host");
  screen.frames();
  screen.click("host/tab/protocol");
  screen.desk().show_event(greet);
  screen.frames();
  EXPECT_TRUE(screen.is_on("host/state/greeted"));
  EXPECT_FALSE(screen.desk().ui.registry.find("host/legal/RCPT"));
  screen.desk().show_event(ok);
  screen.frames();
  EXPECT_FALSE(screen.is_on("host/state/greeted"));
  EXPECT_TRUE(screen.is_on("host/state/sender known"));
  EXPECT_TRUE(screen.desk().ui.registry.find("host/legal/RCPT"));  // below, it may be scrolled to
}

TEST_F(Inspectors, TheHistoryOfAHostGoesToItsEvents) {
  choose_host("mx1");
  show_end();
  screen.click("host/tab/history");
  const auto events = screen.names("host/event/");
  ASSERT_FALSE(events.empty());
  const auto before = screen.desk().run->event();
  screen.click(events.front());
  EXPECT_NE(screen.desk().run->event(), before);
  EXPECT_EQ("host/event/" + std::to_string(screen.view().selection.event.value), events.front());
}

// --- a message

TEST_F(Inspectors, AMessageBeforeItsTimeIsNotThere) {
  screen.desk().show_time(0);
  choose({1});
  EXPECT_TRUE(screen.shows("It is not there yet"));
  show(Kind::message_composed);
  EXPECT_FALSE(screen.shows("It is not there yet"));
}

TEST_F(Inspectors, AMessageTellsWhoOwesItAndAClickGoesThere) {
  choose({1});
  show(Kind::copy_deferred);
  const std::string owner = "message/owner/" + std::to_string(host("mx1").value);
  ASSERT_TRUE(screen.has(owner));
  screen.click(owner);
  EXPECT_EQ(screen.view().selection.host, host("mx1"));
  EXPECT_TRUE(screen.has("host/flow/queue"));
}

TEST_F(Inspectors, AnOverlapOfResponsibilityIsExplained) {
  choose({1});
  const auto taken = first(Kind::copy_created, "mx1");
  screen.desk().show_event(taken.id);
  screen.frames();
  EXPECT_TRUE(screen.shows("both owe it"));
  show(Kind::copy_deferred);
  EXPECT_FALSE(screen.shows("both owe it"));
}

TEST_F(Inspectors, CopiesAreATreeAndOneIsChosenAndLetGo) {
  choose({1});
  show_end();
  const auto copy = first(Kind::copy_delivered).copy;
  const std::string row = "message/copy/" + std::to_string(copy.value);
  ASSERT_TRUE(screen.has(row));
  screen.click(row);
  EXPECT_EQ(screen.view().selection.copy, copy);
  screen.click("message/all-copies");
  EXPECT_FALSE(screen.view().selection.copy);
}

TEST_F(Inspectors, TheEnvelopeStandsApartFromTheHeader) {
  choose({1});
  show_end();
  ASSERT_FALSE(screen.has("message/envelope"));
  screen.click("message/tab/letter");
  ASSERT_TRUE(screen.has("message/envelope"));
  EXPECT_FALSE(screen.rect("message/envelope").intersects(screen.rect("message/header")));
  EXPECT_TRUE(screen.shows("MAIL FROM:"));
  EXPECT_TRUE(screen.shows("Subject:"));
}

TEST_F(Inspectors, TheWayIsShownOnTheMapAndTakenAway) {
  choose({1});
  show_end();
  screen.desk().look([&](View& v) { v.selection.copy = first(Kind::copy_delivered).copy; });
  screen.click("message/tab/letter");
  ASSERT_THAT(screen.view().path_on_map, IsEmpty());
  screen.click("message/show-on-map");
  EXPECT_THAT(screen.view().path_on_map, ElementsAre(host("pc1"), host("mx1"), host("mx2")));
  EXPECT_TRUE(screen.is_on("message/show-on-map"));
  screen.click("message/show-on-map");
  EXPECT_THAT(screen.view().path_on_map, IsEmpty());
  screen.key("Shift+R");
  EXPECT_FALSE(screen.view().path_on_map.empty());
}

TEST_F(Inspectors, TheTextShowsItsLineEnds) {
  choose({1});
  show_end();
  screen.click("message/tab/text");
  EXPECT_TRUE(screen.shows("CR LF"));
  EXPECT_TRUE(screen.shows("an empty line, body"));
}

TEST_F(Inspectors, AMessageIsFollowedAndItsDebtIsColoured) {
  choose({1});
  show(Kind::message_queued);
  ASSERT_FALSE(screen.view().followed);
  screen.click("message/follow");
  EXPECT_EQ(screen.view().followed.value, 1);
  ASSERT_FALSE(screen.view().shows_responsibility);
  screen.click("message/responsibility");
  EXPECT_TRUE(screen.view().shows_responsibility);
  show(Kind::copy_deferred);
  EXPECT_TRUE(screen.shows("● mx1"));  // in the list of hosts
}

// --- why

TEST_F(Inspectors, WTellsTheRootCauseOfWhatIsChosenAndItsStepsGoToTheirMoments) {
  const auto deferred = show(Kind::copy_deferred);
  screen.desk().select(deferred);
  ASSERT_FALSE(screen.has("why/root"));
  screen.key("W");
  ASSERT_TRUE(screen.has("why/root"));
  EXPECT_THAT(screen.label("why/root"), HasSubstr("link mx1-mx2"));
  EXPECT_TRUE(screen.is_on("why/step/0"));
  screen.click("why/step/1");
  EXPECT_NE(screen.view().selection.event, deferred.id);
  EXPECT_EQ(screen.desk().run->event(), screen.view().selection.event);
  EXPECT_TRUE(screen.is_on("why/step/1"));
  EXPECT_THAT(screen.label("why/root"), HasSubstr("link mx1-mx2"));  // the question stays
  screen.click("why/root");
  EXPECT_EQ(screen.view().selection.event, first(Kind::connection_disturbed).id);
}

TEST_F(Inspectors, AMessageOffersWhatToAskTheGravestFirst) {
  choose({1});
  show_end();
  ASSERT_TRUE(screen.has("message/why/0"));
  EXPECT_EQ(screen.label("message/why/0"), "Why did it bounce?");
  screen.click("message/why/0");
  ASSERT_TRUE(screen.has("why/root"));
  EXPECT_THAT(screen.label("why/root"), HasSubstr("550"));
  const auto offers = screen.names("why/offer/");
  ASSERT_FALSE(offers.empty());
}

TEST_F(Inspectors, WhyIsItLateIsAnsweredByTheParts) {
  show_end();
  const auto delivered = first(Kind::copy_delivered);
  screen.desk().select(delivered.message);
  screen.desk().look([&](View& v) { v.selection.copy = delivered.copy; });
  screen.key("W");
  EXPECT_THAT(screen.label("why/root"), HasSubstr("had to try again"));
  EXPECT_TRUE(screen.shows("the longest part"));
}

TEST_F(Inspectors, WhyTellsNothingThatAMysteryHides) {
  const auto deferred = show(Kind::copy_deferred);
  screen.desk().hides_event = [](const trace::StoredEvent& e) {
    return e.kind == Kind::connection_disturbed;
  };
  screen.desk().select(deferred);
  screen.key("W");
  ASSERT_TRUE(screen.has("why/root"));
  EXPECT_THAT(screen.label("why/root"), testing::Not(HasSubstr("link mx1-mx2")));
}

// --- any size, any text

TEST_F(Inspectors, TextsKeepApartInWideAndNarrowPanes) {
  for (const auto& [width, height] : {std::pair{1400, 1000}, std::pair{900, 600}, std::pair{640, 480}}) {
    screen.resize(width, height);
    for (const char* tab : {"queue", "mailboxes", "protocol", "names", "settings", "history"}) {
      choose_host("mx1");
      show(Kind::content_received, "mx1");
      if (screen.has(std::string("host/tab/") + tab)) screen.click(std::string("host/tab/") + tab);
      EXPECT_THAT(screen.collisions(), IsEmpty()) << tab << " at " << width;
    }
    for (const char* tab : {"now", "letter", "text"}) {
      choose({1});
      show_end();
      if (screen.has(std::string("message/tab/") + tab)) screen.click(std::string("message/tab/") + tab);
      EXPECT_THAT(screen.collisions(), IsEmpty()) << tab << " at " << width;
    }
    screen.key("W");
    EXPECT_THAT(screen.collisions(), IsEmpty()) << "why at " << width;
  }
}

TEST_F(Inspectors, HostileNamesAndTextsAreStood) {
  const auto path = folder_ / "odd.mailroom";
  tests::write_odd_run(path, {.name = std::string(500, 'n'),
                              .text = std::string(300, 't') + "\x01\xff\x1b[2J" + std::string(200, 'u')});
  ASSERT_TRUE(screen.open(path));
  const auto deferred = show(Kind::copy_deferred);
  for (const char* tab : {"queue", "mailboxes", "protocol", "names", "settings", "history"}) {
    screen.desk().select(deferred.host);
    screen.desk().bring_to_front("right", "host");
    screen.frames();
    screen.click(std::string("host/tab/") + tab);
    EXPECT_THAT(screen.collisions(), IsEmpty()) << tab;
  }
  choose(deferred.message);
  for (const char* tab : {"now", "letter", "text"}) {
    screen.click(std::string("message/tab/") + tab);
    EXPECT_THAT(screen.collisions(), IsEmpty()) << tab;
  }
  screen.desk().select(deferred);
  screen.key("W");
  EXPECT_TRUE(screen.has("why/root"));
  EXPECT_THAT(screen.collisions(), IsEmpty());
}

TEST_F(Inspectors, IdsThatPointNowhereAreStood) {
  screen.desk().look([](View& v) {
    v.selection.host = {77'777};
    v.selection.message = {88'888};
    v.selection.copy = {99'999};
    v.selection.event = {66'666};
    v.selection.session = {55'555};
  });
  for (const char* pane : {"host", "message", "why"}) {
    screen.desk().bring_to_front("right", pane);
    screen.frames();
    screen.key("W");
  }
  EXPECT_TRUE(screen.desk().run);
}

}  // namespace
}  // namespace mailroom::viz
