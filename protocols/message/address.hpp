// SPDX-License-Identifier: GPL-2.0-only
// Addresses in header fields (RFC 5322 §3.4, obsolete forms §4.4): mailboxes and groups, read and written.
//
// Read: quoted local parts, comments anywhere, domain literals, obsolete routes, blanks around dots, dots in
// phrases, empty list elements. Octets above 127 count as atom text (RFC 6532 §3.2). Encoded words (RFC 2047)
// stay as they are.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/message/parse_error.hpp"

namespace mailroom::message {

struct Mailbox {
  std::string display_name{};        // unquoted, blanks as one space; may be empty
  std::string local_part{};          // unquoted: `a b` for "a b"@example.org
  std::string domain{};              // `mail.example.org` or `[192.0.2.1]`
  std::vector<std::string> route{};  // domains of an obsolete route; read, never written (RFC 5322 §4.4)

  // The same mailbox: domain case-insensitive, local part exact (RFC 5321 §2.4); names and routes do not
  // matter.
  friend bool operator==(const Mailbox& a, const Mailbox& b);
};

struct Group {
  std::string display_name{};
  std::vector<Mailbox> members{};
  friend bool operator==(const Group&, const Group&) = default;
};

using Address = std::variant<Mailbox, Group>;

// Each parser takes the whole text (folded or not, comments and blanks around allowed) and nothing but it.
std::expected<Mailbox, ParseError> parse_addr_spec(std::string_view text);  // local@domain, no name, no <>
std::expected<Mailbox, ParseError> parse_mailbox(
    std::string_view text);  // local@domain or name <local@domain>
std::expected<Address, ParseError> parse_address(std::string_view text);  // mailbox or group
std::expected<std::vector<Address>, ParseError> parse_address_list(std::string_view text);

// All mailboxes in order, those inside groups too.
std::vector<Mailbox> mailboxes(const std::vector<Address>& addresses);

// `local@domain`, the local part quoted if it must be: also the text of a path between < and > in SMTP.
std::string addr_spec(const Mailbox& mailbox);
// `Name <local@domain>`, or `local@domain` without a name.
std::string format(const Mailbox& mailbox);
std::string format(const Group& group);
std::string format(const Address& address);
// Separated by `, `: format_field() folds it.
std::string format(const std::vector<Address>& addresses);

// As it is if it is a dot-atom (RFC 5322 §3.4.1), else a quoted-string.
std::string quoted_local_part(std::string_view local_part);

}  // namespace mailroom::message
