// SPDX-License-Identifier: GPL-2.0-only
// The way of one message over the map: over which links it went and when, through forwards, lists and
// redirections, and the way back of the notifications that it caused. What "follow" draws.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/world.hpp"
#include "viz/model/motion.hpp"

namespace mailroom::viz {

struct TrailLeg {
  trace::Flight flight{};
  Lane lane{};
  bool is_notification = false;  // of a message that tells of the followed one's failure
};

// A host that has had it, in the order of the first time.
struct TrailStop {
  trace::HostId host{};
  std::int64_t time_ns = 0;    // since when
  std::int64_t owes = 0;       // copies open there now
  std::int64_t delivered = 0;  // copies that are in mailboxes there
  std::int64_t bounced = 0;
  bool has_deferred = false;     // one that is open was tried in vain
  bool is_notification = false;  // only a notification came here
};

// More legs than this are no picture; the earliest are kept.
inline constexpr std::size_t kMostLegs = 2000;

// The message, and the notifications of its failures so far (and of theirs).
std::vector<trace::MessageId> with_notifications(const trace::World& world, trace::MessageId message);

// All legs in the file, by first bit out. `messages` as with_notifications() gives them.
std::expected<std::vector<TrailLeg>, trace::FileError> legs_of(trace::RunFileReader& reader,
                                                               std::span<const trace::MessageId> messages);

std::vector<TrailStop> stops_of(const trace::World& world, std::span<const trace::MessageId> messages);

// Where they are at this moment: where copies are owed, or where the last of them ended.
std::vector<trace::HostId> whereabouts(const trace::World& world, std::span<const trace::MessageId> messages);

}  // namespace mailroom::viz
