// SPDX-License-Identifier: GPL-2.0-only
// What a person sees at each step of one message's way: two hosts, one message, one deferral.
#include "sim/trace/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/trace/memory_sink.hpp"

namespace mailroom::trace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr HostId kA{1};
constexpr HostId kB{2};
constexpr MessageId kMessage{1};
constexpr CopyId kSent{1};
constexpr CopyId kTaken{2};
constexpr SessionId kSession{1};
constexpr ConnectionId kConnection{1};

class WorldOfOneMessage : public testing::Test {
 protected:
  void happen(const Event& event) {
    time_ns_ += 10;
    world_.apply(stored({++last_event_}, time_ns_, {last_event_ - 1}, event));
  }
  void compose() {
    happen({.kind = Kind::message_composed,
            .host = kA,
            .message = kMessage,
            .content = {1},
            .size = 100,
            .value = 1,
            .text = "<1@a.example>"});
    happen({.kind = Kind::message_queued,
            .host = kA,
            .message = kMessage,
            .size = 120,
            .value = 1,
            .text = "Q1"});
    happen({.kind = Kind::copy_created,
            .host = kA,
            .message = kMessage,
            .copy = kSent,
            .recipient = {1},
            .text = "Q1"});
  }
  void connect() {
    happen({.kind = Kind::attempt_began,
            .host = kA,
            .message = kMessage,
            .attempt = {1},
            .value = 1,
            .text = "b"});
    happen(
        {.kind = Kind::connection_opened, .host = kA, .connection = kConnection, .value = 25, .text = "b"});
    happen({.kind = Kind::connection_established, .host = kB, .connection = kConnection});
    happen({.kind = Kind::connection_established, .host = kA, .connection = kConnection});
    happen({.kind = Kind::session_opened,
            .host = kB,
            .connection = kConnection,
            .session = kSession,
            .text = "SMTP receiver"});
    happen({.kind = Kind::session_opened,
            .host = kA,
            .connection = kConnection,
            .session = kSession,
            .text = "SMTP sender"});
  }
  const Copy& copy(CopyId id) const { return *world_.copies.find(id); }

  World world_;
  std::int64_t time_ns_ = 0;
  std::int64_t last_event_ = 0;
};

TEST_F(WorldOfOneMessage, BeginsEmpty) {
  EXPECT_EQ(world_.messages.find(kMessage), nullptr);
  EXPECT_THAT(world_.host(kA).queue, IsEmpty());
  EXPECT_EQ(world_, World());
}

TEST_F(WorldOfOneMessage, ShowsWhatIsQueued) {
  compose();
  const HostState& a = world_.host(kA);
  ASSERT_EQ(a.queue.size(), 1U);
  const QueueEntry& entry = *world_.queue_entries.find(a.queue.begin()->second);
  EXPECT_EQ(entry.queue_id, "Q1");
  EXPECT_EQ(entry.queued_ns, 20);
  EXPECT_THAT(entry.copies, ElementsAre(kSent));
  EXPECT_EQ(a.disk_used_bytes, 120);
  EXPECT_EQ(a.open, 1);
  EXPECT_THAT(a.unqueued, IsEmpty());
  EXPECT_TRUE(copy(kSent).open());
  EXPECT_EQ(world_.messages.find(kMessage)->message_id, "<1@a.example>");
  EXPECT_THAT(world_.messages.find(kMessage)->copies, ElementsAre(kSent));
}

TEST_F(WorldOfOneMessage, ShowsADeferralAndItsNextTry) {
  compose();
  happen({.kind = Kind::copy_deferred,
          .host = kA,
          .copy = kSent,
          .code = 451,
          .value = 900,
          .text = "451 later"});
  EXPECT_EQ(copy(kSent).deferrals, 1);
  EXPECT_EQ(copy(kSent).last_code, 451);
  EXPECT_EQ(copy(kSent).last_reply, "451 later");
  EXPECT_EQ(copy(kSent).next_try_ns, 900);
  EXPECT_TRUE(copy(kSent).open());
}

