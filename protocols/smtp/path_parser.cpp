// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/path_parser.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "protocols/smtp/ascii.hpp"
#include "protocols/smtp/limits.hpp"

namespace mailroom::smtp {
namespace {

constexpr std::string_view kPathSection = "RFC 5321 §4.1.2";
constexpr std::size_t kLabelLimit = 63;  // RFC 1035 §2.3.4

bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) > 127;
}

bool is_atom_text(char c, Utf8 utf8) {
  return (utf8 == Utf8::accept && is_beyond_ascii(c)) || ascii::is_letter_or_digit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

// Calls `piece_is_good` for each piece of `text` between separators; false at the first bad one.
template <class Predicate>
bool all_pieces(std::string_view text, char separator, Predicate piece_is_good) {
  for (;;) {
    const std::size_t end = text.find(separator);
    if (!piece_is_good(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool is_label(std::string_view label, Utf8 utf8) {
  const auto good = [utf8](char c) {
    return ascii::is_letter_or_digit(c) || c == '-' || c == '_' ||
           (utf8 == Utf8::accept && is_beyond_ascii(c));
  };
  return !label.empty() && label.size() <= kLabelLimit && std::ranges::all_of(label, good) &&
         label.front() != '-' && label.back() != '-';
}

bool is_ipv4(std::string_view text) {
  const auto good = [](std::string_view number) {
    if (number.empty() || number.size() > 3 || !std::ranges::all_of(number, ascii::is_digit)) return false;
    int value = 0;
    for (const char c : number) value = 10 * value + (c - '0');
    return value <= 255;
  };
  return std::ranges::count(text, '.') == 3 && all_pieces(text, '.', good);
}

// RFC 5321 §4.1.3: eight groups, or fewer with one "::" for the missing ones; the last two may be an IPv4
// address.
bool is_ipv6(std::string_view text) {
  int groups = 0;
  const auto count_groups = [&groups](std::string_view part, bool at_end) {
    if (part.empty()) return true;
    const std::size_t last_colon = part.rfind(':');
    const std::string_view last = last_colon == std::string_view::npos ? part : part.substr(last_colon + 1);
    if (at_end && is_ipv4(last)) {
      groups += 2;
      if (last_colon == std::string_view::npos) return true;
      part = part.substr(0, last_colon);
    }
    return all_pieces(part, ':', [&groups](std::string_view group) {
      ++groups;
      return !group.empty() && group.size() <= 4 && std::ranges::all_of(group, ascii::is_hexadecimal);
    });
  };
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return count_groups(text, true) && groups == 8;
  return count_groups(text.substr(0, gap), false) && count_groups(text.substr(gap + 2), true) && groups <= 6;
}

// Reads one path, front to back.
class Reader {
 public:
  Reader(std::string_view text, PathKind kind, Utf8 utf8) : text_(text), kind_(kind), utf8_(utf8) {}

  std::expected<ParsedPath, ParseError> read() {
    if (!take('<')) return fail("'<'");
    if (kind_ == PathKind::reverse && take('>')) return ParsedPath{.path = {}, .length = at_};
    Path path;
    if (peek() == '@' && !read_route(path)) return std::unexpected(error_);
    if (!read_local_part(path)) return std::unexpected(error_);
    const bool needs_no_domain =
        kind_ == PathKind::forward && path.route.empty() && ascii::same(path.local_part, "postmaster");
    if (peek() == '>' && needs_no_domain) {
      ++at_;  // RFC 5321 §4.5.1
    } else {
      if (!take('@')) return fail("'@' after the local part");
      if (!read_host(path.domain)) return std::unexpected(error_);
      if (!take('>')) return fail("'>'");
    }
    if (at_ > kPathLimit) return fail("a path of at most 256 octets", "RFC 5321 §4.5.3.1.3");
    return ParsedPath{.path = std::move(path), .length = at_};
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool note(std::string_view expected, std::string_view section = kPathSection) {
    error_ = {at_, section, expected};
    return false;
  }
  std::unexpected<ParseError> fail(std::string_view expected, std::string_view section = kPathSection) {
    note(expected, section);
    return std::unexpected(error_);
  }

  // "@r1,@r2:" (RFC 5321 Appendix C).
  bool read_route(Path& path) {
    constexpr std::string_view kRoute = "RFC 5321 Appendix C";
    do {
      if (!take('@')) return note("'@' before a host of the source route", kRoute);
      if (!read_host(path.route.emplace_back())) return false;
    } while (take(','));
    return take(':') || note("':' after the source route", kRoute);
  }

  bool read_host(std::string& host) {
    const std::size_t start = at_;
    if (peek() == '[') {
      const std::size_t end = text_.find(']', at_);
      const std::string_view literal = text_.substr(at_, end == std::string_view::npos ? end : end + 1 - at_);
      if (!is_address_literal(literal)) return note("an address literal", "RFC 5321 §4.1.3");
      at_ += literal.size();
      host = literal;
      return true;
    }
    while (at_ < text_.size() && text_[at_] != '>' && text_[at_] != ',' && text_[at_] != ':') ++at_;
    const std::string_view domain = text_.substr(start, at_ - start);
    if (!is_domain(domain, utf8_)) {
      at_ = start;
      return note(
          domain.size() > kDomainLimit ? "a domain of at most 255 octets" : "a domain or an address literal",
          domain.size() > kDomainLimit ? "RFC 5321 §4.5.3.1.2" : kPathSection);
    }
    host = domain;
    return true;
  }

  bool read_local_part(Path& path) {
    const std::size_t start = at_;
    if (peek() == '"') {
      if (!read_quoted_string(path.local_part)) return false;
    } else {
      while (at_ < text_.size() && (is_atom_text(text_[at_], utf8_) || text_[at_] == '.')) ++at_;
      path.local_part = text_.substr(start, at_ - start);
      if (!is_dot_string(path.local_part, utf8_)) {
        at_ = start;
        return note("a local part");
      }
    }
    if (at_ - start > kLocalPartLimit) {
      at_ = start;
      return note("a local part of at most 64 octets", "RFC 5321 §4.5.3.1.1");
    }
    return true;
  }

  bool is_quotable(char c) const {
    return ascii::is_printable(c) || (utf8_ == Utf8::accept && is_beyond_ascii(c));
  }

  bool read_quoted_string(std::string& meaning) {
    ++at_;
    for (;;) {
      const char c = peek();
      if (!is_quotable(c)) return note("a printable character or '\"' in a quoted local part");
      ++at_;
      if (c == '"') return true;
      if (c != '\\') {
        meaning += c;
        continue;
      }
      if (!ascii::is_printable(peek())) return note("a printable character after '\\'");
      meaning += text_[at_++];
    }
  }

  std::string_view text_;
  PathKind kind_;
  Utf8 utf8_;
  std::size_t at_ = 0;
  ParseError error_;
};

}  // namespace

bool is_dot_string(std::string_view text, Utf8 utf8) {
  return all_pieces(text, '.', [utf8](std::string_view atom) {
    return !atom.empty() && std::ranges::all_of(atom, [utf8](char c) { return is_atom_text(c, utf8); });
  });
}

bool is_domain(std::string_view text, Utf8 utf8) {
  return text.size() <= kDomainLimit &&
         all_pieces(text, '.', [utf8](std::string_view label) { return is_label(label, utf8); });
}

bool is_address_literal(std::string_view text) {
  if (text.size() < 3 || text.size() > kDomainLimit || text.front() != '[' || text.back() != ']')
    return false;
  const std::string_view address = text.substr(1, text.size() - 2);
  if (ascii::starts_with(address, "IPv6:")) return is_ipv6(address.substr(5));
  const std::size_t colon = address.find(':');
  if (colon == std::string_view::npos) return is_ipv4(address);
  const std::string_view content = address.substr(colon + 1);
  return is_label(address.substr(0, colon), Utf8::refuse) && !content.empty() &&
         std::ranges::all_of(content,
                             [](char c) { return c > ' ' && c <= '~' && c != '[' && c != '\\' && c != ']'; });
}

std::expected<ParsedPath, ParseError> parse_path(std::string_view text, PathKind kind, Utf8 utf8) {
  return Reader(text, kind, utf8).read();
}

}  // namespace mailroom::smtp
