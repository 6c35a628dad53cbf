// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/mystery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sim/faults/parse.hpp"
#include "sim/scenario/load.hpp"

namespace mailroom::viz {
namespace {

using faults::Kind;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

scenario::Scenario office(const char* traffic) {
  auto read = scenario::load_text(std::string(R"(mailroom: 1
topology:
  links: [pc -- r, r -- mx, r -- aside]
hosts:
  pc: {domains: home.example, users: [ann]}
  mx: {domains: south.example, users: [bob]}
  aside: {domains: aside.example, users: [eve]}
)") + traffic, "s.yaml", {});
  EXPECT_TRUE(read) << (read ? "" : scenario::to_string(read.error()));
  return read ? std::move(read->scenario) : scenario::Scenario{};
}
constexpr const char* kTraffic = "traffic:\n  - {from: ann@home.example, to: bob@south.example, start: 10s, every: 1m, count: 30}\n";

Mystery some(std::uint64_t seed = 3) {
  auto mystery = Mystery::choose(office(kTraffic), seed);
  EXPECT_TRUE(mystery);
  return *mystery;
}

TEST(Mystery, IsChosenFromWhatTheMailMeets) {
  const auto list = Mystery::candidates(office(kTraffic));
  EXPECT_THAT(list, Contains("link pc-r down"));
  EXPECT_THAT(list, Contains("link r-mx losing 30%"));
  EXPECT_THAT(list, Contains("smtp of mx hung"));
  EXPECT_THAT(list, Not(Contains("host mx out of operation")));
  EXPECT_THAT(list, Contains("address bob@south.example faulty"));
  EXPECT_THAT(list, Not(Contains(HasSubstr("aside")))) << "no mail comes by there";
  EXPECT_FALSE(Mystery::choose(office(""), 1)) << "nobody would notice";
}

TEST(Mystery, TheSameNumberIsTheSameFaultAndOthersAreOthers) {
  std::set<std::string> sentences;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const std::string sentence = some(seed).sentence();
    EXPECT_EQ(sentence, some(seed).sentence());
    const auto fault = faults::parse(sentence);
    ASSERT_TRUE(fault) << sentence;
    EXPECT_GE(fault->when.at_ns, 10'000'000'000) << "some mail went well before";
    EXPECT_LE(fault->when.at_ns, 10'000'000'000 + 10 * 60'000'000'000LL);
    sentences.insert(fault->what);
  }
  EXPECT_GT(sentences.size(), 10u);
}

TEST(Mystery, HidesItsEventsAndWordsUntilItIsRevealed) {
  Mystery mystery = some();
  const std::string what = faults::parse(mystery.sentence())->what;
  const trace::StoredEvent began{.kind = trace::Kind::fault_began, .text = what};
  const trace::StoredEvent other{.kind = trace::Kind::fault_began, .fault = {7}, .text = "disk of aside full"};
  EXPECT_TRUE(mystery.hides({.kind = trace::Kind::connection_disturbed, .fault = {1}, .text = "link down"}));
  EXPECT_FALSE(mystery.hides({.kind = trace::Kind::connection_disturbed, .text = "loss"}));
  EXPECT_TRUE(mystery.hides({.kind = trace::Kind::policy_decided, .text = what + ": RCPT is answered 451"}));
  EXPECT_FALSE(mystery.hides({.kind = trace::Kind::copy_deferred, .fault = {1}, .text = "no answer"})) << "what is seen of it is seen";
  EXPECT_TRUE(mystery.hides(began));
  EXPECT_FALSE(mystery.hides(other));
  EXPECT_TRUE(mystery.tells("faults+=" + mystery.sentence()));
  mystery.reveal();
  EXPECT_FALSE(mystery.hides(began));
  EXPECT_FALSE(mystery.tells(mystery.sentence()));
  EXPECT_THAT(mystery.solution(), HasSubstr(what));
}

TEST(Mystery, GuessesAreWarmerAndHintsComeSymptomsFirst) {
  Mystery mystery = some();
  // One that is known.
  for (std::uint64_t seed = 0; mystery.sentence().find("link r-mx down") == std::string::npos; ++seed) {
    ASSERT_LT(seed, 1000u);
    mystery = some(seed);
  }
  const auto far = mystery.judge({Kind::disk_full, "pc"});
  EXPECT_FALSE(far.is_right);
  EXPECT_THAT(far.words, HasSubstr("Look at"));
  EXPECT_THAT(far.words, Not(HasSubstr("r-mx")));
  const auto near = mystery.judge({Kind::link_losing, "r-mx"});
  EXPECT_TRUE(near.is_right_place);
  EXPECT_TRUE(near.is_right_group);
  EXPECT_FALSE(near.is_right);
  EXPECT_THAT(near.words, HasSubstr("The place is right"));
  const auto away = mystery.judge({Kind::link_down, "pc-r"});
  EXPECT_TRUE(away.is_right_kind);
  EXPECT_THAT(away.words, HasSubstr("That is what fails, but not there."));
  EXPECT_THAT(mystery.judge({Kind::smtp_hung, "nowhere"}).words, HasSubstr("What it does"));
  EXPECT_THAT(mystery.judge({Kind::smtp_hung, "pc"}).words, HasSubstr("It is at r-mx"));
  const auto right = mystery.judge({Kind::link_down, "r-mx"});
  EXPECT_TRUE(right.is_right);
  EXPECT_THAT(right.words, HasSubstr("Right, at the 6th try"));
}

TEST(Mystery, ColderAndWarmerFollowTheNetwork) {
  Mystery mystery = some();
  for (std::uint64_t seed = 0; mystery.sentence().find("smtp of mx hung") == std::string::npos; ++seed) {
    ASSERT_LT(seed, 1000u);
    mystery = some(seed);
  }
  EXPECT_THAT(mystery.judge({Kind::disk_full, "pc"}).words, HasSubstr("Cold."));
  EXPECT_THAT(mystery.judge({Kind::disk_full, "r"}).words, HasSubstr("Warmer."));
  EXPECT_THAT(mystery.judge({Kind::disk_full, "aside"}).words, HasSubstr("Colder."));
}

}  // namespace
}  // namespace mailroom::viz
