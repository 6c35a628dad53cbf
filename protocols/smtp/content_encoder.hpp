// SPDX-License-Identifier: GPL-2.0-only
// The sender's side of transparency (RFC 5321 §4.5.2): gives out a message text in pieces of bounded size,
// with a dot before each line that starts with one, a CR LF at the end if the text has none, and the lone dot
// after it.
//
// Only a CR LF starts a line: after a bare LF or CR no dot is added, because a receiver that obeys the RFC
// would not take it off again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::smtp {

// A message text in pieces (trace fields, then the content itself), with whoever keeps their octets alive.
struct Content {
  std::vector<std::string_view> pieces;
  std::shared_ptr<const void> owner;
  std::int64_t size_octets() const;
};
// A content that owns its octets.
Content content_of(std::string octets);

// The same for BDAT (RFC 3030): the octets as they are, without an end of its own.
class ChunkEncoder {
 public:
  explicit ChunkEncoder(Content content = {}) : content_(std::move(content)), left_(content_.size_octets()) {}

  std::int64_t left_octets() const { return left_; }
  // At most `max_octets` further octets; empty when all were taken.
  std::string take(std::size_t max_octets);

 private:
  Content content_;
  std::int64_t left_;
  std::size_t piece_ = 0;
  std::size_t offset_ = 0;
};

class ContentEncoder {
 public:
  explicit ContentEncoder(Content content = {}) : content_(std::move(content)) {}

  // At most `max_octets` further octets (at least one); empty when all, with the lone dot, were taken.
  std::string take(std::size_t max_octets);
  bool finished() const { return ended_ && tail_.empty(); }

 private:
  Content content_;
  std::size_t piece_ = 0;
  std::size_t offset_ = 0;
  char before_last_ = '\r';  // the last two octets given: the CR LF of DATA at first
  char last_ = '\n';
  std::string_view tail_;  // what is left of the end
  bool ended_ = false;     // the text is given out; tail_ is what remains
};

}  // namespace mailroom::smtp
