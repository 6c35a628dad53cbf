// SPDX-License-Identifier: GPL-2.0-only
// Small things that the readers share: ASCII only, so the locale never matters.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mailroom::topology {

std::string_view trimmed(std::string_view text);  // without blanks, tabs and line ends around it
std::string lower_ascii(std::string_view text);

// The text in quotation marks for a message: shortened, control characters escaped, so that a hostile file
// cannot write to the terminal.
std::string in_quotes(std::string_view text);

// At most `max` octets of the text, cut before a UTF-8 sequence that would not fit.
std::string shortened(std::string_view text, std::size_t max);

bool is_utf8(std::string_view text);
// Each octet of ISO 8859-1 as UTF-8.
std::string utf8_from_latin1(std::string_view text);

// The candidate that `word` most likely meant, if any is near enough for "did you mean".
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

// A decimal number ("-3.25", "1e6", blanks around it), all of the text and finite; correctly rounded.
std::optional<double> parse_double(std::string_view text);

}  // namespace mailroom::topology
