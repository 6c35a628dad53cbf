// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/table.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "sim/trace/ids.hpp"

namespace mailroom::trace {
namespace {

using Small = Table<Id<struct SmallNoun>, std::string, 2, 2>;

TEST(Table, HasWhatWasWrittenInItWhateverCopiesDo) {
  std::mt19937 random(5);
  struct Twin {
    Small table;
    std::map<std::int64_t, std::string> plain;
  };
  std::vector<Twin> twins(1);
  for (int i = 0; i < 4000; ++i) {
    Twin& twin = twins[random() % twins.size()];
    const std::int64_t key = 1 + static_cast<std::int64_t>(random() % 40);
    twin.table.edit({key}) = twin.plain[key] = std::to_string(i);
    if (i % 100 == 0) twins.push_back(twins[random() % twins.size()]);
  }
  ASSERT_GT(twins.size(), 30U);
  for (const Twin& twin : twins) {
    for (std::int64_t key = 1; key <= 40; ++key) {
      const std::string* row = twin.table.find({key});
      const auto plain = twin.plain.find(key);
      EXPECT_EQ(row ? *row : "", plain == twin.plain.end() ? "" : plain->second) << key;
    }
  }
}

TEST(Table, IsEqualByContentAndNotByWhatIsShared) {
  Small a;
  for (std::int64_t key = 1; key <= 9; ++key) a.edit({key}) = "x";
  Small b;
  for (std::int64_t key = 9; key >= 1; --key) b.edit({key}) = "x";
  EXPECT_EQ(a, b);
  Small c = a;
  EXPECT_EQ(a, c);
  c.edit({5}) = "y";
  EXPECT_NE(a, c);
  EXPECT_EQ(*a.find({5}), "x");
  c.edit({5}) = "x";
  EXPECT_EQ(a, c);
  c.edit({10});
  EXPECT_NE(a, c) << "it has a row more";
}

TEST(Table, KnowsRowsThatWereNeverWritten) {
  Small a;
  EXPECT_EQ(a.find({1}), nullptr);
  a.edit({100}) = "x";
  EXPECT_EQ(a.size(), 100);
  ASSERT_NE(a.find({1}), nullptr);
  EXPECT_EQ(*a.find({1}), "");
  EXPECT_EQ(*a.find({99}), "");
  EXPECT_EQ(a.find({101}), nullptr);
  EXPECT_EQ(a.find({0}), nullptr);
  EXPECT_FALSE(Small::holds({Small::kMaxKey + 1}));
}

// Readers take copies of copies and let go of them, while the table that they come from goes on changing.
TEST(Table, MayChangeWhileOthersReadCopiesOfIt) {
  using Numbers = Table<Id<struct NumberNoun>, std::int64_t, 4, 4>;
  Numbers table;
  std::mutex mutex;
  Numbers published;
  std::atomic<bool> is_over = false;
  std::atomic<std::int64_t> wrong = 0;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!is_over) {
        Numbers mine;
        {
          const std::scoped_lock lock(mutex);
          mine = published;
        }
        // All rows were written in the same round.
        for (std::int64_t key = 2; key <= mine.size(); ++key) wrong += *mine.find({key}) != *mine.find({1});
      }
    });
  }
  for (std::int64_t round = 1; round <= 2000; ++round) {
    for (std::int64_t key = 1; key <= 60; ++key) table.edit({key}) = round;
    const std::scoped_lock lock(mutex);
    published = table;
  }
  is_over = true;
  readers.clear();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(*table.find({60}), 2000);
}

}  // namespace
}  // namespace mailroom::trace
