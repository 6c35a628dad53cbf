// SPDX-License-Identifier: GPL-2.0-only
// What became of one recipient of a delivery attempt.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sim/agents/route.hpp"
#include "sim/queue/retry_schedule.hpp"
#include "sim/trace/ids.hpp"

namespace mailroom::agents {

struct Outcome {
  enum class Result {
    done,      // the next host confirmed, or the message is in the mailbox
    for_now,   // 4yz, a failed connection, a time-out: re-queue
    for_good,  // 5yz: give up and tell the originator
  };
  enum class Scope {
    recipient,  // this one
    message,    // this message, whoever it is for
    host,       // whatever goes to `next_hop`
  };
  std::size_t index = 0;  // into the entry's recipients
  Result result = Result::for_now;
  int code = 0;                 // of the reply; 0: there was none
  std::string enhanced_code{};  // "5.1.1", or empty
  std::string text{};           // the reply's text, or what happened instead of a reply
  std::string remote_host{};    // who said so
  bool passes_on_request = false;  // done by a host that sees to what the originator asked (RFC 3461 §5.2.1)
  std::string forwarded{};      // a 251 to RCPT: the receiver sends it on to where the user has moved
  trace::EventId cause{};       // the reply that decided, where another event came in between
  trace::EventId because{};  // evidence, where no reply decided: the disturbance of the connection, the disk
                             // that was full
  trace::FaultId fault{};    // to blame for it, where that is known here
  Scope scope = Scope::recipient;          // how far a failure reaches
  std::optional<NextHop> next_hop{};       // none: local delivery, or nowhere to go
  std::optional<std::int64_t> began_ns{};  // when the attempt began, if not just now
  bool is_local = false;                   // of local delivery
  bool is_untried = false;                 // no attempt was made
  std::optional<queue::NextTry> ruled{};   // when it is tried next, where that is known already
  std::int64_t not_before_ns = 0;          // it is tried next, in any case
};

// What an event says of an outcome: the reply with its enhanced code, or what happened instead.
inline std::string told(const Outcome& outcome) {
  return outcome.enhanced_code.empty() ? outcome.text : outcome.enhanced_code + " " + outcome.text;
}

}  // namespace mailroom::agents
