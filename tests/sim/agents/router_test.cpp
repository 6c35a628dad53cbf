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
  const Router router({.local_domains = {"A.test"}}, directory);
  EXPECT_EQ(hop(router.route("a.TEST")), "local");
  EXPECT_EQ(hop(router.route("b.test")), "mx");
  EXPECT_EQ(hop(router.route("c.test")), "none: no host serves the domain c.test");
  EXPECT_EQ(hop(router.route("")), "local") << "<Postmaster> without a domain";
  EXPECT_EQ(hop(Router({.forward = {{"*", "hub"}}}, directory).route("")), "hub") << "who has no domain sends it on";
}

TEST(Router, PrefersItsTableThenTheRestThenTheDirectory) {
  const Directory directory = network();
  const Router router({.local_domains = {"a.test"}, .forward = {{"B.test", "hub"}, {"a.test", "hub"}}},
                      directory);
  EXPECT_EQ(hop(router.route("a.test")), "local") << "its own domain stays its own";
  EXPECT_EQ(hop(router.route("b.TEST")), "hub");
  EXPECT_EQ(hop(router.route("hub.test")), "hub");
  const Router smart({.forward = {{"*", "hub"}, {"b.test", "mx"}}}, directory);
  EXPECT_EQ(hop(smart.route("b.test")), "mx");
  EXPECT_EQ(hop(smart.route("anything.test")), "hub");
  const Router broken({.forward = {{"*", "gone"}}}, directory);
  EXPECT_EQ(hop(broken.route("b.test")), "none: the next host gone is unknown");
}

TEST(Router, TakesTheLongestPartOfADomainThatItsTableNames) {
  const Directory directory = network();
  const Router router({.forward = {{".example", "mx"}, {".South.example", "hub"}, {"*", "mx"}}}, directory);
  EXPECT_EQ(hop(router.route("north.example")), "mx");
  EXPECT_EQ(hop(router.route("A.South.Example")), "hub");
  EXPECT_EQ(hop(router.route("x.a.south.example")), "hub");
  const Router below({.forward = {{".south.example", "hub"}}}, directory);
  EXPECT_EQ(hop(below.route("south.example")), "none: no host serves the domain south.example")
      << "below it, not itself";
}

TEST(Router, SendsToExchangersOfAnotherDomainAndRefusesWhatItsTableRefuses) {
  const Directory directory = network();
  scenario::ForwardTo other, closed;
  other.kind = scenario::ForwardTo::Kind::exchangers;
  other.name = "hub.example";
  closed.kind = scenario::ForwardTo::Kind::refuse;
  closed.enhanced_code = "5.1.6";
  closed.text = "closed";
  const Router router({.forward = {{"a.test", other}, {"b.test", closed}}}, directory);
  const Route to_other = router.route("a.test");
  ASSERT_TRUE(std::holds_alternative<NextHop>(to_other));
  EXPECT_EQ(std::get<NextHop>(to_other), (NextHop{"hub.example", NextHop::Kind::exchangers}));
  const Route refused = router.route("b.test");
  ASSERT_TRUE(std::holds_alternative<NoRoute>(refused));
  EXPECT_TRUE(std::get<NoRoute>(refused).is_by_table);
  EXPECT_EQ(std::get<NoRoute>(refused).enhanced_code, "5.1.6");
}

TEST(Router, KnowsItsOwnAddressAndLeavesOthersToTheLocator) {
  const Directory directory = network();
  const Router router({.local_domains = {"a.test"}, .own = {0x0a000001}}, directory);
  EXPECT_EQ(hop(router.route("[10.0.0.1]")), "local");
  EXPECT_EQ(hop(router.route("[10.0.0.2]")), "[10.0.0.2]");
  EXPECT_EQ(hop(Router({.own = {0x0a000001}}, directory).route("[10.0.0.1]")), "[10.0.0.1]")
      << "no mail ends there";
}

TEST(Router, AsksForTheExchangersOfEveryDomainWhereThereIsADns) {
  const Directory directory = network();
  const Router router({.local_domains = {"a.test"}, .forward = {{"c.test", "hub"}}, .asks_dns = true}, directory);
  EXPECT_EQ(hop(router.route("a.test")), "local");
  EXPECT_EQ(hop(router.route("c.test")), "hub");
  const Route any = router.route("Anything.test");
  ASSERT_TRUE(std::holds_alternative<NextHop>(any));
  EXPECT_EQ(std::get<NextHop>(any), (NextHop{"anything.test", NextHop::Kind::exchangers}));
}

}  // namespace
}  // namespace mailroom::agents
