// SPDX-License-Identifier: GPL-2.0-only
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kOffices = R"yaml(mailroom: 1
topology: {links: [pc -- north, north -- south]}
hosts:
  north: {domains: north.example, users: [ann], bounces: {return: full, size-limit: 20kB, double-bounce: postmaster}}
  south: {domains: south.example, users: [bob]}
  pc: {submit-to: north}
)yaml";

TEST(ScenarioBounces, AreReadWithTheirDefaults) {
  const Scenario s = scenario_of(kOffices);
  EXPECT_EQ(s.hosts.at(0).bounces.ret, Bounces::Return::full);
  EXPECT_EQ(s.hosts.at(0).bounces.size_limit_bytes, 20'000);
  EXPECT_EQ(s.hosts.at(0).bounces.double_bounce, Bounces::DoubleBounce::postmaster);
  EXPECT_EQ(s.hosts.at(1).bounces.ret, Bounces::Return::headers);
  EXPECT_EQ(s.hosts.at(1).bounces.size_limit_bytes, 50'000);
  EXPECT_EQ(s.hosts.at(1).bounces.double_bounce, Bounces::DoubleBounce::postmaster);
}

TEST(ScenarioBounces, AreAskedForByTraffic) {
  const Scenario s = scenario_of(kOffices + R"yaml(traffic:
  - {from: ann@north.example, to: bob@south.example}
  - {from: ann@north.example, to: bob@south.example, dsn: {notify: never}}
  - {from: ann@north.example, to: bob@south.example, dsn: {notify: [success, delay], return: full, envelope-id: x=1}}
)yaml");
  EXPECT_FALSE(s.traffic.at(0).notify);
  EXPECT_FALSE(s.traffic.at(0).ret);
  EXPECT_FALSE(s.traffic.at(0).envelope_id);
  ASSERT_TRUE(s.traffic.at(1).notify);
  EXPECT_TRUE(s.traffic.at(1).notify->never());
  EXPECT_EQ(s.traffic.at(2).notify, (smtp::Notify{.success = true, .delay = true}));
  EXPECT_EQ(s.traffic.at(2).ret, smtp::Return::full);
  EXPECT_EQ(s.traffic.at(2).envelope_id, "x=1");
}

TEST(ScenarioBounces, OfAForgedSenderAreKnown) {
  const Scenario s = scenario_of(kOffices + R"yaml(traffic:
  - {from: ann@north.example, to: bob@south.example}
  - {from: ann@north.example, to: bob@south.example, host: pc}
  - {from: ann@north.example, to: bob@south.example, host: north}
  - {from: bob@south.example, to: ann@north.example, host: pc}
  - {from: "<>", to: ann@north.example, host: pc}
)yaml");
  for (const std::size_t honest : {0, 1, 2, 4}) EXPECT_THAT(s.traffic.at(honest).forged, IsEmpty()) << honest;
  EXPECT_THAT(s.traffic.at(3).forged, ElementsAre("bob@south.example"));
}

TEST(ScenarioBounces, MistakesInThemAreTold) {
  const auto of_host = [](const std::string& bounces) {
    return mistakes_of("mailroom: 1\ntopology: {links: [a -- b]}\nhosts: {a: {bounces: " + bounces + "}}\n");
  };
  EXPECT_THAT(of_host("{return: all}"), HasSubstr("'all' for 'return'; one of: headers, full"));
  EXPECT_THAT(of_host("{size-limit: -1}"), HasSubstr("size"));
  EXPECT_THAT(of_host("{double-bounce: bounce}"), HasSubstr("one of: discard, postmaster, hold"));
  const auto of_traffic = [](const std::string& dsn) {
    return mistakes_of(kOffices + "traffic: [{from: ann@north.example, to: bob@south.example, dsn: " + dsn +
                       "}]\n");
  };
  ASSERT_EQ(of_traffic("{notify: [failure]}"), "");
  EXPECT_THAT(of_traffic("{notify: [never, success]}"), HasSubstr("'never' together with other words"));
  EXPECT_THAT(of_traffic("{notify: [always]}"), HasSubstr("'always' is nothing to be told of"));
  EXPECT_THAT(of_traffic("{notify: [delay, delay]}"), HasSubstr("'delay' twice"));
  EXPECT_THAT(of_traffic("{notify: []}"), HasSubstr("nothing to be told of"));
  EXPECT_THAT(of_traffic("{return: some}"), HasSubstr("one of: headers, full"));
  for (const std::string& id :
       {std::string("a b"), std::string("gr\xc3\xbcn"), std::string(101, 'x'), std::string(34, '+')})
    EXPECT_THAT(of_traffic("{envelope-id: '" + id + "'}"), HasSubstr("is no envelope identifier")) << id;
  EXPECT_EQ(of_traffic("{envelope-id: '" + std::string(33, '+') + "'}"), "");
}

}  // namespace mailroom::scenario
