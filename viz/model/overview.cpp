// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/overview.hpp"

#include <algorithm>

namespace mailroom::viz {

Overview Overview::of(const Index::State& run, const TimeAxis& axis, std::int64_t pixels, std::int64_t places,
                      std::int64_t limit_ns) {
  Overview overview;
  if (pixels <= 0 || places <= 0) return overview;
  const auto start = [&](std::int64_t parts, std::int64_t part) {
    const std::int64_t at_ns = bucket_start_ns(axis.from_ns(), axis.until_ns(), parts, part);
    // The last part has the end itself too.
    return std::min(part == parts ? at_ns + 1 : at_ns, limit_ns == INT64_MAX ? INT64_MAX : limit_ns + 1);
  };
  overview.load.resize(static_cast<std::size_t>(pixels));
  std::int64_t row = run.rows.rows_until(start(pixels, 0) - 1);
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
    const std::int64_t next = run.rows.rows_until(start(pixels, pixel + 1) - 1, row);
    overview.load[static_cast<std::size_t>(pixel)] = next - row;
    overview.most_load = std::max(overview.most_load, next - row);
    row = next;
  }
  overview.places = places;
  std::vector<Bin> all(static_cast<std::size_t>(places));
  for (int i = 0; i < kMarkClassCount; ++i) {
    const Log<Mark>& marks = run.marks.of(static_cast<MarkClass>(i));
    std::int64_t at = marks.partition(0, [&](const Mark& one) { return one.time_ns >= start(places, 0); });
    for (std::int64_t place = 0; place < places && at < marks.size(); ++place) {
      const std::int64_t end_ns = start(places, place + 1);
      const std::int64_t next = marks.partition(at, [=](const Mark& one) { return one.time_ns >= end_ns; });
      all[static_cast<std::size_t>(place)].counts[static_cast<std::size_t>(i)] = next - at;
      at = next;
    }
  }
  for (std::int64_t place = 0; place < places; ++place) {
    Bin& bin = all[static_cast<std::size_t>(place)];
    if (std::ranges::all_of(bin.counts, [](std::int64_t count) { return count == 0; })) continue;
    bin.place = place;
    bin.from_ns = start(places, place);
    bin.until_ns = start(places, place + 1);
    overview.bins.push_back(bin);
  }
  return overview;
}

}  // namespace mailroom::viz
