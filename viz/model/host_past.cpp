// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/host_past.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace mailroom::viz {
namespace {

using trace::EventId;
using trace::Kind;
using trace::StoredEvent;

KnownName known(const StoredEvent& e) {
  // Seconds of a damaged file may be any number.
  constexpr std::int64_t kMost_s = 1'000'000'000;
  const std::int64_t seconds = std::clamp<std::int64_t>(e.value.value_or(0), 0, kMost_s);
  const std::int64_t most_ns = std::numeric_limits<std::int64_t>::max() - seconds * 1'000'000'000;
  return {e.id, e.time_ns, e.text, std::min(e.time_ns, most_ns) + seconds * 1'000'000'000};
}

std::string_view question_of(std::string_view answer) {
  return answer.substr(0, answer.find(':'));
}

}  // namespace

void HostPast::take_newer(const StoredEvent& e) {
  events_.push_front(e);
  if (events_.size() > limits_.events) events_.pop_back();
  if (e.kind != Kind::name_answered) return;
  names_.push_front(known(e));
  if (names_.size() > limits_.names) names_.pop_back();
}

void HostPast::take_older(const StoredEvent& e) {
  if (events_.size() < limits_.events) events_.push_back(e);
  if (e.kind == Kind::name_answered && names_.size() < limits_.names) names_.push_back(known(e));
}

HostPast::Result<void> HostPast::read(trace::RunFileReader& reader, EventId after, EventId up_to, bool is_newer) {
  return reader.for_each({.after = after, .up_to = up_to, .host = host_, .newest_first = !is_newer},
                         [&](const StoredEvent& e) {
                           is_newer ? take_newer(e) : take_older(e);
                           return true;
                         });
}

HostPast::Result<void> HostPast::show(trace::RunFileReader& reader, trace::HostId host, EventId now) {
  if (host == host_ && now == now_) return {};
  const bool goes_on = host == host_ && now > now_ && now.value - now_.value <= limits_.rows_each;
  if (goes_on) {
    const EventId before = now_;
    now_ = now;
    return read(reader, before, now, true);
  }
  host_ = host;
  now_ = now;
  events_.clear();
  names_.clear();
  looked_back_to_ = now;
  is_looking_ = host && now;
  return look_further(reader);
}

HostPast::Result<void> HostPast::look_further(trace::RunFileReader& reader) {
  if (!is_looking_) return {};
  const EventId up_to = looked_back_to_;
  looked_back_to_ = {std::max<std::int64_t>(up_to.value - limits_.rows_each, 0)};
  is_looking_ = looked_back_to_ && now_.value - looked_back_to_.value < limits_.rows_in_all;
  if (!up_to) return {};
  return read(reader, looked_back_to_, up_to, false);
}

std::vector<KnownName> HostPast::names_at(std::int64_t time_ns) const {
  std::vector<KnownName> all;
  std::set<std::string_view> asked;
  for (const KnownName& name : names_)
    if (asked.insert(question_of(name.answer)).second && name.believed_until_ns > time_ns) all.push_back(name);
  return all;
}

}  // namespace mailroom::viz
