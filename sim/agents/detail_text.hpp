// SPDX-License-Identifier: GPL-2.0-only
// The JSON of an event's `detail`, written straight away: an object is made for every message, and building a document
// first would cost as much as all the rest of its event.
#pragma once

#include <string>
#include <string_view>

namespace mailroom::agents {

// Appends the text as a JSON string with its quotes. What is not UTF-8 becomes U+FFFD.
void append_json(std::string& out, std::string_view text);

}  // namespace mailroom::agents
