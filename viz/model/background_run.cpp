// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/background_run.hpp"

#include <algorithm>
#include <utility>

namespace mailroom::viz {

namespace {

constexpr std::chrono::milliseconds kLookEvery{150};
constexpr std::size_t kMostComplaints = 1000;

}  // namespace

std::expected<BackgroundRun, std::string> BackgroundRun::start(const RunOrder& order, const std::filesystem::path& program,
                                                               std::int64_t expected_ns) {
  auto child = Child::start(program, order.arguments());
  if (!child) return std::unexpected(child.error());
  child->finish_saying();
  return BackgroundRun(std::move(*child), order, expected_ns);
}

BackgroundRun::~BackgroundRun() {
  if (child_.process() > 0) cancel();  // not one that was moved from
}

void BackgroundRun::poll() {
  if (is_over()) return;
  child_.poll();
  while (auto line = child_.next_line())
    if (complaints_.size() < kMostComplaints && !line->empty()) complaints_.push_back(std::move(*line));
  if (child_.end()) {
    reader_.reset();
    state_ = child_.end()->signal == 0 && child_.end()->exit_code == 0 ? State::done : State::failed;
    if (state_ == State::done) progress_ = 1;
    return;
  }
  look_at_file();
}

void BackgroundRun::look_at_file() {
  const auto now = std::chrono::steady_clock::now();
  if (now - looked_ < kLookEvery) return;
  looked_ = now;
  if (!reader_) {
    auto opened = trace::RunFileReader::open(order_.out);
    if (!opened) return;  // it is just being made
    reader_ = std::move(*opened);
  }
  const auto reached = reader_->last_time_ns();
  if (!reached || *reached < 0) return;
  reached_ns_ = *reached;
  if (expected_ns_ > 0)
    progress_ = std::clamp(static_cast<double>(reached_ns_) / static_cast<double>(expected_ns_), 0.0, 0.99);
}

void BackgroundRun::cancel() {
  if (is_over()) return;
  reader_.reset();
  child_.end_it({}, std::chrono::milliseconds(0));
  state_ = State::cancelled;
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(std::filesystem::path(order_.out).concat(suffix), ignored);
}

std::string BackgroundRun::trouble() const {
  if (state_ != State::failed) return {};
  const Child::End end = *child_.end();
  if (end.signal == 0 && end.exit_code == 2) return "The run could not begin.";
  if (end.signal == 0 && end.exit_code == 1) return "The disk was full; the run file has what came before.";
  return "The simulator has crashed. " + describe(end) + ".";
}

}  // namespace mailroom::viz
