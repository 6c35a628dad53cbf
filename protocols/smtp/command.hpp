// SPDX-License-Identifier: GPL-2.0-only
// Command lines (RFC 5321 §4.1) as values. parse_command() knows syntax only: what a command does, and when
// it is legal, is in command_table.hpp; what a parameter means, in parameters.hpp.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/smtp/parameters.hpp"
#include "protocols/smtp/parse_error.hpp"
#include "protocols/smtp/path.hpp"
#include "protocols/smtp/utf8.hpp"

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
  bdat,  // RFC 3030
  auth,  // RFC 4954
  etrn,  // RFC 1985
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

// What BDAT announces: this many octets follow its CR LF.
struct Chunk {
  std::int64_t size_octets = 0;
  bool is_last = false;
  friend bool operator==(const Chunk&, const Chunk&) = default;
};

struct Command {
  Verb verb = Verb::unknown;
  std::string argument;  // domain of HELO and EHLO; string of VRFY, EXPN, HELP, NOOP; mechanism of
                         // AUTH; of ETRN, with its '@' or '#'
  std::optional<std::string> initial_response{};  // of AUTH, in base64; "=" is one without octets
  Chunk chunk{};                                  // of BDAT
  Path path;                                      // reverse-path of MAIL, forward-path of RCPT
  std::vector<Parameter> parameters;              // of MAIL and RCPT; of VRFY and EXPN SMTPUTF8 at most
  friend bool operator==(const Command&, const Command&) = default;
};

// `line` has no CR LF. Liberal in what it takes: blanks after the colon (as in "MAIL FROM: <a@b.example>"),
// blanks at the end, any case. An unknown verb is not an error here; its argument is left alone. `utf8`:
// paths, parameters and the arguments of VRFY and EXPN may have characters beyond US-ASCII, and VRFY and EXPN
// the parameter SMTPUTF8 (RFC 6531 §3.7.4.2); whether they may without it is the caller's to judge.
std::expected<Command, ParseError> parse_command(std::string_view line, Utf8 utf8 = Utf8::refuse);

// What a client sends, without CR LF. `space_after_colon`: "MAIL FROM: <a@b.example>", as the lecture writes
// it.
std::string mail_line(const Path& reverse_path, const MailParameters& parameters, bool space_after_colon);
std::string rcpt_line(const Path& forward_path, const RcptParameters& parameters, bool space_after_colon);

}  // namespace mailroom::smtp
