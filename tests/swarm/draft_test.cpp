// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/swarm_draft.hpp"

#include <gtest/gtest.h>

namespace mailroom::swarm {
namespace {

Draft example() {
  Draft draft;
  draft.set("mailroom", "1");
  Draft& list = draft.at("faults", Draft::Kind::list);
  list.append("one");
  list.append().set("two", "2");
  draft.at("hosts").at("a");
  return draft;
}

TEST(SwarmDraft, IsWrittenAsYaml) {
  EXPECT_EQ(example().yaml(),
            "mailroom: 1\n"
            "faults:\n"
            "  - one\n"
            "  -\n"
            "    two: 2\n"
            "hosts:\n"
            "  a: {}\n");
}

TEST(SwarmDraft, LosesOnePartWithAllThatIsInIt) {
  const Draft draft = example();
  ASSERT_EQ(draft.parts(), 7u);
  EXPECT_EQ(draft.without(0).yaml().find("mailroom"), std::string::npos);
  EXPECT_EQ(draft.without(1).yaml(), "mailroom: 1\nhosts:\n  a: {}\n");
  EXPECT_EQ(draft.without(2).yaml().find("one"), std::string::npos);
  EXPECT_EQ(draft.without(6).yaml().find("a:"), std::string::npos);
  for (std::size_t part = 0; part < draft.parts(); ++part) EXPECT_LT(draft.without(part).parts(), draft.parts());
  EXPECT_GT(draft.weight(1), draft.weight(2));
}

}  // namespace
}  // namespace mailroom::swarm
