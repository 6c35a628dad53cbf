// SPDX-License-Identifier: GPL-2.0-only
// When an SMTP sender tries again (`retry` of a scenario or of a host).
#pragma once

#include "sim/scenario/document.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

// What the map says changes `retry`; a profile sets all of it first.
void read_retry(const Value& value, Retry& retry, Report& report);

}  // namespace mailroom::scenario
