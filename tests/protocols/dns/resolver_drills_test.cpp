// SPDX-License-Identifier: GPL-2.0-only
// A resolver among servers that are silent, lame, hostile or random.
#include "tests/protocols/dns/resolver_world.hpp"

namespace mailroom::dns {
namespace {

using resolver::NoteKind;
using resolver::Outcome;
using testing::HasSubstr;

TEST(DnsResolverDrill, FindsItWhicheverDatagramIsLost) {
  ResolverWorld sound;
  sound.lose([](unsigned) { return false; });
  const auto expected = sound.find("over.shop.example", Type::a);
  ASSERT_EQ(expected.outcome, Outcome::records);
  const unsigned datagrams = sound.datagrams;
  ASSERT_GE(datagrams, 8U);
  for (unsigned lost = 0; lost < datagrams; ++lost) {
    ResolverWorld world;
    world.lose([&](unsigned datagram) { return datagram == lost; });
    const auto found = world.find("over.shop.example", Type::a);
    EXPECT_EQ(found.outcome, Outcome::records) << lost << ": " << found.text;
    EXPECT_EQ(texts(found.records), texts(expected.records)) << lost;
    EXPECT_EQ(world.resolver.counts().silences, 1U);
    EXPECT_TRUE(world.noted(NoteKind::silent));
    EXPECT_GE(world.now_ns, 2 * kSecond);
    EXPECT_LE(world.now_ns, 3 * kSecond);
  }
}

TEST(DnsResolverDrill, FindsItThoughHalfOfAllIsLost) {
  unsigned found = 0;
  for (unsigned seed = 0; seed < 50; ++seed) {
    ResolverWorld world;
    std::uint32_t state = seed;
    world.lose([&](unsigned) { return (state = state * 1664525 + 1013904223) >> 31 != 0; });
    const auto end = world.find("shop.example", Type::mx);
    found += end.outcome == Outcome::records;
    EXPECT_TRUE(end.outcome == Outcome::records || end.outcome == Outcome::timed_out) << end.text;
    EXPECT_LE(world.now_ns, 30 * kSecond);
  }
  EXPECT_GT(found, 25U);
  EXPECT_LT(found, 50U);
}

// Two servers in turn, each round with the double patience; RFC 1536 §1.
TEST(DnsResolverDrill, GivesUpInBoundedTimeWhenAllAreSilent) {
  ResolverWorld world;
  world.silence(kFirst);
  world.silence(kSecondNs);
  const auto end = world.find("shop.example", Type::mx);
  EXPECT_EQ(end.outcome, Outcome::timed_out);
  EXPECT_EQ(world.now_ns, 30 * kSecond);
  std::vector<std::int64_t> patience;
  for (std::size_t i = 2; i < world.queries.size(); ++i)
    patience.push_back(world.queries[i].timeout_ns / kSecond);
  EXPECT_EQ(patience, (std::vector<std::int64_t>{2, 2, 4, 4, 8, 8, 1}));
  EXPECT_NE(world.queries[2].server, world.queries[3].server);
  EXPECT_EQ(world.queries[4].why, resolver::Why::retry);
  EXPECT_EQ(world.queries[4].round, 1U);
  // It is remembered for a little while, and then it is asked again.
  const std::size_t asked = world.queries.size();
  EXPECT_TRUE(world.find("shop.example", Type::mx).from_cache);
  EXPECT_EQ(world.queries.size(), asked);
  world.pass(5 * kSecond);
  world.ask("shop.example", Type::mx);
  EXPECT_GT(world.queries.size(), asked);
}

TEST(DnsResolverDrill, DoesNotWaitWhereNobodyListens) {
  ResolverWorld world;
  world.shut(kFirst);
  for (int i = 0; i < 10; ++i) {
    world.find(fmt::format("n{}.shop.example", i), Type::a);
    EXPECT_LT(world.now_ns, kSecond);
  }
  EXPECT_EQ(std::ranges::count(world.queries, kFirst, &resolver::Query::server), 1);
  EXPECT_TRUE(world.noted(NoteKind::refused));
  EXPECT_FALSE(world.noted(NoteKind::silent));
  world.shut(kSecondNs);
  world.pass(3600 * kSecond);
  const std::int64_t before_ns = world.now_ns;
  const auto end = world.find("shop.example", Type::mx);
  EXPECT_EQ(end.outcome, Outcome::failed);
  EXPECT_THAT(end.text, HasSubstr("no one listens there"));
  EXPECT_LT(world.now_ns - before_ns, kSecond);
  // What nobody asked for changes nothing.
  world.resolver.refused(kFirst, world.now_ns);
  EXPECT_FALSE(world.resolver.next_action());
}

TEST(DnsResolverDrill, AsksASilentServerLastAfterwards) {
  ResolverWorld world;
  world.silence(kFirst);
  for (int i = 0; i < 10; ++i) world.find(fmt::format("n{}.shop.example", i), Type::a);
  EXPECT_EQ(std::ranges::count(world.queries, kFirst, &resolver::Query::server), 1);
  EXPECT_LE(world.resolver.counts().silences, 1U);
}

TEST(DnsResolverDrill, PassesByLameServers) {
  for (const Ipv4 lame : {kFirst, kSecondNs}) {
    ResolverWorld world;
    Authority nothing;
    Authority upward;
    upward.add(zone(".", {"example. NS ns.example.", "ns.example. A 10.0.0.2"}));
    for (const Authority* what : {&nothing, &upward}) {
      world.replace(lame, [&](std::string_view octets, Transport transport) {
        return std::optional(what->receive(octets, transport)->octets);
      });
      for (int i = 0; i < 10; ++i) {
        const auto found = world.find(fmt::format("n{}.shop.example", i), Type::a);
        EXPECT_EQ(found.outcome, Outcome::no_such_name) << found.text;
      }
    }
    EXPECT_TRUE(world.noted(NoteKind::lame));
    EXPECT_LE(std::ranges::count(world.queries, lame, &resolver::Query::server), 2);
  }
}

TEST(DnsResolverDrill, FailsWhereAllServersAreLameOrBroken) {
  for (const Rcode rcode :
       {Rcode::server_failure, Rcode::refused, Rcode::not_implemented, Rcode::format_error}) {
    ResolverWorld world({.udp_octets = 0});
    const auto broken = [&](std::string_view octets, Transport) {
      Message reply = *read_message(octets);
      reply.is_response = true;
      reply.rcode = rcode;
      return std::optional(write_message(reply));
    };
    world.replace(kFirst, broken);
    world.replace(kSecondNs, broken);
    const auto end = world.find("shop.example", Type::mx);
    EXPECT_EQ(end.outcome, Outcome::failed);
    EXPECT_THAT(end.text, HasSubstr(name(rcode)));
    EXPECT_EQ(world.queries.size(), 4U);
    EXPECT_LT(world.now_ns, kSecond);
  }
}

TEST(DnsResolverDrill, RefusesReferralsThatDoNotLeadDown) {
  ResolverWorld world;
  for (const char* where : {".", "example", "other.example", "shop.example"}) {
    const auto refer = [where](std::string_view octets, Transport) {
      Message reply = *read_message(octets);
      reply.is_response = true;
      reply.authority = {record(where, 60, Ns{named("ns.evil.example")})};
      reply.additional = {record("ns.evil.example", 60, A{0x0a0000ff})};
      return std::optional(write_message(reply));
    };
    world.replace(kFirst, refer);
    world.replace(kSecondNs, refer);
    world.pass(600 * kSecond);
    EXPECT_EQ(world.find(fmt::format("www.shop.example"), Type::a).outcome, Outcome::failed) << where;
  }
  EXPECT_EQ(std::ranges::count(world.queries, Ipv4{0x0a0000ff}, &resolver::Query::server), 0);
}

// RFC 5452 §9.1: the right server, id and question, or it is no answer.
TEST(DnsResolverDrill, IgnoresForgeries) {
  ResolverWorld world;
  const auto id = world.ask("www.other.example", Type::a);
  ASSERT_EQ(world.queries.size(), 1U);
  const Message query = *read_message(world.queries[0].octets);
  Message forged = query;
  forged.is_response = forged.is_authoritative = true;
  forged.answers = {record("www.other.example", 60, A{0x0a0000ff})};
  const auto send = [&](const Message& message, Ipv4 from) {
    world.resolver.receive(write_message(message), from, world.now_ns);
  };
  Message wrong = forged;
  wrong.id ^= 1;
  send(wrong, kRoot);
  send(forged, kTld);
  wrong = forged;
  wrong.questions[0].name = named("www.shop.example");
  send(wrong, kRoot);
  wrong = forged;
  wrong.questions[0].type = Type::mx;
  send(wrong, kRoot);
  wrong = forged;
  wrong.is_response = false;
  send(wrong, kRoot);
  world.resolver.receive("x", kRoot, world.now_ns);
  EXPECT_EQ(world.resolver.counts().ignored, 6U);
  EXPECT_TRUE(world.answered.empty());
  world.run();
  EXPECT_EQ(texts(world.answered[id].records),
            std::vector<std::string>{"www.other.example. 3600 IN A 10.1.0.2"});
}

// What a server says about zones that are not its own is not believed.
TEST(DnsResolverDrill, BelievesNothingOutOfBailiwick) {
  ResolverWorld world;
  Authority own;
  own.add(zone("other.example",
               {"@ SOA ns h 1 1 1 1 300", "@ NS ns", "ns A 10.0.0.5", "www CNAME mx.shop.example."}));
  world.replace(kOther, [&](std::string_view octets, Transport transport) {
    Message reply = own.receive(octets, transport)->message;
    reply.answers.push_back(record("mx.shop.example", 60, A{0x0a0000ff}));
    reply.authority.push_back(record("shop.example", 60, Ns{named("ns.evil.example")}));
    reply.authority.push_back(record("example", 60, Ns{named("ns.evil.example")}));
    reply.additional.push_back(record("ns.evil.example", 60, A{0x0a0000ff}));
    reply.additional.push_back(record("mx.shop.example", 60, A{0x0a0000ff}));
    return std::optional(write_message(reply));
  });
  const auto found = world.find("www.other.example", Type::a);
  EXPECT_EQ(texts(found.records), std::vector<std::string>{"mx.shop.example. 3600 IN A 10.1.0.1"});
  EXPECT_EQ(world.find("shop.example", Type::mx).outcome, Outcome::records);
  EXPECT_EQ(std::ranges::count(world.queries, Ipv4{0x0a0000ff}, &resolver::Query::server), 0);
}

TEST(DnsResolverDrill, TakesALateAnswer) {
  ResolverWorld world;
  const auto id = world.ask("example", Type::ns);
  const resolver::Query first = world.queries.at(0);
  world.silence(kRoot);
  world.now_ns = 3 * kSecond;
  world.resolver.expire(world.now_ns);
  EXPECT_TRUE(world.answered.empty());
  Authority root;
  root.add(zone(".", {". SOA . . 1 1 1 1 1", "example. NS ns.example.", "ns.example. A 10.0.0.2"}));
  world.resolver.receive(root.receive(first.octets, Transport::udp)->octets, kRoot, world.now_ns);
  EXPECT_EQ(world.resolver.counts().ignored, 0U);
  world.run();
  EXPECT_EQ(world.answered.at(id).outcome, Outcome::records);
  EXPECT_LT(world.now_ns, 4 * kSecond);
}

TEST(DnsResolverDrill, BoundsTheWorkThatAZoneCanCause) {
  // Each name server of a zone lies in a zone of its own with more of the same.
  ResolverWorld world({.queries = 40});
  world.replace(kTld, [](std::string_view octets, Transport) {
    Message reply = *read_message(octets);
    reply.is_response = true;
    Name zone = reply.questions[0].name;
    while (zone.label_count() > 2) zone = zone.parent();
    for (int i = 0; i < 10; ++i)
      reply.authority.push_back(
          {zone, Class::in, 60,
           Ns{named(fmt::format("ns.{}x{}.example", zone.first_label().substr(0, 20), i))}});
    return std::optional(write_message(reply));
  });
  EXPECT_EQ(world.find("www.evil.example", Type::a).outcome, Outcome::failed);
  EXPECT_LE(world.queries.size(), 40U);
  EXPECT_EQ(world.resolver.lookups(), 0U);
}

TEST(DnsResolverDrill, EndsEveryQuestionWhateverOctetsCome) {
  std::uint32_t state = 11;
  const auto draw = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
  std::size_t found = 0;
  for (int i = 0; i < 300; ++i) {
    ResolverWorld world;
    ResolverWorld sound;
    for (const Ipv4 server : {kRoot, kTld, kFirst, kSecondNs, kOther}) {
      world.replace(server, [&, server](std::string_view octets, Transport transport) {
        auto reply = sound.answer(server, octets, transport);
        if (reply && draw() % 3 == 0) (*reply)[draw() % reply->size()] = static_cast<char>(draw());
        if (reply && draw() % 10 == 0) reply->resize(draw() % reply->size());
        return reply;
      });
    }
    world.ask("over.shop.example", Type::a);
    world.ask("shop.example", Type::mx);
    world.run();
    EXPECT_EQ(world.answered.size(), 2U);
    for (const auto& [id, end] : world.answered) found += end.outcome == Outcome::records;
    EXPECT_TRUE(world.open_tcp.empty());
    EXPECT_LE(world.now_ns, 30 * kSecond);
  }
  EXPECT_GT(found, 200U);
}

TEST(DnsResolverDrill, EndsEveryQuestionWhicheverServersAreSilent) {
  const std::vector<Ipv4> servers = {kRoot, kTld, kFirst, kSecondNs, kOther};
  for (unsigned silent = 0; silent < 1U << servers.size(); ++silent) {
    ResolverWorld world;
    for (std::size_t i = 0; i < servers.size(); ++i)
      if ((silent >> i & 1U) != 0) world.silence(servers[i]);
    const auto end = world.find("over.shop.example", Type::a);
    const bool reachable = (silent & 0b10011) == 0 && (silent & 0b01100) != 0b01100;
    EXPECT_EQ(end.outcome, reachable ? Outcome::records : Outcome::timed_out) << silent << end.text;
    EXPECT_LE(world.now_ns, 30 * kSecond);
  }
}

TEST(DnsResolverDrill, DoesTheSameTwice) {
  const auto once = [] {
    ResolverWorld world;
    world.lose([](unsigned datagram) { return datagram % 5 == 2; });
    for (const char* name : {"over.shop.example", "shop.example", "glueless.example"})
      world.find(name, Type::mx);
    std::string out;
    for (const auto& query : world.queries) out += text(query) + query.octets;
    return out;
  };
  EXPECT_EQ(once(), once());
}

}  // namespace
}  // namespace mailroom::dns
