// SPDX-License-Identifier: GPL-2.0-only
// A queue that is short most of the time and empty in between. Unlike std::deque, which takes half a kilobyte
// before anything is in it, it takes no memory until then, and keeps what it took: every connection has
// several.
#pragma once

#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace mailroom::net {

template <class Item>
class Fifo {
 public:
  bool empty() const { return head_ == items_.size(); }
  std::size_t size() const { return items_.size() - head_; }
  Item& front() { return items_[head_]; }
  Item& back() { return items_.back(); }
  auto begin() const { return items_.begin() + static_cast<std::ptrdiff_t>(head_); }
  auto end() const { return items_.end(); }

  void push_back(Item item) {
    if (items_.capacity() == 0) items_.reserve(kFirst);
    items_.push_back(std::move(item));
  }
  void pop_front() {
    assert(!empty());
    items_[head_++] = Item();
    if (head_ == items_.size()) {
      items_.clear();
      head_ = 0;
    } else if (head_ >= kMostGone && 2 * head_ >= items_.size()) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
  }

 private:
  static constexpr std::size_t kFirst = 4, kMostGone = 32;

  std::vector<Item> items_;
  std::size_t head_ = 0;  // those before it are gone
};

}  // namespace mailroom::net
