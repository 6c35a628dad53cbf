// SPDX-License-Identifier: GPL-2.0-only
// Where a message is on a link at a moment. A flight says when its first bit left and when its last bit came
// in; a bit takes the link's delay. So the head of the message is as far as the first bit can be, its tail as
// far as the last one, and between them is what is on the wire: on a slow link a message stretches over all
// of it, on a long fast one it is a short train.
#pragma once

#include <array>
#include <cstdint>

#include "sim/trace/run_file.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::viz {

// The nodes that a flight goes by: its two ends, and the LAN segment between them if they are stations of
// one.
struct Lane {
  std::array<trace::HostId, 3> nodes{};
  int count = 0;  // 2 or 3; 0: the file names a link or nodes that are not there
  trace::LinkId link{};
  // Against the link's `from` and `to`; the lane back is drawn beside it.
  bool is_back = false;
};
Lane lane_of(const trace::RunHeader& header, const trace::Flight& flight);

struct Motion {
  enum class Stage : std::uint8_t {
    waiting,   // its first bit has not left
    leaving,   // some octets have still to leave
    crossing,  // all of it is on the wire
    entering,  // its first octets have come in
    arrived,
    lost
  };
  Stage stage = Stage::waiting;
  // Shares of the way, 0 … 1; tail <= at <= head.
  float tail = 0;
  float head = 0;
  float at = 0;  // where to draw it: it goes evenly from first bit out to last bit in
};

// `lost_share` is how far it comes if it never arrives (see lost_share_of()).
Motion motion_of(const trace::Flight& flight, const trace::LinkRow& link, std::int64_t time_ns,
                 float lost_share);

// How far a message came that never arrived: where it was when the link went down; nowhere if it was down
// already; else the middle, for the file does not say where a frame was lost.
float lost_share_of(const trace::Flight& flight, const trace::LinkRow& link, const trace::World& world);

// When it was lost, or came in completely.
std::int64_t end_of(const trace::Flight& flight, const trace::LinkRow& link, float lost_share);

}  // namespace mailroom::viz
