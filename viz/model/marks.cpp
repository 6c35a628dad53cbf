// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/marks.hpp"

#include <algorithm>
#include <functional>

namespace mailroom::viz {

namespace {

using trace::Kind;

struct ClassInfo {
  std::string_view name;
  std::string_view sign;
};
constexpr std::array<ClassInfo, kMarkClassCount> kClasses = {{{"delivered", "o"},
                                                              {"deferred", "~"},
                                                              {"bounced", "x"},
                                                              {"lost", "L"},
                                                              {"delivered twice", "2"},
                                                              {"fault", "F"},
                                                              {"out of operation", "!"}}};

}  // namespace

std::string_view name(MarkClass mark) {
  return kClasses[static_cast<std::size_t>(mark)].name;
}
std::string_view sign(MarkClass mark) {
  return kClasses[static_cast<std::size_t>(mark)].sign;
}

void Marks::add(MarkClass mark, const trace::StoredEvent& event) {
  marks_[static_cast<std::size_t>(mark)].append({event.time_ns, event.id});
}

void Marks::begin(trace::FaultId fault, const trace::StoredEvent& event) {
  if (spans_.size() >= kMostSpans) return;
  in_force_.push_back(spans_.size());
  spans_.push_back(
      {.fault = fault, .host = event.host, .link = event.link, .began = event.id, .from_ns = event.time_ns,
       .what = fault ? event.text : std::string()});
}

void Marks::end(const trace::StoredEvent& event) {
  const auto is_it = [&](std::size_t place) {
    const Span& span = spans_[place];
    const bool is_fault = event.kind == Kind::fault_ended;
    return is_fault ? span.fault == event.fault && span.fault : !span.fault && span.host == event.host;
  };
  const auto found = std::find_if(in_force_.begin(), in_force_.end(), is_it);
  if (found == in_force_.end()) return;
  spans_[*found].until_ns = event.time_ns;
  spans_[*found].ended = event.id;
  in_force_.erase(found);
}

void Marks::take(const trace::StoredEvent& event, Deliveries& deliveries) {
  switch (event.kind) {
    case Kind::copy_delivered:
      return add(deliveries.is_duplicate(event) ? MarkClass::duplicate : MarkClass::delivered, event);
    case Kind::copy_deferred:
      return add(MarkClass::deferred, event);
    case Kind::copy_bounced:
      return add(MarkClass::bounced, event);
    case Kind::copy_discarded:
    case Kind::copy_destroyed:
      return add(MarkClass::lost, event);
    case Kind::fault_began:
      add(MarkClass::fault, event);
      return begin(event.fault, event);
    case Kind::host_crashed:
      add(MarkClass::crash, event);
      return begin({}, event);
    case Kind::fault_ended:
    case Kind::host_restarted:
      return end(event);
    default:
      return;
  }
}

std::int64_t Marks::count(MarkClass mark, std::int64_t from_ns, std::int64_t until_ns) const {
  const Log<Mark>& all = of(mark);
  const std::int64_t first = all.partition(0, [=](const Mark& one) { return one.time_ns >= from_ns; });
  return all.partition(first, [=](const Mark& one) { return one.time_ns >= until_ns; }) - first;
}

std::optional<Mark> Marks::first(MarkClass mark, std::int64_t from_ns, std::int64_t until_ns) const {
  const Log<Mark>& all = of(mark);
  const std::int64_t first = all.partition(0, [=](const Mark& one) { return one.time_ns >= from_ns; });
  if (first == all.size() || all[first].time_ns >= until_ns) return std::nullopt;
  return all[first];
}

std::vector<std::int64_t> Marks::histogram(MarkClass mark, std::int64_t from_ns, std::int64_t until_ns,
                                           std::int64_t buckets) const {
  const Log<Mark>& all = of(mark);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(std::max<std::int64_t>(buckets, 0)));
  std::int64_t at = all.partition(0, [=](const Mark& one) { return one.time_ns >= from_ns; });
  for (std::int64_t bucket = 0; bucket < buckets; ++bucket) {
    const std::int64_t end_ns = bucket_start_ns(from_ns, until_ns, buckets, bucket + 1);
    const std::int64_t next = all.partition(at, [=](const Mark& one) { return one.time_ns >= end_ns; });
    counts[static_cast<std::size_t>(bucket)] = next - at;
    at = next;
  }
  return counts;
}

bool Deliveries::is_duplicate(const trace::StoredEvent& delivered) {
  // Of 64 bits: two of ten million would meet by chance once in 300,000 runs.
  std::uint64_t key = std::hash<std::string_view>{}(delivered.text);
  for (const std::int64_t part : {delivered.message.value, delivered.host.value}) {
    key = (key ^ static_cast<std::uint64_t>(part)) * 0x9E3779B97F4A7C15U;
    key ^= key >> 29U;
  }
  return !seen_.insert(key).second;
}

std::int64_t bucket_start_ns(std::int64_t from_ns, std::int64_t until_ns, std::int64_t buckets,
                             std::int64_t bucket) {
  const auto length = static_cast<__int128>(until_ns) - from_ns;
  return from_ns + static_cast<std::int64_t>(length * bucket / buckets);
}

}  // namespace mailroom::viz
