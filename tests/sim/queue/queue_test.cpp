// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

namespace mailroom::queue {
namespace {

using testing::ElementsAre;

Entry entry_with(std::size_t recipients) {
  Entry entry;
  entry.reverse_path = "ann@a.test";
  for (std::size_t i = 0; i < recipients; ++i) {
    entry.recipients.push_back({.forward_path = "somebody-with-a-long-name@b.test"});
  }
  return entry;
}

TEST(Queue, NumbersEntriesFromOneAndMakesAllTheirRecipientsReady) {
  Queue queue;
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.next_id(), 1);
  Entry& first = queue.add(entry_with(2));
  Entry& second = queue.add(entry_with(1));
  EXPECT_EQ(first.id, 1);
  EXPECT_EQ(second.id, 2);
  EXPECT_EQ(queue.next_id(), 3);
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_EQ(queue.recipients(), 3u);
  EXPECT_EQ(first.open, 2);
  for (const Recipient& recipient : first.recipients) EXPECT_EQ(recipient.state, RecipientState::ready);
  EXPECT_EQ(queue_id(first.id), "Q00001");
}

TEST(Queue, DropsADestinationWhenItIsDoneAndTheMessageWhenTheListIsEmpty) {
  Queue queue;
  Entry& entry = queue.add(entry_with(2));
  queue.take(entry);
  queue.activate(entry, 0);
  queue.activate(entry, 1);
  queue.settle(entry, 1);
  EXPECT_EQ(entry.open, 1);
  EXPECT_EQ(entry.recipients[1].state, RecipientState::done);
  EXPECT_FALSE(entry.recipients[1].forward_path.empty()) << "it may have to be sent again";
  queue.mark(entry, 1);
  EXPECT_EQ(entry.recipients[1].forward_path.capacity(), std::string().capacity()) << "its octets are freed";
  EXPECT_EQ(queue.recipients(), 1u);
  EXPECT_EQ(queue.size(), 1u);
  queue.settle(entry, 0);
  EXPECT_EQ(entry.open, 0);
  EXPECT_EQ(entry.unmarked, 1);
  queue.mark(entry, 0);
  queue.remove(entry.id);
  EXPECT_EQ(queue.count(Place::active), 0u);
  EXPECT_EQ(queue.recipients(), 0u);
  EXPECT_EQ(queue.size(), 0u);
}

TEST(Queue, GivesBackDeferredRecipientsWhenTheyAreDueAndNotBefore) {
  Queue queue;
  Entry& entry = queue.add(entry_with(3));
  queue.take(entry);
  for (std::size_t i = 0; i < 3; ++i) queue.activate(entry, i);
  EXPECT_FALSE(queue.next_due_ns());
  queue.defer(entry, 2, 100);
  queue.defer(entry, 0, 100);
  queue.defer(entry, 1, 200);
  EXPECT_EQ(queue.next_due_ns(), 100);
  EXPECT_FALSE(queue.take_due(99));
  EXPECT_EQ(entry.recipients[0].state, RecipientState::deferred);
  const auto due = queue.take_due(100);
  ASSERT_TRUE(due);
  EXPECT_EQ(due->first, entry.id);
  EXPECT_THAT(due->second, ElementsAre(0, 2)) << "those of one message together";
  EXPECT_EQ(entry.recipients[0].state, RecipientState::ready);
  EXPECT_FALSE(queue.take_due(100));
  EXPECT_EQ(queue.next_due_ns(), 200);
}

TEST(Queue, GivesBackTheLongestWaitingFirstWhateverTheOrderOfDeferral) {
  Queue queue;
  std::multimap<std::int64_t, EntryId> expected;
  std::uint64_t state = 12345;
  for (int i = 0; i < 2000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    Entry& entry = queue.add(entry_with(1));
    queue.take(entry);
    queue.activate(entry, 0);
    const auto due_ns = static_cast<std::int64_t>(state >> 54);
    queue.defer(entry, 0, due_ns);
    expected.emplace(due_ns, entry.id);
  }
  for (const auto& [due_ns, id] : expected) {
    EXPECT_EQ(queue.next_due_ns(), due_ns);
    const auto due = queue.take_due(due_ns);
    ASSERT_TRUE(due);
    EXPECT_EQ(due->first, id);
  }
  EXPECT_FALSE(queue.next_due_ns());
}

TEST(Queue, ExpeditedRecipientsAreDueNowAndNotOnceMoreAtTheirOldTime) {
  Queue queue;
  Entry& entry = queue.add(entry_with(3));
  queue.take(entry);
  for (std::size_t i = 0; i < 3; ++i) queue.activate(entry, i);
  queue.defer(entry, 0, 100);
  queue.defer(entry, 1, 200);
  queue.defer(entry, 2, 300);
  EXPECT_TRUE(queue.expedite(entry, 2, 50));
  EXPECT_TRUE(queue.expedite(entry, 0, 50));
  EXPECT_FALSE(queue.expedite(entry, 0, 50)) << "it is due already";
  EXPECT_EQ(queue.next_due_ns(), 50);
  const auto due = queue.take_due(60);
  ASSERT_TRUE(due);
  EXPECT_THAT(due->second, ElementsAre(0, 2));
  EXPECT_EQ(queue.next_due_ns(), 200) << "not 100";
  queue.activate(entry, 0);
  queue.defer(entry, 0, 100);  // the very time that it had
  EXPECT_EQ(queue.take_due(100)->second, std::vector<std::size_t>{0}) << "once";
  EXPECT_EQ(queue.next_due_ns(), 200);
  queue.activate(entry, 0);
  queue.activate(entry, 2);
  for (const std::size_t index : {0U, 2U}) queue.settle(entry, index);
  EXPECT_THAT(queue.take_due(1000)->second, ElementsAre(1));
  queue.activate(entry, 1);
  queue.settle(entry, 1);
  for (const std::size_t index : {0U, 1U, 2U}) queue.mark(entry, index);
  queue.remove(entry.id);
  EXPECT_FALSE(queue.next_due_ns()) << "300 is of an entry that is gone";
}

TEST(Queue, HeldEntriesMayBeReleased) {
  Queue queue;
  Entry& entry = queue.add(entry_with(1));
  queue.hold(entry);
  ASSERT_EQ(queue.count(Place::held), 1u);
  queue.release(entry);
  EXPECT_EQ(queue.count(Place::held), 0u);
  EXPECT_EQ(queue.count(Place::incoming), 1u);
  queue.take(entry);
  EXPECT_EQ(queue.count(Place::active), 1u);
}

TEST(Queue, KeepsReferencesToEntriesWhileOthersComeAndGo) {
  Queue queue;
  Entry& first = queue.add(entry_with(1));
  for (int i = 0; i < 5000; ++i) {
    Entry& other = queue.add(entry_with(1));
    queue.take(other);
    queue.activate(other, 0);
    queue.settle(other, 0);
    queue.mark(other, 0);
    ASSERT_EQ(other.open, 0);
    if (i % 2 == 0) queue.remove(other.id);
  }
  EXPECT_EQ(&queue.at(1), &first);
  EXPECT_EQ(first.reverse_path, "ann@a.test");
}

TEST(Queue, HasEntriesInFourPlaces) {
  Queue queue;
  Entry& entry = queue.add(entry_with(2));
  Entry& other = queue.add(entry_with(1));
  EXPECT_EQ(queue.count(Place::incoming), 2u);
  queue.hold(other);
  EXPECT_EQ(queue.count(Place::held), 1u);
  queue.take(entry);
  EXPECT_EQ(queue.count(Place::active), 1u);
  queue.activate(entry, 0);
  queue.defer(entry, 0, 100);
  EXPECT_EQ(entry.place, Place::active) << "the other recipient is in hand";
  queue.activate(entry, 1);
  queue.defer(entry, 1, 200);
  EXPECT_EQ(entry.place, Place::deferred);
  EXPECT_EQ(queue.count(Place::deferred), 1u);
  ASSERT_TRUE(queue.take_due(100));
  EXPECT_EQ(entry.place, Place::active);
  queue.activate(entry, 0);
  queue.settle(entry, 0);
  EXPECT_EQ(entry.place, Place::deferred);
  EXPECT_EQ(queue.recipients(), 2u) << "one deferred, one held";
}

TEST(Queue, RecoversWhatTheDiskHas) {
  Queue queue;
  Entry& entry = queue.add(entry_with(5));
  queue.hold(queue.add(entry_with(1)));
  queue.take(entry);
  for (const std::size_t index : {1u, 2u, 3u, 4u}) queue.activate(entry, index);
  queue.defer(entry, 2, 100);
  queue.settle(entry, 3);
  queue.mark(entry, 3);
  queue.settle(entry, 4);  // 0 is ready, 1 active, 2 deferred, 3 done and marked, 4 done
  ASSERT_EQ(queue.recipients(), 4u);
  const auto again = queue.recover();
  EXPECT_THAT(again, ElementsAre(std::pair(entry.id, std::size_t{4})));
  EXPECT_EQ(entry.place, Place::incoming);
  EXPECT_THAT(queue.ids(Place::incoming), ElementsAre(entry.id));
  EXPECT_EQ(entry.open, 4);
  EXPECT_EQ(entry.in_hand, 3);
  EXPECT_EQ(entry.unmarked, 0);
  EXPECT_EQ(queue.recipients(), 5u);
  EXPECT_EQ(queue.next_due_ns(), 100);
  EXPECT_EQ(queue.count(Place::held), 1u);
  queue.take(entry);
  for (const std::size_t index : {0u, 1u, 4u}) {
    queue.activate(entry, index);
    queue.settle(entry, index);
    queue.mark(entry, index);
  }
  EXPECT_EQ(entry.place, Place::deferred);
}

// While it waits for room, one of its recipients becomes due: no job of its own, it goes with the others.
TEST(Queue, TakesWhatIsDueOfAnIncomingEntryAlongWithIt) {
  Queue queue;
  Entry& entry = queue.add(entry_with(2));
  queue.take(entry);
  queue.activate(entry, 1);
  queue.defer(entry, 1, 100);
  queue.recover();
  Entry& other = queue.add(entry_with(1));
  queue.take(other);
  queue.activate(other, 0);
  queue.defer(other, 0, 150);
  ASSERT_EQ(entry.place, Place::incoming);
  EXPECT_EQ(queue.take_due(100), std::nullopt);
  EXPECT_EQ(entry.recipients[1].state, RecipientState::ready);
  EXPECT_EQ(entry.in_hand, 2);
  EXPECT_EQ(queue.take_due(200)->first, other.id);
  queue.take(entry);
  for (const std::size_t index : {0u, 1u}) queue.activate(entry, index);
}

// All its recipients were expanded into other entries; it goes as soon as somebody looks at it.
TEST(Queue, HasAnEntryWithoutRecipientsUntilItIsRemovedAlsoThroughACrash) {
  Queue queue;
  Entry& entry = queue.add(Entry{});
  ASSERT_EQ(entry.id, 1);
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_EQ(queue.recipients(), 0u);
  EXPECT_EQ(queue.next_due_ns(), std::nullopt);
  EXPECT_THAT(queue.recover(), testing::IsEmpty());
  EXPECT_THAT(queue.ids(Place::incoming), ElementsAre(1)) << "not deferred: no time would come for it";
  queue.remove(1);
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.count(Place::incoming), 0u);
}

