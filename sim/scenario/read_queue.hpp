// SPDX-License-Identifier: GPL-2.0-only
// How a host's queue works besides retrying: `delivery`, `hold`, `turn`, and the `disk` that it is on.
#pragma once

#include <optional>
#include <vector>

#include "sim/scenario/fields.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

// What the map says changes `delivery`; a profile sets all of it first.
void read_delivery(const Value& value, Delivery& delivery, Report& report);
void read_hold(const Value& value, std::vector<Hold>& hold, Report& report);
// `turn`. Which host it names is looked up when all hosts are known: that comes back as it is written.
std::optional<Word> read_turn(const Value& value, Host& host, Report& report);
// A size, or a map with latencies.
void read_disk(const Value& value, Host& host, Report& report);

}  // namespace mailroom::scenario
