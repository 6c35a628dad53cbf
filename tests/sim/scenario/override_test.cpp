// SPDX-License-Identifier: GPL-2.0-only
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {

namespace {
using ::testing::HasSubstr;
const std::string kTraffic =
    kBase + "traffic: [{from: ann@north.example, to: [bob@north.example], at: 1s}]\n";
}  // namespace

TEST(ScenarioOverride, ReplacesAndAddsValues) {
  const Scenario before = scenario_of(kTraffic);
  EXPECT_EQ(before.seed, 1u);
  EXPECT_EQ(before.hosts[1].disk_bytes, 1'000'000'000);
  const Overrides overrides = {"seed=5",
                               "hosts.mx.north.disk=1MB",
                               "traffic.0.to[0]=carol@south.example",
                               "traffic[0].at=2s",
                               "topology.links.0.pc -- mx.north.rate=1kbps",
                               "hosts.\"mx.south\".users.dave.quota=",
                               "topology.links.2=r1 -- r2"};
  const Scenario s = scenario_of(kTraffic, overrides);
  EXPECT_EQ(s.seed, 5u);
  EXPECT_EQ(s.hosts[1].disk_bytes, 1'000'000);
  EXPECT_EQ(s.traffic[0].to.members, std::vector<std::string>{"carol@south.example"});
  EXPECT_EQ(s.traffic[0].start_ns, 2 * kSecond);
  EXPECT_EQ(s.topology[*edges(s.topology).first].rate_bps, 1'000);
  EXPECT_EQ(before.hosts[2].users[1].quota_bytes, 20'000);
  EXPECT_EQ(s.hosts[2].users[1].quota_bytes, std::nullopt);
  EXPECT_EQ(num_edges(s.topology), num_edges(before.topology) + 1);
  EXPECT_EQ(s.overrides, overrides);
  EXPECT_EQ(s.text, kTraffic) << "the file's own octets";
}

TEST(ScenarioOverride, TakesTheLongestKeyThatIsThere) {
  const std::string text = "mailroom: 1\ntopology: {links: [a -- a.b]}\nhosts: {a: {}, a.b: {disk: 1}}\n";
  const Scenario s = scenario_of(text, {"hosts.a.b.disk=2", "hosts.a.disk=3"});
  EXPECT_EQ(s.hosts[1].disk_bytes, 2);
  EXPECT_EQ(s.hosts[0].disk_bytes, 3);
}

TEST(ScenarioOverride, ReachesTheAttributesOfALinkInTheChainForm) {
  const std::string text =
      "mailroom: 1\ntopology: {links: [a -- b: {rate: 64kbps}, b -- c -- d: {rate: 1kbps}, d -- e]}\n"
      "hosts: {a: {}, e: {}}\n";
  const auto losses = [&](const Overrides& overrides) {
    const Scenario s = scenario_of(text, overrides);
    std::vector<std::int64_t> all;
    for (const auto e : boost::make_iterator_range(edges(s.topology)))
      all.push_back(s.topology[e].loss_per_billion);
    return all;
  };
  constexpr std::int64_t kTenth = 100'000'000;
  EXPECT_EQ(losses({}), (std::vector<std::int64_t>{0, 0, 0, 0}));
  EXPECT_EQ(losses({"topology.links.0.loss=10%"}), (std::vector<std::int64_t>{kTenth, 0, 0, 0}));
  EXPECT_EQ(losses({"topology.links[1].loss=10%"}), (std::vector<std::int64_t>{0, kTenth, kTenth, 0}));
  EXPECT_EQ(losses({"topology.links.2.loss=10%"}), (std::vector<std::int64_t>{0, 0, 0, kTenth}));
  EXPECT_EQ(losses({"topology.links.0.\"a -- b\".loss=10%"}), (std::vector<std::int64_t>{kTenth, 0, 0, 0}));
  const Scenario s = scenario_of(text, {"topology.links.0.loss=10%"});
  EXPECT_EQ(s.topology[*edges(s.topology).first].rate_bps, 64'000) << "what it does not name stays";
  EXPECT_EQ(mistakes_of(text, {"topology.links.0.los=10%"}),
            "--set topology.links.0.los=10%: unknown key 'los'; did you mean 'loss'?\n");
}

TEST(ScenarioOverride, ChangesOneUseOfAnAliasOnly) {
  const std::string text =
      "mailroom: 1\ntopology: {links: [a -- b]}\nhosts: {a: &h {smtp: {extended: true}}, b: *h}\n";
  const Scenario s = scenario_of(text, {"hosts.b.smtp.extended=false"});
  EXPECT_TRUE(s.hosts[0].smtp.extended);
  EXPECT_FALSE(s.hosts[1].smtp.extended);
}

TEST(ScenarioOverride, TellsItsMistakesUnderItsOwnName) {
  EXPECT_EQ(mistakes_of(kTraffic), "");
  EXPECT_EQ(mistakes_of(kTraffic, {"seed"}),
            "--set seed: not of the form key.path=value; write for example --set seed=2 or --set "
            "hosts.mx1.disk=1MB\n");
  for (const char* faulty : {"=1", "a..b=1", "\"a=1", "a[0=1", ".seed=1", "seed.=1"})
    EXPECT_THAT(mistakes_of(kTraffic, {faulty}),
                HasSubstr(std::string("--set ") + faulty + ": not of the form"));
  EXPECT_EQ(mistakes_of(kTraffic, {"sede=1"}), "--set sede=1: unknown key 'sede'; did you mean 'seed'?\n");
  EXPECT_EQ(mistakes_of(kTraffic, {"hosts.pc.dsk=1"}),
            "--set hosts.pc.dsk=1: unknown key 'dsk'; did you mean 'disk'?\n");
  EXPECT_THAT(mistakes_of(kTraffic, {"traffic.0.at=soon"}),
              HasSubstr("--set traffic.0.at=soon: \"soon\" is not a duration"));
  EXPECT_THAT(mistakes_of(kTraffic, {"traffic.3.at=1s"}),
              HasSubstr("'traffic' is a list of 1 and has no item '3'; its items are 0 to 0; 1 adds one"));
  EXPECT_THAT(mistakes_of(kTraffic, {"traffic.x=1"}), HasSubstr("has no item 'x'"));
  EXPECT_THAT(mistakes_of(kTraffic, {"hosts.mx.north.domains.x=1"}),
              HasSubstr("'hosts.mx.north.domains' has no 'x': it is a plain value"));
  EXPECT_THAT(mistakes_of(kTraffic, {"seed={"}), HasSubstr("--set seed={: "));
  EXPECT_THAT(mistakes_of(kTraffic, {"seed=-1", "record=x"}), HasSubstr("--set record=x: 'x' for 'record'"));
}

}  // namespace mailroom::scenario
