// SPDX-License-Identifier: GPL-2.0-only
// What has just happened at a host or on a link: a connection refused, a copy deferred, bounced or delivered,
// a frame lost. An event has no duration, so the canvas shows it for a moment after; when a person stands
// right at it, for as long as they look.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/run_file_reader.hpp"

namespace mailroom::viz {

struct Moment {
  enum class What : std::uint8_t {
    delivered,
    deferred,
    bounced,
    discarded,
    destroyed,
    refused,
    unreachable,
    timed_out,
    reset,
    lost,  // on `link`
    crashed,
    restarted,
    disk_full,
    unanswered  // a question to a name server
  };
  What what{};
  trace::EventId event{};
  std::int64_t time_ns = 0;
  trace::HostId host{};
  trace::LinkId link{};  // of `lost`
  trace::MessageId message{};
  int code = 0;
  std::string text{};  // the event's own
};
// In a word or two: "deferred", "connection refused".
std::string_view name(Moment::What what);

// More than these cannot be told apart in a picture.
inline constexpr std::int64_t kMostMoments = 64;
// So many events at most are looked through for them.
inline constexpr std::int64_t kMomentsWithin = 4000;

// Those at `from_ns` or later, up to the event; the newest first. `after`: an event before `from_ns`, as near
// to it as is known, so that no more is read than that; 0: none.
std::expected<std::vector<Moment>, trace::FileError> moments_before(trace::RunFileReader& reader,
                                                                    trace::EventId up_to, std::int64_t from_ns,
                                                                    trace::EventId after = {});

}  // namespace mailroom::viz
