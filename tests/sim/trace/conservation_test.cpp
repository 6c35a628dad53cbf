// SPDX-License-Identifier: GPL-2.0-only
// The checker that the other tests, and whoever says `mailroom verify`, trust finds what it is there for.
#include "sim/trace/conservation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/trace/discard_rules.hpp"

namespace mailroom::trace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A run, event by event. Host 1 sends message 1 toward hosts 2 and 3.
struct Log {
  std::vector<StoredEvent> events;

  StoredEvent& add(Kind kind, std::int64_t host, std::int64_t copy = 0) {
    StoredEvent& event = events.emplace_back();
    event.id = {std::ssize(events)};
    event.kind = kind;
    event.host = {host};
    event.message = {1};
    event.copy = {copy};
    return event;
  }
  Log& compose(std::int64_t recipients, std::int64_t message = 1, const char* from = "ann@a.example") {
    StoredEvent& event = add(Kind::message_composed, 1);
    event.message = {message};
    event.value = recipients;
    event.detail = std::string(R"({"from":")") + from + R"(","to":[]})";
    return *this;
  }
  Log& queue(std::int64_t host, const char* id) {
    add(Kind::message_queued, host).text = id;
    return *this;
  }
  Log& create(std::int64_t host, std::int64_t copy, std::int64_t parent, const char* id) {
    StoredEvent& event = add(Kind::copy_created, host, copy);
    event.parent = {parent};
    event.text = id;
    return *this;
  }
  Log& end(Kind kind, std::int64_t host, std::int64_t copy, const char* text = "") {
    add(kind, host, copy).text = text;
    return *this;
  }
  Log& deliver(std::int64_t host, std::int64_t copy) {
    add(Kind::mailbox_appended, host, copy);
    return end(Kind::copy_delivered, host, copy);
  }
  Log& remove(std::int64_t host, const char* id) {
    add(Kind::message_removed, host).text = id;
    return *this;
  }
  // Host 1 has the message, and host 2 takes it.
  Log& hand_over() {
    return compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").queue(2, "Q1").create(2, 2, 1, "Q1");
  }

  bool is_of_one_host = false;
  Accounts accounts(Level level = Level::mail) const {
    Conservation conservation(level, is_of_one_host);
    for (const StoredEvent& event : events) conservation.read(event);
    return conservation.finish();
  }
  std::vector<std::string> wrong(Level level = Level::mail) const {
    std::vector<std::string> texts;
    for (const Violation& one : accounts(level).violations) texts.push_back(one.text);
    return texts;
  }
};

TEST(Conservation, HoldsForAMessageThatIsRelayedAndDelivered) {
  Log log;
  log.hand_over();
  EXPECT_THAT(log.wrong(), IsEmpty()) << "two owners, as long as the sender has not read the reply";
  EXPECT_EQ(log.accounts().owned, 2);
  log.end(Kind::copy_relayed, 1, 1).remove(1, "Q1").deliver(2, 2).remove(2, "Q1");
  EXPECT_THAT(log.wrong(), IsEmpty());
  const Accounts accounts = log.accounts();
  EXPECT_EQ(accounts.copies, 2);
  EXPECT_EQ(accounts.owned, 0);
  EXPECT_EQ(accounts.ended.at(Kind::copy_relayed), 1);
  EXPECT_THAT(accounts.duplicates, IsEmpty());
}

TEST(Conservation, FindsAGapBetweenOwners) {
  Log log;
  log.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").end(Kind::copy_relayed, 1, 1);
  EXPECT_THAT(log.wrong(), ElementsAre("copy 1 was handed on, but no other host has it",
                                       "with copy 1 nobody is responsible any more"));
  log.queue(2, "Q1").create(2, 2, 1, "Q1");
  EXPECT_THAT(log.wrong(), testing::Contains(HasSubstr("though nothing had left the first time in doubt")));
}

TEST(Conservation, TakesThe250OfAHostOutsideForItsWord) {
  Log log;
  log.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").end(Kind::copy_relayed, 1, 1).remove(1, "Q1");
  EXPECT_THAT(log.wrong(), SizeIs(2));
  log.is_of_one_host = true;
  EXPECT_THAT(log.wrong(), IsEmpty());
  log.queue(1, "Q2").create(1, 2, 0, "Q2").remove(1, "Q2");
  EXPECT_THAT(log.wrong(), testing::Contains(HasSubstr("entry Q2 leaves the queue"))) << "the rest holds as ever";
}

TEST(Conservation, TakesThe250OfARealServerForItsWordAndNoOthers) {
  const auto relayed_over = [](std::int64_t connection, const char* line) {
    Log log;
    log.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1");
    StoredEvent& told = log.add(Kind::control_received, 2);
    told.connection = {7};
    told.text = line;
    log.add(Kind::attempt_ended, 1).connection = {connection};
    log.end(Kind::copy_relayed, 1, 1).remove(1, "Q1");
    return log;
  };
  EXPECT_THAT(relayed_over(7, R"(type 2.1 "250 OK\r\n")").wrong(), IsEmpty());
  EXPECT_EQ(relayed_over(7, R"(type 2.1 "250 OK\r\n")").accounts().left, 1);
  EXPECT_THAT(relayed_over(8, R"(type 2.1 "250 OK\r\n")").wrong(), SizeIs(2)) << "another connection";
  EXPECT_THAT(relayed_over(7, R"(type 2 "a 2.1")").wrong(), SizeIs(2)) << "a client, not a server";
  EXPECT_EQ(relayed_over(7, R"(type 2 "a 2.1")").accounts().left, 0);
}

TEST(Conservation, FindsASecondEndAndOneElsewhere) {
  Log log;
  log.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").deliver(1, 1).deliver(1, 1);
  EXPECT_THAT(log.wrong(), ElementsAre(HasSubstr("copy 1 ends twice, first by event 5")));
  Log elsewhere;
  elsewhere.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").deliver(2, 1);
  EXPECT_THAT(elsewhere.wrong(), ElementsAre("copy 1 ends at a host that does not own it"));
}

TEST(Conservation, ExplainsAMessageThatIsHandedOverAgainByTheAttemptThatWasInDoubt) {
  Log log;
  log.hand_over().end(Kind::attempt_ended, 1, 0, "in doubt: the lone dot was sent, no reply to it was read");
  const EventId doubt = log.events.back().id;
  log.queue(2, "Q2").create(2, 3, 1, "Q2");
  EXPECT_THAT(log.wrong(), IsEmpty());
  ASSERT_THAT(log.accounts().duplicates, SizeIs(1));
  EXPECT_EQ(log.accounts().duplicates[0].again, CopyId{3});
  EXPECT_EQ(log.accounts().duplicates[0].because, doubt);
  log.queue(2, "Q3").create(2, 4, 1, "Q3");
  EXPECT_THAT(log.wrong(), ElementsAre(HasSubstr("copy 4 takes over copy 1 again")))
      << "one doubt explains one";
  EXPECT_THAT(log.wrong(Level::summary), IsEmpty()) << "where attempts are not recorded";
}

TEST(Conservation, ExplainsAMessageThatIsHandedOverAgainByACrashOfTheSender) {
  Log log;
  log.hand_over().end(Kind::copy_relayed, 1, 1).add(Kind::host_crashed, 1);
  log.create(1, 3, 1, "Q1");
  EXPECT_THAT(log.wrong(), IsEmpty()) << "its disk did not know that copy 1 had ended";
  Log without;
  without.hand_over().end(Kind::copy_relayed, 1, 1).create(1, 3, 1, "Q1");
  EXPECT_THAT(without.wrong(), ElementsAre(HasSubstr("had ended here, and the host had not crashed")));
}

TEST(Conservation, FindsABounceOfWhichNobodyIsTold) {
  Log log;
  log.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").add(Kind::copy_bounced, 1, 1).value = 2;
  EXPECT_THAT(log.wrong(),
              ElementsAre("copy 1 is bounced, but nobody is responsible for the notification 2"));
  Log told;
  told.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").compose(1, 2, "").queue(1, "Q2");
  told.create(1, 2, 0, "Q2");
  told.events.back().message = {2};
  told.add(Kind::copy_bounced, 1, 1).value = 2;
  EXPECT_THAT(told.wrong(), IsEmpty());
}

TEST(Conservation, LetsMailVanishByRuleOnly) {
  const auto dropped = [](const char* from, std::string_view rule) {
    Log log;
    log.compose(1, 1, from).queue(1, "Q1").create(1, 1, 0, "Q1").add(Kind::copy_discarded, 1, 1).text = rule;
    return log.wrong();
  };
  EXPECT_THAT(dropped("", kNullReversePathRule), IsEmpty());
  EXPECT_THAT(dropped("ann@a.example", kNotifyRule), IsEmpty());
  EXPECT_THAT(dropped("ann@a.example", kNullReversePathRule), ElementsAre(HasSubstr("has a sender")));
  EXPECT_THAT(dropped("ann@a.example", "out of the window"),
              ElementsAre("copy 1 is dropped by 'out of the window', which is no rule"));
  for (const DiscardRule& rule : kDiscardRules) EXPECT_EQ(discard_rule(rule.text), &rule);
}

TEST(Conservation, LetsAFaultThatDestroysDestroyMailAndNothingElse) {
  const auto destroyed = [](std::int64_t begun, const char* sentence) {
    Log log;
    StoredEvent& began = log.add(Kind::fault_began, 1);
    began.fault = {begun};
    began.text = sentence;
    log.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").add(Kind::copy_destroyed, 1, 1).fault = {1};
    log.remove(1, "Q1");
    return log;
  };
  EXPECT_THAT(destroyed(1, "spool of a corrupted").wrong(), IsEmpty());
  EXPECT_THAT(destroyed(1, "spool of a corrupted").accounts().destroyed_by,
              ElementsAre(testing::Pair("spool of a corrupted", 1)));
  EXPECT_THAT(destroyed(2, "spool of a corrupted").wrong(),
              ElementsAre("copy 1 is lost by fault 1, which has not begun"));
  EXPECT_THAT(destroyed(1, "link a-b down").wrong(),
              ElementsAre("copy 1 is lost by a fault that destroys nothing: link a-b down"));
  Log nobody;
  nobody.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").add(Kind::copy_destroyed, 1, 1);
  EXPECT_THAT(nobody.wrong(), ElementsAre("copy 1 is lost, and no fault destroyed it"));
}

TEST(Conservation, FindsAQueueThatForgetsOrKeepsTooMuch) {
  Log early;
  early.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").remove(1, "Q1");
  EXPECT_THAT(early.wrong(), ElementsAre("entry Q1 leaves the queue with 1 of its copies not ended",
                                         "host 1 owns 1 copies, but 0 are in its queue"));
  EXPECT_THAT(early.wrong(Level::summary), testing::Not(testing::Contains(HasSubstr("in its queue"))));
  Log stray;
  stray.compose(1).create(1, 1, 0, "Q1");
  EXPECT_THAT(stray.wrong(), testing::Contains("copy 1 is of the entry Q1, which is not in the queue"));
  Log unread;
  unread.compose(1).queue(1, "Q1").create(1, 1, 0, "Q1").end(Kind::copy_delivered, 1, 1);
  EXPECT_THAT(unread.wrong(), ElementsAre("copy 1 is delivered, but is in no mailbox"));
}

TEST(Conservation, FindsARecipientThatItsHostForgot) {
  Log log;
  log.compose(2).queue(1, "Q1").create(1, 1, 0, "Q1");
  EXPECT_THAT(log.wrong(), ElementsAre("message 1 has 2 recipients, but its host became responsible for 1"));
  Log forgotten;
  forgotten.compose(2);
  EXPECT_THAT(forgotten.wrong(), IsEmpty()) << "it may still be being written";
  forgotten.add(Kind::run_ended, 0).text = "idle";
  EXPECT_THAT(forgotten.wrong(), ElementsAre("message 1 has 2 recipients, but its host became responsible for 0"));
  Log full;
  full.compose(2).add(Kind::disk_filled, 1);
  full.add(Kind::run_ended, 0).text = "idle";
  EXPECT_THAT(full.wrong(), IsEmpty()) << "its author's program says so at once";
  Log crashed;
  crashed.compose(2).add(Kind::host_crashed, 1);
  crashed.add(Kind::run_ended, 0).text = "idle";
  EXPECT_THAT(crashed.wrong(), IsEmpty()) << "before it was safe on the disk";
}

TEST(Conservation, FindsCopiesThatComeFromNowhere) {
  Log log;
  log.compose(1)
      .queue(1, "Q1")
      .create(1, 1, 0, "Q1")
      .deliver(1, 9)
      .create(1, 1, 0, "Q1")
      .create(1, 3, 8, "Q1");
  EXPECT_THAT(log.wrong(), ElementsAre(HasSubstr("does not exist"), HasSubstr("never created"),
                                       HasSubstr("created twice"), HasSubstr("unknown parent")));
}

}  // namespace
}  // namespace mailroom::trace
