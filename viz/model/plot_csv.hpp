// SPDX-License-Identifier: GPL-2.0-only
// Plots, events and deliveries as tables (RFC 4180): names instead of numbers for hosts, links and
// recipients; the first line has the names of the columns, with units.
#pragma once

#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sim/trace/run_file_reader.hpp"
#include "viz/model/compare.hpp"
#include "viz/model/plot.hpp"

namespace mailroom::viz {

// A field, in quotation marks where it needs them.
std::string csv_field(std::string_view text);

// Of steps: series, x, y, event. Of bars: a column each part.
std::string csv_of(const Plot& plot);
std::string csv_of(std::span<const DeliveryRow> deliveries);
std::string csv_of(const Comparison& comparison);

// Piece by piece, because a run may have millions. `test` says which events; empty: all.
std::expected<void, trace::FileError> write_events_csv(
    trace::RunFileReader& reader, const std::function<bool(const trace::StoredEvent&)>& test,
    const std::function<void(std::string_view)>& write);

}  // namespace mailroom::viz
