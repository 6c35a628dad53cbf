// SPDX-License-Identifier: GPL-2.0-only
// The flights of a run in the order of their times, and which of them are on their links at a moment. A copy
// costs next to nothing (it shares what there is by now) and may be read by another thread while this one
// grows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/trace/run_file.hpp"

namespace mailroom::trace {

class FlightList {
 public:
  FlightList() = default;
  // `header`: for the delays of the links.
  explicit FlightList(const RunHeader& header);

  // In the order of their rows, after all that were added before.
  void add(std::vector<Flight> more);
  std::int64_t size() const { return size_; }

  // Those that are on a link at a time, by first bit out: first bit out, last bit not yet in. One that never
  // arrived is shown until its link's delay after the first bit.
  std::vector<Flight> in_progress(std::int64_t time_ns) const;
  bool any_in_progress(std::int64_t time_ns) const;
  // The first bit of the next flight after a time.
  std::optional<std::int64_t> next_start_ns(std::int64_t time_ns) const;
  // The end of the last flight that was over at a time, of those that had begun.
  std::optional<std::int64_t> previous_end_ns(std::int64_t time_ns) const;
  std::int64_t end_ns(const Flight& flight) const;

 private:
  // Sorted, never changed. Looked through in blocks, of which most are over at once.
  struct Batch {
    std::vector<Flight> flights;
    std::vector<std::int64_t> latest_end_ns;  // of each block
  };
  std::shared_ptr<const Batch> batch_of(std::vector<Flight> sorted) const;
  template <class Visit>
  bool visit(std::int64_t time_ns, Visit keep_on) const;

  std::shared_ptr<const std::vector<std::int64_t>> delays_ns_;  // of the links, [id - 1]
  // Each several times as large as the next: so adding a few now and then to many costs little.
  std::vector<std::shared_ptr<const Batch>> batches_;
  std::int64_t size_ = 0;
};

}  // namespace mailroom::trace
