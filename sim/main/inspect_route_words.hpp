// SPDX-License-Identifier: GPL-2.0-only
// Where mail goes and for whom it is passed on, in words for people: a part of sentence() of inspect_words.hpp.
#pragma once

#include <string>

#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {

std::string route_words(Run& run, const trace::StoredEvent& e);

}  // namespace mailroom::cli
