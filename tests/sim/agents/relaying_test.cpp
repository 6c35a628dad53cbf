// SPDX-License-Identifier: GPL-2.0-only
// Mail that does not end at the host: for whom it is passed on, by which way, and how a source route is taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/agents/support/mail_world.hpp"
#include "tests/sim/agents/support/peers.hpp"

namespace mailroom::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A relay b between c, whose mail it may pass on to, and whoever talks to it by hand.
struct Relaying : MailWorld {
  explicit Relaying(scenario::Host relay) : b(add(std::move(relay))) {}
  Site& c = add(mail_host("c", "c.test", {"cid"}));
  Site& b;
  FakeHost client{fabric, {50}, "client", 1000};

  // The replies to EHLO and to each of these lines, a line of octets each.
  std::vector<std::string> say(const std::vector<std::string>& lines) {
    RawClient raw(client, {b.address(), 25});
    clock.run_until(clock.now_ns() + kSecond);
    raw.say("EHLO client.test\r\n");
    clock.run_until(clock.now_ns() + kSecond);
    std::vector<std::string> replies;
    for (const std::string& line : lines) {
      raw.heard.clear();
      raw.say(line + "\r\n");
      clock.run_until(clock.now_ns() + kSecond);
      replies.push_back(raw.heard.substr(0, raw.heard.find("\r\n")));
    }
    raw.finish();
    clock.run();
    return replies;
  }
  std::string rcpt(const std::string& path) { return say({"MAIL FROM:<x@x.test>", "RCPT TO:" + path})[1]; }
};

TEST(Relaying, IsDeniedInWordsThatAStudentUnderstands) {
  Relaying world(mail_host("b", "b.test", {"bob"}));
  EXPECT_EQ(world.rcpt("<bob@b.test>"), "250 2.1.5 OK");
  EXPECT_EQ(world.rcpt("<cid@c.test>"),
            "550 5.7.1 Relaying denied: mail for c.test does not end here, and 10.0.0.50 is no host that I pass mail on "
            "for");
}

TEST(Relaying, IsForNetworksAndDomainsOfTheScenario) {
  scenario::Host by_network = mail_host("b", "b.test", {"bob"});
  by_network.relay.clients.emplace().networks = {{0x0a000000, 24}};
  Relaying network(by_network);
  EXPECT_EQ(network.rcpt("<cid@c.test>"), "250 2.1.5 OK");
  scenario::Host by_domain = mail_host("b", "b.test", {"bob"});
  by_domain.relay.domains = {".test"};
  Relaying domain(by_domain);
  EXPECT_EQ(domain.rcpt("<cid@c.test>"), "250 2.1.5 OK");
  EXPECT_THAT(domain.rcpt("<cid@c.example>"), HasSubstr("550 5.7.1 Relaying denied"));
}

TEST(Relaying, ByAnOpenRelayIsNoticedOnce) {
  scenario::Host open = mail_host("b", "b.test", {"bob"});
  open.relay.open = true;
  Relaying world(open);
  EXPECT_EQ(world.rcpt("<bob@b.test>"), "250 2.1.5 OK");
  EXPECT_THAT(world.of(Kind::relay_misused), IsEmpty()) << "its own mail needs no relay";
  EXPECT_EQ(world.rcpt("<cid@c.test>"), "250 2.1.5 OK");
  EXPECT_EQ(world.rcpt("<cid@c.test>"), "250 2.1.5 OK");
  const auto misused = world.of(Kind::relay_misused);
  ASSERT_THAT(misused, SizeIs(1));
  EXPECT_EQ(misused[0].text, "10.0.0.50 toward c.test");
  EXPECT_EQ(misused[0].host, world.b.host->id());
  ASSERT_NE(world.event(misused[0].cause), nullptr);
  EXPECT_EQ(world.event(misused[0].cause)->kind, Kind::command_received);
}

