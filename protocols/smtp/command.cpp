// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "protocols/smtp/ascii.hpp"
#include "protocols/smtp/path_parser.hpp"

namespace mailroom::smtp {
namespace {

constexpr std::array<std::string_view, kVerbCount> kVerbs = {"HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET",
                                                             "VRFY", "EXPN", "HELP", "NOOP", "QUIT", "SEND",
                                                             "SOML", "SAML", "TURN", "?"};

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
std::expected<std::vector<Parameter>, ParseError> parse_parameters(std::string_view line, std::size_t at) {
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
    while (at < line.size() && line[at] > ' ' && line[at] <= '~' && line[at] != '=') ++at;
    if (at == start) return fail(at, kSection, "the value of a parameter");
    parameter.value = line.substr(start, at - start);
  }
  return parameters;
}

// "FROM:" path parameters, or "TO:" path parameters.
std::expected<Command, ParseError> parse_mail_or_rcpt(std::string_view line, Verb verb) {
  const bool is_mail = verb == Verb::mail;
  const std::string_view section = is_mail ? "RFC 5321 §4.1.1.2" : "RFC 5321 §4.1.1.3";
  const std::string_view word = is_mail ? "FROM:" : "TO:";
  std::size_t at = skip_blanks(line, 4);
  if (!ascii::starts_with(line.substr(at), word)) return fail(at, section, is_mail ? "FROM:" : "TO:");
  // The grammar has no blank here, but the lecture and many old hosts do (RFC 1123 §1.2.2: be liberal).
  at = skip_blanks(line, at + word.size());
  auto path = parse_path(line.substr(at), is_mail ? PathKind::reverse : PathKind::forward);
  if (!path) return fail(at + path.error().offset, path.error().section, path.error().expected);
  auto parameters = parse_parameters(line, at + path->length);
  if (!parameters) return std::unexpected(parameters.error());
  return Command{
      .verb = verb, .argument = {}, .path = std::move(path->path), .parameters = std::move(*parameters)};
}

std::expected<std::int64_t, ParameterFault> size_value(const std::optional<std::string>& value) {
  // RFC 1870 §3 (4): 1 to 20 digits. One that no int64 holds is larger than any limit all the same.
  if (!value || value->size() > 20 || !std::ranges::all_of(*value, ascii::is_digit))
    return std::unexpected(ParameterFault::bad_value);
  std::int64_t size = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), size);
  return error == std::errc() ? size : std::numeric_limits<std::int64_t>::max();
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

std::expected<Command, ParseError> parse_command(std::string_view line) {
  const Verb verb = verb_of(line);
  // RFC 5321 §4.1.1: blanks before the CR LF are tolerated.
  while (!line.empty() && ascii::is_blank(line.back())) line.remove_suffix(1);
  const auto odd = std::ranges::find_if(line, [](char c) { return !ascii::is_printable(c) && c != '\t'; });
  if (odd != line.end())
    return fail(static_cast<std::size_t>(odd - line.begin()), "RFC 5321 §2.4",
                "printable characters of US-ASCII");
  if (verb == Verb::mail || verb == Verb::rcpt) return parse_mail_or_rcpt(line, verb);
  const std::size_t at = skip_blanks(line, first_word(line).size());
  const std::string_view argument = line.substr(at);
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
    default:
      break;  // the argument is optional, or nobody looks at it
  }
  return Command{.verb = verb, .argument = std::string(argument), .path = {}, .parameters = {}};
}

std::expected<MailParameters, ParameterFault> mail_parameters(const std::vector<Parameter>& parameters,
                                                              const Extensions& offered) {
  MailParameters meaning;
  for (const Parameter& parameter : parameters) {
    if (offered.size && parameter.keyword == "SIZE") {
      if (meaning.size_octets) return std::unexpected(ParameterFault::repeated);
      const auto size = size_value(parameter.value);
      if (!size) return std::unexpected(size.error());
      meaning.size_octets = *size;
    } else if (offered.eight_bit_mime && parameter.keyword == "BODY") {
      if (meaning.has_body) return std::unexpected(ParameterFault::repeated);
      if (!parameter.value) return std::unexpected(ParameterFault::bad_value);
      const bool eight = ascii::same(*parameter.value, "8BITMIME");
      if (!eight && !ascii::same(*parameter.value, "7BIT"))
        return std::unexpected(ParameterFault::unsupported);
      meaning.has_body = true;
      meaning.body = eight ? Body::eight_bit : Body::seven_bit;
    } else {
      return std::unexpected(ParameterFault::unknown);
    }
  }
  return meaning;
}

std::string mail_line(const Path& reverse_path, const MailParameters& parameters, bool space_after_colon) {
  std::string line = space_after_colon ? "MAIL FROM: " : "MAIL FROM:";
  line += to_string(reverse_path);
  if (parameters.size_octets) {
    line += " SIZE=";
    line += std::to_string(*parameters.size_octets);
  }
  if (parameters.has_body) line += parameters.body == Body::eight_bit ? " BODY=8BITMIME" : " BODY=7BIT";
  return line;
}

std::string rcpt_line(const Path& forward_path, bool space_after_colon) {
  return (space_after_colon ? "RCPT TO: " : "RCPT TO:") + to_string(forward_path);
}

}  // namespace mailroom::smtp
