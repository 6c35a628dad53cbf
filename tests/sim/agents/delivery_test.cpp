// SPDX-License-Identifier: GPL-2.0-only
// Messages that arrive: hop by hop, grouped, over shared connections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/message/header.hpp"
#include "protocols/message/received.hpp"
#include "tests/sim/agents/support/mail_world.hpp"

namespace mailroom::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A user agent's host, the relay that it submits to, and the host of the recipients.
struct TwoHops : MailWorld {
  explicit TwoHops(trace::Level level = trace::Level::full) : MailWorld(level) {}
  Site& far = add(mail_host("far", "b.test", {"bob", "carol"}));
  Site& near = add(mail_host("near", "a.test", {"ann"}));
  Site& desk = add([] {
    scenario::Host host = mail_host("desk", "");
    host.receiver = false;
    host.submit_to = "near";
    return host;
  }());
  int permitted = (permit(near, desk), 0);
};

TEST(Delivery, GoesOverTwoHopsIntoTheMailbox) {
  TwoHops world;
  ASSERT_THAT(world.mailbox("bob@b.test"), IsEmpty());
  ASSERT_TRUE(world.send(world.desk, "ann@a.test", {"bob@b.test"}));
  world.clock.run();

  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_EQ(world.count(Kind::copy_created), 3u);
  EXPECT_EQ(world.count(Kind::copy_relayed), 2u);
  EXPECT_EQ(world.count(Kind::copy_delivered), 1u);
  EXPECT_EQ(world.count(Kind::message_removed), 3u);
  world.expect_all_done();
}

TEST(Delivery, SharesOneContentAmongAllHostsAndKeepsItsOctets) {
  TwoHops world;
  const std::string eml =
      "From: ann@a.test\nTo: bob@b.test\nSubject: dots\n\n.\n..two\nlast line without an end";
  ASSERT_TRUE(world.send(world.desk, "ann@a.test", {"bob@b.test"}, {.eml = eml}));
  world.clock.run();

  const auto appended = world.of(Kind::mailbox_appended);
  ASSERT_THAT(appended, SizeIs(1));
  EXPECT_EQ(world.sink.contents.size(), 1u);
  EXPECT_EQ(world.sink.contents.at(appended[0].content),
            "From: ann@a.test\r\nTo: bob@b.test\r\nSubject: dots\r\n\r\n.\r\n..two\r\nlast line without an "
            "end\r\n");
  world.expect_all_done();
}

TEST(Delivery, PutsAReceivedFieldOnAtEachHopAndReturnPathAtTheEnd) {
  TwoHops world;
  ASSERT_TRUE(world.send(world.desk, "ann@a.test", {"bob@b.test"}));
  world.clock.run();

  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  const std::string octets = world.mailbox("bob@b.test")[0];
  const message::Header header(octets);
  ASSERT_GE(header.fields().size(), 4u);
  EXPECT_EQ(header.fields()[0].name(), "Return-Path");
  EXPECT_EQ(header.fields()[0].unfolded(), "<ann@a.test>");
  const auto last = message::parse_received(header.fields()[1].value());
  const auto first = message::parse_received(header.fields()[2].value());
  ASSERT_TRUE(last && first);
  EXPECT_EQ(last->from, "near.test");
  EXPECT_EQ(last->from_tcp_info, "[" + to_string(world.near.address()) + "]");
  EXPECT_EQ(last->by, "far.test");
  EXPECT_EQ(last->with, "ESMTP");
  EXPECT_EQ(last->id, "Q00001");
  EXPECT_EQ(last->for_path, "bob@b.test");
  EXPECT_GE(last->date.unix_s, 946'728'000);
  EXPECT_EQ(first->from, "desk.test");
  EXPECT_EQ(first->by, "near.test");
  EXPECT_EQ(message::received_count(header), 2u);
}

TEST(Delivery, DoesNotTellOneRecipientOfTheOthersInReceived) {
  TwoHops world;
  ASSERT_TRUE(world.send(world.near, "ann@a.test", {"bob@b.test", "carol@b.test"}));
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@b.test")[0], testing::Not(HasSubstr("for <")));
}

TEST(Delivery, ChildOfEachCopyIsTheCopyOfTheNextHost) {
  for (const bool pipelining : {true, false}) {
    TwoHops world;
    world.near.config.smtp.pipelining = pipelining;
    ASSERT_TRUE(world.send(world.desk, "ann@a.test", {"bob@b.test", "carol@b.test"}));
    world.clock.run();
    const auto created = world.of(Kind::copy_created);
    ASSERT_THAT(created, SizeIs(6));
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_FALSE(created[i].parent);
      EXPECT_EQ(created[i + 2].parent, created[i].copy);
      EXPECT_EQ(created[i + 4].parent, created[i + 2].copy);
      EXPECT_EQ(created[i + 4].recipient, created[i].recipient);
      EXPECT_EQ(created[i + 4].message, created[i].message);
    }
  }
}

