// SPDX-License-Identifier: GPL-2.0-only
// `retry`: profiles, intervals, formulas, and what a host takes over from the whole scenario.
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kHour = 3600 * kSecond;

Retry retry_of(const std::string& whole, const std::string& own = "") {
  const std::string text = "mailroom: 1\ntopology: {links: [a -- b]}\n" + (whole.empty() ? "" : "retry: " + whole) +
                           "\nhosts: {a: {" + (own.empty() ? "" : "retry: " + own) + "}, b: {}}\n";
  const Scenario scenario = scenario_of(text);
  return scenario.hosts.empty() ? Retry{} : scenario.hosts.front().retry;
}
std::string mistakes(const std::string& retry) {
  return mistakes_of("mailroom: 1\ntopology: {links: [a -- b]}\nretry: " + retry + "\n");
}

}  // namespace

TEST(ScenarioRetry, IsAQuarterOfAnHourForFourDaysWhereNothingIsSaid) {
  const Retry retry = retry_of("");
  EXPECT_EQ(retry.profile, RetryProfile::custom);
  EXPECT_THAT(retry.intervals_ns, ElementsAre(900 * kSecond));
  EXPECT_EQ(retry.give_up_ns, 96 * kHour);
  EXPECT_EQ(retry.scan_ns, 0);
  EXPECT_EQ(retry.delay_warning_ns, 0);
}

TEST(ScenarioRetry, ProfileHasFiguresOfItsOwnThatKeysChange) {
  const Retry postfix = retry_of("{profile: postfix}");
  EXPECT_EQ(postfix.profile, RetryProfile::postfix);
  EXPECT_EQ(postfix.give_up_ns, 120 * kHour);
  EXPECT_EQ(postfix.scan_ns, 300 * kSecond);
  EXPECT_EQ(postfix.delay_warning_ns, 0);
  const Retry exim = retry_of("{profile: exim}");
  EXPECT_EQ(exim.give_up_ns, 96 * kHour);
  EXPECT_EQ(exim.scan_ns, 1800 * kSecond);
  EXPECT_EQ(exim.delay_warning_ns, 24 * kHour);
  EXPECT_EQ(retry_of("{profile: opensmtpd}").delay_warning_ns, 4 * kHour);
  EXPECT_EQ(retry_of("{profile: qmail}").give_up_ns, 168 * kHour);
  EXPECT_EQ(retry_of("{profile: rfc5321}").give_up_ns, 120 * kHour);
  const Retry changed = retry_of("{profile: exim, scan: 0s, give-up: 1d, delay-warning: off}");
  EXPECT_EQ(changed.profile, RetryProfile::exim);
  EXPECT_EQ(changed.scan_ns, 0);
  EXPECT_EQ(changed.give_up_ns, 24 * kHour);
  EXPECT_EQ(changed.delay_warning_ns, 0);
  EXPECT_EQ(retry_of("{delay-warning: 2h}").delay_warning_ns, 2 * kHour);
}

TEST(ScenarioRetry, OfAHostChangesSingleKeysButAProfileAll) {
  EXPECT_EQ(retry_of("{profile: postfix}", "{give-up: 1h}").profile, RetryProfile::postfix);
  EXPECT_EQ(retry_of("{profile: postfix}", "{give-up: 1h}").give_up_ns, kHour);
  const Retry other = retry_of("{profile: postfix, give-up: 1h}", "{profile: qmail}");
  EXPECT_EQ(other.profile, RetryProfile::qmail);
  EXPECT_EQ(other.give_up_ns, 168 * kHour);
  EXPECT_EQ(other.scan_ns, 0);
}

TEST(ScenarioRetry, TakesAFormula) {
  const Retry retry = retry_of("{formula: \"400*n^2 s\"}");
  ASSERT_TRUE(retry.formula);
  EXPECT_EQ(retry.formula->seconds(3, 0), 3600);
  EXPECT_FALSE(retry_of("{formula: \"400*n^2 s\"}", "{intervals: 1h}").formula) << "the host's own way";
}

TEST(ScenarioRetry, MistakesAreTold) {
  EXPECT_THAT(mistakes("{profile: sendmail}"), HasSubstr("s.yaml:3:18"));
  EXPECT_THAT(mistakes("{formula: \"400*m\"}"), HasSubstr("is no formula: only n, age"));
  EXPECT_THAT(mistakes("{formula: \"400*m\"}"), HasSubstr("at character 5"));
  EXPECT_THAT(mistakes("{formula: n, intervals: 1h}"), HasSubstr("'formula' and 'intervals' together"));
  EXPECT_THAT(mistakes("{profile: qmail, intervals: 1h}"), HasSubstr("a profile that has rules of its own"));
  EXPECT_THAT(mistakes("{delay-warning: never}"), HasSubstr("never"));
}

}  // namespace mailroom::scenario
