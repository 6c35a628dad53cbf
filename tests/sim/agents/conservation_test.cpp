// SPDX-License-Identifier: GPL-2.0-only
// The checker that the other tests trust finds what it is there for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/agents/support/conservation.hpp"

namespace mailroom::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using trace::Kind;

struct Log {
  std::vector<trace::StoredEvent> events;
  Log& add(Kind kind, std::int64_t host, std::int64_t copy, std::int64_t parent = 0, std::int64_t value = 0) {
    trace::StoredEvent event;
    event.id = {static_cast<std::int64_t>(events.size()) + 1};
    event.kind = kind;
    event.host = {host};
    event.message = {1};
    event.copy = {copy};
    event.parent = {parent};
    if (value != 0) event.value = value;
    events.push_back(event);
    return *this;
  }
  std::vector<std::string> violations(std::map<trace::HostId, std::int64_t> queued = {}) const {
    return Conservation::violations(events, queued);
  }
};

TEST(Conservation, HoldsForARelayedAndDeliveredMessage) {
  Log log;
  log.add(Kind::copy_created, 1, 1).add(Kind::copy_created, 2, 2, 1);
  EXPECT_THAT(log.violations({{{1}, 1}, {{2}, 1}}), IsEmpty());
  log.add(Kind::copy_relayed, 1, 1).add(Kind::copy_delivered, 2, 2);
  EXPECT_THAT(log.violations(), IsEmpty());
}

TEST(Conservation, FindsAGapBetweenOwners) {
  Log log;
  log.add(Kind::copy_created, 1, 1).add(Kind::copy_relayed, 1, 1).add(Kind::copy_created, 2, 2, 1);
  EXPECT_THAT(log.violations({{{2}, 1}}),
              ElementsAre(HasSubstr("nobody has it"), HasSubstr("nobody is responsible")));
}

TEST(Conservation, FindsASecondEnd) {
  Log log;
  log.add(Kind::copy_created, 1, 1).add(Kind::copy_delivered, 1, 1).add(Kind::copy_delivered, 1, 1);
  EXPECT_THAT(log.violations(), ElementsAre(HasSubstr("ends twice")));
}

TEST(Conservation, FindsAForgottenOrAnExtraRecipientInAQueue) {
  Log log;
  log.add(Kind::copy_created, 1, 1);
  EXPECT_THAT(log.violations(), ElementsAre(HasSubstr("owns 1 copies, but 0")));
  EXPECT_THAT(log.violations({{{1}, 1}}), IsEmpty());
  EXPECT_THAT(log.violations({{{1}, 1}, {{2}, 1}}), ElementsAre(HasSubstr("owns none, but 1")));
}

TEST(Conservation, FindsABounceWithoutItsNotification) {
  Log log;
  log.add(Kind::copy_created, 1, 1).add(Kind::copy_bounced, 1, 1, 0, 7);
  EXPECT_THAT(log.violations(), ElementsAre(HasSubstr("does not exist yet")));
}

TEST(Conservation, FindsAnEndElsewhereAndUnknownCopies) {
  Log log;
  log.add(Kind::copy_created, 1, 1).add(Kind::copy_delivered, 2, 1).add(Kind::copy_delivered, 1, 9);
  log.add(Kind::copy_created, 1, 1).add(Kind::copy_created, 1, 3, 8);
  EXPECT_THAT(log.violations(), ElementsAre(HasSubstr("another host"), HasSubstr("never created"),
                                            HasSubstr("created twice"), HasSubstr("unknown parent")));
}

}  // namespace
}  // namespace mailroom::test
