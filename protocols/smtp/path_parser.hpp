// SPDX-License-Identifier: GPL-2.0-only
// Reads paths, RFC 5321 §4.1.2 and §4.1.3: quoted local parts, address literals, source routes, <>,
// <Postmaster>; within the limits of §4.5.3.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "protocols/smtp/parse_error.hpp"
#include "protocols/smtp/path.hpp"
#include "protocols/smtp/utf8.hpp"

namespace mailroom::smtp {

enum class PathKind : std::uint8_t {
  reverse,  // <> is allowed
  forward,  // <Postmaster> is allowed (§4.5.1)
};

struct ParsedPath {
  Path path;
  std::size_t length = 0;  // octets read
};

// Reads a path from the start of `text`; what follows it is the caller's. Error offsets count from the start
// of `text`. `utf8`: RFC 6531 §3.3 has more characters in local parts and domains; `text` must be well-formed
// UTF-8 then.
std::expected<ParsedPath, ParseError> parse_path(std::string_view text, PathKind kind,
                                                 Utf8 utf8 = Utf8::refuse);

// atom.atom.atom: a local part that needs no quotes (RFC 5321 §4.1.2).
bool is_dot_string(std::string_view text, Utf8 utf8 = Utf8::refuse);
// Letters, digits, hyphens, dots; underscores are tolerated, as real hosts have them (RFC 5321 §4.1.2).
// With `utf8` U-labels too, whose characters are not judged (RFC 6531 §3.3).
bool is_domain(std::string_view text, Utf8 utf8 = Utf8::refuse);
// "[192.0.2.1]", "[IPv6:2001:db8::1]", "[tag:content]" (RFC 5321 §4.1.3).
bool is_address_literal(std::string_view text);

}  // namespace mailroom::smtp
