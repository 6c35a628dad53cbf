// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "protocols/smtp/ascii.hpp"
#include "protocols/smtp/path_parser.hpp"

namespace mailroom::smtp {
namespace {

constexpr std::array<std::string_view, kVerbCount> kVerbs = {
    "HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "VRFY", "EXPN", "HELP", "NOOP",
    "QUIT", "BDAT", "AUTH", "ETRN", "SEND", "SOML", "SAML", "TURN", "?"};

std::string_view first_word(std::string_view line) {
  return line.substr(0, line.find_first_of(" \t"));
}

std::size_t skip_blanks(std::string_view line, std::size_t at) {
  while (at < line.size() && ascii::is_blank(line[at])) ++at;
  return at;
}

std::unexpected<ParseError> fail(std::size_t offset, std::string_view section, std::string_view expected) {
  return std::unexpected(ParseError{offset, section, expected});
}

// RFC 5321 §4.1.2: esmtp-keyword ["=" esmtp-value], each after a blank.
std::expected<std::vector<Parameter>, ParseError> parse_parameters(std::string_view line, std::size_t at,
                                                                   Utf8 utf8) {
  constexpr std::string_view kSection = "RFC 5321 §4.1.2";
  std::vector<Parameter> parameters;
  while (at < line.size()) {
    if (!ascii::is_blank(line[at])) return fail(at, kSection, "a space before a parameter");
    at = skip_blanks(line, at);
    if (at == line.size()) break;
    Parameter& parameter = parameters.emplace_back();
    while (at < line.size() &&
           (ascii::is_letter_or_digit(line[at]) || (line[at] == '-' && !parameter.keyword.empty())))
      parameter.keyword += ascii::upper(line[at++]);
    if (parameter.keyword.empty()) return fail(at, kSection, "the keyword of a parameter");
    if (at == line.size() || line[at] != '=') continue;
    const std::size_t start = ++at;
    // RFC 5321 §4.1.2; RFC 6531 §3.3 adds the characters beyond US-ASCII.
    const auto good = [utf8](char c) {
      return (c > ' ' && c <= '~' && c != '=') ||
             (utf8 == Utf8::accept && static_cast<unsigned char>(c) > 127);
    };
    while (at < line.size() && good(line[at])) ++at;
    if (at == start) return fail(at, kSection, "the value of a parameter");
    parameter.value = line.substr(start, at - start);
  }
  return parameters;
}

// "FROM:" path parameters, or "TO:" path parameters.
std::expected<Command, ParseError> parse_mail_or_rcpt(std::string_view line, Verb verb, Utf8 utf8) {
  const bool is_mail = verb == Verb::mail;
  const std::string_view section = is_mail ? "RFC 5321 §4.1.1.2" : "RFC 5321 §4.1.1.3";
  const std::string_view word = is_mail ? "FROM:" : "TO:";
  std::size_t at = skip_blanks(line, 4);
  if (!ascii::starts_with(line.substr(at), word)) return fail(at, section, is_mail ? "FROM:" : "TO:");
  // The grammar has no blank here, but the lecture and many old hosts do (RFC 1123 §1.2.2: be liberal).
  at = skip_blanks(line, at + word.size());
  auto path = parse_path(line.substr(at), is_mail ? PathKind::reverse : PathKind::forward, utf8);
  if (!path) return fail(at + path.error().offset, path.error().section, path.error().expected);
  auto parameters = parse_parameters(line, at + path->length, utf8);
  if (!parameters) return std::unexpected(parameters.error());
  return Command{
      .verb = verb, .argument = {}, .path = std::move(path->path), .parameters = std::move(*parameters)};
}

// RFC 3030 §2: "BDAT" size ["LAST"].
std::expected<Command, ParseError> parse_bdat(std::string_view line, std::size_t at) {
  Command command{.verb = Verb::bdat, .argument = {}, .path = {}, .parameters = {}};
  const char* const end = line.data() + line.size();
  const auto [after, error] = std::from_chars(line.data() + at, end, command.chunk.size_octets);
  if (error != std::errc() || !ascii::is_digit(line[at]))
    return fail(at, "RFC 3030 §2", "the number of octets of the chunk");
  at = skip_blanks(line, static_cast<std::size_t>(after - line.data()));
  const std::string_view rest = line.substr(at);
  command.chunk.is_last = after != end && ascii::is_blank(*after) && ascii::same(rest, "LAST");
  if (after != end && !command.chunk.is_last) return fail(at, "RFC 3030 §2", "LAST, or nothing");
  return command;
}

// RFC 4954 §4: mechanism [initial-response].
std::expected<Command, ParseError> parse_auth(std::string_view line, std::size_t at) {
  constexpr std::string_view kSection = "RFC 4954 §4";
  const std::size_t blank = line.find_first_of(" \t", at);
  const std::string_view mechanism = line.substr(at, blank == std::string_view::npos ? blank : blank - at);
  // RFC 4422 §3.1.
  const auto good = [](char c) { return ascii::is_letter_or_digit(c) || c == '-' || c == '_'; };
  if (mechanism.empty() || mechanism.size() > 20 || !std::ranges::all_of(mechanism, good))
    return fail(at, kSection, "the name of a mechanism");
  Command command{.verb = Verb::auth, .argument = std::string(mechanism), .path = {}, .parameters = {}};
  if (blank == std::string_view::npos) return command;
  at = skip_blanks(line, blank);
  const std::string_view response = line.substr(at);
  if (response.find_first_of(" \t") != std::string_view::npos)
    return fail(at, kSection, "one initial response in base64");
  command.initial_response = response;
  return command;
}

// RFC 1985 §5.1: a domain; "@" before it: and all its subdomains; "#": a queue of the receiver's.
bool is_turn_argument(std::string_view argument) {
  if (argument.starts_with('#')) return argument.size() > 1;
  if (argument.starts_with('@')) argument.remove_prefix(1);
  return is_domain(argument);
}

// RFC 6531 §3.7.4.2: "VRFY string SMTPUTF8". Takes the parameter off.
bool take_smtputf8(std::string_view& argument) {
  constexpr std::string_view kWord = "SMTPUTF8";
  if (argument.size() <= kWord.size() || !ascii::is_blank(argument[argument.size() - kWord.size() - 1]) ||
      !ascii::same(argument.substr(argument.size() - kWord.size()), kWord))
    return false;
  argument.remove_suffix(kWord.size());
  while (!argument.empty() && ascii::is_blank(argument.back())) argument.remove_suffix(1);
  return true;
}

}  // namespace

std::string_view name(Verb verb) {
  return kVerbs[static_cast<std::size_t>(verb)];
}

Verb verb_of(std::string_view line) {
  const std::string_view word = first_word(line);
  if (word.size() != 4) return Verb::unknown;
  const auto found =
      std::ranges::find_if(kVerbs, [word](std::string_view verb) { return ascii::same(verb, word); });
  return static_cast<Verb>(std::min<std::ptrdiff_t>(found - kVerbs.begin(), kVerbCount - 1));
}

std::expected<Command, ParseError> parse_command(std::string_view line, Utf8 utf8) {
  const Verb verb = verb_of(line);
  // RFC 5321 §4.1.1: blanks before the CR LF are tolerated.
  while (!line.empty() && ascii::is_blank(line.back())) line.remove_suffix(1);
  if (utf8 == Utf8::accept && !is_utf8(line)) return fail(0, "RFC 6531 §3.3", "well-formed UTF-8");
  const auto odd = std::ranges::find_if(line, [utf8](char c) {
    const bool is_beyond_ascii = static_cast<unsigned char>(c) > 127;
    return is_beyond_ascii ? utf8 == Utf8::refuse : !ascii::is_printable(c) && c != '\t';
  });
  if (odd != line.end())
    return fail(static_cast<std::size_t>(odd - line.begin()), "RFC 5321 §2.4",
                "printable characters of US-ASCII");
  if (verb == Verb::mail || verb == Verb::rcpt) return parse_mail_or_rcpt(line, verb, utf8);
  const std::size_t at = skip_blanks(line, first_word(line).size());
  if (verb == Verb::bdat) return parse_bdat(line, at);
  if (verb == Verb::auth) return parse_auth(line, at);
  std::string_view argument = line.substr(at);
  const bool is_query = verb == Verb::vrfy || verb == Verb::expn;
  const bool declares_utf8 = is_query && utf8 == Utf8::accept && take_smtputf8(argument);
  switch (verb) {
    case Verb::helo:
    case Verb::ehlo:
      if (!is_domain(argument) && !is_address_literal(argument))
        return fail(at, "RFC 5321 §4.1.1.1", "a domain or an address literal");
      break;
    case Verb::data:
      if (!argument.empty()) return fail(at, "RFC 5321 §4.1.1.4", "no argument");
      break;
    case Verb::rset:
      if (!argument.empty()) return fail(at, "RFC 5321 §4.1.1.5", "no argument");
      break;
    case Verb::quit:
      if (!argument.empty()) return fail(at, "RFC 5321 §4.1.1.10", "no argument");
      break;
    case Verb::vrfy:
      if (argument.empty()) return fail(at, "RFC 5321 §4.1.1.6", "a user or a mailbox");
      break;
    case Verb::expn:
      if (argument.empty()) return fail(at, "RFC 5321 §4.1.1.7", "a mailing list");
      break;
    case Verb::etrn:
      if (!is_turn_argument(argument)) return fail(at, "RFC 1985 §5.1", "a domain, or '#' and a queue");
      break;
    default:
      break;  // the argument is optional, or nobody looks at it
  }
  Command command{.verb = verb, .argument = std::string(argument), .path = {}, .parameters = {}};
  if (declares_utf8) command.parameters.push_back({"SMTPUTF8", std::nullopt});
  return command;
}

std::string mail_line(const Path& reverse_path, const MailParameters& parameters, bool space_after_colon) {
  std::string line = space_after_colon ? "MAIL FROM: " : "MAIL FROM:";
  return line.append(to_string(reverse_path)).append(to_string(parameters));
}

std::string rcpt_line(const Path& forward_path, const RcptParameters& parameters, bool space_after_colon) {
  std::string line = space_after_colon ? "RCPT TO: " : "RCPT TO:";
  return line.append(to_string(forward_path)).append(to_string(parameters));
}

}  // namespace mailroom::smtp
