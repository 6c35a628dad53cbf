// SPDX-License-Identifier: GPL-2.0-only
// Whether an event is what the condition of a fault waits for.
#pragma once

#include "sim/faults/fault.hpp"
#include "sim/trace/event.hpp"

namespace mailroom {

// `host` is that of the condition.
bool comes_true(const faults::Condition& condition, trace::HostId host, const trace::Event& event);

}  // namespace mailroom
