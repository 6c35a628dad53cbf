// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/load.hpp"

#include <string_view>

#include "tests/sim/scenario/support.hpp"
#include "topologies/units.hpp"

namespace mailroom::scenario {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kMillisecond = 1'000'000;

const Host& host(const Scenario& scenario, std::string_view name) {
  for (const Host& one : scenario.hosts)
    if (one.name == name) return one;
  ADD_FAILURE() << "no host " << name;
  return scenario.hosts.at(0);
}

std::vector<std::string> names(const Scenario& scenario) {
  std::vector<std::string> all;
  for (const Host& one : scenario.hosts) all.push_back(one.name);
  return all;
}

}  // namespace

TEST(ScenarioLoad, FillsInEveryDefaultOfTheSmallestScenario) {
  const Scenario s = scenario_of("mailroom: 1\ntopology: {links: [a -- b]}\n");
  EXPECT_EQ(s.name, "s");
  EXPECT_EQ(s.seed, 1u);
  EXPECT_EQ(s.epoch_unix_s, 946'728'000);
  EXPECT_EQ(s.duration_ns, 0);
  EXPECT_EQ(s.record, "full");
  EXPECT_EQ(num_vertices(s.topology), 2u);
  ASSERT_EQ(num_edges(s.topology), 1u);
  const topology::Link& link = s.topology[*edges(s.topology).first];
  EXPECT_EQ(link.name, "a-b");
  EXPECT_EQ(link.rate_bps, 10'000'000);
  EXPECT_EQ(link.delay_ns, 5 * kMillisecond);
  EXPECT_EQ(link.queue_packets, 100);
  EXPECT_EQ(link.loss_per_billion, 0);
  EXPECT_THAT(s.hosts, IsEmpty());
  EXPECT_THAT(s.traffic, IsEmpty());
}