TEST_F(WorldOfOneMessage, ShowsBothEndsOfASession) {
  compose();
  EXPECT_EQ(world_.sessions.find(kSession), nullptr);
  connect();
  const auto session = [&]() -> const SessionState& { return *world_.sessions.find(kSession); };
  EXPECT_THAT(world_.host(kA).sessions, ElementsAre(kSession));
  EXPECT_THAT(world_.host(kB).connections, ElementsAre(kConnection));
  EXPECT_THAT(world_.host(kA).attempts, ElementsAre(AttemptId{1}));
  EXPECT_EQ(session().sender.host, kA);
  EXPECT_EQ(session().receiver.host, kB);
  EXPECT_EQ(world_.connections.find(kConnection)->phase, ConnectionState::Phase::established);
  EXPECT_EQ(world_.connections.find(kConnection)->to, kB);
  happen({.kind = Kind::command_sent, .host = kA, .session = kSession, .text = "MAIL FROM:<>"});
  happen({.kind = Kind::command_received, .host = kB, .session = kSession, .value = 3});
  happen({.kind = Kind::session_phase_entered, .host = kB, .session = kSession, .text = "mail transfer"});
  EXPECT_EQ(session().receiver.state, 3);
  EXPECT_EQ(session().receiver.phase, "mail transfer");
  EXPECT_EQ(session().sender.state, std::nullopt);
  EXPECT_EQ(session().last_command, EventId{last_event_ - 2});
  happen({.kind = Kind::session_closed, .host = kA, .session = kSession, .text = "quit"});
  EXPECT_THAT(world_.host(kA).sessions, IsEmpty());
  EXPECT_THAT(world_.host(kB).sessions, ElementsAre(kSession));
  happen({.kind = Kind::connection_reset, .host = kA, .connection = kConnection});
  happen({.kind = Kind::connection_closed, .host = kB, .connection = kConnection});
  EXPECT_EQ(world_.connections.find(kConnection)->phase, ConnectionState::Phase::reset);
  EXPECT_THAT(world_.host(kB).connections, IsEmpty());
}

TEST_F(WorldOfOneMessage, KnowsTheSenderOfASessionThatNeverOpened) {
  happen({.kind = Kind::connection_opened, .host = kA, .connection = kConnection, .value = 25, .text = "b"});
  happen({.kind = Kind::session_phase_entered,
          .host = kA,
          .connection = kConnection,
          .session = kSession,
          .text = "closing"});
  EXPECT_EQ(world_.sessions.find(kSession)->sender.host, kA);
  EXPECT_FALSE(world_.sessions.find(kSession)->receiver.host);
}

TEST_F(WorldOfOneMessage, ShowsBothOwnersUntilTheSenderReadsThe250) {
  compose();
  connect();
  happen(
      {.kind = Kind::message_queued, .host = kB, .message = kMessage, .size = 150, .value = 1, .text = "Q9"});
  happen({.kind = Kind::copy_created,
          .host = kB,
          .message = kMessage,
          .copy = kTaken,
          .parent = kSent,
          .recipient = {1}});
  EXPECT_EQ(world_.copies_by_end[0], 2);
  EXPECT_THAT(copy(kSent).children, ElementsAre(kTaken));
  EXPECT_EQ(copy(kTaken).parent, kSent);
  happen({.kind = Kind::copy_relayed,
          .host = kA,
          .message = kMessage,
          .copy = kSent,
          .code = 250,
          .text = "250 ok"});
  happen({.kind = Kind::message_removed, .host = kA, .message = kMessage, .text = "Q1"});
  EXPECT_EQ(copy(kSent).end, CopyEnd::relayed);
  EXPECT_EQ(copy(kSent).ended_ns, time_ns_ - 10);
  EXPECT_EQ(world_.copies_by_end[0], 1);
  EXPECT_THAT(world_.host(kA).queue, IsEmpty());
  EXPECT_EQ(world_.host(kA).disk_used_bytes, 0);
  EXPECT_EQ(world_.host(kA).open, 0);
  EXPECT_EQ(world_.host(kA).owned, 1);
  EXPECT_EQ(world_.host(kB).disk_used_bytes, 150);
}

TEST_F(WorldOfOneMessage, ShowsTheMailbox) {
  compose();
  happen({.kind = Kind::mailbox_appended,
          .host = kA,
          .message = kMessage,
          .copy = kSent,
          .content = {1},
          .size = 140,
          .value = 7,
          .text = "ann"});
  happen({.kind = Kind::copy_delivered,
          .host = kA,
          .message = kMessage,
          .copy = kSent,
          .value = 7,
          .text = "ann"});
  const HostState& a = world_.host(kA);
  ASSERT_TRUE(a.mailboxes.contains("ann"));
  const Mailbox& mailbox = a.mailboxes.at("ann");
  ASSERT_EQ(mailbox.messages.size(), 1);
  EXPECT_EQ(mailbox.messages.find({1})->uid, 7);
  EXPECT_EQ(mailbox.messages.find({1})->content, ContentId{1});
  EXPECT_EQ(mailbox.size_bytes, 140);
  EXPECT_EQ(a.disk_used_bytes, 260);
  EXPECT_EQ(copy(kSent).end, CopyEnd::delivered);
  EXPECT_EQ(copy(kSent).mailbox, "ann");
}

