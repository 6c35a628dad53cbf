// SPDX-License-Identifier: GPL-2.0-only
// UTF-8 (RFC 3629) as far as internationalized mail (RFC 6531, 6532, 6533) needs it: is there any, is it well
// formed, and how addresses that have some are written where only US-ASCII goes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailroom::message {

bool is_ascii(std::string_view text);

// The octets of the character that `text` begins with; 0 if it begins with none: overlong forms, surrogates,
// and what lies beyond U+10FFFF are none.
std::size_t utf8_length(std::string_view text);

// Nothing but well-formed characters; US-ASCII is, too.
bool is_utf8(std::string_view text);

// Whether the header that `octets` begin with has characters beyond US-ASCII (RFC 6532). Octets that are no
// UTF-8 are none: hosts have always sent those, without saying so.
bool has_utf8_header(std::string_view octets);

// RFC 6533 §3, the address type "utf-8" where only US-ASCII goes: each character that is not a plain one as
// "\x{", two to six hexadecimal digits, no zero in front of them but for one of two, "}".
std::string encode_utf8_address(std::string_view address);
// The same read; nothing if it is written otherwise. With `utf8`, characters may also stand for themselves.
std::optional<std::string> decode_utf8_address(std::string_view text, bool utf8);

}  // namespace mailroom::message