TEST(Delivery, GroupsTheRecipientsOfADestinationIntoOneTransaction) {
  MailWorld world;
  auto& b = world.add(mail_host("b", "b.test", {"u1", "u2", "u3"}));
  auto& c = world.add(mail_host("c", "c.test", {"u1", "u2"}));
  auto& a = world.add(mail_host("a", "a.test", {"ann"}));
  ASSERT_TRUE(world.send(a, "ann@a.test",
                         {"u1@b.test", "u1@c.test", "u2@b.test", "ann@a.test", "u2@c.test", "u3@b.test"}));
  world.clock.run();
  EXPECT_EQ(world.count(Kind::connection_opened), 2u);
  const auto began = world.of(Kind::attempt_began);
  ASSERT_THAT(began, SizeIs(2));
  EXPECT_EQ(began[0].text, "b");
  EXPECT_EQ(began[0].value, 3);
  EXPECT_EQ(began[1].text, "c");
  EXPECT_EQ(began[1].value, 2);
  for (const auto& ended : world.of(Kind::attempt_ended)) EXPECT_EQ(ended.text, "confirmed");
  EXPECT_EQ(world.count(Kind::copy_delivered), 6u);
  EXPECT_EQ(b.host->disk().used_bytes() > 0 && c.host->disk().used_bytes() > 0, true);
  // What is delivered on the spot is caused by its queueing, not by what was started for others.
  for (const auto& delivered : world.of(Kind::copy_delivered)) {
    EXPECT_EQ(world.event(delivered.cause)->kind, Kind::message_queued);
    EXPECT_EQ(world.event(delivered.cause)->host, delivered.host);
  }
  world.expect_all_done();
}

TEST(Delivery, SplitsRecipientsAtTheLimitOfATransaction) {
  MailWorld world;
  std::vector<std::string> users, to;
  for (int i = 0; i < 7; ++i) {
    users.push_back("u" + std::to_string(i));
    to.push_back(users.back() + "@b.test");
  }
  world.add(mail_host("b", "b.test", users));
  auto& a = world.add([] {
    scenario::Host host = mail_host("a", "a.test", {"ann"});
    host.smtp.recipients_per_message = 3;
    host.smtp.connections_per_destination = 1;
    return host;
  }());
  ASSERT_TRUE(world.send(a, "ann@a.test", to));
  world.clock.run();
  std::vector<std::int64_t> sizes;
  for (const auto& began : world.of(Kind::attempt_began)) sizes.push_back(*began.value);
  EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
  EXPECT_EQ(world.count(Kind::connection_opened), 1u);
  EXPECT_EQ(world.count(Kind::copy_delivered), 7u);
  world.expect_all_done();
}

struct Burst {
  std::int64_t connections = 0;
  int at_most = 0;
};
Burst burst(int messages, std::int64_t parallel, std::int64_t each) {
  MailWorld world;
  auto& b = world.add(mail_host("b", "b.test", {"bob"}));
  auto& a = world.add([&] {
    scenario::Host host = mail_host("a", "a.test", {"ann"});
    host.smtp.connections_per_destination = parallel;
    host.smtp.messages_per_connection = each;
    return host;
  }());
  for (int i = 0; i < messages; ++i) EXPECT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(static_cast<std::size_t>(messages)));
  world.expect_all_done();
  return {static_cast<std::int64_t>(world.count(Kind::connection_opened)),
          world.fabric.open_at_most[b.address()]};
}

TEST(Delivery, SendsSeveralMessagesOverOneConnection) {
  const Burst one = burst(5, 1, 100);
  EXPECT_EQ(one.connections, 1);
  EXPECT_EQ(one.at_most, 1);
}

TEST(Delivery, QuitsAfterTheMessagesThatAConnectionMayCarry) {
  const Burst limited = burst(7, 1, 3);
  EXPECT_EQ(limited.connections, 3);
  EXPECT_EQ(limited.at_most, 1);
}

TEST(Delivery, OpensNoMoreConnectionsThanADestinationMayHave) {
  const Burst parallel = burst(20, 4, 2);
  EXPECT_EQ(parallel.at_most, 4);
  EXPECT_EQ(parallel.connections, 12) << "4 with 2 messages, 4 with 2, and 4 with the last 4";
  EXPECT_EQ(burst(3, 4, 100).at_most, 3);
}

