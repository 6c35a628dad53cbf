// SPDX-License-Identifier: GPL-2.0-only
// The part 'smtp' of a host or of the whole scenario.
#pragma once

#include "sim/scenario/document.hpp"
#include "sim/scenario/report.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

// What is not said in `value` stays as it is in `smtp`.
void read_smtp(const Value& value, SmtpPolicy& smtp, Report& report);

}  // namespace mailroom::scenario
