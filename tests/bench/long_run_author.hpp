// SPDX-License-Identifier: GPL-2.0-only
// Who writes a long run: letters, and what happens to one at each turn of its way. Internal to long_run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/trace/run_file_writer.hpp"
#include "tests/bench/long_run.hpp"

namespace mailroom::bench {

using namespace mailroom::trace;

inline constexpr std::int64_t kMs = 1'000'000;
inline constexpr std::int64_t kSecond = 1'000 * kMs;
inline constexpr std::int64_t kHalfTrip = 20 * kMs;
inline constexpr std::int64_t kRetry = 900 * kSecond;
inline constexpr std::int64_t kBetweenLetters = 15 * kMs;
inline constexpr std::int64_t kFaultEvery = 300 * kSecond;
inline constexpr std::int64_t kFaultLasts = 120 * kSecond;
inline constexpr int kHops = 2;

// A turn of a letter's way over one hop; each is done at its time, and the next half a round trip later.
enum class Turn : std::uint8_t {
  compose,
  attempt,
  connect,
  accept,
  greet,
  ehlo,
  ehlo_reply,
  envelope,
  answers,
  text,
  take,
  confirm
};

struct Letter {
  std::int64_t due_ns = 0;
  std::int64_t order = 0;  // ties
  Turn turn = Turn::compose;
  int hop = 0;
  int refused = 0;  // times still to be deferred
  bool is_bad = false, is_doubled = false;
  HostId at{}, next{}, goal{};
  MessageId message{};
  CopyId copy{}, new_copy{};
  RecipientId recipient{};
  AttemptId attempt{};
  ConnectionId connection{};
  SessionId session{};
  ContentId content{};
  EventId cause{};
  std::int64_t size = 4000;
  std::string queue_id{}, new_queue_id{};
};

class Author {
 public:
  Author(RunFileWriter& writer, const LongRun& wanted)
      : writer_(writer), wanted_(wanted), state_(wanted.seed * 2 + 1) {}
  std::int64_t write();

 private:
  std::uint64_t random() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit));
  }
  bool one_in(std::int64_t n) { return below(n) == 0; }

  EventId put(Letter& letter, Event event);
  EventId say(Letter& letter, HostId at, Kind kind, int code, std::int64_t state, std::string_view text);
  void fly(const Letter& letter);
  void faults();
  void compose(Letter& letter);
  void turn(Letter& letter);
  void open(Letter& letter);
  void accept(Letter& letter);
  void take(Letter& letter);
  void deliver(Letter& letter);
  void confirm(Letter& letter);
  void defer(Letter& letter);
  void bounce(Letter& letter);
  void close(Letter& letter);

  RunFileWriter& writer_;
  LongRun wanted_;
  std::uint64_t state_;
  std::int64_t rows_ = 0, now_ns_ = 0, numbered_ = 0, started_ = 0;
  std::int64_t messages_ = 0, copies_ = 0, attempts_ = 0, connections_ = 0, sessions_ = 0, queue_ids_ = 0;
  std::int64_t next_fault_ns_ = kFaultEvery;
  FaultId fault_{};
  bool in_force_ = false;
};

}  // namespace mailroom::bench
