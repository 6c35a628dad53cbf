// SPDX-License-Identifier: GPL-2.0-only
// The sender's side of transparency (RFC 5321 §4.5.2): gives out a message text in pieces of bounded size,
// with a dot before each line that starts with one, a CR LF at the end if the text has none, and the lone dot
// after it.
//
// Only a CR LF starts a line: after a bare LF or CR no dot is added, because a receiver that obeys the RFC
// would not take it off again. So a text that has one may end early, and go on as commands, at a receiver that
// takes it for a line end (RFC 5321 §2.3.8, §4.1.1.4): a sender had better give out a blank instead.
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

// What becomes of a CR without LF, of a LF without CR, and of NUL, which some receivers leave out of a line
// before they look for the dot. The size stays the same.
enum class BareLineEndSent : std::uint8_t {
  as_is,
  as_blank,  // none may be sent (RFC 5321 §2.3.8, RFC 2045 §2.7 and §2.8)
};

// A content from its first octet to its last.
class ContentReader {
 public:
  ContentReader(Content content, BareLineEndSent bare_line_end)
      : content_(std::move(content)), bare_line_end_(bare_line_end) {}

  std::int64_t size_octets() const { return content_.size_octets(); }
  // What follows, up to the end of a piece; empty at the end of the content.
  std::string_view rest();
  // Takes the first `length` octets of rest(), and appends them.
  void take(std::size_t length, std::string& out);

 private:
  void blank_bare_line_ends(std::string_view taken, std::string& out);

  Content content_;
  BareLineEndSent bare_line_end_;
  std::size_t piece_ = 0;
  std::size_t offset_ = 0;
  char last_ = '\0';  // that was taken
};

// The same for BDAT (RFC 3030): without dots, and without an end of its own.
class ChunkEncoder {
 public:
  explicit ChunkEncoder(Content content = {}, BareLineEndSent bare_line_end = BareLineEndSent::as_is)
      : content_(std::move(content), bare_line_end), left_(content_.size_octets()) {}

  std::int64_t left_octets() const { return left_; }
  // At most `max_octets` further octets; empty when all were taken.
  std::string take(std::size_t max_octets);

 private:
  ContentReader content_;
  std::int64_t left_;
};

class ContentEncoder {
 public:
  explicit ContentEncoder(Content content = {}, BareLineEndSent bare_line_end = BareLineEndSent::as_is)
      : content_(std::move(content), bare_line_end) {}

  // At most `max_octets` further octets (at least one); empty when all, with the lone dot, were taken.
  std::string take(std::size_t max_octets);
  bool finished() const { return ended_ && tail_.empty(); }

 private:
  ContentReader content_;
  char before_last_ = '\r';  // the last two octets given: the CR LF of DATA at first
  char last_ = '\n';
  std::string_view tail_;  // what is left of the end
  bool ended_ = false;     // the text is given out; tail_ is what remains
};

}  // namespace mailroom::smtp
