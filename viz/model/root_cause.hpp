// SPDX-License-Identifier: GPL-2.0-only
// The root cause among the causes of an event, in plain words.
#pragma once

#include <functional>
#include <string>

#include "sim/story/causes.hpp"
#include "sim/story/words.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::viz {

// Which events must not be told: a mystery that students look for. None: all may.
using Hides = std::function<bool(const trace::StoredEvent&)>;

struct RootCause {
  trace::EventId event{};
  std::string text{};  // "the link a-b was down from 10 s to 5 min", to follow upon "because"; empty: none found
};

// Looks at the try that led to the event first, then at those before it. Faults come before what they did, and
// that before replies that only tell of it.
RootCause root_cause_of(const story::Causes& causes, story::Names& names, const trace::World& world,
                        const Hides& hides = {});

}  // namespace mailroom::viz
