// SPDX-License-Identifier: GPL-2.0-only
// Domain names (RFC 1035 §2.3.1, §3.1): up to 127 labels of 1 to 63 octets, 255 octets with lengths and root.
// Any octet may stand in a label. Case is kept, and compared without (RFC 1034 §3.1, RFC 4343); the order is
// the canonical one (RFC 4034 §6.1), in which a name is followed by all that is below it.
#pragma once

#include <compare>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocols/dns/parse_error.hpp"

namespace mailroom::dns {

inline constexpr std::size_t kLabelOctets = 63;  // RFC 1035 §2.3.4
inline constexpr std::size_t kNameOctets = 255;

class Name {
 public:
  Name() : octets_(1, '\0') {}  // the root

  // The text form (RFC 1035 §5.1): labels with dots between; \. and \\ and \X are the octet itself, \DDD the
  // one of that decimal number; "." is the root. A name without a final dot is relative to `origin`.
  static std::expected<Name, ParseError> parse(std::string_view text, const Name& origin = {});
  // As in a message but without pointers: each label after its length, then a zero octet. None if it is no
  // name.
  static std::optional<Name> from_octets(std::string octets);

  const std::string& octets() const { return octets_; }
  bool is_root() const { return octets_.size() == 1; }
  std::size_t label_count() const;                          // without the root's
  std::string_view first_label() const;                     // empty: the root
  bool is_wildcard() const;                                 // RFC 4592 §2.1.1: the first label is "*"
  Name parent() const;                                      // without the first label; the root's is the root
  std::optional<Name> child(std::string_view label) const;  // none: too long, or no label
  bool is_within(const Name& ancestor) const;               // it, or below it
  bool is_below(const Name& ancestor) const {
    return octets_.size() > ancestor.octets_.size() && is_within(ancestor);
  }

  // Without the final dot, as people and mail write names; the root is ".". parse() reads it again.
  std::string text() const;
  // With the final dot, as master files write what is not relative.
  std::string absolute_text() const;
  // The same, down to the case of each letter.
  bool same_octets(const Name& other) const { return octets_ == other.octets_; }

  friend bool operator==(const Name& a, const Name& b);
  friend std::weak_ordering operator<=>(const Name& a, const Name& b);

 private:
  explicit Name(std::string octets) : octets_(std::move(octets)) {}

  std::string octets_;
};

// One octet of a text at `at`: a character, or what an escape stands for (\X, \DDD). Moves `at` behind it.
std::expected<char, ParseError> read_escaped(std::string_view text, std::size_t& at);

}  // namespace mailroom::dns
