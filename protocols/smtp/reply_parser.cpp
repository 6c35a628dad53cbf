// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/reply_parser.hpp"

#include <algorithm>
#include <utility>

#include "protocols/smtp/ascii.hpp"

namespace mailroom::smtp {

void ReplyParser::receive(std::string_view octets) {
  if (error_) return;
  if (read_ > 0) {
    input_.erase(0, read_);
    scanned_ -= read_;
    read_ = 0;
  }
  input_ += octets;
}

std::expected<std::optional<Reply>, ParseError> ReplyParser::next() {
  while (!error_) {
    const std::size_t line_feed = input_.find('\n', scanned_);
    if (line_feed == std::string::npos) {
      // Of a line without end its start is kept, and the last octet, which may be the CR of its end.
      if (input_.size() - read_ > kKeptLine + 1)
        input_.erase(read_ + kKeptLine, input_.size() - read_ - kKeptLine - 1);
      scanned_ = input_.size();
      return std::nullopt;
    }
    // RFC 5321 §2.3.8: a line ends with CR LF and with nothing else. A host that ends it otherwise would
    // leave us waiting until the time-out; we tell it at once.
    if (line_feed == read_ || input_[line_feed - 1] != '\r') {
      error_ = {line_feed - read_, "RFC 5321 §2.3.8", "CR before LF"};
      break;
    }
    const std::string_view line = std::string_view(input_).substr(read_, line_feed - 1 - read_);
    read_ = scanned_ = line_feed + 1;
    const auto complete = take_line(line);
    if (!complete) {
      error_ = complete.error();
      break;
    }
    if (!*complete) continue;
    lines_ = 0;
    return std::exchange(reply_, {});
  }
  input_.clear();
  read_ = scanned_ = 0;
  return std::unexpected(*error_);
}

std::expected<bool, ParseError> ReplyParser::take_line(std::string_view line) {
  // RFC 5321 §4.2: Reply-code [ (SP / "-") textstring ]
  constexpr std::string_view kSection = "RFC 5321 §4.2";
  for (std::size_t i = 0; i < 3; ++i)
    if (i >= line.size() || !ascii::is_digit(line[i]))
      return std::unexpected(ParseError{i, kSection, "three digits"});
  const int code = 100 * (line[0] - '0') + 10 * (line[1] - '0') + (line[2] - '0');
  if (category(code) == Category::none)
    return std::unexpected(ParseError{0, "RFC 5321 §4.2.1", "a first digit from 2 to 5"});
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-')
    return std::unexpected(ParseError{3, kSection, "a space or '-' after the code"});
  if (++lines_ > kLinesLimit)
    return std::unexpected(ParseError{0, kSection, "a reply of at most 10000 lines"});
  reply_.code = code;
  take_text(line.size() > 3 ? line.substr(4, kKeptLine) : std::string_view());
  return line.size() == 3 || line[3] == ' ';
}

void ReplyParser::take_text(std::string_view text) {
  if (lines_ > kKeptLines) return;
  if (enhanced_) {
    // RFC 2034 §4: its class is the first digit of the code.
    const auto enhanced = parse_enhanced_code(text);
    if (enhanced && enhanced->cls == reply_.code / 100) {
      if (!reply_.enhanced) reply_.enhanced = enhanced;
      text.remove_prefix(std::min(text.size(), to_string(*enhanced).size() + 1));
    }
  }
  std::string& line = reply_.lines.emplace_back(text);
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; }, '?');
}

}  // namespace mailroom::smtp
