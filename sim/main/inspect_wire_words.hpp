// SPDX-License-Identifier: GPL-2.0-only
// What happened on the wire, in words for people: a part of sentence() of inspect_words.hpp.
#pragma once

#include <string>

#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {

std::string datagram_words(Run& run, const trace::StoredEvent& e);
std::string frame_words(Run& run, const trace::StoredEvent& e);

}  // namespace mailroom::cli
