// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"
#include "sim/story/sentences.hpp"
#include "sim/story/words.hpp"

namespace mailroom::story {

Sentence queue_words(Names&, const trace::StoredEvent& e) {
  const std::int64_t value = e.value.value_or(0);
  switch (e.kind) {
    case trace::Kind::message_held:
      return fmt::format("message {} is held in the queue, not tried{}", e.message.value,
                         after_colon(e.text));
    case trace::Kind::message_kept_waiting:
      return fmt::format("message {} waits: the active queue is full", e.message.value);
    case trace::Kind::message_activated:
      return fmt::format("the active queue has room for message {} now", e.message.value);
    case trace::Kind::message_released:
      return fmt::format("message {} is held no longer", e.message.value);
    case trace::Kind::copy_expedited:
      return fmt::format("tried now, before its time: {} asked for it", printable(e.text));
    case trace::Kind::host_crashed:
      return fmt::format("the host crashed{}; {} not on its disk yet", after_colon(e.text),
                         counted(value, "message"));
    case trace::Kind::host_restarted:
      return fmt::format("the host runs again, with {} in its queue", counted(value, "message"));
    case trace::Kind::message_mangled:
      return fmt::format("the relay changed the text of message {}{}", e.message.value, after_colon(e.text));
    case trace::Kind::fault_began:
      return fmt::format("fault {}: {}{}", e.fault.value, printable(e.text),
                         e.value ? fmt::format(", until {}", clock(*e.value)) : std::string());
    case trace::Kind::fault_ended:
      return fmt::format("fault {} is over: {}", e.fault.value, printable(e.text));
    case trace::Kind::destination_declared_dead:
      return fmt::format("nothing is tried there until {}: {}", clock(value), quoted_reply(e.code, e.text));
    case trace::Kind::destination_limit_changed:
      return fmt::format("at most {} to {} now", counted(value, "connection"), printable(e.text));
    case trace::Kind::exchanger_passed_over:
      return fmt::format("attempt {} goes on with {}: {}", e.attempt.value, counted(value, "recipient"),
                         quoted_reply(e.code, e.text));
    default:
      return std::nullopt;
  }
}

}  // namespace mailroom::story
