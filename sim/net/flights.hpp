// SPDX-License-Identifier: GPL-2.0-only
// How the message text in one direction of one connection moves: which octets are of which message, and when
// they left and reached the ends of each link. Makes a trace::Flight a message and link; knows nothing of
// ns-3.
//
// Octets are named by their offset in the direction's stream. A flight is written when all of a message's
// octets have arrived over that link and the message is known to be over, else when the connection or the run
// ends.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sim/trace/recorder.hpp"

namespace mailroom::net {

class FlightLog {
 public:
  struct Leg {  // one way over one link
    trace::LinkId link{};
    trace::HostId from{};
    trace::HostId to{};
  };
  struct Octets {  // [begin, end)
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  // `under_way`, if there is one, counts the messages under way in all logs, and outlives this one.
  FlightLog(trace::Recorder& recorder, trace::ConnectionId connection, std::int64_t* under_way = nullptr)
      : recorder_(recorder), connection_(connection), under_way_(under_way) {}
  ~FlightLog() { count(-std::ssize(spans_)); }
  FlightLog(const FlightLog&) = delete;
  FlightLog& operator=(const FlightLog&) = delete;

  // Whether any message is under way; if not, frames need not be told.
  bool is_watching() const { return !spans_.empty(); }

  // What was handed to TCP, in the order of the stream: octets of a message, or others.
  void sends_content(Octets octets, trace::MessageId message);
  void sends_other();

  void frame_sent(const Leg& leg, Octets octets, std::int64_t now_ns);
  void frame_arrived(const Leg& leg, Octets octets, std::int64_t now_ns);
  void frame_dropped(const Leg& leg, Octets octets);

  // Everything before `offset` was read at the far end.
  void delivered(std::uint64_t offset);
  // Nothing more will move.
  void end();

 private:
  struct Progress {
    trace::Flight flight;
    std::vector<Octets> arrived;  // disjoint, ascending
    bool is_written = false;
  };
  struct Span {
    Octets octets;
    trace::MessageId message;
    bool is_open = true;  // more of the message may follow
    std::vector<Progress> legs;
  };

  Progress& progress(Span& span, const Leg& leg);
  void write_if_complete(const Span& span, Progress& leg);
  void close_last();
  void count(std::int64_t more) {
    if (under_way_ != nullptr) *under_way_ += more;
  }
  template <class Do>
  void for_each(Octets octets, Do&& what);

  trace::Recorder& recorder_;
  trace::ConnectionId connection_;
  std::int64_t* under_way_;
  std::vector<Span> spans_;
};

}  // namespace mailroom::net
