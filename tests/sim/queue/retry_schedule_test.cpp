// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/retry_schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <set>
#include <vector>

#include "sim/queue/retry_book.hpp"

namespace mailroom::queue {
namespace {

using scenario::Retry;
using scenario::RetryProfile;
using testing::ElementsAre;

constexpr std::int64_t kSecond = scenario::kSecond;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

std::optional<std::int64_t> next_ns(const RetrySchedule& schedule, std::int64_t since_ns, int attempts,
                                    std::int64_t now_ns) {
  const auto next =
      schedule.next({.since_ns = since_ns, .began_ns = now_ns, .now_ns = now_ns, .attempts = attempts});
  return next ? std::optional(next->time_ns) : std::nullopt;
}

// ---- What the implementation does with a message that arrives when an outage begins: the seconds at which it is
// tried, each try failing after `lasts_s`.
std::vector<std::int64_t> tries(const Retry& retry, std::int64_t lasts_s = 0, std::int64_t arrival_s = 0) {
  const auto schedule = make_schedule(retry);
  RetryBook book;
  std::vector<std::int64_t> at;
  std::int64_t time_ns = arrival_s * kSecond;
  for (int attempt = 1; attempt < 5000; ++attempt) {
    EXPECT_EQ(time_ns % kSecond, 0) << "whole seconds";
    at.push_back(time_ns / kSecond);
    const std::int64_t failed_ns = time_ns + lasts_s * kSecond;
    std::optional<NextTry> next;
    if (schedule->is_shared()) {
      const RetryRecord& record = book.fail("h", *schedule, failed_ns, false, {});
      if (!record.is_given_up) next = NextTry{.time_ns = record.next_try_ns};
    } else {
      next = schedule->next({.since_ns = arrival_s * kSecond,
                             .began_ns = time_ns,
                             .now_ns = failed_ns,
                             .attempts = attempt});
    }
    if (!next || next->gives_up) break;
    EXPECT_GT(next->time_ns, time_ns);
    time_ns = at_scan(next->time_ns, retry.scan_ns, 0);
  }
  return at;
}

Retry ideal(RetryProfile profile) {
  Retry retry = Retry::of(profile);
  retry.scan_ns = 0;
  return retry;
}

// ---- The same from the descriptions, on its own: a clock that ticks second by second and asks each time whether the
// real sender would try now.
struct Ticking {
  std::int64_t give_up_s = 0;
  bool gives_up_untried = false;  // at the end itself, not by the failure after it
  // The second from which the next try is due; the age of the message (or of the failing) at the failed try that
  // began at `tried_s`, counted from 1.
  std::function<std::int64_t(std::int64_t tried_s, int number)> due;
  std::int64_t scan_s = 1;
  std::int64_t arrival_s = 0;

  std::vector<std::int64_t> run() const {
    std::vector<std::int64_t> at{arrival_s};
    std::int64_t due_s = arrival_s + due(0, 1);
    for (std::int64_t clock = arrival_s; clock < arrival_s + 9 * 86'400; ++clock) {
      const std::int64_t age = clock - arrival_s;
      if (gives_up_untried && age >= give_up_s) return at;
      if (age == 0 || clock % scan_s != 0 || clock < due_s) continue;
      at.push_back(clock);
      if (age >= give_up_s) return at;
      due_s = arrival_s + due(age, static_cast<int>(at.size()));
    }
    ADD_FAILURE() << "it never gives up";
    return at;
  }
};

Ticking postfix() {
  return {.give_up_s = 5 * 86'400, .due = [](std::int64_t age, int) {
            std::int64_t wait = age;
            if (wait < 300) wait = 300;
            if (wait > 4000) wait = 4000;
            return age + wait;
          }};
}

Ticking qmail() {
  return {.give_up_s = 7 * 86'400, .due = [](std::int64_t age, int) {
            std::int64_t root = 0;
            while ((root + 1) * (root + 1) <= age) ++root;
            return (root + 20) * (root + 20);
          }};
}

