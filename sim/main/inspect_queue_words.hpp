// SPDX-License-Identifier: GPL-2.0-only
// What the queue does with messages and destinations, and crashes of its host, in words for people: a part of
// sentence() of inspect_words.hpp.
#pragma once

#include <string>

#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {

std::string queue_words(Run& run, const trace::StoredEvent& e);

}  // namespace mailroom::cli
