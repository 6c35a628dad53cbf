// SPDX-License-Identifier: GPL-2.0-only
// What a sender asks about delivery status notifications (RFC 3461 §4): RET and ENVID with MAIL, NOTIFY and
// ORCPT with RCPT. Plain values, with the text that stands after the '=' read and written here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailroom::smtp {

// RET (§4.3): what a report of a failure returns.
enum class Return : std::uint8_t {
  full,     // the message
  headers,  // its header only
};
std::string_view to_string(Return ret);  // "FULL", "HDRS"
std::optional<Return> parse_return(std::string_view text);

// NOTIFY (§4.1): of what the originator wants to be told; nothing: NEVER. Without the parameter the receiver
// chooses: failures, and delays if it likes.
struct Notify {
  bool success = false;
  bool failure = false;
  bool delay = false;
  bool never() const { return !success && !failure && !delay; }
  friend bool operator==(const Notify&, const Notify&) = default;
};
std::string to_string(Notify notify);  // "NEVER", "SUCCESS,FAILURE,DELAY"
// Strict: NEVER stands alone, no word twice.
std::optional<Notify> parse_notify(std::string_view text);

// ORCPT (§4.2): the recipient's address as the originator gave it.
struct OriginalRecipient {
  std::string address_type;  // "rfc822"; "utf-8" (RFC 6533 §3) for one that has characters beyond US-ASCII
  std::string address;       // its meaning, decoded
  friend bool operator==(const OriginalRecipient&, const OriginalRecipient&) = default;
};
// "rfc822;a+2Bb@c.example". For the type "utf-8", utf-8-addr-xtext: "utf-8;\x{FC}@c.example", which needs no
// SMTPUTF8.
std::string to_string(const OriginalRecipient& original);
// `utf8`: SMTPUTF8 was given, so that an address of type "utf-8" may have its characters as they are.
std::optional<OriginalRecipient> parse_original_recipient(std::string_view text, bool utf8 = false);
// Of the address of a forward-path, for a sender that makes one: "rfc822" or "utf-8".
OriginalRecipient original_recipient(std::string_view address);

inline constexpr std::size_t kEnvelopeIdLimit = 100;         // §4.4, as xtext
inline constexpr std::size_t kOriginalRecipientLimit = 500;  // §4.2, as xtext
// ENVID (§4.4): printable US-ASCII once decoded.
std::optional<std::string> parse_envelope_id(std::string_view text);

}  // namespace mailroom::smtp
