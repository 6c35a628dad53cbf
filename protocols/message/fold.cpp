// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/fold.hpp"

#include <algorithm>

namespace mailroom::message {

void append_folded(std::string& out, std::size_t& column, std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  bool first = true;
  while (!text.empty()) {
    // One piece: blanks and the word after them. A line of nothing but blanks is obsolete (RFC 5322 §4.2), so
    // blanks at the end go with the word before them, too.
    std::size_t end = std::min(text.find_first_not_of(kBlanks), text.size());
    const std::size_t blanks = end;
    end = std::min(text.find_first_of(kBlanks, end), text.size());
    if (text.find_first_not_of(kBlanks, end) == std::string_view::npos) end = text.size();
    std::string_view piece = text.substr(0, end);
    text.remove_prefix(end);
    const bool wanted =
        column + piece.size() > kPreferredLine && (!first || column + piece.size() > kLongestLine);
    if (wanted && blanks > 0 && blanks < piece.size() && column > 1) {
      out += "\r\n";
      column = 0;
    }
    first = false;
    while (column + piece.size() > kLongestLine) {
      const std::size_t room = kLongestLine - column;
      out += piece.substr(0, room);
      out += "\r\n ";
      piece.remove_prefix(room);
      column = 1;
    }
    out += piece;
    column += piece.size();
  }
}

std::string without_line_ends(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i] == '\r' || text[i] == '\n' ? ' ' : text[i];
  }
  return out;
}

}  // namespace mailroom::message
