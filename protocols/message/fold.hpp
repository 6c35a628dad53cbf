// SPDX-License-Identifier: GPL-2.0-only
// Folding of long header lines (RFC 5322 §2.2.3), for this folder's writers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailroom::message {

inline constexpr std::size_t kPreferredLine = 78;  // RFC 5322 §2.1.1, without the line end
inline constexpr std::size_t kLongestLine = 998;

// Appends `text` to the header line being written in `out`, whose last line has `column` octets, folding
// before blanks of `text`. Unfolding gives the text back, but for a word longer than a line may be: it gets a
// blank inside. `text` has no line ends.
void append_folded(std::string& out, std::size_t& column, std::string_view text);

// Each line end (CRLF, CR, LF) as one blank.
std::string without_line_ends(std::string_view text);

}  // namespace mailroom::message
