// SPDX-License-Identifier: GPL-2.0-only
// xtext, RFC 3461 §4: how a value of a MAIL or RCPT parameter carries characters that a command line cannot.
// "a+b" is "a+2Bb".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailroom::smtp {

// Every octet may stand in `text`: '!' to '~' without '+' and '=' go as they are, the others as "+XX".
std::string encode_xtext(std::string_view text);

// Strict: "+" needs two hexadecimal digits in capitals; '=', blanks, controls and octets above 126 may not
// stand in it. Nothing otherwise.
std::optional<std::string> decode_xtext(std::string_view xtext);

}  // namespace mailroom::smtp
