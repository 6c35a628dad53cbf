// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/resolver.hpp"

#include "tests/protocols/dns/resolver_world.hpp"

namespace mailroom::dns {
namespace {

using resolver::NoteKind;
using resolver::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(DnsResolver, AsksItsWayDownFromTheRoot) {
  ResolverWorld world;
  EXPECT_EQ(world.resolver.lookups(), 0U);
  EXPECT_FALSE(world.resolver.deadline_ns());
  const auto found = world.find("shop.example", Type::mx);
  EXPECT_EQ(found.outcome, Outcome::records) << found.text;
  EXPECT_THAT(texts(found.records), ElementsAre("shop.example. 600 IN MX 10 mx.shop.example."));
  EXPECT_FALSE(found.from_cache);
  ASSERT_EQ(world.asked.size(), 3U);
  EXPECT_EQ(world.asked[0], "asks a.root (10.0.0.1) for shop.example. MX: a root server");
  EXPECT_EQ(world.asked[1], "asks ns.example (10.0.0.2) for shop.example. MX: referral to example.");
  EXPECT_THAT(world.asked[2], HasSubstr("for shop.example. MX: referral to shop.example."));
  EXPECT_EQ(world.now_ns, 60 * kMillisecond);
  EXPECT_FALSE(world.resolver.deadline_ns());
  for (const resolver::Query& query : world.queries)
    EXPECT_FALSE(read_message(query.octets)->recursion_desired) << "who asks from the root down wants no recursion";
}

unsigned asked_of(const ResolverWorld& world, Ipv4 server) {
  return static_cast<unsigned>(std::ranges::count(world.queries, server, &resolver::Query::server));
}

TEST(DnsResolver, AsksALameServerLastFromThenOn) {
  ResolverWorld world;
  world.replace(kFirst, [](std::string_view octets, Transport) -> std::optional<std::string> {
    Message upward = *read_message(octets);
    upward.is_response = true;
    upward.authority = {record(".", 60, Ns{named("a.root")})};
    return write_message(upward);
  });
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"})
    EXPECT_EQ(world.find(std::string(name) + ".shop.example", Type::a).outcome, Outcome::no_such_name);
  EXPECT_TRUE(world.noted(NoteKind::lame));
  EXPECT_EQ(asked_of(world, kFirst), 1U);
}

TEST(DnsResolver, AsksAServerThatCannotHelpOnlyOnce) {
  ResolverWorld world({.rounds = 3});
  for (const Ipv4 server : {kFirst, kSecondNs})
    world.replace(server, [](std::string_view octets, Transport) -> std::optional<std::string> {
      Message reply = *read_message(octets);
      reply.is_response = true;
      reply.rcode = Rcode::server_failure;
      return write_message(reply);
    });
  const auto found = world.find("shop.example", Type::mx);
  EXPECT_EQ(found.outcome, Outcome::failed);
  EXPECT_EQ(asked_of(world, kFirst), 1U);
  EXPECT_EQ(asked_of(world, kSecondNs), 1U);
}

TEST(DnsResolver, AsksAServerThatCannotHelpNoMoreWhileItWaitsForTheOther) {
  ResolverWorld world({.rounds = 3});
  world.silence(kSecondNs);
  world.replace(kFirst, [](std::string_view octets, Transport) -> std::optional<std::string> {
    Message reply = *read_message(octets);
    reply.is_response = true;
    reply.rcode = Rcode::server_failure;
    return write_message(reply);
  });
  EXPECT_EQ(world.find("shop.example", Type::mx).outcome, Outcome::timed_out);
  EXPECT_EQ(asked_of(world, kFirst), 1U);
  EXPECT_EQ(asked_of(world, kSecondNs), 3U);
}

TEST(DnsResolver, AsksASilentServerOnceInEachRound) {
  ResolverWorld world({.rounds = 3});
  world.silence(kOther);
  const auto found = world.find("www.other.example", Type::a);
  EXPECT_EQ(found.outcome, Outcome::timed_out) << found.text;
  EXPECT_EQ(asked_of(world, kOther), 3U);
}

// RFC 1034 §7.1: bounded work, whoever leads on and on.
TEST(DnsResolver, FollowsABoundedNumberOfReferrals) {
  ResolverWorld world({.referrals = 3});
  int referrals = 0;
  world.replace(kTld, [&](std::string_view octets, Transport) -> std::optional<std::string> {
    Message reply = *read_message(octets);
    reply.is_response = true;
    Name zone = reply.questions[0].name;
    for (int up = 6 - ++referrals; up > 0; --up) zone = zone.parent();
    reply.authority = {{zone, Class::in, 60, Ns{named("ns.example")}}};
    reply.additional = {record("ns.example", 60, A{kTld})};
    return write_message(reply);
  });
  const auto found = world.find("a.b.c.d.e.f.example", Type::a);
  EXPECT_EQ(found.outcome, Outcome::failed);
  EXPECT_THAT(found.text, HasSubstr("too many referrals"));
  EXPECT_EQ(world.queries.size(), 4U) << "the root, and three that it led to";
}

TEST(DnsResolver, UsesGlueThatMayNotBeRememberedAtAll) {
  ResolverWorld world({}, {}, {"zero NS ns.zero", "ns.zero 0 A 10.0.0.5"});
  world.serve(kOther, zone("zero.example", {"@ SOA ns h 1 1 1 1 300", "www A 10.1.0.8"}));
  EXPECT_EQ(world.find("www.zero.example", Type::a).outcome, Outcome::records);
}

TEST(DnsResolver, TakesNoAnswerOfAnotherIdOverTcp) {
  ResolverWorld world;
  world.replace(kOther, [](std::string_view octets, Transport transport) -> std::optional<std::string> {
    Message reply = *read_message(octets);
    reply.is_response = reply.is_authoritative = true;
    reply.is_truncated = transport == Transport::udp;
    if (transport == Transport::tcp) {
      ++reply.id;
      reply.answers = {record("www.other.example", 60, A{1})};
    }
    return write_message(reply);
  });
  const auto found = world.find("www.other.example", Type::a);
  EXPECT_THAT(found.records, IsEmpty());
  EXPECT_TRUE(world.noted(NoteKind::ignored));
  EXPECT_TRUE(world.open_tcp.empty());
}

TEST(DnsResolver, AnswersFromItsCacheWithAgedTtls) {
  ResolverWorld world;
  world.find("shop.example", Type::mx);
  const std::size_t asked = world.asked.size();
  world.pass(599 * kSecond - 20 * kMillisecond);
  const auto again = world.find("SHOP.example", Type::mx);
  EXPECT_TRUE(again.from_cache);
  EXPECT_EQ(world.resolver.counts().from_cache, 1U);
  EXPECT_EQ(again.records.at(0).ttl_s, 1U);
  EXPECT_EQ(world.asked.size(), asked);
  EXPECT_TRUE(world.noted(NoteKind::cache_hit));
  world.pass(kSecond + 20 * kMillisecond);
  const auto after = world.find("shop.example", Type::mx);
  EXPECT_FALSE(after.from_cache);
  EXPECT_EQ(after.records.at(0).ttl_s, 600U);
  ASSERT_EQ(world.asked.size(), asked + 1);  // the servers of shop.example are still known
  EXPECT_THAT(world.asked.back(), HasSubstr("known server of shop.example."));
}

// RFC 2181 §5.4.1: the address that came with the MX is where to start, not an answer.
TEST(DnsResolver, DoesNotAnswerFromCourtesies) {
  ResolverWorld world;
  world.find("shop.example", Type::mx);
  const auto address = world.find("mx.shop.example", Type::a);
  EXPECT_FALSE(address.from_cache);
  EXPECT_THAT(texts(address.records), ElementsAre("mx.shop.example. 3600 IN A 10.1.0.1"));
}

// RFC 2308 §5
TEST(DnsResolver, RemembersWhatIsNotThere) {
  ResolverWorld world;
  const auto gone = world.find("gone.shop.example", Type::mx);
  EXPECT_EQ(gone.outcome, Outcome::no_such_name);
  EXPECT_FALSE(gone.from_cache);
  EXPECT_EQ(world.find("mx.shop.example", Type::mx).outcome, Outcome::no_data);
  const std::size_t asked = world.asked.size();
  world.pass(299 * kSecond);
  const auto again = world.find("gone.shop.example", Type::a);  // of no type
  EXPECT_EQ(again.outcome, Outcome::no_such_name);
  EXPECT_TRUE(again.from_cache);
  EXPECT_TRUE(world.find("mx.shop.example", Type::mx).from_cache);
  EXPECT_EQ(world.asked.size(), asked);
  EXPECT_FALSE(world.find("mx.shop.example", Type::txt).from_cache);
  world.pass(2 * kSecond);
  EXPECT_FALSE(world.find("gone.shop.example", Type::a).from_cache);
}

TEST(DnsResolver, FollowsAliasesAcrossZones) {
  ResolverWorld world;
  const auto near = world.find("www.shop.example", Type::a);
  EXPECT_EQ(near.outcome, Outcome::records);
  EXPECT_EQ(near.aliases.size(), 2U);
  EXPECT_EQ(near.canonical, named("mx.shop.example"));
  const auto far = world.find("over.shop.example", Type::a);
  EXPECT_EQ(far.canonical, named("www.other.example"));
  EXPECT_THAT(texts(far.records), ElementsAre("www.other.example. 3600 IN A 10.1.0.2"));
  EXPECT_EQ(world.find("over.shop.example", Type::cname).outcome, Outcome::records);
  EXPECT_TRUE(world.find("over.shop.example", Type::a).from_cache);
}

TEST(DnsResolver, EndsLoopsOfAliases) {
  ResolverWorld world({}, {"a CNAME b", "b CNAME a", "self CNAME self", "far CNAME back.other.example.",
                           "long0 CNAME l1.other.example."});
  for (const char* name : {"a.shop.example", "self.shop.example"}) {
    const auto loop = world.find(name, Type::a);
    EXPECT_EQ(loop.outcome, Outcome::failed);
    EXPECT_THAT(loop.text, HasSubstr("a loop of aliases: "));
  }
  Zone other = zone("other.example", {"@ SOA ns h 1 1 1 1 300", "back CNAME far.shop.example."});
  for (int i = 1; i < 40; ++i)
    other.add(record(fmt::format("l{}.other.example", i), 60,
                     Cname{named(fmt::format("l{}.other.example", i + 1))}));
  world.serve(kOther, std::move(other));
  EXPECT_THAT(world.find("far.shop.example", Type::a).text, HasSubstr("a loop of aliases: "));
  const auto chain = world.find("long0.shop.example", Type::a);
  EXPECT_EQ(chain.outcome, Outcome::failed);
  EXPECT_THAT(chain.text, HasSubstr("too many aliases"));
}

TEST(DnsResolver, FindsTheAddressesOfServersWithoutGlue) {
  ResolverWorld world;
  const auto found = world.find("glueless.example", Type::mx);
  EXPECT_EQ(found.outcome, Outcome::records) << found.text;
  EXPECT_TRUE(std::ranges::any_of(world.queries, [](const auto& query) {
    return query.depth == 1 && query.name == named("dns.shop.example");
  }));
}

TEST(DnsResolver, FailsWhereGlueIsMissing) {
  ResolverWorld world({}, {}, {"bad NS ns.bad", "x NS ns.y", "y NS ns.x"});
  const auto bad = world.find("www.bad.example", Type::a);
  EXPECT_EQ(bad.outcome, Outcome::failed);
  EXPECT_THAT(bad.text, HasSubstr("ns.bad.example"));
  EXPECT_THAT(bad.text, HasSubstr("missing glue"));
  EXPECT_TRUE(world.noted(NoteKind::no_address));
  EXPECT_LT(world.queries.size(), 10U);
  EXPECT_EQ(world.find("www.x.example", Type::a).outcome, Outcome::failed);
  EXPECT_LT(world.queries.size(), 30U);
}

TEST(DnsResolver, AsksBoundedlyManyServersForServers) {
  ResolverWorld world({.depth = 1}, {}, {"a NS ns.glueless"});
  world.serve(kOther, zone("a.example", {"@ SOA ns h 1 1 1 1 300", "www A 10.1.0.9"}));
  const auto bounded = world.ask("www.a.example", Type::a);
  world.run([&] { return !world.queries.empty() && world.queries.back().depth == 1; });
  ASSERT_EQ(world.queries.back().name, named("ns.glueless.example"));
  // The same question by itself is a step nearer, though it is joined.
  const auto itself = world.ask("ns.glueless.example", Type::a);
  ASSERT_TRUE(world.noted(NoteKind::joined));
  world.run();
  EXPECT_EQ(world.answered[bounded].outcome, Outcome::failed);
  EXPECT_THAT(world.answered[bounded].text, HasSubstr("too many name servers on the way"));
  EXPECT_EQ(world.answered[itself].outcome, Outcome::no_such_name) << world.answered[itself].text;
  ResolverWorld deeper({.depth = 2}, {}, {"a NS ns.glueless"});
  EXPECT_THAT(deeper.find("www.a.example", Type::a).text, HasSubstr("no such name"));
}

TEST(DnsResolver, GoesBackToTheRootWhereServersHaveMoved) {
  ResolverWorld world;
  ASSERT_EQ(world.find("shop.example", Type::mx).outcome, Outcome::records);
  const Authority nothing;
  for (const Ipv4 old : {kFirst, kSecondNs})
    world.replace(old, [&](std::string_view octets, Transport transport) {
      return std::optional(nothing.receive(octets, transport)->octets);
    });
  world.serve(kTld, zone("example", {"@ SOA ns h 1 1 1 1 600", "@ NS ns", "ns A 10.0.0.2", "shop NS ns.other",
                                     "other NS ns.other", "ns.other A 10.0.0.5"}));
  world.serve(kOther, zone("shop.example", {"@ SOA ns h 1 1 1 1 300", "new A 10.1.0.7"}));
  const auto found = world.find("new.shop.example", Type::a);
  EXPECT_EQ(found.outcome, Outcome::records) << found.text;
  EXPECT_EQ(world.queries.back().server, kOther);
}

TEST(DnsResolver, JoinsTheSameQuestion) {
  ResolverWorld world;
  const auto first = world.ask("shop.example", Type::mx);
  const auto second = world.ask("Shop.Example", Type::mx);
  EXPECT_NE(first, second);
  EXPECT_EQ(world.resolver.lookups(), 1U);
  world.run();
  EXPECT_EQ(world.answered[first].records, world.answered[second].records);
  EXPECT_EQ(world.queries.size(), 3U);
  EXPECT_EQ(world.resolver.counts().joined, 1U);
}

TEST(DnsResolver, TakesTruncatedAnswersOverTcp) {
  ResolverWorld world({.udp_octets = 0});
  Zone big = zone("other.example", {"@ SOA ns h 1 1 1 1 300"});
  for (std::uint32_t i = 0; i < 100; ++i) big.add({named("big.other.example"), Class::in, 60, A{i}});
  world.serve(kOther, std::move(big));
  const auto found = world.find("big.other.example", Type::a);
  EXPECT_EQ(found.outcome, Outcome::records) << found.text;
  EXPECT_EQ(found.records.size(), 100U);
  EXPECT_TRUE(world.noted(NoteKind::truncated));
  EXPECT_EQ(world.queries.back().why, resolver::Why::truncated);
  EXPECT_TRUE(world.open_tcp.empty());
  EXPECT_EQ(world.resolver.counts().tcp_queries, 1U);
}

TEST(DnsResolver, FailsWhereTcpDoes) {
  ResolverWorld world;
  world.replace(kOther, [](std::string_view octets, Transport transport) -> std::optional<std::string> {
    if (transport == Transport::tcp) return std::nullopt;
    Message reply = *read_message(octets);
    reply.is_response = reply.is_truncated = true;
    return write_message(reply);
  });
  const auto found = world.find("www.other.example", Type::a);
  EXPECT_EQ(found.outcome, Outcome::failed);
  EXPECT_THAT(found.text, HasSubstr("connection refused"));
  EXPECT_TRUE(world.noted(NoteKind::tcp_failed));
  EXPECT_TRUE(world.open_tcp.empty());
}

// RFC 6891 §6.2.2
TEST(DnsResolver, DoesWithoutEdnsWhereItIsNotUnderstood) {
  for (const Rcode rcode : {Rcode::format_error, Rcode::not_implemented}) {
    ResolverWorld world;
    Authority old({.udp_octets = 0});
    old.add(zone("other.example", {"@ SOA ns h 1 1 1 1 300", "www A 10.1.0.2", "mail A 10.1.0.3"}));
    world.replace(kOther, [&, rcode](std::string_view octets, Transport transport) -> std::optional<std::string> {
      const Message query = *read_message(octets);
      if (!query.edns) return old.receive(octets, transport)->octets;
      Message reply;
      reply.id = query.id;
      reply.is_response = true;
      reply.rcode = rcode;
      return write_message(reply);
    });
    EXPECT_EQ(world.find("www.other.example", Type::a).outcome, Outcome::records);
    EXPECT_EQ(world.queries.back().why, resolver::Why::without_edns);
    const std::size_t asked = world.queries.size();
    EXPECT_EQ(world.find("mail.other.example", Type::a).outcome, Outcome::records);
    EXPECT_EQ(world.queries.size(), asked + 1);  // it is remembered
  }
}

TEST(DnsResolver, AsksForwardersInPlaceOfTheRoot) {
  ResolverWorld behind;
  ResolverWorld world({.forwarders = {0x0a000035}});
  world.replace(0x0a000035, [&](std::string_view octets, Transport) -> std::optional<std::string> {
    const Message query = *read_message(octets);
    EXPECT_TRUE(query.recursion_desired);
    const auto end = behind.find(query.questions[0].name.text(), query.questions[0].type);
    Message reply = query;
    reply.is_response = reply.recursion_available = true;
    reply.answers = end.aliases;
    reply.answers.insert(reply.answers.end(), end.records.begin(), end.records.end());
    if (end.outcome == Outcome::no_such_name) reply.rcode = Rcode::name_error;
    return write_message(reply);
  });
  const auto found = world.find("over.shop.example", Type::a);
  EXPECT_EQ(found.outcome, Outcome::records) << found.text;
  EXPECT_EQ(found.canonical, named("www.other.example"));
  EXPECT_TRUE(world.find("over.shop.example", Type::a).from_cache);
  EXPECT_EQ(world.find("gone.shop.example", Type::a).outcome, Outcome::no_such_name);
  EXPECT_EQ(world.find("shop.example", Type::txt).outcome, Outcome::no_data);
  EXPECT_EQ(world.queries.size(), 3U);
  EXPECT_EQ(world.queries[0].why, resolver::Why::forwarder);
  // A server that does not resolve is no forwarder.
  ResolverWorld wrong({.forwarders = {kTld}});
  EXPECT_EQ(wrong.find("shop.example", Type::mx).outcome, Outcome::failed);
}

TEST(DnsResolver, HasNobodyToAskWithoutHints) {
  Resolver alone({}, {}, [] { return 0U; });
  const auto id = alone.ask(named("shop.example"), Type::mx, 5);
  std::vector<resolver::Action> actions;
  while (auto action = alone.next_action()) actions.push_back(*action);
  ASSERT_EQ(actions.size(), 1U);
  const auto& end = std::get<resolver::Answered>(actions[0]);
  EXPECT_EQ(end.question, id);
  EXPECT_EQ(end.outcome, Outcome::failed);
  EXPECT_EQ(end.text, "no server of . helps; none is known");
}

}  // namespace
}  // namespace mailroom::dns
