// SPDX-License-Identifier: GPL-2.0-only
// What became of one recipient of a delivery attempt.
#pragma once

#include <cstddef>
#include <string>

#include "sim/trace/ids.hpp"

namespace mailroom::agents {

struct Outcome {
  enum class Result {
    done,      // the next host confirmed, or the message is in the mailbox
    for_now,   // 4yz, a failed connection, a time-out: re-queue
    for_good,  // 5yz: give up and tell the originator
  };
  std::size_t index = 0;  // into the entry's recipients
  Result result = Result::for_now;
  int code = 0;                 // of the reply; 0: there was none
  std::string enhanced_code{};  // "5.1.1", or empty
  std::string text{};           // the reply's text, or what happened instead of a reply
  std::string remote_host{};    // who said so
  std::string forwarded{};      // a 251 to RCPT: the receiver sends it on to where the user has moved
  trace::EventId cause{};       // the reply that decided, where another event came in between
  trace::EventId because{};  // evidence, where no reply decided: the disturbance of the connection, the disk
                             // that was full
};

}  // namespace mailroom::agents