TEST(Queue, IsActiveUntilTheLastRecipientIsMarkedAsDone) {
  Queue queue;
  Entry& entry = queue.add(entry_with(1));
  queue.take(entry);
  queue.activate(entry, 0);
  queue.settle(entry, 0);
  EXPECT_EQ(entry.place, Place::active) << "no time would come at which a deferred one were looked at";
  EXPECT_EQ(queue.count(Place::deferred), 0u);
}

TEST(Queue, ListsItsEntriesInTheOrderOfTheirNumbers) {
  Queue queue;
  for (const EntryId id : std::to_array<EntryId>({977, 3, 500'000, 41, 12, 7'000'000'000, 8})) {
    Entry entry = entry_with(1);
    entry.id = id;
    queue.add(std::move(entry));
  }
  EXPECT_THAT(queue.ids(Place::incoming), ElementsAre(3, 8, 12, 41, 977, 500'000, 7'000'000'000));
}

TEST(QueueDeathTest, AssertsTheOrderOfStates) {
  Queue queue;
  Entry& entry = queue.add(entry_with(1));
  EXPECT_DEATH(queue.defer(entry, 0, 1), "state");
  EXPECT_DEATH(queue.settle(entry, 0), "state");
  EXPECT_DEATH(queue.activate(entry, 0), "place");
  queue.take(entry);
  EXPECT_DEATH(queue.take(entry), "place");
  queue.activate(entry, 0);
  EXPECT_DEATH(queue.mark(entry, 0), "state");
  EXPECT_DEATH(queue.activate(entry, 0), "state");
  EXPECT_DEATH(queue.remove(entry.id), "open");
  EXPECT_DEATH(queue.at(99), "found");
  EXPECT_DEATH(queue.add({.id = entry.id}), "is_new");
  queue.settle(entry, 0);
  EXPECT_DEATH(queue.remove(entry.id), "unmarked") << "the disk does not know yet that it is done";
}

}  // namespace
}  // namespace mailroom::queue
