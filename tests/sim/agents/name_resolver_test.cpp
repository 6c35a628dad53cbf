// SPDX-License-Identifier: GPL-2.0-only
// A resolver and name servers joined over the network in memory: answers, what is recorded of them, and what
// happens when datagrams or servers are lost.
#include "sim/agents/name_resolver.hpp"

#include "tests/sim/agents/support/name_world.hpp"

namespace mailroom::test {
namespace {

using Status = NameAnswer::Status;
using agents::MailExchanger;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(NameResolver, AsksFromTheRootDownOnceAndThenRemembers) {
  NameWorld world;
  world.serve_example({"@ MX 10 mx", "mx A 10.0.0.7"});
  EXPECT_THAT(world.sink.events, IsEmpty());
  const NameAnswer mx = world.ask("Example", RecordType::mx);
  EXPECT_EQ(mx.status, Status::found);
  EXPECT_EQ(mx.name, "example");
  EXPECT_THAT(mx.mail_exchangers, ElementsAre(MailExchanger{10, "mx.example"}));
  EXPECT_THAT(world.texts(Kind::query_sent), ElementsAre("MX Example", "MX Example"));
  EXPECT_THAT(world.texts(Kind::response_received),
              ElementsAre("MX Example: ask the servers of Example: ns.example", "MX Example: 10 mx.example"));
  EXPECT_THAT(world.texts(Kind::name_answered), ElementsAre("MX example: 10 mx.example"));
  EXPECT_EQ(world.sink.of(Kind::name_answered)[0].value, 3600);
  EXPECT_THAT(world.ask("mx.example", RecordType::a).addresses, ElementsAre(net::Address{0x0a000007}));
  EXPECT_EQ(world.count(Kind::query_sent), 3u) << "the servers of example are known";

  bool at_once = false;
  world.resolver().look_up("example", RecordType::mx, [&](const NameAnswer& answer) {
    at_once = true;
    EXPECT_EQ(answer.mail_exchangers, mx.mail_exchangers);
  });
  EXPECT_TRUE(at_once);
  EXPECT_THAT(world.texts(Kind::name_remembered), ElementsAre("MX example: 10 mx.example"));
  EXPECT_EQ(world.count(Kind::query_sent), 3u);

  world.clock.run_until(world.clock.now_ns() + 3601 * kSecond);
  world.ask("example", RecordType::mx);
  EXPECT_EQ(world.count(Kind::query_sent), 5u) << "the time to live is over";
}

TEST(NameResolver, LetsEveryEventNameWhatLedToIt) {
  NameWorld world;
  world.serve_example({"@ MX 10 mx"});
  trace::Context asking;
  asking.message.value = 7;
  asking.copy.value = 3;
  asking.event = world.recorder.record({.kind = Kind::attempt_began});
  trace::Context answered;
  {
    const trace::ContextScope scope(world.recorder, asking);
    world.resolver().look_up("example", RecordType::mx,
                             [&](const NameAnswer&) { answered = world.recorder.context; });
    EXPECT_EQ(world.recorder.context, asking) << "the caller's context stays";
  }
  world.clock.run();
  EXPECT_EQ(answered.message.value, 7);
  EXPECT_EQ(answered.copy.value, 3);
  ASSERT_NE(world.event(answered.event), nullptr);
  EXPECT_THAT(
      world.chain(*world.event(answered.event)),
      ElementsAre(Kind::name_answered, Kind::response_received, Kind::response_sent, Kind::query_received,
                  Kind::query_sent, Kind::response_received, Kind::response_sent, Kind::query_received,
                  Kind::query_sent, Kind::name_asked, Kind::attempt_began));
  EXPECT_EQ(world.sink.of(Kind::name_asked)[0].message.value, 7);
}

TEST(NameResolver, KeepsTheChainAtLevelMail) {
  NameWorld world(trace::Level::mail);
  world.serve_example({"@ MX 10 mx"});
  world.ask("example", RecordType::mx);
  ASSERT_EQ(world.count(Kind::name_answered), 1u);
  EXPECT_THAT(world.chain(world.sink.of(Kind::name_answered)[0]),
              ElementsAre(Kind::name_answered, Kind::name_asked));
}

TEST(NameResolver, TellsWhatDoesNotExistFromWhatHasNoSuchRecord) {
  NameWorld world;
  world.serve_example({"www A 10.0.0.9"});
  EXPECT_EQ(world.ask("nothing.example", RecordType::mx).status, Status::no_name);
  EXPECT_EQ(world.ask("www.example", RecordType::mx).status, Status::no_data);
  EXPECT_EQ(world.ask("not a name..", RecordType::mx).status, Status::no_name);
  const std::size_t queries = world.count(Kind::query_sent);
  EXPECT_EQ(world.ask("nothing.example", RecordType::mx).status, Status::no_name);
  EXPECT_EQ(world.count(Kind::query_sent), queries) << "that it does not exist is remembered (RFC 2308)";
  EXPECT_THAT(world.texts(Kind::name_answered), Contains("MX nothing.example does not exist (NXDOMAIN)"));
}

TEST(NameResolver, AsksAgainWhenADatagramIsLostAndSaysWhichOne) {
  NameWorld world;
  world.serve_example({"@ MX 10 mx"});
  int lost = 0;
  world.fabric.loses_datagram = [&](net::Endpoint from, net::Endpoint, std::string_view) {
    return from.port == agents::kDnsPort && lost++ == 0;  // the first response
  };
  EXPECT_EQ(world.ask("example", RecordType::mx).status, Status::found);
  const auto unanswered = world.sink.of(Kind::query_unanswered),
             dropped = world.sink.of(Kind::datagram_dropped);
  ASSERT_EQ(unanswered.size(), 1u);
  ASSERT_EQ(dropped.size(), 1u);
  EXPECT_EQ(unanswered[0].because, dropped[0].id);
  EXPECT_EQ(unanswered[0].time_ns, 2 * kSecond);
  EXPECT_EQ(world.event(unanswered[0].cause)->kind, Kind::query_sent);
  EXPECT_EQ(world.chain(world.sink.of(Kind::query_sent)[1])[1], Kind::query_unanswered);
}

TEST(NameResolver, FailsWhenNobodyAnswers) {
  NameWorld world;
  world.serve_example({"@ MX 10 mx"});
  world.fabric.silence(world.hosts[1]->network().address());
  const NameAnswer answer = world.ask("example", RecordType::mx);
  EXPECT_EQ(answer.status, Status::failed);
  EXPECT_THAT(answer.why, HasSubstr("10.0.0.2 did not answer"));
  ASSERT_NE(world.event(answer.because), nullptr);
  EXPECT_EQ(world.event(answer.because)->kind, Kind::query_unanswered);
  EXPECT_EQ(world.sink.of(Kind::name_answered)[0].because, answer.because);
  EXPECT_LE(world.clock.now_ns(), 31 * kSecond);
}

TEST(NameResolver, DoesNotWaitWhereNobodyListens) {
  NameWorld world;
  world.serve_example({"@ MX 10 mx"});
  world.servers.pop_back();
  const NameAnswer answer = world.ask("example", RecordType::mx);
  EXPECT_EQ(answer.status, Status::failed);
  EXPECT_THAT(answer.why, HasSubstr("no one listens there"));
  EXPECT_LT(world.clock.now_ns(), kSecond);
  ASSERT_EQ(world.count(Kind::query_unanswered), 1u);
  EXPECT_EQ(world.chain(world.sink.of(Kind::query_unanswered)[0])[1], Kind::datagram_refused);
}

TEST(NameResolver, NamesALameDelegation) {
  NameWorld world;
  world.serve(1, {zone_of(".", {"@ SOA a.root-servers.test. h. 1 1 1 1 300", "@ NS a.root-servers.test.",
                                "example NS ns.example.", "ns.example A 10.0.0.3"})});
  world.serve(3, {zone_of("other", {"@ SOA ns h 1 1 1 1 300", "@ NS ns"})});
  const NameAnswer answer = world.ask("example", RecordType::mx);
  EXPECT_EQ(answer.status, Status::failed);
  const auto unanswered = world.sink.of(Kind::query_unanswered);
  ASSERT_EQ(unanswered.size(), 1u);
  EXPECT_THAT(unanswered[0].detail, HasSubstr(R"("server":"10.0.0.3")"));
  EXPECT_EQ(answer.because, unanswered[0].id);
}

TEST(NameResolver, GivesUpOnAliasesInACircle) {
  NameWorld world;
  world.serve_example({"a CNAME b", "b CNAME a"});
  const NameAnswer answer = world.ask("a.example", RecordType::mx);
  EXPECT_EQ(answer.status, Status::failed);
  EXPECT_THAT(answer.why, HasSubstr("loop of aliases"));
}

TEST(NameResolver, TakesTcpForWhatDoesNotFitIntoADatagram) {
  for (const bool has_edns : {false, true}) {
    NameWorld world;
    world.options.udp_octets = has_edns ? 1232 : 0;
    std::vector<std::string> lines;
    for (int i = 0; i < 100; ++i)
      lines.push_back("@ MX " + std::to_string(i) + " exchange-" + std::to_string(i));
    world.serve_example(lines, has_edns ? 1232 : 0);
    EXPECT_EQ(world.ask("example", RecordType::mx).mail_exchangers.size(), 100u);
    const auto queries = world.sink.of(Kind::query_sent);
    ASSERT_EQ(queries.size(), 3u);
    EXPECT_THAT(queries[1].detail, HasSubstr(R"("over":"udp")"));
    EXPECT_THAT(queries[2].detail, HasSubstr(R"("over":"tcp")"));
    EXPECT_THAT(queries[2].detail, HasSubstr(R"("why":"truncated")"));
    EXPECT_EQ(world.count(Kind::connection_closed), 2u) << "closed in order at both ends";
  }
}

TEST(NameResolver, FailsWhereTcpIsRefused) {
  NameWorld world;
  world.options.udp_octets = 0;
  std::vector<std::string> lines;
  for (int i = 0; i < 100; ++i)
    lines.push_back("@ MX " + std::to_string(i) + " exchange-" + std::to_string(i));
  world.serve_example(lines, 0);
  world.fabric.listeners.erase({{0x0a000002}, agents::kDnsPort});
  const NameAnswer answer = world.ask("example", RecordType::mx);
  EXPECT_EQ(answer.status, Status::failed);
  EXPECT_THAT(answer.why, HasSubstr("refused"));
}

TEST(NameResolver, AsksOnceForAllWhoWaitForTheSame) {
  NameWorld world;
  world.serve_example({"@ MX 10 mx"});
  std::vector<std::int64_t> messages;
  for (std::int64_t message = 1; message <= 3; ++message) {
    trace::Context asking;
    asking.message.value = message;
    const trace::ContextScope scope(world.recorder, asking);
    world.resolver().look_up("example", RecordType::mx, [&](const NameAnswer& answer) {
      EXPECT_EQ(answer.status, Status::found);
      messages.push_back(world.recorder.context.message.value);
    });
  }
  world.clock.run();
  EXPECT_THAT(messages, ElementsAre(1, 2, 3));
  EXPECT_EQ(world.count(Kind::query_sent), 2u);
  EXPECT_EQ(world.count(Kind::name_asked), 3u);
  EXPECT_EQ(world.count(Kind::name_answered), 3u);
}

TEST(NameResolver, MayBeAskedByWhoIsAnswered) {
  NameWorld world;
  world.serve_example({"@ MX 10 mx", "mx A 10.0.0.7"});
  std::vector<net::Address> addresses;
  world.resolver().look_up("example", RecordType::mx, [&](const NameAnswer& mx) {
    ASSERT_EQ(mx.mail_exchangers.size(), 1u);
    world.resolver().look_up(mx.mail_exchangers[0].exchange, RecordType::a,
                             [&](const NameAnswer& a) { addresses = a.addresses; });
  });
  world.clock.run();
  EXPECT_THAT(addresses, ElementsAre(net::Address{0x0a000007}));
}

}  // namespace
}  // namespace mailroom::test
