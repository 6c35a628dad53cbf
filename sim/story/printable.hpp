// SPDX-License-Identifier: GPL-2.0-only
// Text of others (peers, files, scenarios) made fit to be shown: what no font and no terminal may get as it
// is, is told by its octets.
#pragma once

#include <string>
#include <string_view>

namespace mailroom::story {

// Text of others (peers, files) for people: control characters and what is not UTF-8 become \xNN, so that no
// octet of a message can command a terminal. Line breaks too, unless `keep_lines`.
std::string printable(std::string_view text, bool keep_lines = false);

// The same of a text that may be a megabyte long: its beginning, and how much there is.
std::string printable_beginning(std::string_view text);

}  // namespace mailroom::story
