// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/router.hpp"

#include <gtest/gtest.h>

namespace mailroom::agents {
namespace {

Directory network() {
  Directory directory;
  directory.add_host("mx", {{1}, 25});
  directory.add_host("hub", {{2}, 2525});
  directory.add_domain("B.test", "mx");
  directory.add_domain("hub.test", "hub");
  directory.add_domain("ghost.test", "no-such-host");
  return directory;
}

std::string hop(const Route& route) {
  if (const auto* next = std::get_if<NextHop>(&route)) return next->name;
  if (const auto* none = std::get_if<NoRoute>(&route)) return "none: " + none->reason;
  return "local";
}

TEST(Router, DeliversItsOwnDomainsAndSendsOthersToTheirReceivers) {
  const Directory directory = network();
  const Router router({"A.test"}, {}, directory);
  EXPECT_EQ(hop(router.route("a.TEST")), "local");
  EXPECT_EQ(hop(router.route("b.test")), "mx");
  EXPECT_EQ(hop(router.route("c.test")), "none: no host serves the domain c.test");
  EXPECT_EQ(hop(router.route("")), "local") << "<Postmaster> without a domain";
  EXPECT_EQ(hop(Router({}, {{"*", "hub"}}, directory).route("")), "hub") << "who has no domain sends it on";
}

TEST(Router, PrefersItsTableThenTheRestThenTheDirectory) {
  const Directory directory = network();
  const Router router({"a.test"}, {{"B.test", "hub"}, {"a.test", "hub"}}, directory);
  EXPECT_EQ(hop(router.route("a.test")), "local") << "its own domain stays its own";
  EXPECT_EQ(hop(router.route("b.TEST")), "hub");
  EXPECT_EQ(hop(router.route("hub.test")), "hub");
  const Router smart({}, {{"*", "hub"}, {"b.test", "mx"}}, directory);
  EXPECT_EQ(hop(smart.route("b.test")), "mx");
  EXPECT_EQ(hop(smart.route("anything.test")), "hub");
  const Router broken({}, {{"*", "gone"}}, directory);
  EXPECT_EQ(hop(broken.route("b.test")), "none: the next host gone is unknown");
}

TEST(Router, RelaysForDomainsOfItsTableAndForItsClients) {
  const Directory directory = network();
  Router router({"a.test"}, {{"b.test", "mx"}, {"*", "hub"}}, directory);
  EXPECT_TRUE(router.relays("B.TEST", {9}));
  EXPECT_FALSE(router.relays("c.test", {9})) << "\"*\" says where, not for whom";
  router.add_relay_client({9});
  EXPECT_TRUE(router.relays("c.test", {9}));
  EXPECT_FALSE(router.relays("c.test", {8}));
}

}  // namespace
}  // namespace mailroom::agents
