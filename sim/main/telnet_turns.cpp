// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/telnet_turns.hpp"

#include <algorithm>
#include <charconv>

#include "protocols/smtp/command.hpp"

namespace mailroom::cli {
namespace {

// What matters of a reply's line is at its beginning.
constexpr std::size_t kMostOfLine = 512;

// The number in "BDAT 86 LAST".
std::int64_t chunk_size(std::string_view line) {
  const std::size_t at = std::min(line.find_first_of("0123456789"), line.size());
  std::int64_t size = 0;
  std::from_chars(line.data() + at, line.data() + line.size(), size);
  return size;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

void Turns::typed(std::string_view line) {
  if (is_text_) {
    if (line != ".") return;
    is_text_ = false;
    due_.push_back(Due::reply);
    return;
  }
  if (chunk_left_ > 0) {
    chunk_left_ -= static_cast<std::int64_t>(line.size()) + 2;
    if (chunk_left_ <= 0) due_.push_back(Due::reply);
    return;
  }
  const smtp::Verb verb = smtp::verb_of(line);
  if (verb == smtp::Verb::bdat) chunk_left_ = chunk_size(line);
  if (chunk_left_ == 0) due_.push_back(verb == smtp::Verb::data ? Due::reply_to_data : Due::reply);
}

void Turns::received(std::string_view octets) {
  for (const char c : octets) {
    if (c != '\n') {
      if (line_.size() < kMostOfLine) line_ += c;
      continue;
    }
    const bool has_code = line_.size() >= 3 && std::all_of(line_.begin(), line_.begin() + 3, is_digit);
    const bool is_last = line_.size() < 4 || line_[3] != '-';  // RFC 5321 §4.2.1
    if (has_code && is_last) reply((line_[0] - '0') * 100 + (line_[1] - '0') * 10 + (line_[2] - '0'));
    line_.clear();
  }
}

void Turns::reply(int code) {
  if (code == 221 || code == 421) is_closing_ = true;
  if (due_.empty()) return;  // 421 may come at any time (RFC 5321 §3.8)
  const Due due = due_.front();
  due_.pop_front();
  if (due == Due::reply_to_data && code == 354) is_text_ = true;
}

}  // namespace mailroom::cli
