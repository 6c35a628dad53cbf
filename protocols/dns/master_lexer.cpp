// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/master_lexer.hpp"

#include <algorithm>

#include "protocols/dns/ascii.hpp"

namespace mailroom::dns {

namespace {

constexpr std::string_view kSection = "RFC 1035 §5.1";
constexpr std::uint64_t kLargestTtl = 0x7fffffff;

std::uint32_t seconds_of(char unit) {
  switch (ascii::lower(unit)) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    case 'w':
      return 604800;
    default:
      return 0;
  }
}

}  // namespace

std::optional<std::uint32_t> parse_duration_s(std::string_view text) {
  std::uint64_t total = 0;
  std::size_t at = 0;
  do {
    const std::size_t start = at;
    std::uint64_t value = 0;
    while (at < text.size() && ascii::is_digit(text[at]) && value <= kLargestTtl)
      value = 10 * value + static_cast<unsigned>(text[at++] - '0');
    if (at == start) return std::nullopt;
    const std::uint32_t unit = at < text.size() ? seconds_of(text[at++]) : 1;
    total += value * unit;
    if (unit == 0 || total > kLargestTtl) return std::nullopt;
  } while (at < text.size());
  return static_cast<std::uint32_t>(total);
}

MasterLexer::MasterLexer(std::string_view line)
    : end_(line.size()), starts_with_blank_(!line.empty() && ascii::is_blank(line[0])) {
  read_words(line);
}

void MasterLexer::read_words(std::string_view line) {
  std::size_t at = 0;
  while (!error_) {
    while (at < line.size() && (ascii::is_blank(line[at]) || line[at] == '\r' || line[at] == '\n')) ++at;
    if (at == line.size()) return;
    if (line[at] == ';') {
      end_ = at;
      return;
    }
    if (line[at] == '(' || line[at] == ')')
      return fail(at, kSection, "a record on one line, without parentheses");
    const bool quoted = line[at] == '"';
    const std::size_t start = at + (quoted ? 1 : 0);
    at = start;
    while (at < line.size()) {
      if (quoted ? line[at] == '"'
                 : std::string_view(" \t\r\n;()\"").find(line[at]) != std::string_view::npos)
        break;
      at += line[at] == '\\' && at + 1 < line.size() ? 2 : 1;
    }
    at = std::min(at, line.size());
    if (quoted && at == line.size()) return fail(start - 1, kSection, "a closing quote");
    words_.push_back({quoted ? start - 1 : start, line.substr(start, at - start), quoted});
    if (quoted) ++at;
  }
}

void MasterLexer::fail(std::size_t offset, std::string_view section, std::string_view expected) {
  if (!error_) error_ = {offset, section, expected};
}

std::optional<std::string_view> MasterLexer::peek() const {
  if (at_end() || words_[next_].quoted) return std::nullopt;
  return words_[next_].text;
}

MasterWord MasterLexer::word(std::string_view expected) {
  if (at_end()) {
    fail(end_, kSection, expected);
    return {end_, {}, false};
  }
  return words_[next_++];
}

Name MasterLexer::name(const Name& origin, std::string_view expected) {
  const MasterWord word = this->word(expected);
  if (error_) return {};
  if (word.quoted) fail(word.offset, kSection, expected);
  if (word.text == "@") return origin;
  const auto name = Name::parse(word.text, origin);
  if (name) return *name;
  fail(word.offset + name.error().offset, name.error().section, name.error().expected);
  return {};
}

std::uint32_t MasterLexer::number(std::uint32_t maximum, std::string_view expected) {
  const MasterWord word = this->word(expected);
  std::uint64_t value = 0;
  for (const char c : word.text) {
    if (!ascii::is_digit(c) || value > maximum) {
      fail(word.offset, kSection, expected);
      return 0;
    }
    value = 10 * value + static_cast<unsigned>(c - '0');
  }
  if (word.text.empty() || word.quoted || value > maximum) fail(word.offset, kSection, expected);
  return static_cast<std::uint32_t>(value);
}

std::uint32_t MasterLexer::duration_s(std::string_view expected) {
  const MasterWord word = this->word(expected);
  const auto value = parse_duration_s(word.text);
  if (!value || word.quoted) fail(word.offset, kSection, expected);
  return value.value_or(0);
}

std::string MasterLexer::string() {
  const MasterWord word = this->word("a string");
  std::string out;
  for (std::size_t at = 0; at < word.text.size() && !error_;) {
    const auto octet = read_escaped(word.text, at);
    if (octet) {
      out += *octet;
    } else {
      fail(word.offset + (word.quoted ? 1 : 0) + octet.error().offset, octet.error().section,
           octet.error().expected);
    }
  }
  if (out.size() > 255)
    fail(word.offset, "RFC 1035 §3.3", "a string of at most 255 octets; several may follow each other");
  return out;
}

void MasterLexer::end() {
  if (!at_end()) fail(offset(), kSection, "the end of the line");
}

}  // namespace mailroom::dns
