// SPDX-License-Identifier: GPL-2.0-only
// A table whose rows are numbered from 1, made so that a copy of the whole costs next to nothing: rows live
// in blocks that copies share until one of them changes a row. This is what makes snapshots of a World cheap.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace mailroom::trace {

// Row needs a default constructor and operator==; a row never edited equals Row{}. Key is an Id<…> or
// anything else with a member `value` counted from 1.
template <class Key, class Row, std::size_t kBlock = 32>
class Table {
 public:
  // Keys beyond this are not a simulation's, but a damaged file's: they have no row.
  static constexpr std::int64_t kMaxKey = std::int64_t{1} << 28;
  static bool holds(Key key) { return key.value >= 1 && key.value <= kMaxKey; }

  // One more than the greatest row edited so far, less one: keys 1 … size() can be asked for.
  std::int64_t size() const { return size_; }

  // nullptr if no row up to this one was ever edited, or the key is none.
  const Row* find(Key key) const {
    if (key.value < 1 || key.value > size_) return nullptr;
    const auto index = static_cast<std::size_t>(key.value - 1);
    const auto& block = blocks_[index / kBlock];
    static const Row kUntouched{};
    return block ? &block->rows[index % kBlock] : &kUntouched;
  }

  // The row to change, made if need be. The reference lives until the table is copied or changed. holds(key).
  Row& edit(Key key) {
    assert(holds(key));
    const auto index = static_cast<std::size_t>(key.value - 1);
    if (index / kBlock >= blocks_.size()) blocks_.resize(index / kBlock + 1);
    if (key.value > size_) size_ = key.value;
    auto& block = blocks_[index / kBlock];
    if (!block) {
      block = std::make_shared<Block>();
    } else if (block.use_count() > 1) {
      block = std::make_shared<Block>(*block);
    }
    return block->rows[index % kBlock];
  }

  // Adds a row behind the last one and returns its key.
  Key append(Row row) {
    const Key key{size_ + 1};
    edit(key) = std::move(row);
    return key;
  }

  // visit(Key, const Row&) for 1 … size().
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::int64_t key = 1; key <= size_; ++key) visit(Key{key}, *find(Key{key}));
  }

  friend bool operator==(const Table& a, const Table& b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.blocks_.size(); ++i) {
      if (a.blocks_[i] == b.blocks_[i]) continue;  // shared
      static const Block kUntouched{};
      const Block& left = a.blocks_[i] ? *a.blocks_[i] : kUntouched;
      const Block& right = b.blocks_[i] ? *b.blocks_[i] : kUntouched;
      if (!(left == right)) return false;
    }
    return true;
  }

 private:
  struct Block {
    Row rows[kBlock]{};
    friend bool operator==(const Block&, const Block&) = default;
  };
  std::vector<std::shared_ptr<Block>> blocks_;
  std::int64_t size_ = 0;
};

}  // namespace mailroom::trace
