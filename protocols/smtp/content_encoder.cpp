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

std::string_view ContentReader::rest() {
  while (piece_ < content_.pieces.size() && offset_ == content_.pieces[piece_].size()) {
    ++piece_;
    offset_ = 0;
  }
  return piece_ < content_.pieces.size() ? content_.pieces[piece_].substr(offset_) : std::string_view();
}

void ContentReader::take(std::size_t length, std::string& out) {
  const std::string_view taken = content_.pieces[piece_].substr(offset_, length);
  out += taken;
  offset_ += length;
  if (bare_line_end_ == BareLineEndSent::as_blank) blank_bare_line_ends(taken, out);
  if (!taken.empty()) last_ = taken.back();
}

// `taken`: what `out` ends with.
void ContentReader::blank_bare_line_ends(std::string_view taken, std::string& out) {
  char* const copy = out.data() + (out.size() - taken.size());
  for (std::size_t at = taken.find('\r'); at != std::string_view::npos; at = taken.find('\r', at + 1)) {
    const std::string_view next = at + 1 < taken.size() ? taken.substr(at + 1) : rest();
    if (!next.starts_with('\n')) copy[at] = ' ';
  }
  for (std::size_t at = taken.find('\n'); at != std::string_view::npos; at = taken.find('\n', at + 1)) {
    if ((at > 0 ? taken[at - 1] : last_) != '\r') copy[at] = ' ';
  }
  std::replace(copy, copy + taken.size(), '\0', ' ');
}

std::string ChunkEncoder::take(std::size_t max_octets) {
  std::string out;
  while (out.size() < max_octets) {
    const std::size_t length = std::min(content_.rest().size(), max_octets - out.size());
    if (length == 0) break;
    content_.take(length, out);
  }
  left_ -= static_cast<std::int64_t>(out.size());
  return out;
}

std::string ContentEncoder::take(std::size_t max_octets) {
  assert(max_octets > 0);
  std::string out;
  while (!ended_ && out.size() < max_octets) {
    const std::string_view rest = content_.rest();
    if (rest.empty()) {
      ended_ = true;
      const bool line_is_complete = before_last_ == '\r' && last_ == '\n';
      tail_ = line_is_complete ? ".\r\n" : "\r\n.\r\n";
      break;
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
    content_.take(length, out);
    before_last_ = length > 1 ? out[out.size() - 2] : last_;
    last_ = out.back();
  }
  const std::size_t length = std::min(tail_.size(), max_octets - out.size());
  out += tail_.substr(0, length);
  tail_.remove_prefix(length);
  return out;
}

}  // namespace mailroom::smtp
