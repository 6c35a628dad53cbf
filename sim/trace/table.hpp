// SPDX-License-Identifier: GPL-2.0-only
// A table whose rows are numbered from 1, made so that a copy of the whole costs next to nothing: rows live
// in blocks, and blocks in shelves, that copies share until one of them changes a row. This is what makes
// snapshots of a World cheap.
//
// A table is used by one thread, but copies of it may be used by others at the same time: what they share is
// never written.
#pragma once

#include <array>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace mailroom::trace {

// Row needs a default constructor and operator==; a row never edited equals Row{}. Key is an Id<…> or
// anything else with a member `value` counted from 1.
template <class Key, class Row, std::size_t kBlock = 8, std::size_t kShelf = 64>
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
    const auto& shelf = shelves_[index / kBlock / kShelf];
    static const Row kUntouched{};
    if (!shelf) return &kUntouched;
    const auto& block = (*shelf)[index / kBlock % kShelf];
    return block ? &block->rows[index % kBlock] : &kUntouched;
  }

  // The row to change, made if need be. The reference lives until the table is copied or changed. holds(key).
  Row& edit(Key key) {
    assert(holds(key));
    const auto index = static_cast<std::size_t>(key.value - 1);
    const std::size_t place = index / kBlock / kShelf;
    if (place >= shelves_.size()) shelves_.resize(place + 1);
    if (key.value > size_) size_ = key.value;
    return own(own(shelves_[place])[index / kBlock % kShelf]).rows[index % kBlock];
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
    for (std::size_t i = 0; i < a.shelves_.size(); ++i) {
      if (!equal(a.shelves_[i], b.shelves_[i], [](const Shelf& left, const Shelf& right) {
            for (std::size_t j = 0; j < kShelf; ++j) {
              if (!equal(left[j], right[j], [](const Block& c, const Block& d) { return c == d; }))
                return false;
            }
            return true;
          }))
        return false;
    }
    return true;
  }

 private:
  struct Block {
    Row rows[kBlock]{};
    friend bool operator==(const Block&, const Block&) = default;
  };
  using Shelf = std::array<std::shared_ptr<Block>, kShelf>;

  // Makes the part this table's own, to be changed.
  template <class Part>
  static Part& own(std::shared_ptr<Part>& part) {
    if (!part) {
      part = std::make_shared<Part>();
    } else if (part.use_count() > 1) {
      part = std::make_shared<Part>(*part);
    } else {
      // The last other owner may have been another thread, which read the part before it let go of it.
      std::atomic_thread_fence(std::memory_order_acquire);
    }
    return *part;
  }

  // nullptr is a part of rows that were never edited.
  template <class Part, class Equal>
  static bool equal(const std::shared_ptr<Part>& a, const std::shared_ptr<Part>& b, Equal equal_parts) {
    if (a == b) return true;
    static const Part kUntouched{};
    return equal_parts(a ? *a : kUntouched, b ? *b : kUntouched);
  }

  std::vector<std::shared_ptr<Shelf>> shelves_;
  std::int64_t size_ = 0;
};

}  // namespace mailroom::trace