TEST_F(WorldOfOneMessage, TiesABounceToTheCopyThatItTells) {
  compose();
  happen({.kind = Kind::copy_bounced,
          .host = kA,
          .message = kMessage,
          .copy = kSent,
          .code = 550,
          .value = 2,
          .text = "550 no such user"});
  EXPECT_EQ(copy(kSent).bounce, MessageId{2});
  EXPECT_EQ(world_.messages.find({2})->bounce_of, kSent);
  EXPECT_EQ(world_.copies_by_end[static_cast<std::size_t>(CopyEnd::bounced)], 1);
}

TEST_F(WorldOfOneMessage, FindsTheEntryOfCopiesThatWereMadeFirst) {
  happen({.kind = Kind::copy_created, .host = kA, .message = kMessage, .copy = kSent});
  EXPECT_THAT(world_.host(kA).unqueued, ElementsAre(std::pair(kMessage, kSent)));
  EXPECT_THAT(world_.open_copies(kA), ElementsAre(kSent));
  happen({.kind = Kind::message_queued, .host = kA, .message = kMessage, .text = "Q1"});
  EXPECT_THAT(world_.host(kA).unqueued, IsEmpty());
  EXPECT_EQ(copy(kSent).entry, QueueEntryId{1});
  EXPECT_THAT(world_.open_copies(kA), ElementsAre(kSent));
}

TEST_F(WorldOfOneMessage, KnowsWhetherAMessageWaitsAsAWhole) {
  compose();
  const auto waits = [this] { return world_.queue_entries.find(QueueEntryId{1})->waits; };
  EXPECT_EQ(waits(), QueueEntry::Waits::no);
  happen({.kind = Kind::message_kept_waiting, .host = kA, .message = kMessage, .text = "Q1"});
  EXPECT_EQ(waits(), QueueEntry::Waits::incoming);
  happen({.kind = Kind::message_activated, .host = kA, .message = kMessage, .text = "another"});
  EXPECT_EQ(waits(), QueueEntry::Waits::incoming) << "that was another entry";
  happen({.kind = Kind::message_activated, .host = kA, .message = kMessage, .text = "Q1"});
  EXPECT_EQ(waits(), QueueEntry::Waits::no);
  happen({.kind = Kind::message_held, .host = kA, .message = kMessage, .text = "hold: a rule"});
  EXPECT_EQ(waits(), QueueEntry::Waits::held);
}

TEST_F(WorldOfOneMessage, CountsFramesByDirection) {
  happen({.kind = Kind::frame_sent, .link = {1}, .value = 0});
  happen({.kind = Kind::frame_received, .link = {1}, .value = 0});
  happen({.kind = Kind::frame_sent, .link = {1}, .value = 1});
  happen({.kind = Kind::frame_dropped, .link = {1}, .value = 1});
  const LinkState& link = *world_.links.find({1});
  EXPECT_THAT(link.sent, ElementsAre(1, 1));
  EXPECT_THAT(link.received, ElementsAre(1, 0));
  EXPECT_THAT(link.dropped, ElementsAre(0, 1));
}

TEST_F(WorldOfOneMessage, TakesNumbersThatNoRunHasFromADamagedFile) {
  for (int kind = 0; kind < kKindCount; ++kind) {
    for (const std::int64_t number :
         {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, INT64_MAX, INT64_MIN}) {
      Event event{.kind = static_cast<Kind>(kind)};
      event.host = {number}, event.link = {number}, event.connection = {number}, event.session = {number};
      event.message = {number}, event.copy = {number}, event.parent = {number}, event.attempt = {number};
      event.value = number;
      happen(event);
    }
  }
  EXPECT_LE(world_.copies.size(), 1);
}

TEST(Table, SharesWhatWasNotChanged) {
  struct Row {
    int value = 0;
    bool operator==(const Row&) const = default;
  };
  Table<CopyId, Row, 4> table;
  EXPECT_EQ(table.find({1}), nullptr);
  table.edit({9}).value = 9;
  EXPECT_EQ(table.size(), 9);
  EXPECT_EQ(table.find({1})->value, 0);  // never edited, in a block that was never made
  EXPECT_EQ(table.find({10}), nullptr);
  const auto before = table;
  EXPECT_EQ(before.find({9}), table.find({9}));
  table.edit({9}).value = 10;
  EXPECT_EQ(before.find({9})->value, 9);
  EXPECT_EQ(table.find({9})->value, 10);
  EXPECT_NE(before, table);
  table.edit({9}).value = 9;
  EXPECT_EQ(before, table);
  EXPECT_EQ(table.append({11}).value, 10);
  EXPECT_NE(before, table);
}

}  // namespace
}  // namespace mailroom::trace
