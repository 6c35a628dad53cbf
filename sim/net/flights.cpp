// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/flights.hpp"

#include <algorithm>

namespace mailroom::net {
namespace {

// Adds [octets) to a set of disjoint ascending ranges.
void cover(std::vector<FlightLog::Octets>& set, FlightLog::Octets octets) {
  if (!set.empty() && octets.begin >= set.back().begin && octets.begin <= set.back().end) {  // the rule
    set.back().end = std::max(set.back().end, octets.end);
    return;
  }
  auto first =
      std::lower_bound(set.begin(), set.end(), octets.begin,
                       [](const FlightLog::Octets& range, std::uint64_t begin) { return range.end < begin; });
  auto last = first;
  for (; last != set.end() && last->begin <= octets.end; ++last) {
    octets.begin = std::min(octets.begin, last->begin);
    octets.end = std::max(octets.end, last->end);
  }
  set.insert(set.erase(first, last), octets);
}

}  // namespace

void FlightLog::sends_content(Octets octets, trace::MessageId message) {
  if (!spans_.empty()) {
    Span& last = spans_.back();
    if (last.is_open && last.message == message && last.octets.end == octets.begin) {
      last.octets.end = octets.end;
      return;
    }
    close_last();
  }
  spans_.push_back({octets, message, true, {}});
  count(1);
}

void FlightLog::sends_other() {
  if (!spans_.empty()) close_last();
}

void FlightLog::close_last() {
  Span& last = spans_.back();
  if (!last.is_open) return;
  last.is_open = false;
  for (Progress& leg : last.legs) write_if_complete(last, leg);
}

FlightLog::Progress& FlightLog::progress(Span& span, const Leg& leg) {
  for (Progress& known : span.legs) {
    if (known.flight.link == leg.link && known.flight.from == leg.from) return known;
  }
  Progress fresh;
  fresh.flight.message = span.message;
  fresh.flight.connection = connection_;
  fresh.flight.link = leg.link;
  fresh.flight.from = leg.from;
  fresh.flight.to = leg.to;
  fresh.flight.first_bit_out_ns = -1;
  span.legs.push_back(std::move(fresh));
  return span.legs.back();
}

template <class Do>
void FlightLog::for_each(Octets octets, Do&& what) {
  for (Span& span : spans_) {
    const Octets common = {std::max(span.octets.begin, octets.begin), std::min(span.octets.end, octets.end)};
    if (common.begin < common.end) what(span, common);
  }
}

void FlightLog::frame_sent(const Leg& leg, Octets octets, std::int64_t now_ns) {
  for_each(octets, [&](Span& span, Octets) {
    Progress& known = progress(span, leg);
    if (known.flight.first_bit_out_ns < 0) known.flight.first_bit_out_ns = now_ns;
  });
}

void FlightLog::frame_arrived(const Leg& leg, Octets octets, std::int64_t now_ns) {
  for_each(octets, [&](Span& span, Octets common) {
    Progress& known = progress(span, leg);
    if (known.is_written) return;
    const std::uint64_t end_before = known.arrived.empty() ? 0 : known.arrived.back().end;
    const std::size_t ranges_before = known.arrived.size();
    cover(known.arrived, common);
    // What has come before does not move the time of the last bit.
    if (known.arrived.size() != ranges_before || known.arrived.back().end != end_before ||
        ranges_before > 1) {
      known.flight.last_bit_in_ns = now_ns;
    }
    write_if_complete(span, known);
  });
}

void FlightLog::frame_dropped(const Leg& leg, Octets octets) {
  for_each(octets, [&](Span& span, Octets) {
    Progress& known = progress(span, leg);
    if (!known.is_written) ++known.flight.drops;
  });
}

void FlightLog::write_if_complete(const Span& span, Progress& leg) {
  if (span.is_open || leg.is_written || leg.arrived.size() != 1) return;
  const Octets arrived = leg.arrived.front();
  if (arrived.begin != span.octets.begin || arrived.end != span.octets.end) return;
  leg.flight.bytes = static_cast<std::int64_t>(arrived.end - arrived.begin);
  leg.is_written = true;
  recorder_.record(leg.flight);
}

void FlightLog::delivered(std::uint64_t offset) {
  while (!spans_.empty() && !spans_.front().is_open && spans_.front().octets.end <= offset) {
    spans_.erase(spans_.begin());
    count(-1);
  }
}

void FlightLog::end() {
  for (Span& span : spans_) {
    span.is_open = false;
    for (Progress& leg : span.legs) {
      write_if_complete(span, leg);
      if (leg.is_written || leg.flight.first_bit_out_ns < 0) continue;
      for (const Octets& range : leg.arrived) {
        leg.flight.bytes += static_cast<std::int64_t>(range.end - range.begin);
      }
      leg.flight.last_bit_in_ns = -1;
      leg.is_written = true;
      recorder_.record(leg.flight);
    }
  }
  count(-std::ssize(spans_));
  spans_.clear();
}

}  // namespace mailroom::net
