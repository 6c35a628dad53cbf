// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/exchanger_locator.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>

#include "sim/trace/memory_sink.hpp"
#include "tests/sim/agents/support/fake_network.hpp"

namespace mailroom::test {
namespace {

using agents::Located;
using agents::MailExchanger;
using agents::NameAnswer;
using agents::NextHop;
using agents::RecordType;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using trace::Kind;
using Status = NameAnswer::Status;

// Answers what a test says: at once, or later under an event of its own.
class FakeNames final : public agents::NameService {
 public:
  FakeNames(FakeClock& clock, trace::Recorder& recorder) : clock_(clock), recorder_(recorder) {}

  void mx(const std::string& domain, std::vector<MailExchanger> exchangers) {
    NameAnswer& answer = answers[{domain, RecordType::mx}];
    answer = {.status = Status::found, .name = domain, .canonical = domain};
    answer.mail_exchangers = std::move(exchangers);
  }
  void a(const std::string& name, const std::vector<std::uint32_t>& addresses) {
    NameAnswer& answer = answers[{name, RecordType::a}];
    answer = {.status = Status::found, .name = name, .canonical = name};
    for (const std::uint32_t address : addresses) answer.addresses.push_back({address});
  }
  void set(const std::string& name, RecordType type, Status status, const std::string& why = {}) {
    answers[{name, type}] = {.status = status, .name = name, .canonical = name, .why = why};
  }

  void look_up(std::string_view name, RecordType type, Answered answered) override {
    asked.push_back(fmt::format("{} {}", name, type == RecordType::mx ? "MX" : "A"));
    const auto found = answers.find({std::string(name), type});
    NameAnswer answer{.status = Status::no_name, .name = std::string(name), .canonical = std::string(name)};
    if (found != answers.end()) answer = found->second;
    if (delay_ns == 0) return answered(answer);
    clock_.after(delay_ns, [this, answer, answered = std::move(answered)] {
      trace::ContextScope scope(recorder_, recorder_.context);
      recorder_.context.event = recorder_.record({.kind = Kind::timer_expired, .host = {1}, .text = answer.name});
      answered(answer);
    });
  }

  std::map<std::pair<std::string, RecordType>, NameAnswer> answers;
  std::vector<std::string> asked;
  std::int64_t delay_ns = 0;

 private:
  FakeClock& clock_;
  trace::Recorder& recorder_;
};

struct ExchangerWorld {
  explicit ExchangerWorld(std::uint64_t seed = 1) : host(fabric, {1}, "self", 1'000'000, seed) {
    directory.add_host("smart", {{0x0a000007}, 2525}, "Smart.example");
  }
  // "mx1.example 10.0.0.3:25", or the failure.
  std::vector<std::string> locate(const NextHop& hop) {
    std::optional<Located> given;
    locator.locate(hop, [&](const Located& located) {
      EXPECT_FALSE(given.has_value()) << "it calls once";
      given = located;
      told_under = recorder.context.event;
    });
    clock.run();
    EXPECT_TRUE(given.has_value());
    std::vector<std::string> hosts;
    failure = {};
    if (!given) return hosts;
    if (!*given) return failure = given->error(), hosts;
    for (const agents::Exchanger& one : **given) hosts.push_back(fmt::format("{} {}", one.name, to_string(one.endpoint)));
    return hosts;
  }
  std::vector<std::string> exchangers_of(const std::string& domain) {
    return locate({domain, NextHop::Kind::exchangers});
  }
  std::string text(Kind kind) const { return sink.of(kind).empty() ? "" : sink.of(kind).back().text; }

