// SPDX-License-Identifier: GPL-2.0-only
// A host's disk: named files with a common capacity. Spools and mailboxes are accounted here; their octets
// live in shared contents, so a file is its length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mailroom::net {

class Disk {
 public:
  explicit Disk(std::int64_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  std::int64_t capacity_bytes() const { return capacity_bytes_; }
  std::int64_t used_bytes() const { return used_bytes_; }
  std::int64_t free_bytes() const { return capacity_bytes_ - used_bytes_; }

  // Takes `bytes` more for what is stored; false, and nothing is taken, if they do not fit.
  [[nodiscard]] bool take(std::int64_t bytes) {
    if (bytes > free_bytes()) return false;
    used_bytes_ += bytes;
    return true;
  }
  // Gives back what take() took.
  void give(std::int64_t bytes) { used_bytes_ -= bytes; }

 private:
  std::int64_t capacity_bytes_;
  std::int64_t used_bytes_ = 0;
};

}  // namespace mailroom::net
