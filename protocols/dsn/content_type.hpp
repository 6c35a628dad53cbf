// SPDX-License-Identifier: GPL-2.0-only
// Content-Type fields (RFC 2045 §5.1) and the parts of a multipart body (RFC 2046 §5.1), as far as reading a
// report needs them; for this folder's parser.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/message/header.hpp"
#include "protocols/message/parse_error.hpp"

namespace mailroom::dsn {

struct ContentType {
  std::string type{};                                             // "multipart/report", lower case
  std::vector<std::pair<std::string, std::string>> parameters{};  // names in lower case, values unquoted
  const std::string* parameter(std::string_view name) const;      // nullptr: there is none
};
// A parameter that cannot be read ends the list; those before it count.
std::expected<ContentType, message::ParseError> parse_content_type(std::string_view value);
// Of a part or message: text/plain where the field is missing or cannot be read (RFC 2045 §5.2).
ContentType content_type_of(const message::Header& header);

// The parts between the boundary's lines, without the line end before each of them. Lines end in CRLF or in a
// bare LF. A last part without a boundary behind it counts.
std::vector<std::string_view> parts_of(std::string_view body, std::string_view boundary);

}  // namespace mailroom::dsn
