// SPDX-License-Identifier: GPL-2.0-only
// Message identifiers (RFC 5322 §3.6.4, obsolete forms §4.5.4).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/message/parse_error.hpp"

namespace mailroom::message {

struct MessageId {
  std::string left{};   // without comments; quoted where a dot-atom would not do
  std::string right{};  // without comments; a domain literal with its brackets
  friend bool operator==(const MessageId&, const MessageId&) = default;  // octet for octet
};

std::string format(const MessageId& id);  // `<left@right>`

// The value of Message-ID or Resent-Message-ID.
std::expected<MessageId, ParseError> parse_message_id(std::string_view text);
// The value of References or In-Reply-To: none or more; the phrases of the obsolete syntax are left out.
std::expected<std::vector<MessageId>, ParseError> parse_message_ids(std::string_view text);

// `<unique@domain>`. The caller sees to it that `unique` never comes twice at `domain`. What is not
// allowed in a dot-atom of US-ASCII becomes "=" and two hexadecimal digits an octet, so that no two of `unique` give
// the same identifier.
std::string make_message_id(std::string_view unique, std::string_view domain);

}  // namespace mailroom::message
