// SPDX-License-Identifier: GPL-2.0-only
// The drill: a message goes over two hops, and the connection of one of them is cut after every octet that
// its ends could have read. Nothing is ever lost; and a message is doubled only where the receiver had
// committed it and the sender had not read the 250.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/agents/support/mail_world.hpp"

namespace mailroom::test {
namespace {

using testing::IsEmpty;

enum class Dialect { lecture, extended };

struct Drill : MailWorld {
  explicit Drill(Dialect dialect) : dialect_(dialect) {
    far = &add(host("far", "b.test", {"bob", "carol"}));
    near = &add(host("near", "a.test", {"ann"}));
    scenario::Host user_agent = host("desk", "", {});
    user_agent.receiver = false;
    user_agent.submit_to = "near";
    desk = &add(user_agent);
    permit(*near, *desk);
    fabric.settings.segment_octets = 40;
  }
  scenario::Host host(const std::string& name, const std::string& domain,
                      const std::vector<std::string>& users) const {
    scenario::Host made = mail_host(name, domain, users);
    made.smtp.lecture_texts = dialect_ == Dialect::lecture;
    return made;
  }
  void run() {
    ASSERT_TRUE(send(*desk, "ann@a.test", {"bob@b.test", "carol@b.test"}, {.text = ".dot\r\nHi\r\n"}));
    clock.run();
  }
  // Octets that the ends of a connection read in all.
  std::uint64_t read_octets(std::int64_t connection) const {
    std::uint64_t octets = 0;
    for (const Sent& sent : fabric.sent) octets += sent.connection.value == connection ? sent.octets : 0;
    return octets;
  }
  Dialect dialect_;
  Site* far = nullptr;
  Site* near = nullptr;
  Site* desk = nullptr;
};

// Whether the receiver of a connection committed its message, and whether the sender read that.
struct Window {
  bool is_committed = false;
  bool is_confirmed = false;
};
Window window_of(const Drill& drill, std::int64_t connection) {
  Window window;
  for (const StoredEvent& event : drill.sink.events) {
    if (event.kind == Kind::content_received && event.connection.value == connection)
      window.is_committed = true;
    if (event.kind == Kind::attempt_ended && event.connection.value == connection) {
      window.is_confirmed = window.is_confirmed || event.text == "confirmed";
    }
  }
  return window;
}

void drill(Dialect dialect, Cut::How how) {
  Drill whole(dialect);
  ASSERT_NO_FATAL_FAILURE(whole.run());
  ASSERT_EQ(whole.mailbox("bob@b.test").size(), 1u);
  ASSERT_EQ(whole.count(Kind::connection_opened), 2u);
  for (const std::int64_t hop : {1, 2}) {
    const std::uint64_t octets = whole.read_octets(hop);
    ASSERT_GT(octets, 400u);
    int doubled = 0;
    int in_doubt = 0;
    for (std::uint64_t after = 0; after <= octets; ++after) {
      Drill cut(dialect);
      cut.fabric.cuts = {{.connection = {hop}, .after_octets = after, .how = how}};
      ASSERT_NO_FATAL_FAILURE(cut.run());
      const auto where = testing::Message() << "hop " << hop << " cut after octet " << after;
      cut.expect_all_done();
      const std::size_t bob = cut.mailbox("bob@b.test").size();
      const std::size_t carol = cut.mailbox("carol@b.test").size();
      EXPECT_EQ(bob, carol) << where;
      const Window window = window_of(cut, hop);
      const bool may_double = window.is_committed && !window.is_confirmed;
      EXPECT_EQ(bob, may_double ? 2u : 1u) << where;
      for (const std::string& message : cut.mailbox("bob@b.test")) {
        EXPECT_TRUE(message.ends_with("\r\n\r\n.dot\r\nHi\r\n")) << where;
      }
      EXPECT_THAT(cut.of(Kind::copy_bounced), IsEmpty()) << where;
      doubled += may_double ? 1 : 0;
      for (const StoredEvent& ended : cut.of(Kind::attempt_ended))
        in_doubt += ended.text.starts_with("in doubt") ? 1 : 0;
      if (testing::Test::HasFailure()) return;
    }
    // From the lone dot to the last octet of the 250: some positions, and not many.
    EXPECT_GT(doubled, 0);
    EXPECT_LT(doubled, 80);
    EXPECT_GE(in_doubt, doubled) << "the sender says where a duplicate is possible";
  }
}

TEST(Cut, AfterAnyOctetLosesNothingAsTheLectureSpeaks) {
  drill(Dialect::lecture, Cut::How::reset);
}
TEST(Cut, AfterAnyOctetLosesNothingWithPipelining) {
  drill(Dialect::extended, Cut::How::reset);
}
TEST(Cut, IntoSilenceAfterAnyOctetLosesNothing) {
  drill(Dialect::extended, Cut::How::silence);
}

TEST(Cut, OfEveryConnectionEndsInABounceNotInALoss) {
  Drill cut(Dialect::extended);
  for (std::int64_t id = 2; id < 1000; ++id)
    cut.fabric.cuts.push_back({.connection = {id}, .after_octets = 200});
  ASSERT_NO_FATAL_FAILURE(cut.run());
  cut.expect_all_done();
  EXPECT_EQ(cut.of(Kind::copy_bounced).size(), 2u);
  EXPECT_EQ(cut.mailbox("ann@a.test").size(), 1u);
}

}  // namespace
}  // namespace mailroom::test
