// SPDX-License-Identifier: GPL-2.0-only
// What is wrong with the SMTP service of a host, as plain data, and whom to blame for it. Nothing is, until somebody
// says so with Mta::trouble_service(); it outlives a crash of the host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/smtp/command.hpp"
#include "protocols/smtp/reply.hpp"
#include "sim/trace/event.hpp"

namespace mailroom::agents {

// A place in the dialogue at which a receiver speaks.
struct DialoguePoint {
  enum class What : std::uint8_t { greeting, command, final_dot } what = What::command;
  smtp::Verb verb = smtp::Verb::rcpt;  // of a command
  friend bool operator==(const DialoguePoint&, const DialoguePoint&) = default;
};

struct ServiceTrouble {
  // Nobody listens.
  std::optional<trace::Blame> stopped{};
  // Connections are taken, and nothing is read or said. What came meanwhile is obeyed afterwards.
  std::optional<trace::Blame> hung{};
  struct Pace {
    std::int64_t delay_ns = 0;  // of each reply
    trace::Blame blame{};
  };
  std::optional<Pace> pace{};
  // A reply in place of the receiver's own. Of several that fit, the first is said.
  struct Answer {
    std::string name;  // of the random stream, and for the log
    DialoguePoint point{};
    int code = 0;                                   // 421 (and then it hangs up), 4yz, 5yz
    std::string address{};                          // only where the command is about it; empty: always
    std::int64_t share_per_billion = 1'000'000'000;  // of the times
    trace::Blame blame{};
  };
  std::vector<Answer> answers{};
};

// The words of RFC 5321 §4.2.2 for the code, with the enhanced code that fits it at this point (RFC 3463). `domain` is
// the receiver's own.
smtp::Reply trouble_reply(int code, const DialoguePoint& point, const std::string& domain);

}  // namespace mailroom::agents
