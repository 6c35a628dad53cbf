// SPDX-License-Identifier: GPL-2.0-only
// base64 (RFC 4648 §4) on one line, as AUTH uses it (RFC 4954 §4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailroom::smtp {

std::string encode_base64(std::string_view octets);

// Strict: only the alphabet, padding where it belongs, no bit left over. Nothing otherwise.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace mailroom::smtp
