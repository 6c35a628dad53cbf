// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_pending.hpp"

#include <gtest/gtest.h>
#include <ns3/object.h>

#include <map>
#include <utility>
#include <vector>

#include "sim/net/random.hpp"

namespace mailroom::net::test {
namespace {

using Key = std::pair<std::uint64_t, std::uint32_t>;  // time, number

ns3::Scheduler::Event event(Key key) {
  ns3::Scheduler::Event made{};
  made.key.m_ts = key.first;
  made.key.m_uid = key.second;
  return made;
}

// The same as a sorted map, whatever is put in and taken out.
TEST(Ns3Pending, GivesEventsInOrderWithoutTheRemoved) {
  const auto pending = ns3::CreateObject<Ns3Pending>();
  Random random(1, "pending", "test");
  std::map<Key, bool> expected;
  std::uint32_t last = 0;
  std::uint64_t now = 0;
  std::size_t taken = 0, removed = 0;
  ASSERT_TRUE(pending->IsEmpty());
  for (int i = 0; i < 20'000; ++i) {
    const auto draw = random.below(10);
    if (draw < 5 || expected.empty()) {
      const Key key{now + random.below(50), ++last};
      expected.emplace(key, true);
      pending->Insert(event(key));
    } else if (draw < 8) {
      const Key first = expected.begin()->first;
      EXPECT_EQ(Ns3Pending::next_ns(), static_cast<std::int64_t>(first.first));
      const auto next = pending->RemoveNext();
      ASSERT_EQ(Key(next.key.m_ts, next.key.m_uid), first);
      now = first.first;
      expected.erase(expected.begin());
      ++taken;
    } else {
      auto victim = expected.begin();
      std::advance(victim, random.below(expected.size()));
      pending->Remove(event(victim->first));
      expected.erase(victim);
      ++removed;
    }
    ASSERT_EQ(Ns3Pending::count(), std::ssize(expected));
    ASSERT_EQ(pending->IsEmpty(), expected.empty());
  }
  EXPECT_GT(taken, 1000U);
  EXPECT_GT(removed, 1000U);
}

}  // namespace
}  // namespace mailroom::net::test