  trace::MemorySink sink;
  trace::Recorder recorder{sink, trace::Level::full};
  FakeClock clock{recorder};
  FakeFabric fabric{recorder, clock};
  FakeHost host;
  agents::Directory directory;
  FakeNames names{clock, recorder};
  agents::ExchangerLocator locator{host, names, directory, "Self.example"};
  agents::Unlocated failure;
  trace::EventId told_under{};
};

TEST(ExchangerLocator, OrdersExchangersByPreferenceAndGivesAllTheirAddresses) {
  ExchangerWorld world;
  world.names.mx("b.example", {{20, "backup.example"}, {10, "mx.example"}});
  world.names.a("mx.example", {0x0a000003, 0x0a000004});
  world.names.a("backup.example", {0x0a000005});
  EXPECT_THAT(world.exchangers_of("b.example"),
              ElementsAre("mx.example 10.0.0.3:25", "mx.example 10.0.0.4:25", "backup.example 10.0.0.5:25"));
  EXPECT_THAT(world.names.asked, ElementsAre("b.example MX", "mx.example A", "backup.example A"));
  EXPECT_EQ(world.text(Kind::route_found),
            "b.example: mx.example [10.0.0.3] (10), mx.example [10.0.0.4] (10), backup.example [10.0.0.5] (20)");
  EXPECT_EQ(world.sink.of(Kind::route_found).front().value, 3);
}

TEST(ExchangerLocator, IsCausedByTheLastAnswerAndIsTheCauseOfWhatFollows) {
  ExchangerWorld world;
  world.names.delay_ns = kSecond;
  world.names.mx("b.example", {{10, "mx.example"}});
  world.names.a("mx.example", {0x0a000003});
  EXPECT_THAT(world.exchangers_of("b.example"), ElementsAre("mx.example 10.0.0.3:25"));
  const auto found = world.sink.of(Kind::route_found);
  const auto answers = world.sink.of(Kind::timer_expired);
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(found[0].cause, answers[1].id);
  EXPECT_EQ(answers[1].cause, answers[0].id) << "the address was asked for because of the exchangers";
  EXPECT_EQ(world.told_under, found[0].id);
  EXPECT_EQ(world.clock.now_ns(), 2 * kSecond) << "one question after the other";
}

TEST(ExchangerLocator, ShufflesEqualsAloneAndTheSameWayForTheSameSeed) {
  const auto order = [](std::uint64_t seed) {
    ExchangerWorld world(seed);
    world.names.mx("b.example", {{10, "a.example"}, {10, "b.example"}, {10, "c.example"}, {5, "first.example"},
                                 {20, "last.example"}});
    for (const char* name : {"a.example", "b.example", "c.example", "first.example", "last.example"})
      world.names.a(name, {0x0a000003});
    std::string all;
    for (const std::string& one : world.exchangers_of("b.example")) all += one.substr(0, one.find('.')) + " ";
    return all;
  };
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) ++seen[order(seed)];
  EXPECT_EQ(seen.size(), 6u) << "all orders of three";
  for (const auto& [words, count] : seen) {
    EXPECT_TRUE(words.starts_with("first ") && words.ends_with("last ")) << words;
    EXPECT_GT(count, 60) << words;
    EXPECT_LT(count, 140) << words;
  }
  EXPECT_EQ(order(7), order(7));
}

TEST(ExchangerLocator, DrawsNoChanceWhereThereIsNoChoice) {
  ExchangerWorld world;
  const std::uint64_t untouched = net::Random(1, "self", "mx").next();
  world.names.mx("b.example", {{10, "mx.example"}, {20, "backup.example"}});
  world.names.a("mx.example", {0x0a000003});
  ASSERT_THAT(world.exchangers_of("b.example"), testing::SizeIs(1));
  EXPECT_EQ(static_cast<net::Host&>(world.host).random("mx").next(), untouched);
}

TEST(ExchangerLocator, TakesTheDomainsOwnHostWhereNoExchangerIsNamed) {
  ExchangerWorld world;
  world.names.set("b.example", RecordType::mx, Status::no_data);
  world.names.a("b.example", {0x0a000003});
  EXPECT_THAT(world.exchangers_of("b.example"), ElementsAre("b.example 10.0.0.3:25"));
  EXPECT_EQ(world.text(Kind::route_found), "b.example: b.example [10.0.0.3]");
  // An alias: what it leads to is the host.
  world.names.answers[{"alias.example", RecordType::mx}] = {
      .status = Status::no_data, .name = "alias.example", .canonical = "b.example"};
  EXPECT_THAT(world.exchangers_of("alias.example"), ElementsAre("b.example 10.0.0.3:25"));
}

TEST(ExchangerLocator, NeverTakesTheDomainsOwnHostWhereExchangersAreNamed) {
  ExchangerWorld world;
  world.names.mx("b.example", {{10, "gone.example"}});
  world.names.a("b.example", {0x0a000003});
  EXPECT_THAT(world.exchangers_of("b.example"), IsEmpty());
  EXPECT_TRUE(world.failure.is_permanent);
  EXPECT_EQ(world.failure.enhanced_code, "5.4.4");
  EXPECT_EQ(world.failure.text, "no exchanger of b.example has an address (gone.example (10): there is no such host)");
}

TEST(ExchangerLocator, KnowsWhatIsForGoodFromWhatMayPass) {
  ExchangerWorld world;
  EXPECT_THAT(world.exchangers_of("none.example"), IsEmpty());
  EXPECT_TRUE(world.failure.is_permanent);
  EXPECT_EQ(world.failure.code, 550);
  EXPECT_EQ(world.failure.enhanced_code, "5.1.2");

  world.names.set("slow.example", RecordType::mx, Status::failed, "no answer from 10.0.0.1");
  EXPECT_THAT(world.exchangers_of("slow.example"), IsEmpty());
  EXPECT_FALSE(world.failure.is_permanent);
  EXPECT_EQ(world.failure.code, 0);
  EXPECT_EQ(world.failure.enhanced_code, "4.4.3");
  EXPECT_THAT(world.failure.text, HasSubstr("no answer from 10.0.0.1"));
  EXPECT_EQ(world.text(Kind::route_failed), "4.4.3 " + world.failure.text);
  EXPECT_EQ(world.told_under, world.sink.of(Kind::route_failed).back().id);

  world.names.mx("half.example", {{10, "gone.example"}, {20, "slow.example"}});
  world.names.set("slow.example", RecordType::a, Status::failed, "SERVFAIL");
  EXPECT_THAT(world.exchangers_of("half.example"), IsEmpty());
  EXPECT_FALSE(world.failure.is_permanent) << "one that may be there later is enough";
  EXPECT_EQ(world.failure.enhanced_code, "4.4.3");

  world.names.set("bare.example", RecordType::mx, Status::no_data);
  world.names.set("bare.example", RecordType::a, Status::no_data);
  EXPECT_THAT(world.exchangers_of("bare.example"), IsEmpty());
  EXPECT_EQ(world.failure.enhanced_code, "5.4.4");
}

TEST(ExchangerLocator, HasNobodyForANullMx) {
  ExchangerWorld world;
  world.names.mx("never.example", {{0, "."}});
  world.names.a("never.example", {0x0a000003});
  EXPECT_THAT(world.exchangers_of("never.example"), IsEmpty());
  EXPECT_TRUE(world.failure.is_permanent);
  EXPECT_EQ(world.failure.code, 556);
  EXPECT_EQ(world.failure.enhanced_code, "5.1.10");
  EXPECT_EQ(world.failure.text, "never.example takes no mail (null MX)");
}

TEST(ExchangerLocator, TakesTheOthersWhereANullMxStandsBesideThem) {
  ExchangerWorld world;
  world.names.mx("b.example", {{0, "."}, {10, "mx.example"}});
  world.names.a("mx.example", {0x0a000003});
  EXPECT_THAT(world.exchangers_of("b.example"), ElementsAre("mx.example 10.0.0.3:25"));
  EXPECT_THAT(world.text(Kind::route_found), HasSubstr("left out: . (0): a null MX beside others"));
}

TEST(ExchangerLocator, LeavesOutWhatIsNoHostAndSaysWhy) {
  ExchangerWorld world;
  world.names.mx("b.example", {{5, "10.0.0.9"}, {6, "."}, {7, "not a host"}, {8, "dry.example"}, {10, "mx.example"}});
  world.names.set("dry.example", RecordType::a, Status::no_data);
  world.names.a("mx.example", {0x0a000003});
  EXPECT_THAT(world.exchangers_of("b.example"), ElementsAre("mx.example 10.0.0.3:25"));
  EXPECT_EQ(world.text(Kind::route_found),
            "b.example: mx.example [10.0.0.3] (10); left out: 10.0.0.9 (5): an address where a host's name must "
            "stand, . (6): a null MX beside others, not a host (7): no host's name, dry.example (8): it has no "
            "address");
  EXPECT_THAT(world.names.asked, ElementsAre("b.example MX", "dry.example A", "mx.example A"));
}

TEST(ExchangerLocator, LeavesOutItselfByNameAndAllThatAreNoBetter) {
  ExchangerWorld world;
  world.names.mx("b.example", {{10, "mx.example"}, {20, "self.example"}, {20, "peer.example"}, {30, "last.example"}});
  for (const char* name : {"mx.example", "peer.example", "last.example"}) world.names.a(name, {0x0a000003});
  EXPECT_THAT(world.exchangers_of("b.example"), ElementsAre("mx.example 10.0.0.3:25"));
  EXPECT_THAT(world.names.asked, ElementsAre("b.example MX", "mx.example A")) << "who is left out is not asked for";
  EXPECT_THAT(world.text(Kind::route_found), HasSubstr("left out: self.example (20): this host itself"));
}

TEST(ExchangerLocator, LeavesOutItselfByAddressUnderAnyName) {
  ExchangerWorld world;
  world.names.mx("b.example", {{10, "mx.example"}, {20, "peer.example"}, {20, "other-name.example"}});
  world.names.a("mx.example", {0x0a000003});
  world.names.a("peer.example", {0x0a000004});
  world.names.a("other-name.example", {0x0a000001});
  ASSERT_EQ(static_cast<net::Host&>(world.host).network().address(), net::Address{0x0a000001});
  // Equals come in either order.
  for (int i = 0; i < 20; ++i)
    EXPECT_THAT(world.exchangers_of("b.example"), ElementsAre("mx.example 10.0.0.3:25"))
        << "peer.example is no better, whether it was asked for before or not";
  const auto asks = std::ranges::count(world.names.asked, "peer.example A");
  EXPECT_GT(asks, 0);
  EXPECT_LT(asks, 20);
}

TEST(ExchangerLocator, FindsThatMailLoopsBackToItself) {
  ExchangerWorld world;
  world.names.mx("own.example", {{10, "self.example"}, {20, "mx.example"}});
  world.names.a("mx.example", {0x0a000003});
  EXPECT_THAT(world.exchangers_of("own.example"), IsEmpty());
  EXPECT_TRUE(world.failure.is_permanent);
  EXPECT_EQ(world.failure.enhanced_code, "5.4.6");
  EXPECT_THAT(world.failure.text, HasSubstr("mail for own.example loops back to myself"));
  // The same by the implicit MX, by a literal, by a host that it forwards to.
  world.names.set("implicit.example", RecordType::mx, Status::no_data);
  world.names.a("implicit.example", {0x0a000001});
  EXPECT_THAT(world.exchangers_of("implicit.example"), IsEmpty());
  EXPECT_EQ(world.failure.enhanced_code, "5.4.6");
  EXPECT_THAT(world.exchangers_of("[10.0.0.1]"), IsEmpty());
  EXPECT_EQ(world.failure.enhanced_code, "5.4.6");
  // A better one is named, only that it has no address now.
  world.names.mx("b.example", {{10, "gone.example"}, {20, "self.example"}});
  EXPECT_THAT(world.exchangers_of("b.example"), IsEmpty());
  EXPECT_FALSE(world.failure.is_permanent);
  EXPECT_EQ(world.failure.enhanced_code, "4.4.4");
}

TEST(ExchangerLocator, TakesAddressLiteralsWithoutAsking) {
  ExchangerWorld world;
  EXPECT_THAT(world.exchangers_of("[10.0.0.9]"), ElementsAre("[10.0.0.9] 10.0.0.9:25"));
  EXPECT_THAT(world.exchangers_of("[IPv6:2001:db8::1]"), IsEmpty());
  EXPECT_EQ(world.failure.enhanced_code, "5.1.2");
  EXPECT_THAT(world.exchangers_of("[10.0.0.9/8]"), IsEmpty());
  EXPECT_THAT(world.exchangers_of("no domain"), IsEmpty());
  EXPECT_EQ(world.failure.enhanced_code, "5.1.2");
  EXPECT_THAT(world.names.asked, IsEmpty());
}

TEST(ExchangerLocator, AsksForTheAddressOfAHostNotForItsExchangers) {
  ExchangerWorld world;
  world.names.mx("smart.example", {{10, "elsewhere.example"}});
  world.names.a("smart.example", {0x0a000007});
  EXPECT_THAT(world.locate({"smart", NextHop::Kind::host}), ElementsAre("smart.example 10.0.0.7:2525"));
  EXPECT_THAT(world.names.asked, ElementsAre("smart.example A"));
  world.names.set("smart.example", RecordType::a, Status::failed, "SERVFAIL");
  EXPECT_THAT(world.locate({"smart", NextHop::Kind::host}), IsEmpty());
  EXPECT_EQ(world.failure.enhanced_code, "4.4.3") << "mail for a smart host waits for the DNS";
  EXPECT_THAT(world.locate({"gone", NextHop::Kind::host}), IsEmpty());
  EXPECT_EQ(world.failure.enhanced_code, "5.3.5");
}

TEST(ExchangerLocator, DoesNotAskForMoreExchangersThanItMay) {
  ExchangerWorld world;
  std::vector<MailExchanger> many;
  for (int i = 0; i < 1000; ++i) many.push_back({static_cast<std::uint16_t>(i), fmt::format("mx{}.example", i)});
  world.names.mx("b.example", many);
  for (int i = 0; i < 1000; ++i) world.names.a(fmt::format("mx{}.example", i), {0x0a000003});
  EXPECT_EQ(world.exchangers_of("b.example").size(), agents::ExchangerLocator::kMostExchangers);
  EXPECT_EQ(world.names.asked.size(), 1 + agents::ExchangerLocator::kMostExchangers);
  EXPECT_THAT(world.text(Kind::route_found), HasSubstr("mx30.example (30): the first 30 are enough"));
}

}  // namespace
}  // namespace mailroom::test
