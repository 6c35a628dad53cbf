// SPDX-License-Identifier: GPL-2.0-only
// A list that only grows, and whose copies cost next to nothing: they share what there is by now. One owner
// appends; copies are for reading, also by other threads, if they were made while the owner stood still
// (under a lock).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

namespace mailroom::viz {

template <class T>
class Log {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  std::int64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void append(const T& value) {
    const auto at = static_cast<std::size_t>(size_);
    // Memory that was never written costs nothing, so a chunk may be large.
    if (at % kChunk == 0) chunks_.push_back(std::make_shared_for_overwrite<T[]>(kChunk));
    chunks_.back()[at % kChunk] = value;
    ++size_;
  }
  const T& operator[](std::int64_t index) const {
    const auto at = static_cast<std::size_t>(index);
    return chunks_[at / kChunk][at % kChunk];
  }

  // Of a list in ascending order: how many, from `from` on, come before the first for which `is_behind`
  // holds. Near `from` it is found quickest.
  template <class IsBehind>
  std::int64_t partition(std::int64_t from, IsBehind is_behind) const {
    std::int64_t step = 1;
    while (from + step <= size_ && !is_behind((*this)[from + step - 1])) {
      from += step;
      step *= 2;
    }
    std::int64_t end = std::min(from + step, size_ + 1) - 1;  // all from here on are behind
    while (from < end) {
      const std::int64_t middle = from + (end - from) / 2;
      if (is_behind((*this)[middle])) {
        end = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }

 private:
  static constexpr std::size_t kChunk = std::size_t{1} << 16;
  std::vector<std::shared_ptr<T[]>> chunks_;
  std::int64_t size_ = 0;
};

}  // namespace mailroom::viz
