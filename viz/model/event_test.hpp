// SPDX-License-Identifier: GPL-2.0-only
// A filter as a background pass uses it: with names and queue lengths of its own, learned from the reader of
// its thread.
#pragma once

#include "viz/model/filter.hpp"
#include "viz/model/plot_pass.hpp"

namespace mailroom::viz {

// An empty maker for a filter that lets everything through. A test wants to be asked about every event from
// the first on, in order, because queues are counted on the way.
EventTestMaker event_test_of(const Filter& filter);

}  // namespace mailroom::viz
