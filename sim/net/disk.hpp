// SPDX-License-Identifier: GPL-2.0-only
// A host's disk: files with a common capacity. Spools and mailboxes are accounted here; their octets live in shared
// contents, so a file is its length. It may be slow: it does one thing at a time, and what is written is safe when
// it has been synced.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "sim/trace/event.hpp"

namespace mailroom::net {

class Disk {
 public:
  explicit Disk(std::int64_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  std::int64_t capacity_bytes() const { return capacity_bytes_; }
  std::int64_t used_bytes() const { return used_bytes_; }
  std::int64_t free_bytes() const { return full_ ? 0 : capacity_bytes_ - used_bytes_; }

  // Takes `bytes` more for what is stored; false, and nothing is taken, if they do not fit.
  [[nodiscard]] bool take(std::int64_t bytes) {
    if (full_ || bytes > free_bytes()) return false;
    used_bytes_ += bytes;
    return true;
  }
  // Gives back what take() took.
  void give(std::int64_t bytes) { used_bytes_ -= bytes; }

  void set_latency(std::int64_t write_ns, std::int64_t sync_ns) { latency_ns_ = write_ns + sync_ns + slowed_by_ns_; }
  // Whether what is written takes time; also what comes behind a write that does.
  bool is_slow() const { return latency_ns_ > 0 || busy_until_ns_ > 0; }
  // Something is written and synced: how long from now_ns until it is safe. Others that were begun before are safe
  // before.
  std::int64_t write_and_sync_ns(std::int64_t now_ns) {
    const std::int64_t safe_ns = std::max(busy_until_ns_, now_ns) + latency_ns_;
    busy_until_ns_ = latency_ns_ == 0 && safe_ns == now_ns ? 0 : safe_ns;
    return safe_ns - now_ns;
  }

  // Something is wrong with it, and somebody to blame; nothing: not any more. Full: nothing is taken. Slow: so much
  // more for each write.
  void fill(std::optional<trace::Blame> blame) { full_ = blame; }
  const std::optional<trace::Blame>& full() const { return full_; }
  void slow_down(std::int64_t by_ns, std::optional<trace::Blame> blame) {
    latency_ns_ += by_ns - std::exchange(slowed_by_ns_, by_ns);
    slow_ = blame;
  }
  const std::optional<trace::Blame>& slow() const { return slow_; }
  // The host has crashed: what was not safe is not there.
  void crash() { busy_until_ns_ = 0; }

 private:
  std::int64_t capacity_bytes_;
  std::int64_t used_bytes_ = 0;
  std::int64_t latency_ns_ = 0;
  std::int64_t busy_until_ns_ = 0;
  std::int64_t slowed_by_ns_ = 0;  // of latency_ns_
  std::optional<trace::Blame> full_{};
  std::optional<trace::Blame> slow_{};
};

}  // namespace mailroom::net
