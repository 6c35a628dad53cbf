// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/flight_list.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mailroom::trace {

namespace {

constexpr std::size_t kBlock = 256;
// A batch is merged with the one before it unless that is so many times as large.
constexpr std::size_t kGrowth = 4;

bool starts_earlier(const Flight& a, const Flight& b) {
  return a.first_bit_out_ns < b.first_bit_out_ns;
}

// How many of the sorted ones have begun.
std::size_t begun(const std::vector<Flight>& flights, std::int64_t time_ns) {
  const auto end = std::upper_bound(
      flights.begin(), flights.end(), time_ns,
      [](std::int64_t time, const Flight& flight) { return time < flight.first_bit_out_ns; });
  return static_cast<std::size_t>(end - flights.begin());
}

}  // namespace

FlightList::FlightList(const RunHeader& header) {
  std::vector<std::int64_t> delays_ns;
  for (const LinkRow& link : header.links) delays_ns.push_back(link.delay_ns);
  delays_ns_ = std::make_shared<const std::vector<std::int64_t>>(std::move(delays_ns));
}

std::int64_t FlightList::end_ns(const Flight& flight) const {
  if (flight.last_bit_in_ns >= 0) return flight.last_bit_in_ns;
  const std::int64_t link = flight.link.value;
  const bool is_known = delays_ns_ && link >= 1 && link <= std::ssize(*delays_ns_);
  return flight.first_bit_out_ns + (is_known ? (*delays_ns_)[static_cast<std::size_t>(link - 1)] : 0);
}

std::shared_ptr<const FlightList::Batch> FlightList::batch_of(std::vector<Flight> sorted) const {
  auto batch = std::make_shared<Batch>();
  batch->flights = std::move(sorted);
  batch->latest_end_ns.assign((batch->flights.size() + kBlock - 1) / kBlock, 0);
  for (std::size_t i = 0; i < batch->flights.size(); ++i) {
    std::int64_t& latest = batch->latest_end_ns[i / kBlock];
    latest = std::max(latest, end_ns(batch->flights[i]));
  }
  return batch;
}

void FlightList::add(std::vector<Flight> more) {
  if (more.empty()) return;
  size_ += std::ssize(more);
  std::stable_sort(more.begin(), more.end(), starts_earlier);
  while (!batches_.empty() && batches_.back()->flights.size() < kGrowth * more.size()) {
    const auto& before = batches_.back()->flights;
    std::vector<Flight> merged;
    merged.reserve(before.size() + more.size());
    std::merge(before.begin(), before.end(), more.begin(), more.end(), std::back_inserter(merged),
               starts_earlier);
    more = std::move(merged);
    batches_.pop_back();
  }
  more.shrink_to_fit();
  batches_.push_back(batch_of(std::move(more)));
}

// Until `keep_on` says no; then false.
template <class Visit>
bool FlightList::visit(std::int64_t time_ns, Visit keep_on) const {
  for (const auto& batch : batches_) {
    const std::size_t started = begun(batch->flights, time_ns);
    for (std::size_t block = 0; block * kBlock < started; ++block) {
      if (batch->latest_end_ns[block] <= time_ns) continue;
      const std::size_t end = std::min(started, (block + 1) * kBlock);
      for (std::size_t i = block * kBlock; i < end; ++i) {
        if (end_ns(batch->flights[i]) > time_ns && !keep_on(batch->flights[i])) return false;
      }
    }
  }
  return true;
}

std::vector<Flight> FlightList::in_progress(std::int64_t time_ns) const {
  std::vector<Flight> flying;
  visit(time_ns, [&](const Flight& flight) {
    flying.push_back(flight);
    return true;
  });
  if (batches_.size() > 1) std::stable_sort(flying.begin(), flying.end(), starts_earlier);
  return flying;
}

bool FlightList::any_in_progress(std::int64_t time_ns) const {
  return !visit(time_ns, [](const Flight&) { return false; });
}

std::optional<std::int64_t> FlightList::next_start_ns(std::int64_t time_ns) const {
  std::optional<std::int64_t> next;
  for (const auto& batch : batches_) {
    const std::size_t started = begun(batch->flights, time_ns);
    if (started == batch->flights.size()) continue;
    const std::int64_t start_ns = batch->flights[started].first_bit_out_ns;
    next = std::min(next.value_or(start_ns), start_ns);
  }
  return next;
}

std::optional<std::int64_t> FlightList::previous_end_ns(std::int64_t time_ns) const {
  std::optional<std::int64_t> previous;
  const auto take = [&](std::int64_t end) {
    if (end <= time_ns) previous = std::max(previous.value_or(end), end);
  };
  for (const auto& batch : batches_) {
    const std::size_t started = begun(batch->flights, time_ns);
    for (std::size_t block = 0; block * kBlock < started; ++block) {
      const std::size_t end = (block + 1) * kBlock;
      if (end <= started && batch->latest_end_ns[block] <= time_ns) {
        take(batch->latest_end_ns[block]);
        continue;
      }
      for (std::size_t i = block * kBlock; i < std::min(started, end); ++i) take(end_ns(batch->flights[i]));
    }
  }
  return previous;
}

}  // namespace mailroom::trace
