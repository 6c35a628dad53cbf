// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/columns.hpp"

namespace mailroom::viz {

namespace {

// A number that a simulation does not reach is a damaged file's: none.
template <class Small>
Small kept(std::int64_t value) {
  return value >= 0 && value <= std::numeric_limits<Small>::max() ? static_cast<Small>(value) : Small{};
}

}  // namespace

void Columns::append(const trace::StoredEvent& event) {
  ids_.append(event.id.value);
  times_ns_.append(event.time_ns);
  kinds_.append(static_cast<std::uint8_t>(event.kind));
  hosts_.append(kept<std::uint32_t>(event.host.value));
  messages_.append(kept<std::uint32_t>(event.message.value));
  codes_.append(kept<std::int16_t>(event.code));
}

std::int64_t Columns::rows_until(std::int64_t time_ns, std::int64_t from_row) const {
  return times_ns_.partition(from_row, [time_ns](std::int64_t at_ns) { return at_ns > time_ns; });
}

std::int64_t Columns::rows_up_to(trace::EventId id) const {
  return ids_.partition(0, [id](std::int64_t other) { return other > id.value; });
}

}  // namespace mailroom::viz
