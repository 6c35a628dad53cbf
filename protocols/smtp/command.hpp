// SPDX-License-Identifier: GPL-2.0-only
// Command lines (RFC 5321 §4.1) as values. parse_command() knows syntax only: what a command does, and when
// it is legal, is in command_table.hpp; what a parameter means, in mail_parameters().
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/parse_error.hpp"
#include "protocols/smtp/path.hpp"

namespace mailroom::smtp {

enum class Verb : std::uint8_t {
  helo,
  ehlo,
  mail,
  rcpt,
  data,
  rset,
  vrfy,
  expn,
  help,
  noop,
  quit,
  send,
  soml,
  saml,
  turn,  // RFC 821 §3.4, §3.8: known, not implemented
  unknown,
};
inline constexpr int kVerbCount = static_cast<int>(Verb::unknown) + 1;
std::string_view name(Verb verb);  // "HELO", …; "?" for unknown

// The verb of a line, without regard to case.
Verb verb_of(std::string_view line);

// An ESMTP parameter, RFC 5321 §4.1.2: keyword in capitals.
struct Parameter {
  std::string keyword;
  std::optional<std::string> value;
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

struct Command {
  Verb verb = Verb::unknown;
  std::string argument;               // domain of HELO and EHLO; string of VRFY, EXPN, HELP, NOOP
  Path path;                          // reverse-path of MAIL, forward-path of RCPT
  std::vector<Parameter> parameters;  // of MAIL and RCPT
  friend bool operator==(const Command&, const Command&) = default;
};

// `line` has no CR LF. Liberal in what it takes: blanks after the colon (as in "MAIL FROM: <a@b.example>"),
// blanks at the end, any case. An unknown verb is not an error here; its argument is left alone.
std::expected<Command, ParseError> parse_command(std::string_view line);

// What the parameters of MAIL say.
struct MailParameters {
  std::optional<std::int64_t> size_octets;  // SIZE=, RFC 1870
  Body body = Body::seven_bit;              // BODY=, RFC 6152
  bool has_body = false;                    // BODY= was given
  friend bool operator==(const MailParameters&, const MailParameters&) = default;
};

enum class ParameterFault : std::uint8_t {
  unknown,      // 555: not a parameter of what was offered
  bad_value,    // 501
  unsupported,  // 504: a known parameter with a value that is not implemented
  repeated,     // 501
};
std::expected<MailParameters, ParameterFault> mail_parameters(const std::vector<Parameter>& parameters,
                                                              const Extensions& offered);

// What a client sends, without CR LF. `space_after_colon`: "MAIL FROM: <a@b.example>", as the lecture writes
// it.
std::string mail_line(const Path& reverse_path, const MailParameters& parameters, bool space_after_colon);
std::string rcpt_line(const Path& forward_path, bool space_after_colon);

}  // namespace mailroom::smtp
