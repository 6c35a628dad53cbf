// SPDX-License-Identifier: GPL-2.0-only
// A message split into its header fields and its body (RFC 5322 §2.1, §2.2, §3.6).
//
// Nothing is copied and nothing is changed: envelope_line + every field's octets + separator + body is the
// input, octet for octet, for any input whatever. So unknown fields, odd folding, obsolete syntax, duplicates
// and bare LFs survive.
//
//   Header header(octets);                    // views into `octets`, which must outlive the Header
//   if (const Field* subject = header.find("Subject")) show(subject->unfolded());
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::message {

// One field, from its name to its last line end.
struct Field {
  std::string_view octets;      // as it stands in the message, with all line ends
  std::size_t name_length = 0;  // octets of the name, without the obsolete blanks before ':' (RFC 5322 §4.5)

  std::string_view name() const { return octets.substr(0, name_length); }
  // What follows ':', still folded, without the last line end.
  std::string_view value() const;
  // The value with its line ends taken out (RFC 5322 §2.2.3) and blanks at both ends trimmed.
  std::string unfolded() const;
  bool is(std::string_view field_name) const;  // case-insensitive
};

class Header {
 public:
  // `message` is a whole message or only a header. Lines end in CRLF or in a bare LF; a bare CR is an
  // ordinary octet. The header ends at an empty line, at the end of the octets, or before the first line that
  // is neither a field nor the continuation of one (then there is no separator and that line begins the
  // body).
  explicit Header(std::string_view message);

  // A first line `From ` or `>From `, which mbox files and old mailers leave there (RFC 4155); with its line
  // end.
  std::string_view envelope_line() const { return envelope_line_; }
  const std::vector<Field>& fields() const { return fields_; }
  std::string_view separator() const { return separator_; }  // the empty line's line end, or nothing
  std::string_view body() const { return body_; }
  // All fields as they stand, without the separator.
  std::string_view fields_octets() const { return fields_octets_; }

  const Field* find(std::string_view name) const;  // the first of that name, or null
  std::size_t count(std::string_view name) const;

 private:
  std::string_view envelope_line_;
  std::string_view fields_octets_;
  std::string_view separator_;
  std::string_view body_;
  std::vector<Field> fields_;
};

// RFC 5322 §3.6.8: one or more of the printable US-ASCII octets except ':'.
bool is_field_name(std::string_view text);

// Names and domains compare so: ASCII letters alike, other octets exactly, no locale.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// `name: value` CRLF, folded at blanks so that lines keep to 78 octets where the text has blanks to fold at
// and to 998 in any case (RFC 5322 §2.1.1, §2.2.3). Line breaks inside `value` become blanks: no value can
// start a field of its own. `name` must satisfy is_field_name().
std::string format_field(std::string_view name, std::string_view value);

// The message without the fields of that name (case-insensitive); all else octet for octet. For a user agent
// that takes `Bcc:` out of a message that it was given.
std::string without_field(std::string_view message, std::string_view name);

enum class FinalLineEnd { keep, ensure };
// Line ends as mail carries them (RFC 5322 §2.3, RFC 5321 §2.3.8): each LF without a CR before it becomes
// CRLF; CRLFs and bare CRs stay as they are. `ensure`: octets that do not end in CRLF get one more (none at
// all stay none).
std::string canonical(std::string_view octets, FinalLineEnd final_line_end = FinalLineEnd::keep);
// True if canonical(octets, final_line_end) would change nothing.
bool is_canonical(std::string_view octets, FinalLineEnd final_line_end = FinalLineEnd::keep);

}  // namespace mailroom::message
