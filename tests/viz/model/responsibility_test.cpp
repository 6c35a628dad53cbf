// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/responsibility.hpp"

#include "tests/viz/model/asking.hpp"
#include "tests/viz/model/hand_made_run.hpp"

namespace mailroom::viz {
namespace {

using trace::Kind;

class Responsibility : public testing::Test {
 protected:
  Responsibility() {
    run_.at(1);
    message_ = run_.compose(1);
    sent_ = run_.create(message_, 1);
    run_.at(2);
    taken_ = run_.create(message_, 2, sent_);
    run_.at(3);
    run_.end(sent_, Kind::copy_relayed, message_, 1, 250);
    run_.at(4);
    run_.end(taken_, Kind::copy_delivered, message_, 2, 0, 1);
    run_.finish();
  }
  HandMadeRun run_;
  trace::MessageId message_;
  trace::CopyId sent_, taken_;
};

TEST_F(Responsibility, HasOneOwnerThenTwoThenTheOther) {
  Asked asked(run_.path());
  const auto owed_at = [&](double seconds) {
    asked.at(std::llround(seconds * 1e9));
    return owed_of(asked.world(), message_);
  };
  EXPECT_TRUE(owed_at(0.5).empty());
  auto owed = owed_at(1.5);
  ASSERT_EQ(owed.size(), 1u);
  EXPECT_EQ(owed[0].host.value, 1);
  EXPECT_FALSE(owed[0].overlaps());
  owed = owed_at(2.5);
  ASSERT_EQ(owed.size(), 2u);
  EXPECT_EQ(owed[0].taken_as, taken_);
  EXPECT_EQ(owed[1].still_with, sent_);
  const auto hosts = owing_hosts(owed);
  ASSERT_EQ(hosts.size(), 2u);
  EXPECT_TRUE(hosts.at({1}).overlaps);
  EXPECT_TRUE(hosts.at({2}).overlaps);
  EXPECT_EQ(overlap_words(owed[0], asked.world(), asked.names),
            "h1 and h2 both owe it: h2 has committed it, but h1 has not read the 250 yet.");
  EXPECT_EQ(overlap_words(owed[0], asked.world(), asked.names), overlap_words(owed[1], asked.world(), asked.names));
  owed = owed_at(3.5);
  ASSERT_EQ(owed.size(), 1u);
  EXPECT_EQ(owed[0].host.value, 2);
  EXPECT_FALSE(owed[0].overlaps());
  EXPECT_EQ(overlap_words(owed[0], asked.world(), asked.names), "");
  EXPECT_TRUE(owed_at(5).empty());
}

TEST_F(Responsibility, IsOfNobodyForAMessageThatIsNotThere) {
  Asked asked(run_.path());
  EXPECT_TRUE(owed_of(asked.world(), {99}).empty());
  EXPECT_TRUE(owed_of(asked.world(), {}).empty());
}

}  // namespace
}  // namespace mailroom::viz
