// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/outcomes.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "sim/trace/statistics.hpp"
#include "tests/viz/model/hand_made_run.hpp"
#include "viz/model/plot_pass.hpp"
#include "viz/model/plots.hpp"

namespace mailroom::viz {
namespace {

using trace::Kind;

constexpr auto kConnect = static_cast<std::size_t>(DelayPart::connect);
constexpr auto kTransfer = static_cast<std::size_t>(DelayPart::transfer);
constexpr auto kQueue = static_cast<std::size_t>(DelayPart::queue);
constexpr auto kRetry = static_cast<std::size_t>(DelayPart::retry);

MailFacts facts_of(trace::RunFileReader& reader) {
  return answer_plots(reader, {})->facts;
}

std::int64_t sum_of(const std::vector<HopShare>& hops) {
  std::int64_t sum = 0;
  for (const HopShare& hop : hops) sum += hop.total_ns();
  return sum;
}

// h1 waits 1 s before it tries, fails for 2 s, waits 10 s, connects in 0.5 s, transfers for 0.25 s; h2 puts
// it into the mailbox 3 s later.
TEST(Hops, TimeOfADeliveryIsSharedAsItWasSpent) {
  HandMadeRun run;
  run.at(100);
  const auto message = run.compose(1);
  run.queue(message, 1);
  const auto first = run.create(message, 1);
  run.at(101);
  const auto failed = run.begin(message, 1);
  run.at(103);
  run.end(failed, message, 1, 451);
  run.end(first, Kind::copy_deferred, message, 1, 451);
  run.at(113);
  const auto good = run.begin(message, 1);
  run.at(113.5);
  run.connect(good, message, 1);
  run.at(113.75);
  const auto second = run.create(message, 2, first);
  run.at(114);
  run.end(good, message, 1);
  run.end(first, Kind::copy_relayed, message, 1, 250);
  run.at(116.75);
  run.end(second, Kind::copy_delivered, message, 2);
  auto reader = run.finish();
  const MailFacts facts = facts_of(reader);
  const auto outcomes = outcomes_of(facts);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].fate, MailFate::delivered);
  EXPECT_EQ(outcomes[0].delay_ns(), 16'750'000'000);
  const auto hops = hops_of(facts, outcomes[0]);
  ASSERT_EQ(hops.size(), 2U);
  EXPECT_EQ(hops[0].from.value, 1);
  EXPECT_EQ(hops[0].to.value, 2);
  EXPECT_EQ(hops[0].parts_ns[kQueue], 1 * kSecond);
  EXPECT_EQ(hops[0].parts_ns[kRetry], 12 * kSecond);
  EXPECT_EQ(hops[0].parts_ns[kConnect], kSecond / 2);
  EXPECT_EQ(hops[0].parts_ns[kTransfer], kSecond / 4);
  EXPECT_EQ(hops[1].from.value, 2);
  EXPECT_FALSE(hops[1].to);
  EXPECT_EQ(hops[1].parts_ns[kQueue], 3 * kSecond);
  EXPECT_EQ(sum_of(hops), outcomes[0].delay_ns());
}

TEST(Hops, AnOpenConnectionUsedAgainNeedsNoConnecting) {
  HandMadeRun run;
  const auto message = run.compose(1);
  const auto first = run.create(message, 1);
  run.at(1);
  const auto attempt = run.begin(message, 1, {7});
  run.at(3);
  const auto second = run.create(message, 2, first);
  run.end(second, Kind::copy_delivered, message, 2);
  run.at(4);
  run.end(attempt, message, 1);
  run.end(first, Kind::copy_relayed, message, 1, 250);
  auto reader = run.finish();
  const MailFacts facts = facts_of(reader);
  const auto hops = hops_of(facts, outcomes_of(facts).at(0));
  ASSERT_EQ(hops.size(), 2U);
  EXPECT_EQ(hops[0].parts_ns, (std::array<std::int64_t, 4>{0, 2 * kSecond, kSecond, 0}));
}

// Two recipients go to two hosts in two attempts at a time; which attempt handed which over shows when they
// end.
TEST(Hops, OfAttemptsAtATimeEachIsItsOwnCopys) {
  HandMadeRun run;
  const auto message = run.compose(1);
  const auto bob = run.create(message, 1, {}, "bob@example");
  const auto carol = run.create(message, 1, {}, "carol@example");
  run.at(1);
  const auto to_bob = run.begin(message, 1);
  run.at(2);
  const auto to_carol = run.begin(message, 1);
  run.at(3);
  run.connect(to_bob, message, 1);
  run.at(5);
  run.connect(to_carol, message, 1);
  run.at(8);
  const auto bob_there = run.create(message, 2, bob, "bob@example");
  run.end(bob_there, Kind::copy_delivered, message, 2);
  const auto carol_there = run.create(message, 3, carol, "carol@example");
  run.end(carol_there, Kind::copy_delivered, message, 3);
  run.at(9);
  run.end(to_carol, message, 1);
  run.end(carol, Kind::copy_relayed, message, 1, 250);
  run.end(to_bob, message, 1);
  run.end(bob, Kind::copy_relayed, message, 1, 250);
  auto reader = run.finish();
  const MailFacts facts = facts_of(reader);
  const auto outcomes = outcomes_of(facts);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(hops_of(facts, outcomes[0]).at(0).parts_ns,
            (std::array<std::int64_t, 4>{2 * kSecond, 5 * kSecond, 1 * kSecond, 0}));
  EXPECT_EQ(hops_of(facts, outcomes[1]).at(0).parts_ns,
            (std::array<std::int64_t, 4>{3 * kSecond, 3 * kSecond, 2 * kSecond, 0}));
}

TEST(Outcomes, AreThoseOfTheSummaryInRandomRuns) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    tests::TemporaryFolder folder;
    auto writer = std::move(*trace::RunFileWriter::create(folder / "r.mailroom", trace::random_run_header()));
    trace::make_random_run(*writer, seed, 300);
    ASSERT_TRUE(writer->finish());
    auto reader = std::move(*trace::RunFileReader::open(folder / "r.mailroom"));
    const auto summary = *trace::summarize(reader);
    ASSERT_GT(summary.mail.delivered, 5) << seed;
    const auto answer = answer_plots(reader, {});
    ASSERT_TRUE(answer->complete);
    std::map<MailFate, std::int64_t> counts;
    std::map<MailFate, std::int64_t> of_notifications;
    std::int64_t composed = 0;
    for (const RootOutcome& outcome : outcomes_of(answer->facts)) {
      ++(outcome.is_notification ? of_notifications : counts)[outcome.fate];
      if (outcome.fate != MailFate::delivered) continue;
      EXPECT_EQ(sum_of(hops_of(answer->facts, outcome)), outcome.delay_ns()) << seed;
      ++composed;
    }
    EXPECT_GT(composed, 0);
    EXPECT_EQ(counts[MailFate::delivered], summary.mail.delivered) << seed;
    EXPECT_EQ(counts[MailFate::queued], summary.mail.queued) << seed;
    EXPECT_EQ(counts[MailFate::bounced], summary.mail.bounced) << seed;
    EXPECT_EQ(counts[MailFate::destroyed], summary.mail.destroyed) << seed;
    EXPECT_EQ(counts[MailFate::discarded], summary.mail.discarded) << seed;
    EXPECT_EQ(counts[MailFate::unaccounted], summary.mail.unaccounted) << seed;
    EXPECT_EQ(of_notifications[MailFate::delivered], summary.bounces.delivered) << seed;
    const auto& statistics = answer->plots.delay.statistics;
    ASSERT_TRUE(statistics);
    EXPECT_EQ(statistics->n, summary.mail.delivered);
    EXPECT_EQ(std::llround(statistics->median * 1e9), *summary.delay_p50_ns) << seed;
    EXPECT_EQ(std::llround(statistics->p95 * 1e9), *summary.delay_p95_ns) << seed;
    EXPECT_EQ(std::llround(statistics->max * 1e9), *summary.delay_max_ns) << seed;
  }
}

}  // namespace
}  // namespace mailroom::viz
