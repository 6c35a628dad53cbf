// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/content_encoder.hpp"

#include <algorithm>
#include <cassert>

namespace mailroom::smtp {

std::int64_t Content::size_octets() const {
  std::int64_t size = 0;
  for (const std::string_view piece : pieces) size += static_cast<std::int64_t>(piece.size());
  return size;
}

Content content_of(std::string octets) {
  auto owner = std::make_shared<const std::string>(std::move(octets));
  return Content{.pieces = {*owner}, .owner = owner};
}

std::string ChunkEncoder::take(std::size_t max_octets) {
  std::string out;
  while (out.size() < max_octets && piece_ < content_.pieces.size()) {
    const std::string_view rest = content_.pieces[piece_].substr(offset_);
    const std::string_view taken = rest.substr(0, max_octets - out.size());
    out += taken;
    offset_ += taken.size();
    if (taken.size() < rest.size()) break;
    ++piece_;
    offset_ = 0;
  }
  left_ -= static_cast<std::int64_t>(out.size());
  return out;
}

std::string ContentEncoder::take(std::size_t max_octets) {
  assert(max_octets > 0);
  std::string out;
  while (!ended_ && out.size() < max_octets) {
    if (piece_ == content_.pieces.size()) {
      ended_ = true;
      const bool line_is_complete = before_last_ == '\r' && last_ == '\n';
      tail_ = line_is_complete ? ".\r\n" : "\r\n.\r\n";
      break;
    }
    const std::string_view rest = content_.pieces[piece_].substr(offset_);
    if (rest.empty()) {
      ++piece_;
      offset_ = 0;
      continue;
    }
    if (rest.front() == '.' && before_last_ == '\r' && last_ == '\n') {
      out += '.';  // the stuffed one; the text's own follows, perhaps in the next chunk
      before_last_ = '\n';
      last_ = '.';
      continue;
    }
    // Up to and with the next LF: whether it ends a line is looked at when the next octet comes.
    const std::size_t line_feed = rest.find('\n');
    const std::size_t length =
        std::min(line_feed == std::string_view::npos ? rest.size() : line_feed + 1, max_octets - out.size());
    out += rest.substr(0, length);
    before_last_ = length > 1 ? rest[length - 2] : last_;
    last_ = rest[length - 1];
    offset_ += length;
  }
  const std::size_t length = std::min(tail_.size(), max_octets - out.size());
  out += tail_.substr(0, length);
  tail_.remove_prefix(length);
  return out;
}

}  // namespace mailroom::smtp
