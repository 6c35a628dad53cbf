// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/ladder_layout.hpp"

#include <algorithm>

namespace mailroom::viz {
namespace {

using What = LadderRow::What;

// How steep an arrow that arrives before the next row is: so much of the way to it.
constexpr double kSlope = 0.62;
// Of what is lost: how far down its cross is.
constexpr double kLostDrop = 0.45;

LadderLayout equal_rows(const Ladder& ladder) {
  LadderLayout layout;
  const auto& rows = ladder.rows;
  layout.places.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const LadderRow& row = rows[i];
    LadderPlace& place = layout.places[i];
    place.top = place.bottom = static_cast<double>(i);
    if (row.what == What::gap) {
      place.bottom = place.top + 1;
    } else if (row.is_arrow() && row.received_ns < 0) {
      place.bottom = place.top + kLostDrop;
    } else if (row.is_arrow()) {
      // The first row that began after it was there. A wait begins at a time, not with an event.
      std::size_t next = i + 1;
      const auto is_before = [&](const LadderRow& other) {
        if (other.what == What::gap) return other.sent_ns < row.received_ns;
        return row.received ? other.event < row.received : other.sent_ns < row.received_ns;
      };
      while (next < rows.size() && is_before(rows[next])) ++next;
      place.bottom = place.top + static_cast<double>(next - i) * kSlope;
    }
  }
  layout.height = static_cast<double>(rows.size());
  return layout;
}

// All times at which something begins or ends, each once.
std::vector<std::int64_t> moments(const Ladder& ladder) {
  std::vector<std::int64_t> times;
  for (const LadderRow& row : ladder.rows) {
    if (row.what == What::gap) continue;
    times.push_back(row.sent_ns);
    if (row.received_ns >= 0) times.push_back(std::max(row.sent_ns, row.received_ns));
  }
  std::ranges::sort(times);
  const auto same = std::ranges::unique(times);
  times.erase(same.begin(), same.end());
  return times;
}

double chosen_scale(const std::vector<std::int64_t>& times) {
  std::vector<std::int64_t> steps;
  for (std::size_t i = 1; i < times.size(); ++i)
    if (times[i] - times[i - 1] < Ladder::kGap_ns) steps.push_back(times[i] - times[i - 1]);
  if (steps.empty()) return 1;
  const auto middle = steps.begin() + std::ssize(steps) / 2;
  std::ranges::nth_element(steps, middle);
  return 1e9 / static_cast<double>(std::max<std::int64_t>(*middle, 1));
}

LadderLayout true_time(const Ladder& ladder, double rows_per_s) {
  LadderLayout layout;
  const std::vector<std::int64_t> times = moments(ladder);
  if (rows_per_s <= 0) rows_per_s = chosen_scale(times);
  std::vector<double> at(times.size());
  for (std::size_t i = 1; i < times.size(); ++i) {
    const std::int64_t step = times[i] - times[i - 1];
    // A wait has the height of a row; nothing shorter than one is higher than one.
    const double rows = static_cast<double>(step) / 1e9 * rows_per_s;
    at[i] = at[i - 1] + (step >= Ladder::kGap_ns ? 1.0 : rows);
  }
  const auto place_of = [&](std::int64_t time_ns) {
    const auto found = std::ranges::lower_bound(times, time_ns);
    return found == times.end() ? at.back() : at[static_cast<std::size_t>(found - times.begin())];
  };
  for (const LadderRow& row : ladder.rows) {
    LadderPlace place;
    place.top = place_of(row.sent_ns);
    place.bottom = place.top;
    if (row.what == What::gap) place.bottom = place_of(row.received_ns);
    if (row.is_arrow())
      place.bottom = row.received_ns >= 0 ? place_of(row.received_ns) : place.top + kLostDrop;
    layout.places.push_back(place);
    layout.height = std::max({layout.height, place.top + 1, place.bottom + 0.5});
  }
  return layout;
}

// Moves everything from a phase's first row on down, to make room for its name.
void make_heads(const Ladder& ladder, LadderLayout& layout) {
  std::vector<std::size_t> order(ladder.phases.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return ladder.phases[i].first; });
  std::vector<double> tops;  // of heads, as they were without them
  layout.heads.resize(order.size());
  for (const std::size_t i : order) {
    const double top = layout.places[ladder.phases[i].first].top;
    layout.heads[i] = top + kPhaseHead * static_cast<double>(tops.size());
    tops.push_back(top);
  }
  // What begins below a head's place moves with it; what began above and ends below is drawn longer. A row
  // and a head at one place: the head is first, unless the row is of what came before.
  const auto moved = [&](double place, bool is_end) {
    const auto heads = is_end ? std::ranges::lower_bound(tops, place) : std::ranges::upper_bound(tops, place);
    return place + kPhaseHead * static_cast<double>(heads - tops.begin());
  };
  for (std::size_t i = 0; i < layout.places.size(); ++i) {
    LadderPlace& place = layout.places[i];
    const double top = place.top;
    place.top = moved(place.top, false);
    place.bottom = place.bottom <= top ? place.top : moved(place.bottom, true);
  }
  layout.height += kPhaseHead * static_cast<double>(tops.size());
}

}  // namespace

LadderLayout lay_out(const Ladder& ladder, LadderAxis axis, double rows_per_s) {
  if (ladder.rows.empty()) return {};
  LadderLayout layout = axis == LadderAxis::rows ? equal_rows(ladder) : true_time(ladder, rows_per_s);
  make_heads(ladder, layout);
  return layout;
}

double LadderLayout::at(const Ladder& ladder, std::int64_t time_ns, trace::EventId event) const {
  const std::ptrdiff_t row = ladder.row_at(event);
  if (row < 0) return 0;
  const auto i = static_cast<std::size_t>(row);
  if (i + 1 >= ladder.rows.size()) return places[i].top;
  // A wait that follows begins when the last thing before it is over.
  const std::int64_t from_ns = ladder.rows[i].sent_ns;
  const std::int64_t until_ns = ladder.rows[i + 1].sent_ns;
  if (ladder.rows[i + 1].what == What::gap && time_ns >= until_ns) {
    const LadderRow& gap = ladder.rows[i + 1];
    const double share = static_cast<double>(time_ns - gap.sent_ns) /
                         static_cast<double>(std::max<std::int64_t>(gap.lasts_ns, 1));
    return places[i + 1].top + (places[i + 1].bottom - places[i + 1].top) * std::clamp(share, 0.0, 1.0);
  }
  if (until_ns <= from_ns) return places[i].top;
  const double share = static_cast<double>(time_ns - from_ns) / static_cast<double>(until_ns - from_ns);
  return places[i].top + (places[i + 1].top - places[i].top) * std::clamp(share, 0.0, 1.0);
}

}  // namespace mailroom::viz
