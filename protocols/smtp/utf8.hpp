// SPDX-License-Identifier: GPL-2.0-only
// UTF-8 (RFC 3629) as far as SMTPUTF8 (RFC 6531) needs it: is there any, and is it well formed.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailroom::smtp {

// Whether addresses may have characters beyond US-ASCII. Only where SMTPUTF8 was negotiated (RFC 6531 §3.3).
enum class Utf8 : std::uint8_t { refuse, accept };

bool is_ascii(std::string_view text);

// The octets of the character that `text` begins with; 0 if it begins with none: overlong forms, surrogates,
// and what lies beyond U+10FFFF are none.
std::size_t utf8_length(std::string_view text);

// Nothing but well-formed characters; US-ASCII is, too.
bool is_utf8(std::string_view text);

}  // namespace mailroom::smtp
