// SPDX-License-Identifier: GPL-2.0-only
// Characters beyond US-ASCII in commands (RFC 6531).
#pragma once

#include <cstdint>

#include "protocols/message/utf8.hpp"

namespace mailroom::smtp {

// Whether addresses may have characters beyond US-ASCII. Only where SMTPUTF8 was negotiated (RFC 6531 §3.3).
enum class Utf8 : std::uint8_t { refuse, accept };

using message::is_ascii;
using message::is_utf8;
using message::utf8_length;

}  // namespace mailroom::smtp
