// SPDX-License-Identifier: GPL-2.0-only
// Where two runs of one scenario part: the first event of the mail that is in one of them and not in the other. What was
// changed on purpose (faults, control lines) is not looked at, but what comes of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "sim/trace/run_file_reader.hpp"

namespace mailroom::viz {

struct PartingOfRuns {
  std::int64_t same = 0;       // events that both have before that
  bool are_same = false;       // there is none: they are alike to their ends
  std::int64_t time_ns = 0;    // the earlier of the two
  std::optional<trace::StoredEvent> in_a{}, in_b{};  // the first that differ; nothing: this run has no more
};

// `goes_on` is asked now and then; false ends it (the result is then an error without words). Reads both files once.
std::expected<PartingOfRuns, std::string> find_parting(trace::RunFileReader& a, trace::RunFileReader& b,
                                                       const std::atomic<bool>& goes_on);

// The same in the background.
class PartingSearch {
 public:
  PartingSearch(std::filesystem::path a, std::filesystem::path b);
  ~PartingSearch();
  PartingSearch(const PartingSearch&) = delete;
  PartingSearch& operator=(const PartingSearch&) = delete;

  bool is_done() const { return is_done_; }
  // After is_done().
  const std::expected<PartingOfRuns, std::string>& result() const { return result_; }

 private:
  std::atomic<bool> goes_on_ = true, is_done_ = false;
  std::expected<PartingOfRuns, std::string> result_;
  std::thread thread_;
};

}  // namespace mailroom::viz
