// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/moments.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace mailroom::viz {

namespace {

using trace::Kind;
using What = Moment::What;

constexpr std::pair<Kind, What> kShown[] = {
    {Kind::copy_delivered, What::delivered},
    {Kind::copy_deferred, What::deferred},
    {Kind::copy_bounced, What::bounced},
    {Kind::copy_discarded, What::discarded},
    {Kind::copy_destroyed, What::destroyed},
    {Kind::connection_refused, What::refused},
    {Kind::connection_unreachable, What::unreachable},
    {Kind::connection_timed_out, What::timed_out},
    {Kind::connection_reset, What::reset},
    {Kind::connection_disturbed, What::lost},
    {Kind::datagram_dropped, What::lost},
    {Kind::frame_dropped, What::lost},
    {Kind::host_crashed, What::crashed},
    {Kind::host_restarted, What::restarted},
    {Kind::disk_filled, What::disk_full},
    {Kind::query_unanswered, What::unanswered},
};

std::optional<What> shown_as(const trace::StoredEvent& event) {
  for (const auto& [kind, what] : kShown) {
    if (kind != event.kind) continue;
    // A connection can be disturbed at its end, by a reset: that has no place on a link.
    if (what == What::lost && (!event.link || event.text == "reset")) return std::nullopt;
    return what;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(Moment::What what) {
  switch (what) {
    case What::delivered:
      return "delivered";
    case What::deferred:
      return "deferred";
    case What::bounced:
      return "bounced";
    case What::discarded:
      return "discarded";
    case What::destroyed:
      return "destroyed";
    case What::refused:
      return "connection refused";
    case What::unreachable:
      return "host unreachable";
    case What::timed_out:
      return "timed out";
    case What::reset:
      return "connection reset";
    case What::lost:
      return "lost";
    case What::crashed:
      return "crashed";
    case What::restarted:
      return "runs again";
    case What::disk_full:
      return "disk full";
    case What::unanswered:
      return "no answer";
  }
  return "";
}

std::expected<std::vector<Moment>, trace::FileError> moments_before(trace::RunFileReader& reader,
                                                                    trace::EventId up_to, std::int64_t from_ns,
                                                                    trace::EventId after) {
  std::vector<Moment> moments;
  if (!up_to) return moments;
  trace::EventQuery query;
  query.after = {std::max(up_to.value - kMomentsWithin, after.value)};
  query.up_to = up_to;
  query.from_ns = from_ns;
  query.newest_first = true;
  query.limit = kMostMoments;
  for (const auto& [kind, what] : kShown) query.kinds.push_back(kind);
  const auto read = reader.for_each(query, [&](const trace::StoredEvent& event) {
    if (const auto what = shown_as(event)) {
      moments.push_back({.what = *what,
                         .event = event.id,
                         .time_ns = event.time_ns,
                         .host = event.host,
                         .link = event.link,
                         .message = event.message,
                         .code = event.code,
                         .text = event.text});
    }
    return true;
  });
  if (!read) return std::unexpected(read.error());
  return moments;
}

}  // namespace mailroom::viz
