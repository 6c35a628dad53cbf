// SPDX-License-Identifier: GPL-2.0-only
// Status codes of mail systems (RFC 3463): read, written, in words, and derived from what happened where no
// host said one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailroom::dsn {

struct Status {
  std::uint16_t cls = 0;  // 2, 4 or 5; 0: there is none
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;
  explicit operator bool() const { return cls != 0; }
  friend bool operator==(const Status&, const Status&) = default;
};

std::string to_string(Status status);  // "5.1.1"
// From the start of the text, blanks before it allowed; behind it a blank, a comment or the end (RFC 3464
// §2.3.4). Numbers of at most three digits (RFC 3463 §2).
std::optional<Status> parse_status(std::string_view text);

// A status in words. What the registry does not know has the words of its subject's X.Y.0, or of X.0.0.
struct Words {
  std::string_view cls;      // "permanent failure"
  std::string_view subject;  // "addressing"
  std::string_view detail;   // "bad destination mailbox address"
  std::string_view meaning;  // "there is no such mailbox at that host": for people
  std::string_view advice;   // what the originator can do; may be empty
};
Words words_of(Status status);
std::string describe(
    Status status);  // "5.1.1: permanent failure; addressing; bad destination mailbox address"

// What went wrong before there was a host that could have said it in a reply.
enum class Trouble : std::uint8_t {
  no_answer,
  dns_failure,  // no name server answered, or none could
  no_such_domain,
  null_mx,   // the domain takes no mail (RFC 7505)
  no_route,  // the domain exists, but no host takes its mail
  loop,
  expired,  // the time for trying ran out
};
Status status_of(Trouble trouble);

// The status that a basic reply code stands for, where the reply has no enhanced one: N.0.0 for codes that
// say no more than their first digit does. None for what is no final reply of SMTP.
Status status_of_reply(int code);

}  // namespace mailroom::dsn
