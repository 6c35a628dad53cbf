// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/name.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "protocols/dns/ascii.hpp"

namespace mailroom::dns {

namespace {

std::size_t length_at(std::string_view octets, std::size_t at) {
  return static_cast<unsigned char>(octets[at]);
}

// Where each label's length stands.
struct Labels {
  explicit Labels(std::string_view octets) {
    for (std::size_t at = 0; length_at(octets, at) != 0; at += 1 + length_at(octets, at))
      starts[count++] = static_cast<std::uint8_t>(at);
  }
  std::array<std::uint8_t, kNameOctets / 2> starts;
  std::size_t count = 0;
};

// RFC 4034 §6.1: as octets of lower case, a shorter one before what it begins.
std::weak_ordering compare_labels(std::string_view a, std::string_view b) {
  return std::lexicographical_compare_three_way(
      a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) -> std::weak_ordering {
        return static_cast<unsigned char>(ascii::lower(x)) <=> static_cast<unsigned char>(ascii::lower(y));
      });
}

void append_escaped(std::string& out, std::string_view label) {
  for (const char c : label) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet <= ' ' || octet > '~') {
      out += '\\';
      for (const int digit : {octet / 100, octet / 10 % 10, octet % 10})
        out += static_cast<char>('0' + digit);
    } else {
      if (std::string_view(".\\\"();@$").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
}

}  // namespace

std::expected<char, ParseError> read_escaped(std::string_view text, std::size_t& at) {
  const char c = text[at];
  if (c != '\\') {
    ++at;
    return c;
  }
  if (at + 1 >= text.size())
    return std::unexpected(ParseError{at, "RFC 1035 §5.1", "a character after the backslash"});
  if (!ascii::is_digit(text[at + 1])) {
    at += 2;
    return text[at - 1];
  }
  int value = 0;
  for (std::size_t i = at + 1; i < at + 4; ++i) {
    if (i >= text.size() || !ascii::is_digit(text[i]))
      return std::unexpected(ParseError{at, "RFC 1035 §5.1", "three decimal digits after the backslash"});
    value = 10 * value + (text[i] - '0');
  }
  if (value > 255)
    return std::unexpected(ParseError{at, "RFC 1035 §5.1", "a number of at most 255 after the backslash"});
  at += 4;
  return static_cast<char>(value);
}

std::expected<Name, ParseError> Name::parse(std::string_view text, const Name& origin) {
  if (text.empty()) return std::unexpected(ParseError{0, "RFC 1035 §2.3.1", "a domain name"});
  if (text == ".") return Name();
  std::string octets(1, '\0');  // the last label's length, so far, at label_at
  std::size_t label_at = 0;
  std::size_t at = 0;
  bool absolute = false;
  while (at < text.size()) {
    if (text[at] == '.') {
      if (octets.size() - label_at == 1)
        return std::unexpected(
            ParseError{at, "RFC 1035 §3.1", "a label of at least one octet before the dot"});
      ++at;
      absolute = at == text.size();
      label_at = octets.size();
      octets += '\0';
      continue;
    }
    const std::size_t before = at;
    const auto octet = read_escaped(text, at);
    if (!octet) return std::unexpected(octet.error());
    if (octets.size() - label_at > kLabelOctets)
      return std::unexpected(ParseError{before, "RFC 1035 §2.3.4", "a label of at most 63 octets"});
    octets += *octet;
    octets[label_at] = static_cast<char>(octets.size() - label_at - 1);
  }
  if (!absolute) octets += origin.octets_;
  if (octets.size() > kNameOctets)
    return std::unexpected(ParseError{0, "RFC 1035 §2.3.4", "a name of at most 255 octets"});
  return Name(std::move(octets));
}

std::optional<Name> Name::from_octets(std::string octets) {
  if (octets.empty() || octets.size() > kNameOctets) return std::nullopt;
  std::size_t at = 0;
  while (at < octets.size() && octets[at] != '\0') {
    if (length_at(octets, at) > kLabelOctets) return std::nullopt;
    at += 1 + length_at(octets, at);
  }
  if (at + 1 != octets.size()) return std::nullopt;
  return Name(std::move(octets));
}

std::size_t Name::label_count() const {
  return Labels(octets_).count;
}

std::string_view Name::first_label() const {
  return std::string_view(octets_).substr(1, length_at(octets_, 0));
}

bool Name::is_wildcard() const {
  return first_label() == "*";
}

Name Name::parent() const {
  return is_root() ? Name() : Name(octets_.substr(1 + length_at(octets_, 0)));
}

std::optional<Name> Name::child(std::string_view label) const {
  if (label.empty() || label.size() > kLabelOctets || 1 + label.size() + octets_.size() > kNameOctets)
    return std::nullopt;
  std::string octets(1, static_cast<char>(label.size()));
  octets += label;
  return Name(octets + octets_);
}

bool Name::is_within(const Name& ancestor) const {
  if (octets_.size() < ancestor.octets_.size()) return false;
  const std::size_t start = octets_.size() - ancestor.octets_.size();
  std::size_t at = 0;
  while (at < start) at += 1 + length_at(octets_, at);
  return at == start && ascii::same(std::string_view(octets_).substr(start), ancestor.octets_);
}

std::string Name::text() const {
  if (is_root()) return ".";
  std::string out;
  for (std::size_t at = 0; length_at(octets_, at) != 0; at += 1 + length_at(octets_, at)) {
    if (at > 0) out += '.';
    append_escaped(out, std::string_view(octets_).substr(at + 1, length_at(octets_, at)));
  }
  return out;
}

std::string Name::absolute_text() const {
  return is_root() ? "." : text() + '.';
}

// Lengths are below 64, so lower() leaves them as they are.
bool operator==(const Name& a, const Name& b) {
  return ascii::same(a.octets_, b.octets_);
}

std::weak_ordering operator<=>(const Name& a, const Name& b) {
  const Labels left(a.octets_);
  const Labels right(b.octets_);
  for (std::size_t i = 1; i <= std::min(left.count, right.count); ++i) {
    const std::size_t l = left.starts[left.count - i];
    const std::size_t r = right.starts[right.count - i];
    const auto order = compare_labels(std::string_view(a.octets_).substr(l + 1, length_at(a.octets_, l)),
                                      std::string_view(b.octets_).substr(r + 1, length_at(b.octets_, r)));
    if (order != 0) return order;
  }
  return left.count <=> right.count;
}

}  // namespace mailroom::dns
