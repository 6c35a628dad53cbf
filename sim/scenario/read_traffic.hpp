// SPDX-License-Identifier: GPL-2.0-only
// The part 'traffic' of a scenario: who sends what to whom and when, and from which host.
#pragma once

#include <filesystem>

#include "sim/scenario/document.hpp"
#include "sim/scenario/read_hosts.hpp"
#include "sim/scenario/report.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

// Octets of all message files of a scenario together.
inline constexpr std::size_t kMaxMessageBytes = 256 * 1024 * 1024;

// Fills scenario.traffic and scenario.agents.
void read_traffic(const Value* value, Hosts& hosts, const std::filesystem::path& folder, Scenario& scenario,
                  Report& report);

}  // namespace mailroom::scenario
