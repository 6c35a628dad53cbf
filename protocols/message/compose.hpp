// SPDX-License-Identifier: GPL-2.0-only
// What a user agent does before submission: it composes a message, and derives the envelope from the header.
// From then on the envelope lives apart from the message (RFC 5321 §2.3.1): nothing later reads recipients
// from the header.
//
//   Draft draft{.from = …, .to = …, .subject = "Hello", .text = "…", .unix_s = now, .message_id =
//   make_message_id(…)}; std::string octets = compose(draft);       // without Bcc Envelope envelope =
//   envelope_of(draft);    // with Bcc
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/message/address.hpp"
#include "protocols/message/header.hpp"
#include "protocols/message/parse_error.hpp"

namespace mailroom::message {

struct Draft {
  std::vector<Mailbox> from{};
  std::optional<Mailbox> sender{};  // written if given, or as the first of several authors (RFC 5322 §3.6.2)
  std::vector<Address> to{};
  std::vector<Address> cc{};
  std::vector<Address> bcc{};  // in the envelope only
  std::string subject{};       // empty: no Subject field
  std::string text{};          // line ends of either kind; octets as they are
  std::int64_t unix_s = 0;
  std::string message_id{};  // with < and >; empty: no Message-ID field
  std::vector<std::pair<std::string, std::string>> extra_fields{};  // name (is_field_name()), value
};

// RFC 5322 octets with CRLF line ends and a final CRLF. A message without text ends after the empty line.
std::string compose(const Draft& draft);

struct FieldError {
  std::string field{};  // name of the field
  ParseError error{};   // offset from the start of the field's value
  friend bool operator==(const FieldError&, const FieldError&) = default;
};

// Paths are written as between < and >: `local@domain`, local part quoted if it must be, no source route.
struct Envelope {
  std::string reverse_path{};                // empty if the header names no sender
  std::vector<std::string> forward_paths{};  // each mailbox once, in the header's order
  std::vector<FieldError> errors{};          // fields that could not be read; the others still count
};

// Reverse-path from Sender, else the first of From; forward-paths from To, Cc, Bcc with the members of
// groups. If the header has Resent- fields, only the topmost block of these counts (RFC 5322 §3.6.6).
Envelope envelope_of(const Header& header);
Envelope envelope_of(const Draft& draft);

// Readable words in lines of less than 78 octets that end in CRLF: exactly `size_bytes` octets (a single one
// is a letter without line end), the same for the same `key`.
std::string filler_text(std::size_t size_bytes, std::uint64_t key);

// Sets draft.text so that compose(draft) has `total_bytes` octets. Returns the octets that it will have: more
// than asked for if the header alone is that long, or by one if only one octet is left for the text.
std::size_t fill_to_size(Draft& draft, std::size_t total_bytes, std::uint64_t key);
// What compose() makes of the draft after fill_to_size(), made in one pass.
std::string compose_to_size(Draft draft, std::size_t total_bytes, std::uint64_t key);

}  // namespace mailroom::message
