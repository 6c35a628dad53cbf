// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/parting.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mailroom::viz {

namespace {

using trace::EventId;
using trace::Kind;
using trace::RunFileReader;
using trace::StoredEvent;

constexpr std::int64_t kBlock = 4096;

// What is changed on purpose, and how the run was begun and ended.
bool is_of_the_change(Kind kind) {
  return kind == Kind::fault_began || kind == Kind::fault_ended || kind == Kind::control_received || kind == Kind::run_began ||
         kind == Kind::run_ended;
}

// Numbers of events shift with every one more; so do those of connections and sessions where one was not made. What it is
// about is the same as long as all before was the same.
bool is_same(const StoredEvent& a, const StoredEvent& b) {
  return a.time_ns == b.time_ns && a.kind == b.kind && a.host == b.host && a.link == b.link && a.connection == b.connection &&
         a.session == b.session && a.message == b.message && a.copy == b.copy && a.parent == b.parent &&
         a.recipient == b.recipient && a.attempt == b.attempt && a.content == b.content && a.code == b.code &&
         a.size == b.size && a.value == b.value && a.text == b.text;
}

// The events of a run one after the other, without those of the change.
class Events {
 public:
  explicit Events(RunFileReader& reader) : reader_(reader) {}

  // nullptr: none is left, or it cannot be read (then `error` says why).
  const StoredEvent* next() {
    while (true) {
      if (at_ == block_.size() && !read()) return nullptr;
      const StoredEvent& event = block_[at_++];
      if (!is_of_the_change(event.kind)) return &event;
    }
  }
  std::string error;

 private:
  bool read() {
    if (is_over_) return false;
    auto events = reader_.events({.after = last_, .limit = kBlock});
    if (!events) {
      error = events.error().text;
      return false;
    }
    block_ = std::move(*events);
    at_ = 0;
    is_over_ = block_.empty();
    if (!is_over_) last_ = block_.back().id;
    return !is_over_;
  }

  RunFileReader& reader_;
  std::vector<StoredEvent> block_;
  std::size_t at_ = 0;
  EventId last_{};
  bool is_over_ = false;
};

}  // namespace

std::expected<PartingOfRuns, std::string> find_parting(RunFileReader& a, RunFileReader& b, const std::atomic<bool>& goes_on) {
  Events of_a(a), of_b(b);
  PartingOfRuns parting;
  while (true) {
    if (parting.same % kBlock == 0 && !goes_on) return std::unexpected(std::string());
    const StoredEvent* in_a = of_a.next();
    const StoredEvent* in_b = of_b.next();
    for (const Events* one : {&of_a, &of_b})
      if (!one->error.empty()) return std::unexpected(one->error);
    if (in_a == nullptr && in_b == nullptr) {
      parting.are_same = true;
      return parting;
    }
    if (in_a != nullptr && in_b != nullptr && is_same(*in_a, *in_b)) {
      ++parting.same;
      continue;
    }
    if (in_a != nullptr) parting.in_a = *in_a;
    if (in_b != nullptr) parting.in_b = *in_b;
    parting.time_ns = in_a == nullptr   ? in_b->time_ns
                      : in_b == nullptr ? in_a->time_ns
                                        : std::min(in_a->time_ns, in_b->time_ns);
    return parting;
  }
}

PartingSearch::PartingSearch(std::filesystem::path a, std::filesystem::path b) {
  thread_ = std::thread([this, a = std::move(a), b = std::move(b)] {
    auto reader_a = RunFileReader::open(a);
    auto reader_b = RunFileReader::open(b);
    if (!reader_a) result_ = std::unexpected(reader_a.error().text);
    else if (!reader_b) result_ = std::unexpected(reader_b.error().text);
    else result_ = find_parting(*reader_a, *reader_b, goes_on_);
    is_done_ = true;
  });
}

PartingSearch::~PartingSearch() {
  goes_on_ = false;
  thread_.join();
}

}  // namespace mailroom::viz