TEST(ScenarioLoad, ReadsTheHeadOfAScenario) {
  const std::string text =
      "mailroom: 1\nname: A name\ndescription: What for\nseed: 7\nepoch: 2024-02-29T23:59:59Z\n"
      "duration: 1h\nrecord: mail\ntopology: {links: [a -- b]}\n";
  const Scenario s = scenario_of(text);
  EXPECT_EQ(s.name, "A name");
  EXPECT_EQ(s.description, "What for");
  EXPECT_EQ(s.seed, 7u);
  EXPECT_EQ(s.epoch_unix_s, 1'709'251'199);
  EXPECT_EQ(s.duration_ns, 3600 * kSecond);
  EXPECT_EQ(s.record, "mail");
  EXPECT_EQ(s.text, text);
}

TEST(ScenarioLoad, ReadsLinksInEveryForm) {
  const Scenario s = scenario_of(R"yaml(mailroom: 1
topology:
  defaults: {rate: 1Mbps, delay: 2ms, queue: 7, loss: 1%}
  links:
    - a -- b
    - b -- c -- d: {rate: 64kbps, delay: 40ms, queue: 50, loss: 0.1%}
    - {between: [a, d], rate: 2Gbps, name: shortcut}
    - a -- b
)yaml");
  std::vector<std::string> links;
  for (const topology::Edge e : boost::make_iterator_range(edges(s.topology))) {
    const topology::Link& link = s.topology[e];
    links.push_back(link.name + " " + std::to_string(link.rate_bps) + " " + std::to_string(link.delay_ns) +
                    " " + std::to_string(link.queue_packets) + " " + std::to_string(link.loss_per_billion));
  }
  EXPECT_THAT(links, ElementsAre("a-b 1000000 2000000 7 10000000", "b-c 64000 40000000 50 1000000",
                                 "c-d 64000 40000000 50 1000000", "shortcut 2000000000 2000000 7 10000000",
                                 "a-b.2 1000000 2000000 7 10000000"));
}

TEST(ScenarioLoad, MakesALanANodeThatItsHostsAttachTo) {
  const Scenario s = scenario_of(R"yaml(mailroom: 1
topology:
  links: [r -- far]
  lans: [{name: office, hosts: [a, b, r], rate: 10Mbps, delay: 5us}]
)yaml");
  ASSERT_EQ(num_vertices(s.topology), 5u);
  const topology::Vertex lan = 2;
  EXPECT_EQ(s.topology[lan].name, "office");
  EXPECT_TRUE(s.topology[lan].is_lan);
  ASSERT_EQ(degree(lan, s.topology), 3u);
  for (const topology::Edge e : boost::make_iterator_range(out_edges(lan, s.topology))) {
    EXPECT_EQ(s.topology[e].rate_bps, 10'000'000);
    EXPECT_EQ(s.topology[e].delay_ns, 5'000);
  }
}

TEST(ScenarioLoad, TakesATopologyFileAndAddsToIt) {
  const Scenario s = scenario_of("mailroom: 1\ntopology:\n  file: triangle.dot\n  links: [a -- office]\n");
  EXPECT_EQ(num_vertices(s.topology), 4u);
  EXPECT_EQ(num_edges(s.topology), 4u);
}

TEST(ScenarioLoad, GeneratesATopology) {
  const Scenario s = scenario_of(
      "mailroom: 1\ntopology:\n  generate: {kind: ring, nodes: 6, rate: 2Mbps}\n  links: [n1 -- office]\n");
  EXPECT_EQ(num_vertices(s.topology), 7u);
  EXPECT_EQ(num_edges(s.topology), 7u);
  EXPECT_EQ(s.topology[*edges(s.topology).first].rate_bps, 2'000'000);
}

TEST(ScenarioLoad, AnotherSeedOfTheTopologyAloneChangesItsShape) {
  const auto shape = [](const std::string& more) {
    const Scenario s =
        scenario_of("mailroom: 1\ntopology: {generate: {kind: barabasi-albert, nodes: 40" + more + "}}\n");
    std::string all;
    for (const topology::Edge e : boost::make_iterator_range(edges(s.topology)))
      all += s.topology[e].name + " ";
    return all;
  };
  EXPECT_EQ(shape(""), shape(", seed: 1"));
  EXPECT_NE(shape(""), shape(", seed: 2"));
}

TEST(ScenarioLoad, ReadsHostsUsersAndPolicies) {
  const Scenario s = scenario_of(R"yaml(mailroom: 1
retry: {intervals: [1m, 2m], give-up: 1h}
smtp: {extended: false, texts: lecture}
topology: {links: [a -- b -- c]}
hosts:
  a:
    domains: [One.Example, two.example]
    users:
      ann: {quota: 20kB}
      '"be n"':
      carol: {moved: {to: Carol@B.example}}
      dave: {moved: {to: dave@b.example, answer: forward}}
    disk: 1MB
    port: 2525
    forward: {b.example: b, "*": c}
    retry: {intervals: 15m}
    smtp: {extended: true, eighth-bit: refuse, size-limit: 1MB, recipient-limit: 9, messages-per-connection: 1, connections-per-destination: 2, recipients-per-message: 3, pipelining: false}
  b: {domains: b.example, forward: c}
  c:
)yaml");
  const Host& a = host(s, "a");
  EXPECT_EQ(a.hostname, "a.one.example");
  EXPECT_THAT(a.domains, ElementsAre("one.example", "two.example"));
  ASSERT_EQ(a.users.size(), 4u);
  EXPECT_EQ(a.users[0].quota_bytes, 20'000);
  EXPECT_EQ(a.users[1].local_part, "be n");
  EXPECT_EQ(a.users[1].quota_bytes, std::nullopt);
  EXPECT_EQ(a.users[2].moved_to, "Carol@b.example");
  EXPECT_EQ(a.users[2].moved, Moved::refuse);
  EXPECT_EQ(a.users[3].moved, Moved::forward);
  EXPECT_EQ(a.disk_bytes, 1'000'000);
  EXPECT_EQ(a.port, 2525);
  EXPECT_TRUE(a.receiver);
  EXPECT_THAT(a.forward, ElementsAre(testing::Pair("*", "c"), testing::Pair("b.example", "b")));
  EXPECT_THAT(a.retry.intervals_ns, ElementsAre(900 * kSecond));
  EXPECT_EQ(a.retry.give_up_ns, 3600 * kSecond);
  EXPECT_TRUE(a.smtp.extended);
  EXPECT_TRUE(a.smtp.lecture_texts);
  EXPECT_EQ(a.smtp.eighth_bit, SmtpPolicy::EighthBit::refuse);
  EXPECT_EQ(a.smtp.message_size_limit_bytes, 1'000'000);
  EXPECT_EQ(a.smtp.recipient_limit, 9);
  EXPECT_EQ(a.smtp.messages_per_connection, 1);
  EXPECT_EQ(a.smtp.connections_per_destination, 2);
  EXPECT_EQ(a.smtp.recipients_per_message, 3);
  EXPECT_FALSE(a.smtp.pipelining);
  EXPECT_THAT(host(s, "b").forward, ElementsAre(testing::Pair("*", "c")));
  EXPECT_FALSE(host(s, "b").smtp.extended);
  EXPECT_THAT(host(s, "b").retry.intervals_ns, ElementsAre(60 * kSecond, 120 * kSecond));
  EXPECT_TRUE(host(s, "c").receiver);
  EXPECT_EQ(host(s, "c").hostname, "c");
}

TEST(ScenarioLoad, ReadsWhereAHostPassesMailOnAndForWhom) {
  const Scenario s = scenario_of(R"yaml(mailroom: 1
topology:
  links: [a -- b, a -- c1, a -- c2]
  lans: [{name: office, hosts: [a, b, node]}]
hosts:
  a:
    domains: a.example
    forward: {b.example: b, .below.example: "mx:Hub.example", gone.example: "error:5.1.6 it moved away", "*": c1}
    relay: {clients: [10.1.2.3/16, "c*", 10.9.9.9, office], domains: [Backup.example, .x.example], open: true, authenticated: false}
    smtp: {source-routes: refuse, hop-limit: 25, follow-moved: true}
  b: {forward: {c.example: "error:closed"}, smtp: {extended: false}}
  c1:
  c2: {relay: {clients: []}}
)yaml");
  const Host& a = host(s, "a");
  ASSERT_EQ(a.forward.size(), 4u);
  EXPECT_EQ(to_string(a.forward.at(".below.example")), "mx:hub.example");
  EXPECT_EQ(to_string(a.forward.at("gone.example")), "error:5.1.6 it moved away");
  EXPECT_EQ(to_string(a.forward.at("*")), "c1");
  EXPECT_EQ(to_string(host(s, "b").forward.at("c.example")), "error:5.1.2 closed");
  ASSERT_TRUE(a.relay.clients);
  EXPECT_THAT(a.relay.clients->hosts, ElementsAre("a", "b", "c1", "c2")) << "a pattern and a LAN, each host once";
  ASSERT_EQ(a.relay.clients->networks.size(), 2u);
  EXPECT_EQ(to_string(a.relay.clients->networks[0]), "10.1.2.3/16");
  EXPECT_EQ(to_string(a.relay.clients->networks[1]), "10.9.9.9/32");
  EXPECT_THAT(a.relay.domains.value(), ElementsAre("backup.example", ".x.example"));
  EXPECT_TRUE(a.relay.open);
  EXPECT_FALSE(a.relay.authenticated);
  EXPECT_EQ(a.smtp.on_source_routes(), SourceRoutes::refuse);
  EXPECT_EQ(a.smtp.hop_limit, 25);
  EXPECT_TRUE(a.smtp.follow_moved);
  const Host& b = host(s, "b");
  EXPECT_FALSE(b.relay.clients.has_value());
  EXPECT_FALSE(b.relay.open);
  EXPECT_TRUE(b.relay.authenticated);
  EXPECT_EQ(b.smtp.on_source_routes(), SourceRoutes::honour) << "as a host of RFC 821 does";
  EXPECT_EQ(host(s, "c1").smtp.on_source_routes(), SourceRoutes::ignore);
  EXPECT_EQ(host(s, "c1").smtp.hop_limit, 100);
  ASSERT_TRUE(host(s, "c2").relay.clients.has_value()) << "nobody is not everybody";
}

TEST(ScenarioLoad, KnowsNetworksByTheirFirstBits) {
  const auto net = network("10.1.2.3/16");
  ASSERT_TRUE(net);
  EXPECT_TRUE(net->has(0x0a01ffff));
  EXPECT_FALSE(net->has(0x0a020000));
  EXPECT_TRUE(network("0.0.0.0/0")->has(0xffffffff));
  EXPECT_TRUE(network("10.0.0.1")->has(0x0a000001));
  EXPECT_FALSE(network("10.0.0.1")->has(0x0a000000));
  for (const char* no : {"", "10", "10.0.0", "10.0.0.256", "10.0.0.1/33", "10.0.0.1/", "10.0.0.1/8x", "-1.0.0.0", "a.b.c.d",
                         "10.0.0.0.1", "1.2.3.4 "})
    EXPECT_FALSE(network(no)) << no;
}

TEST(ScenarioLoad, WarnsOfAnOpenRelay) {
  EXPECT_THAT(warnings_of(kBase + "  r1: {relay: {open: true}}\n"),
              testing::HasSubstr("an open relay: strangers can send through it to strangers"));
  EXPECT_EQ(warnings_of(kBase + "  r1: {relay: {open: false}}\n"), "");
}

TEST(ScenarioLoad, NamesAHostByItsNodeAndDomain) {
  const Scenario s = scenario_of(kBase);
  EXPECT_EQ(host(s, "mx.north").hostname, "mx.north.example");
  EXPECT_EQ(host(s, "pc").hostname, "pc.north.example");
  EXPECT_FALSE(host(s, "pc").receiver);
  EXPECT_EQ(host(s, "pc").submit_to, "mx.north");
  const Scenario given = scenario_of(kBase, {"hosts.mx.north.hostname=North.Example"});
  EXPECT_EQ(host(given, "mx.north").hostname, "north.example");
}

TEST(ScenarioLoad, AppliesTemplatesToNodesThatAreNotNamed) {
  const Scenario s = scenario_of(R"yaml(mailroom: 1
topology:
  generate: {kind: star, nodes: 4}
  lans: [{name: lan, hosts: [n1, pc.n2, pc.n3]}]
hosts:
  n2: {domains: own.example}
  "pc.*": {submit-to: "{1}", agents: ["u-{1}"]}
  "*": {domains: ["{name}.example"], users: ["u-{name}"]}
)yaml");
  EXPECT_EQ(names(s)[0], "n2");
  EXPECT_EQ(names(s)[1], "pc.n2");
  EXPECT_EQ(names(s)[2], "pc.n3");
  EXPECT_EQ(s.hosts.size(), num_vertices(s.topology) - 1);  // all but the LAN
  EXPECT_THAT(host(s, "n2").domains, ElementsAre("own.example"));
  EXPECT_THAT(host(s, "n3").domains, ElementsAre("n3.example"));
  EXPECT_EQ(host(s, "n3").users.at(0).local_part, "u-n3");
  EXPECT_EQ(host(s, "pc.n3").submit_to, "n3");
}

TEST(ScenarioLoad, ReadsTrafficOfEveryKind) {
  const Scenario s = scenario_of(kBase + R"yaml(traffic:
  - {from: ann@north.example, to: [carol@south.example, nobody@south.example], at: 1s, subject: Hi, text: "One\nTwo\n"}
  - {from: "each(*@north.example)", to: "each(*@* - postmaster@*)", every: 10s, count: 3, size: 2kB, start: 5s}
  - {name: storm, from: any(*@*), to: any(*@*), poisson: 30s, count: 500, size: 4kB}
  - {from: <>, host: mx.south, to: ann@north.example}
)yaml");
  ASSERT_EQ(s.traffic.size(), 4u);
  const Traffic& one = s.traffic[0];
  EXPECT_EQ(one.name, "ann@north.example to carol@south.example and 1 more");
  EXPECT_EQ(one.when, Traffic::When::at);
  EXPECT_EQ(one.start_ns, kSecond);
  EXPECT_EQ(one.count, 1);
  EXPECT_THAT(one.from.members, ElementsAre("ann@north.example"));
  EXPECT_EQ(one.to.choice, AddressSet::Choice::all);
  EXPECT_THAT(one.to.members, ElementsAre("carol@south.example", "nobody@south.example"));
  EXPECT_EQ(one.subject, "Hi");
  EXPECT_EQ(one.text, "One\nTwo\n");
  EXPECT_EQ(one.size_bytes, std::nullopt);
  const Traffic& every = s.traffic[1];
  EXPECT_EQ(every.when, Traffic::When::every);
  EXPECT_EQ(every.start_ns, 5 * kSecond);
  EXPECT_EQ(every.interval_ns, 10 * kSecond);
  EXPECT_EQ(every.count, 3);
  EXPECT_EQ(every.size_bytes, 2'000);
  EXPECT_EQ(every.from.choice, AddressSet::Choice::each);
  EXPECT_THAT(every.to.members, ElementsAre("ann@north.example", "bob@north.example", "carol@south.example",
                                            "dave@south.example"));
  EXPECT_EQ(s.traffic[2].name, "storm");
  EXPECT_EQ(s.traffic[2].when, Traffic::When::poisson);
  EXPECT_EQ(s.traffic[2].from.choice, AddressSet::Choice::any);
  EXPECT_THAT(s.traffic[3].from.members, ElementsAre(""));
  EXPECT_EQ(s.traffic[3].host, "mx.south");
}

TEST(ScenarioLoad, FindsTheHostOfEachSendersAgent) {
  const Scenario s = scenario_of(R"yaml(mailroom: 1
topology: {lans: [{name: lan, hosts: [mx, pc1, pc2, pc3]}]}
hosts:
  mx: {domains: [x.example, y.example], users: [ann, bob, carol]}
  pc1: {submit-to: mx, agents: [bob, "guest@*"]}
  pc2: {submit-to: mx}
  pc3: {submit-to: mx}
traffic:
  - {from: [ann@x.example, bob@y.example, guest@elsewhere.test], to: carol@x.example}
  - {from: carol@x.example, host: mx, to: ann@x.example}
)yaml");
  EXPECT_THAT(s.agents,
              ElementsAre(testing::Pair("ann@x.example", "pc2"), testing::Pair("bob@y.example", "pc1"),
                          testing::Pair("guest@elsewhere.test", "pc1")));
  EXPECT_EQ(s.traffic[1].host, "mx");
  const Scenario alone =
      scenario_of(kBase + "traffic: [{from: carol@south.example, to: ann@north.example}]\n");
  EXPECT_THAT(alone.agents, ElementsAre(testing::Pair("carol@south.example", "mx.south")));
}

TEST(ScenarioLoad, TakesMessagesFromFiles) {
  const Scenario s = scenario_of(
      kBase + "traffic: [{eml: 'mail-*.eml', from: ann@north.example, to: carol@south.example, at: 3s}]\n");
  ASSERT_EQ(s.traffic.size(), 2u);
  EXPECT_EQ(s.traffic[0].eml_name, "mail-1.eml");
  EXPECT_EQ(s.traffic[1].eml_name, "mail-2.eml");
  EXPECT_EQ(s.traffic[0].eml, file_text(source_dir() / "tests/sim/scenario/files/mail-1.eml"));
  EXPECT_EQ(s.traffic[0].start_ns, 3 * kSecond);
  EXPECT_NE(s.traffic[0].name, s.traffic[1].name);
}

TEST(ScenarioLoad, TakesSenderAndRecipientsFromAFilesHeader) {
  const Scenario s = scenario_of(kBase + "traffic: [{eml: mail-1.eml}]\n");
  ASSERT_EQ(s.traffic.size(), 1u);
  EXPECT_THAT(s.traffic[0].from.members, ElementsAre("ann@north.example"));
  EXPECT_THAT(s.traffic[0].to.members, IsEmpty());
  EXPECT_THAT(s.agents, ElementsAre(testing::Pair("ann@north.example", "pc")));
}

TEST(ScenarioLoad, KeepsEntriesOfTheSameNameApart) {
  const std::string entry = "  - {from: ann@north.example, to: bob@north.example}\n";
  const Scenario s = scenario_of(kBase + "traffic:\n" + entry + entry);
  EXPECT_EQ(s.traffic[0].name, "ann@north.example to bob@north.example");
  EXPECT_EQ(s.traffic[1].name, "ann@north.example to bob@north.example #2");
}

TEST(ScenarioLoad, WarnsOfWhatMayNotBeMeant) {
  EXPECT_EQ(warnings_of(kBase), "");
  EXPECT_THAT(warnings_of("mailroom: 1\ntopology: {links: [a -- b]}\nhosts: {a: {domains: [real.com]}}\n"),
              HasSubstr("s.yaml:3:23: 'real.com' may be someone's real domain; "));
  EXPECT_THAT(warnings_of("mailroom: 1\ntopology: {links: [a -- b, c -- d]}\nhosts: {a: {}, b: {}, d: {}}\n"),
              HasSubstr("no path leads from 'd' to most other hosts"));
  EXPECT_THAT(warnings_of(kBase + "traffic: [{from: ann@north.example, to: x@nowhere.example}]\n"),
              HasSubstr("no host has the domain 'nowhere.example'"));
  EXPECT_THAT(warnings_of(kBase + "traffic: [{from: eve@north.example, to: ann@north.example}]\n"),
              HasSubstr("the sender 'eve@north.example' has no mailbox"));
  EXPECT_THAT(warnings_of("mailroom: 1\ntopology: {links: [a -- b]}\nhosts: {'x*': {}}\n"),
              HasSubstr("the template 'x*' matches no node that is left"));
}

TEST(ScenarioLoad, ReadsAFileWithPathsRelativeToIt) {
  const auto loaded = load(source_dir() / "tests/sim/scenario/files/with-file.yaml");
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  EXPECT_EQ(loaded->scenario.name, "with-file");
  EXPECT_EQ(num_vertices(loaded->scenario.topology), 3u);
}

}  // namespace mailroom::scenario
