// SPDX-License-Identifier: GPL-2.0-only
// A host's disk: files with a common capacity. Spools and mailboxes are accounted here; their octets live in shared
// contents, so a file is its length. It may be slow: it does one thing at a time, and what is written is safe when
// it has been synced.
#pragma once

#include <algorithm>
#include <cstdint>

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

  void set_latency(std::int64_t write_ns, std::int64_t sync_ns) { latency_ns_ = write_ns + sync_ns; }
  bool is_slow() const { return latency_ns_ > 0; }
  // Something is written and synced: how long from now_ns until it is safe. Others that were begun before are safe
  // before.
  std::int64_t write_and_sync_ns(std::int64_t now_ns) {
    if (latency_ns_ == 0) return 0;
    busy_until_ns_ = std::max(busy_until_ns_, now_ns) + latency_ns_;
    return busy_until_ns_ - now_ns;
  }
  // The host has crashed: what was not safe is not there.
  void crash() { busy_until_ns_ = 0; }

 private:
  std::int64_t capacity_bytes_;
  std::int64_t used_bytes_ = 0;
  std::int64_t latency_ns_ = 0;
  std::int64_t busy_until_ns_ = 0;
};

}  // namespace mailroom::net