TEST(RetryProfile, PostfixUnquantisedTriesAHundredAndThirteenTimesInFiveDays) {
  const auto real = postfix().run();
  EXPECT_EQ(tries(ideal(RetryProfile::postfix)), real);
  EXPECT_EQ(real.size(), 113u);
  EXPECT_EQ(real.back(), 432'800) << "120.22 h";
  EXPECT_THAT(std::vector(real.begin(), real.begin() + 8),
              ElementsAre(0, 300, 600, 1200, 2400, 4800, 8800, 12'800));
}

TEST(RetryProfile, PostfixTriesAtTheScansOfItsQueue) {
  Ticking scanned = postfix();
  scanned.scan_s = 300;
  for (const std::int64_t arrival_s : {0, 1, 137, 299}) {
    scanned.arrival_s = arrival_s;
    EXPECT_EQ(tries(Retry::of(RetryProfile::postfix), 0, arrival_s), scanned.run()) << arrival_s;
  }
}

TEST(RetryProfile, EximTriesTwentyNineTimesInFourDays) {
  // The description in hours, by hand: each 15 minutes until 2 h are over, then waits that grow by half until
  // 16 h are over, then each 6 h until 4 d are over.
  std::vector<double> hours;
  for (int quarter = 0; quarter <= 9; ++quarter) hours.push_back(quarter * 0.25);
  double wait = 1;
  while (hours.back() <= 16) {
    hours.push_back(hours.back() + wait);
    wait *= 1.5;
  }
  while (hours.back() <= 96) hours.push_back(hours.back() + 6);
  const auto schedule = make_schedule(ideal(RetryProfile::exim));
  RetryBook book;
  std::vector<double> found;
  std::int64_t time_ns = 0;
  while (true) {
    found.push_back(static_cast<double>(time_ns) / kHour);
    const RetryRecord& record = book.fail("host", *schedule, time_ns, false, {});
    if (record.is_given_up) break;
    time_ns = record.next_try_ns;
  }
  EXPECT_THAT(found, testing::Pointwise(testing::DoubleNear(1e-6), hours));
  EXPECT_EQ(found.size(), 29u);
  EXPECT_NEAR(found.back(), 101.03, 0.01);
}

TEST(RetryProfile, EximTriesAtTheRunsOfItsQueue) {
  const auto at = tries(Retry::of(RetryProfile::exim));
  for (const std::int64_t second : at) EXPECT_EQ(second % 1800, 0);
  EXPECT_THAT(std::vector(at.begin(), at.begin() + 7), ElementsAre(0, 1800, 3600, 5400, 7200, 9000, 12'600));
}

TEST(RetryProfile, OpenSmtpdTriesThirtyTimesInFourDays) {
  Ticking real{.give_up_s = 4 * 86'400, .gives_up_untried = true, .due = [](std::int64_t, int number) {
                 std::int64_t sum = 0;  // n² is the sum of the first n odd numbers
                 for (int odd = 1; odd < 2 * number; odd += 2) sum += odd;
                 return 400 * sum;
               }};
  EXPECT_EQ(tries(ideal(RetryProfile::opensmtpd)), real.run());
  EXPECT_EQ(real.run().size(), 30u);
  EXPECT_EQ(real.run().back(), 336'400) << "93.44 h";
}

TEST(RetryProfile, OpenSmtpdTriesLocalDeliveryFortyTimesAsOften) {
  const auto schedule = make_schedule(ideal(RetryProfile::opensmtpd));
  EXPECT_EQ(schedule->next({.now_ns = 5, .attempts = 3, .is_local = true})->time_ns, 90 * kSecond);
}

TEST(RetryProfile, OpenSmtpdEndsAtItsTimeWithoutATry) {
  const auto schedule = make_schedule(ideal(RetryProfile::opensmtpd));
  const auto next = schedule->next({.now_ns = 336'400 * kSecond, .attempts = 30});
  ASSERT_TRUE(next);
  EXPECT_TRUE(next->gives_up);
  EXPECT_EQ(next->time_ns, 4 * kDay);
}

TEST(RetryProfile, Rfc5321TriesSixtyOneTimesInFiveDays) {
  Ticking real{.give_up_s = 5 * 86'400, .gives_up_untried = true, .due = [](std::int64_t, int number) {
                 return number == 1 ? 1800 : 1800 + (number - 1) * 7200;
               }};
  EXPECT_EQ(tries(ideal(RetryProfile::rfc5321)), real.run());
  EXPECT_EQ(real.run().size(), 61u);
}

TEST(RetryProfile, QmailTriesThirtyNineTimesAfterTheFirstInSevenDays) {
  EXPECT_EQ(tries(ideal(RetryProfile::qmail)), qmail().run());
  const auto at = tries(ideal(RetryProfile::qmail));
  EXPECT_EQ(at.size(), 40u);
  EXPECT_THAT(std::vector(at.begin(), at.begin() + 5), ElementsAre(0, 400, 1600, 3600, 6400));
  EXPECT_EQ(at.back(), 608'400) << "the first try after seven days is the last";
}

TEST(RetryProfile, QmailDoesNotMindHowLongATryTakes) {
  EXPECT_EQ(tries(ideal(RetryProfile::qmail), 60), qmail().run());
  const auto schedule = make_schedule(ideal(RetryProfile::qmail));
  EXPECT_EQ(schedule->next({.now_ns = kSecond, .is_local = true})->time_ns, 100 * kSecond);
}

TEST(RetryProfile, QmailGivesUpByTheBeginningOfTheTryNotByItsEnd) {
  const auto schedule = make_schedule(ideal(RetryProfile::qmail));
  EXPECT_TRUE(schedule->next({.began_ns = 7 * kDay - kSecond, .now_ns = 7 * kDay + kMinute}));
  EXPECT_FALSE(schedule->next({.began_ns = 7 * kDay, .now_ns = 7 * kDay + kMinute}));
}

TEST(RetryProfile, EximGivesUpWithinItsFirstRuleIfItIsToldTo) {
  Retry retry = ideal(RetryProfile::exim);
  retry.give_up_ns = kHour;
  const auto schedule = make_schedule(retry);
  EXPECT_TRUE(schedule->next({.now_ns = kHour, .waited_ns = 15 * kMinute, .attempts = 5}));
  EXPECT_FALSE(schedule->next({.now_ns = kHour + 1, .waited_ns = 15 * kMinute, .attempts = 5}));
}

TEST(RetryProfile, OpenSmtpdTriesAtOnceWhereTheTryOutlastedItsTime) {
  const auto schedule = make_schedule(ideal(RetryProfile::opensmtpd));
  EXPECT_EQ(schedule->next({.now_ns = 500 * kSecond, .attempts = 1})->time_ns, 500 * kSecond);
}

TEST(RetryProfile, FormulaSaysTheSameAsTheProfileThatItDescribes) {
  const auto with = [](const char* text, std::int64_t give_up_ns) {
    Retry retry;
    retry.formula = scenario::Formula::parse(text).value();
    retry.give_up_ns = give_up_ns;
    return retry;
  };
  EXPECT_EQ(tries(with("age + min(max(age, 5m), 4000)", 5 * kDay)), postfix().run());
  EXPECT_EQ(tries(with("(sqrt(age) + 20)^2 s", 7 * kDay)), qmail().run());
  auto opensmtpd = tries(ideal(RetryProfile::opensmtpd));
  opensmtpd.push_back(360'000);  // a formula's message is given up by a failure, not by the clock
  EXPECT_EQ(tries(with("400*n^2 s", 4 * kDay)), opensmtpd);
}

TEST(RetryProfile, FormulaThatStandsStillGoesOnASecondAtATime) {
  Retry retry;
  retry.formula = scenario::Formula::parse("n - n").value();
  retry.give_up_ns = 3 * kSecond;
  EXPECT_THAT(tries(retry), ElementsAre(0, 1, 2, 3));
  retry.formula = scenario::Formula::parse("1 / (n - n)").value();
  EXPECT_THAT(tries(retry), ElementsAre(0)) << "never again";
}

// ---- The delay that an outage causes (the table of docs/QUEUE.md)

// A message that arrives `arrival_s` after an outage of `outage_s` began, by a ticking clock, a connection being
// refused at once.
std::int64_t refused_delay(Ticking sender, std::int64_t outage_s, std::int64_t arrival_s) {
  sender.arrival_s = arrival_s;
  std::int64_t due_s = arrival_s;
  for (std::int64_t clock = arrival_s;; ++clock) {
    if (clock < due_s || (clock != arrival_s && clock % sender.scan_s != 0)) continue;
    if (clock >= outage_s) return clock - arrival_s;
    due_s = arrival_s + sender.due(clock - arrival_s, 0);
  }
}

// The same by the implementation.
std::int64_t delay(const Retry& retry, std::int64_t outage_s, std::int64_t arrival_s) {
  const auto schedule = make_schedule(retry);
  std::int64_t time_s = arrival_s;
  for (int attempt = 1; time_s < outage_s; ++attempt) {
    const auto next = schedule->next({.since_ns = arrival_s * kSecond,
                                      .began_ns = time_s * kSecond,
                                      .now_ns = time_s * kSecond,
                                      .attempts = attempt});
    time_s = at_scan(next->time_ns, retry.scan_ns, 0) / kSecond;
  }
  return time_s - arrival_s;
}

// Connections are not answered while the outage lasts: a try takes 30 s, but a SYN that TCP repeats after 3, 9 and
// 21 s may get through.
std::int64_t blackhole_delay(const Retry& retry, std::int64_t outage_s, std::int64_t arrival_s) {
  const auto schedule = make_schedule(retry);
  RetryBook book;
  std::int64_t time_s = arrival_s;
  for (int attempt = 1;; ++attempt) {
    for (const std::int64_t syn_s : {0, 3, 9, 21})
      if (time_s + syn_s >= outage_s) return time_s + syn_s - arrival_s;
    const std::int64_t failed_ns = (time_s + 30) * kSecond;
    std::int64_t next_ns = 0;
    if (schedule->is_shared()) {
      next_ns = book.fail("host", *schedule, failed_ns, false, {}).next_try_ns;
    } else {
      next_ns = schedule
                    ->next({.since_ns = arrival_s * kSecond,
                            .began_ns = time_s * kSecond,
                            .now_ns = failed_ns,
                            .attempts = attempt})
                    ->time_ns;
    }
    time_s = at_scan(next_ns, retry.scan_ns, 0) / kSecond;
  }
}

const std::vector<std::int64_t> kOutages = {600, 3600, 14'400, 86'400};

template <class Delay>
std::vector<std::int64_t> delays_of_the_first(Delay delay_of) {
  std::vector<std::int64_t> all;
  for (const std::int64_t outage_s : kOutages) all.push_back(delay_of(outage_s, 0));
  return all;
}
// Rounded; the arrivals are `step_s` apart.
template <class Delay>
std::vector<std::int64_t> means(Delay delay_of, std::int64_t step_s = 1) {
  std::vector<std::int64_t> all;
  for (const std::int64_t outage_s : kOutages) {
    std::int64_t sum = 0, count = 0;
    for (std::int64_t arrival_s = 0; arrival_s < outage_s; arrival_s += step_s, ++count)
      sum += delay_of(outage_s, arrival_s);
    all.push_back((sum + count / 2) / count);
  }
  return all;
}

Retry half_hourly() {
  Retry retry;
  retry.intervals_ns = {30 * kMinute};
  return retry;
}
auto by(const Retry& retry) {
  return [retry](std::int64_t outage_s, std::int64_t arrival_s) { return delay(retry, outage_s, arrival_s); };
}

TEST(OutageDelay, OfAMessageThatArrivesAsItBeginsIsThatOfTheRealSenders) {
  Ticking scanned = postfix();
  scanned.scan_s = 300;
  const auto real = [](const Ticking& sender) {
    return delays_of_the_first([&](std::int64_t outage_s, std::int64_t arrival_s) {
      return refused_delay(sender, outage_s, arrival_s);
    });
  };
  EXPECT_THAT(real(scanned), ElementsAre(600, 4800, 17'400, 88'800));
  EXPECT_THAT(real(qmail()), ElementsAre(1600, 3600, 14'400, 90'000));
  EXPECT_EQ(delays_of_the_first(by(Retry::of(RetryProfile::postfix))), real(scanned));
  EXPECT_EQ(delays_of_the_first(by(Retry::of(RetryProfile::qmail))), real(qmail()));
  EXPECT_THAT(delays_of_the_first(by(half_hourly())), ElementsAre(1800, 3600, 14'400, 86'400));
}

TEST(OutageDelay, OnTheAverageOfAllArrivalsIsThatOfTheRealSenders) {
  EXPECT_THAT(means(by(Retry::of(RetryProfile::postfix)), 300), ElementsAre(450, 2675, 8994, 45'253))
      << "arrivals at scans";
  EXPECT_THAT(means(by(Retry::of(RetryProfile::postfix))), ElementsAre(450, 2550, 8850, 45'105));
  EXPECT_THAT(means(by(Retry::of(RetryProfile::qmail))), ElementsAre(800, 2578, 8789, 47'287));
  EXPECT_THAT(means(by(half_hourly())), ElementsAre(1800, 2700, 8100, 44'100));
  // And by the ticking clock, at some of the arrivals (it is slow).
  Ticking scanned = postfix();
  scanned.scan_s = 300;
  for (const std::int64_t arrival_s : {0, 1, 149, 150, 300, 3599, 7000, 14'399}) {
    for (const std::int64_t outage_s : kOutages) {
      if (arrival_s >= outage_s) continue;
      EXPECT_EQ(delay(Retry::of(RetryProfile::postfix), outage_s, arrival_s),
                refused_delay(scanned, outage_s, arrival_s));
      EXPECT_EQ(delay(Retry::of(RetryProfile::qmail), outage_s, arrival_s),
                refused_delay(qmail(), outage_s, arrival_s));
    }
  }
}

TEST(OutageDelay, BehindABlackholeIsAsTheTableOfTheDocumentSays) {
  const auto of = [](const Retry& retry) {
    return delays_of_the_first([&](std::int64_t outage_s, std::int64_t arrival_s) {
      return blackhole_delay(retry, outage_s, arrival_s);
    });
  };
  EXPECT_THAT(of(Retry::of(RetryProfile::postfix)), ElementsAre(600, 6900, 15'300, 86'700));
  EXPECT_THAT(of(Retry::of(RetryProfile::qmail)), ElementsAre(1600, 3600, 14'400, 90'000));
  EXPECT_THAT(of(Retry::of(RetryProfile::opensmtpd)), ElementsAre(1600, 3600, 14'400, 90'000));
  EXPECT_THAT(of(Retry::of(RetryProfile::exim)), ElementsAre(1800, 3600, 14'400, 86'400));
  EXPECT_THAT(of(half_hourly()), ElementsAre(1830, 3660, 14'640, 87'840));
}

TEST(QueueScan, TakesWhatIsDueAtTheNextOne) {
  EXPECT_EQ(at_scan(17, 0, 5), 17) << "no scans";
  EXPECT_EQ(at_scan(0, 10, 0), 0);
  EXPECT_EQ(at_scan(1, 10, 0), 10);
  EXPECT_EQ(at_scan(10, 10, 0), 10);
  EXPECT_EQ(at_scan(11, 10, 4), 14);
  EXPECT_EQ(at_scan(3, 10, 4), 4) << "not before it was started";
}

TEST(RetryBook, HasOneHistoryForAllThatGoesToAHost) {
  const auto schedule = make_schedule(ideal(RetryProfile::exim));
  RetryBook book;
  EXPECT_EQ(book.find("h", kHour), nullptr);
  EXPECT_EQ(book.fail("h", *schedule, 0, false, {}).next_try_ns, 15 * kMinute);
  EXPECT_EQ(book.fail("h", *schedule, kSecond, false, {}).next_try_ns, 15 * kMinute)
      << "a second message that fails with the first moves nothing";
  EXPECT_EQ(book.fail("h", *schedule, 16 * kMinute, false, {}).next_try_ns, 31 * kMinute);
  EXPECT_EQ(book.fail("other", *schedule, 16 * kMinute, false, {}).next_try_ns, 31 * kMinute);
  EXPECT_EQ(book.find("h", kHour)->first_failed_ns, 0);
  book.succeed("h");
  EXPECT_EQ(book.find("h", kHour), nullptr);
  EXPECT_EQ(book.size(), 1u);
}

TEST(RetryBook, GivesUpAHostAndTriesItEverySixHoursFromThenOn) {
  const auto schedule = make_schedule(ideal(RetryProfile::exim));
  RetryBook book;
  book.fail("h", *schedule, 0, false, {});
  EXPECT_FALSE(book.fail("h", *schedule, 4 * kDay, false, {}).is_given_up);
  const RetryRecord& record = book.fail("h", *schedule, 5 * kDay, false, {});
  EXPECT_TRUE(record.is_given_up);
  EXPECT_EQ(record.next_try_ns, 5 * kDay + 6 * kHour);
}

TEST(RetryBook, ForgetsWhatItHasNotHeardOfForAWeek) {
  const auto schedule = make_schedule(ideal(RetryProfile::exim));
  RetryBook book;
  book.fail("h", *schedule, 0, false, {});
  ASSERT_TRUE(book.fail("h", *schedule, 5 * kDay, false, {}).is_given_up);
  ASSERT_NE(book.find("h", 12 * kDay), nullptr) << "a week later, to the nanosecond";
  EXPECT_EQ(book.find("h", 12 * kDay + 1), nullptr);
  const RetryRecord& anew = book.fail("h", *schedule, 60 * kDay, false, {});
  EXPECT_FALSE(anew.is_given_up);
  EXPECT_EQ(anew.first_failed_ns, 60 * kDay);
  EXPECT_EQ(anew.failures, 1);
  EXPECT_EQ(anew.next_try_ns, 60 * kDay + 15 * kMinute);
}

TEST(RetryBook, KeepsNothingOfWhatItHasForgotten) {
  const auto schedule = make_schedule(ideal(RetryProfile::exim));
  RetryBook book;
  for (int i = 0; i < 100; ++i) book.fail("h" + std::to_string(i), *schedule, 0, false, {});
  ASSERT_EQ(book.size(), 100u);
  book.fail("h1", *schedule, 6 * kDay, false, {});
  EXPECT_EQ(book.size(), 100u);
  book.fail("new", *schedule, 8 * kDay, false, {});
  EXPECT_EQ(book.size(), 2u) << "h1 has failed since";
}

TEST(FixedIntervals, AreTakenInTurnAndTheLastRepeats) {
  const FixedIntervals schedule({10, 20, 40}, 1000);
  EXPECT_EQ(next_ns(schedule, 0, 1, 0), 10);
  EXPECT_EQ(next_ns(schedule, 0, 2, 10), 30);
  EXPECT_EQ(next_ns(schedule, 0, 3, 30), 70);
  EXPECT_EQ(next_ns(schedule, 0, 4, 70), 110);
  EXPECT_EQ(next_ns(schedule, 0, 1'000'000, 110), 150);
}

TEST(FixedIntervals, CountFromTheFailureNotFromTheArrival) {
  const FixedIntervals schedule({10}, 1000);
  EXPECT_EQ(next_ns(schedule, 100, 1, 137), 147) << "an attempt takes time itself";
}

TEST(FixedIntervals, GiveUpAtTheFirstFailureAtOrAfterTheEnd) {
  const FixedIntervals schedule({10}, 50);
  EXPECT_EQ(next_ns(schedule, 7, 5, 56), 66)
      << "one before the end: tried once more, though that lies beyond";
  EXPECT_EQ(next_ns(schedule, 7, 5, 57), std::nullopt);
  EXPECT_EQ(next_ns(schedule, 7, 1, 58), std::nullopt);
}

TEST(FixedIntervals, GiveUpAtOnceWithoutAPeriod) {
  const FixedIntervals schedule({10}, 0);
  EXPECT_EQ(next_ns(schedule, 5, 1, 5), std::nullopt);
}

TEST(FixedIntervals, TakeNoAttemptForTheFirst) {
  const FixedIntervals schedule({10, 20}, 50);
  EXPECT_EQ(next_ns(schedule, 0, 0, 0), 10);
  EXPECT_EQ(next_ns(schedule, 0, std::numeric_limits<int>::max(), 0), 20);
}

TEST(FixedIntervalsDeathTest, AssertThatTimeGoesOn) {
  EXPECT_DEATH(FixedIntervals({}, 1), "empty");
  EXPECT_DEATH(FixedIntervals({10, 0}, 1), "interval");
}

}  // namespace
}  // namespace mailroom::queue