TEST(Delivery, KeepsNothingOfADestinationThatNothingWaitsFor) {
  MailWorld world;
  world.add(mail_host("b", "b.test", {"bob"}));
  auto& a = world.add(mail_host("a", "a.test", {"ann"}));
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
  EXPECT_EQ(a.mta->scheduler().destinations(), 1u);
  world.clock.run();
  EXPECT_EQ(a.mta->scheduler().destinations(), 0u);
  EXPECT_EQ(world.clock.pending(), 0u) << "no timer outlives what it was for";
}

TEST(Delivery, SpeaksAsTheLectureDoesWhenToldTo) {
  MailWorld world;
  world.add([] {
    scenario::Host host = mail_host("b", "b.test", {"bob"});
    host.smtp.lecture_texts = true;
    return host;
  }());
  auto& a = world.add([] {
    scenario::Host host = mail_host("a", "a.test", {"ann"});
    host.smtp.lecture_texts = true;
    return host;
  }());
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.dialogue(), ElementsAre("S: 220 b.test Simple Mail Transfer Service Ready",
                                            "C: HELO a.test", "S: 250 b.test", "C: MAIL FROM: <ann@a.test>",
                                            "S: 250 OK", "C: RCPT TO: <bob@b.test>", "S: 250 OK", "C: DATA",
                                            "S: 354 Start mail input; end with (.)", "S: 250 OK", "C: QUIT",
                                            "S: 221 b.test Service closing transmission channel"));
}

TEST(Delivery, CallsOnlyMessageTextContent) {
  TwoHops world;
  ASSERT_TRUE(world.send(world.desk, "ann@a.test", {"bob@b.test", "carol@b.test"}, {.size_bytes = 5000}));
  world.clock.run();
  std::map<std::int64_t, std::size_t> content;
  for (const Sent& sent : world.fabric.sent) {
    EXPECT_FALSE(sent.context.is_content && sent.side == 1) << "a reply is no message text";
    if (sent.context.is_content) {
      content[sent.connection.value] += sent.octets;
      EXPECT_TRUE(sent.context.message);
    }
  }
  ASSERT_THAT(content, SizeIs(2));
  EXPECT_EQ(content[1], 5000u + 3) << "the text and its lone dot";
}

TEST(Delivery, SaysWhichCopyOnlyWithItsRcpt) {
  TwoHops world;
  ASSERT_TRUE(world.send(world.near, "ann@a.test", {"bob@b.test", "carol@b.test"}));
  world.clock.run();
  int of_rcpt = 0;
  for (const StoredEvent& sent : world.of(Kind::command_sent)) {
    EXPECT_EQ(static_cast<bool>(sent.copy), sent.text.starts_with("RCPT")) << sent.text;
    of_rcpt += sent.copy ? 1 : 0;
  }
  EXPECT_EQ(of_rcpt, 2);
}

TEST(Delivery, WaitsForRoomInTheConnectionAndInTheSegments) {
  TwoHops world;
  world.fabric.settings.window_octets = 700;
  world.fabric.settings.segment_octets = 7;
  ASSERT_TRUE(world.send(world.desk, "ann@a.test", {"bob@b.test"}, {.size_bytes = 50'000}));
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_EQ(world.sink.contents.size(), 1u) << "the octets came through unchanged";
  // content.sent comes when TCP has the last octet, not before.
  const auto content_sent = world.of(Kind::content_sent);
  const auto content_received = world.of(Kind::content_received);
  ASSERT_THAT(content_sent, SizeIs(2));
  EXPECT_LT(content_received[0].time_ns - content_sent[0].time_ns, 2 * world.fabric.settings.latency_ns);
  world.expect_all_done();
}

TEST(Delivery, MakesTheSameEventsTwiceAndKeepsNumbersAtEveryLevel) {
  const auto run = [](trace::Level level) {
    auto world = std::make_unique<TwoHops>(level);
    world->send(world->desk, "ann@a.test", {"bob@b.test", "nobody@b.test"}, {.size_bytes = 2000});
    world->clock.run();
    return world;
  };
  const auto full = run(trace::Level::full);
  const auto again = run(trace::Level::full);
  EXPECT_EQ(full->sink.events, again->sink.events);
  const auto mail = run(trace::Level::mail);
  ASSERT_LT(mail->sink.events.size(), full->sink.events.size());
  std::map<trace::EventId, const StoredEvent*> known;
  for (const StoredEvent& event : full->sink.events) known[event.id] = &event;
  std::set<trace::EventId> kept;
  for (const StoredEvent& event : mail->sink.events) {
    ASSERT_TRUE(known.contains(event.id));
    EXPECT_EQ(event.kind, known[event.id]->kind);
    EXPECT_EQ(event.text, known[event.id]->text);
    EXPECT_TRUE(!event.cause || kept.contains(event.cause)) << "no cause points at a row that was left out";
    kept.insert(event.id);
  }
}

}  // namespace
}  // namespace mailroom::test
