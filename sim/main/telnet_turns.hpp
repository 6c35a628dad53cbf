// SPDX-License-Identifier: GPL-2.0-only
// Whose turn it is in an SMTP dialogue that a person types (RFC 5321 §2.1, §4.2): after a command it is the
// receiver's until its reply is complete; after 354 it is the person's until the lone dot; after BDAT, until
// the chunk is whole.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace mailroom::cli {

class Turns {
 public:
  // A line without its end.
  void typed(std::string_view line);
  void received(std::string_view octets);

  // The greeting counts.
  bool is_reply_due() const { return !due_.empty(); }
  // The receiver has said that it will close the connection: 221, 421.
  bool is_closing() const { return is_closing_; }
  // Message text is being typed.
  bool is_text() const { return is_text_ || chunk_left_ > 0; }

 private:
  enum class Due { reply, reply_to_data };
  void reply(int code);

  std::deque<Due> due_{Due::reply};
  bool is_text_ = false;
  std::int64_t chunk_left_ = 0;
  bool is_closing_ = false;
  std::string line_;  // of the receiver, not complete yet
};

}  // namespace mailroom::cli
