// SPDX-License-Identifier: GPL-2.0-only
// What a scenario says of notifications: 'bounces' of a host, 'dsn' of an entry of traffic.
#pragma once

#include "sim/scenario/document.hpp"
#include "sim/scenario/report.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

void read_bounces(const Value& value, Bounces& bounces, Report& report);
void read_dsn(const Value& value, Traffic& traffic, Report& report);

}  // namespace mailroom::scenario