TEST(Relaying, IsRefusedWhereTheTableRefuses) {
  scenario::Host host = mail_host("b", "b.test", {"bob"});
  scenario::ForwardTo closed;
  closed.kind = scenario::ForwardTo::Kind::refuse;
  closed.enhanced_code = "5.1.6";
  closed.text = "c.test moved away in March";
  host.forward["c.test"] = closed;
  Relaying world(host);
  EXPECT_EQ(world.rcpt("<cid@c.test>"), "550 5.1.6 c.test moved away in March");
  // A user of the host itself is told by a notification.
  ASSERT_TRUE(world.send(world.b, "bob@b.test", {"cid@c.test"}));
  world.clock.run();
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].text, "5.1.6 c.test moved away in March");
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Relaying, ToAnAddressLiteralGoesThereAndEndsAtItsOwnHost) {
  Relaying world(mail_host("b", "b.test", {"bob"}));
  const std::string literal = "[" + to_string(world.c.address()) + "]";
  ASSERT_TRUE(world.send(world.b, "bob@b.test", {"cid@" + literal}));
  ASSERT_TRUE(world.send(world.b, "bob@b.test", {"cid@[192.0.2.1]", "cid@[IPv6:2001:db8::1]"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("cid@" + literal), SizeIs(1));
  const auto bounced = world.of(Kind::copy_bounced);
  EXPECT_THAT(bounced, SizeIs(2)) << "nobody has that address, or no way leads there";
}

scenario::Host taking_routes(scenario::SourceRoutes routes) {
  scenario::Host host = mail_host("b", "b.test", {"bob"});
  host.smtp.source_routes = routes;
  host.relay.open = true;
  return host;
}

// What the relay says on: MAIL and RCPT of its own session.
std::vector<std::string> passed_on(Relaying& world, const std::string& path) {
  world.say({"MAIL FROM:<x@x.test>", "RCPT TO:" + path, "DATA", "Hello.\r\n."});
  std::vector<std::string> said;
  for (const StoredEvent& event : world.of(Kind::command_sent)) {
    if (event.text.starts_with("MAIL") || event.text.starts_with("RCPT"))
      said.push_back(event.text.substr(0, event.text.find('>') + 1));
  }
  return said;
}

TEST(Relaying, AlongASourceRouteIsByTheHostsPolicyNotByItsAge) {
  Relaying honours(taking_routes(scenario::SourceRoutes::honour));
  EXPECT_THAT(passed_on(honours, "<@b.test,@c.test:cid@elsewhere.test>"),
              ElementsAre("MAIL FROM:<@b.test:x@x.test>", "RCPT TO:<@c.test:cid@elsewhere.test>"));
  Relaying ignores(taking_routes(scenario::SourceRoutes::ignore));
  EXPECT_THAT(passed_on(ignores, "<@b.test,@elsewhere.test:cid@c.test>"),
              ElementsAre("MAIL FROM:<x@x.test>", "RCPT TO:<cid@c.test>"));
  EXPECT_THAT(ignores.mailbox("cid@c.test"), SizeIs(1));
}

TEST(Relaying, AlongASourceRouteCanBeRefused) {
  Relaying world(taking_routes(scenario::SourceRoutes::refuse));
  EXPECT_EQ(world.rcpt("<@b.test:cid@c.test>"),
            "550 5.7.1 No source routes here: say RCPT TO:<cid@c.test> without the hosts before it");
  EXPECT_EQ(world.rcpt("<cid@c.test>"), "250 2.1.5 OK");
}

TEST(Relaying, AlongASourceRouteNeedsPermissionForTheNextHost) {
  scenario::Host host = taking_routes(scenario::SourceRoutes::honour);
  host.relay.open = false;
  host.relay.domains = {"c.test"};
  Relaying world(host);
  EXPECT_EQ(world.rcpt("<@b.test,@c.test:cid@elsewhere.test>"), "250 2.1.5 OK");
  EXPECT_THAT(world.rcpt("<@b.test,@elsewhere.test:cid@c.test>"), HasSubstr("mail for elsewhere.test does not end here"));
  EXPECT_EQ(world.rcpt("<@b.test:bob@b.test>"), "250 2.1.5 OK") << "the route ends here, and so does the mail";
}

TEST(Relaying, InALoopEndsAtTheHostsOwnLimit) {
  MailWorld world;
  world.add(mail_host("home", "home.test", {"ann"}));
  scenario::Host x = mail_host("x", "x.test");
  scenario::Host y = mail_host("y", "y.test");
  x.forward["loop.test"] = "y";
  y.forward["loop.test"] = "x";
  x.smtp.hop_limit = y.smtp.hop_limit = 9;
  auto& first = world.add(x);
  auto& second = world.add(y);
  world.permit(first, second);
  world.permit(second, first);
  ASSERT_TRUE(world.send(first, "ann@home.test", {"bob@loop.test"}));
  world.clock.run();
  EXPECT_EQ(world.count(Kind::copy_relayed), 11u) << "10 hops of the message, and one of its notification";
  EXPECT_THAT(world.mailbox("ann@home.test"), SizeIs(1));
  world.expect_all_done();
}

}  // namespace
}  // namespace mailroom::test
