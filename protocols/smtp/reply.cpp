// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/reply.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <utility>

#include "protocols/smtp/ascii.hpp"
#include "protocols/smtp/limits.hpp"

namespace mailroom::smtp {
namespace {

void append_number(std::string& text, int number) {
  char digits[12];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  text.append(digits, end);
}

// One line of the wire form, without CR LF.
void append_line(std::string& out, const Reply& reply, std::string_view text, bool last) {
  append_number(out, reply.code);
  out += last ? ' ' : '-';
  if (reply.enhanced) {
    out += to_string(*reply.enhanced);
    out += ' ';
  }
  for (const char c : text)
    out += ascii::is_printable(c) || c == '\t' || static_cast<unsigned char>(c) > 127 ? c : '?';
}

}  // namespace

std::string to_string(EnhancedCode code) {
  std::string text;
  append_number(text, code.cls);
  text += '.';
  append_number(text, code.subject);
  text += '.';
  append_number(text, code.detail);
  return text;
}

std::optional<EnhancedCode> parse_enhanced_code(std::string_view text) {
  // RFC 3463 §2: class 2, 4 or 5; subject and detail of one to three digits.
  const char* at = text.data();
  const char* const end = at + text.size();
  unsigned numbers[3] = {};
  for (int i = 0; i < 3; ++i) {
    if (i > 0) {
      if (at == end || *at != '.') return std::nullopt;
      ++at;
    }
    const auto [after, error] = std::from_chars(at, end, numbers[i]);
    if (error != std::errc() || after - at > 3) return std::nullopt;
    at = after;
  }
  if ((at != end && *at != ' ') || (numbers[0] != 2 && numbers[0] != 4 && numbers[0] != 5))
    return std::nullopt;
  return EnhancedCode{static_cast<std::uint8_t>(numbers[0]), static_cast<std::uint16_t>(numbers[1]),
                      static_cast<std::uint16_t>(numbers[2])};
}

std::string_view name(Category category) {
  switch (category) {
    case Category::none:
      return "no category";
    case Category::positive_completion:
      return "positive completion";
    case Category::positive_intermediate:
      return "positive intermediate";
    case Category::transient_negative:
      return "transient negative completion";
    case Category::permanent_negative:
      return "permanent negative completion";
  }
  assert(false);
  return {};
}

Category category(int code) {
  return code < 200 || code > 599 ? Category::none : static_cast<Category>(code / 100);
}

Reply reply(int code, std::string_view text, std::optional<EnhancedCode> enhanced) {
  Reply made{.code = code, .enhanced = enhanced, .lines = {}};
  made.lines.emplace_back(text);
  return made;
}

std::string wire(const Reply& reply) {
  assert(category(reply) != Category::none && !reply.lines.empty());
  const std::size_t enhanced = reply.enhanced ? to_string(*reply.enhanced).size() + 1 : 0;
  const std::size_t room = kReplyLineLimit - 2 - 4 - enhanced;  // less CR LF and the code with its separator
  std::string out;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    std::string_view text = reply.lines[i];
    while (text.size() > room) {
      append_line(out, reply, text.substr(0, room), false);
      out += "\r\n";
      text.remove_prefix(room);
    }
    append_line(out, reply, text, i + 1 == reply.lines.size());
    out += "\r\n";
  }
  return out;
}

std::string to_string(const Reply& reply) {
  std::string out;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    if (i > 0) out += '\n';
    append_line(out, reply, reply.lines[i], i + 1 == reply.lines.size());
  }
  if (reply.lines.empty()) append_number(out, reply.code);
  return out;
}

}  // namespace mailroom::smtp
