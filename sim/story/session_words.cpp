// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"
#include "sim/story/sentences.hpp"
#include "sim/story/words.hpp"

namespace mailroom::story {
namespace {

using trace::Kind;
using trace::StoredEvent;

std::string attempt_began(Names&, const StoredEvent& e) {
  std::string text = fmt::format("attempt {}: hand message {} to {}, {}", e.attempt.value, e.message.value,
                                 printable(e.text), counted(e.value.value_or(0), "recipient"));
  if (e.connection) text += fmt::format(", over connection {} that is open", e.connection.value);
  return text;
}

std::string attempt_ended(Names&, const StoredEvent& e) {
  // The code is the first recipient's, and says nothing of the others.
  const bool is_of_each = e.text.starts_with("confirmed") || e.text.starts_with("not confirmed");
  return fmt::format("attempt {} is over: {}; {} accepted", e.attempt.value,
                     is_of_each ? e.text : reason_of(e), counted(e.value.value_or(0), "recipient"));
}

std::string connection_words(Names& names, const StoredEvent& e) {
  const std::string connection = numbered("connection", e.connection.value);
  switch (e.kind) {
    case Kind::connection_opened:
      return fmt::format("asks {} for a TCP connection to port {} ({})", printable(e.text),
                         e.value.value_or(0), connection);
    case Kind::connection_established:
      return connection + " is established";
    case Kind::connection_refused:
      return connection + " is refused: no one listens there";
    case Kind::connection_unreachable:
      return connection + " cannot be made: there is no way to the other host" + after_colon(e.text);
    case Kind::connection_timed_out:
      return connection + " timed out" + (e.text.empty() ? "" : " waiting for " + printable(e.text));
    case Kind::connection_reset:
      return connection + (e.text == "aborted here" ? " is aborted here" : " is reset by the other side");
    case Kind::connection_closed:
      return connection + " is closed";
    default:
      return fmt::format("{} is disturbed for the first time{}{}", connection,
                         e.link ? " on link " + names.link(e.link) : "", after_colon(e.text));
  }
}

std::string phase_words(Names&, const StoredEvent& e) {
  const std::string session = numbered("session", e.session.value);
  switch (e.kind) {
    case Kind::session_opened:
      return fmt::format("{} opens{}", session, e.text.empty() ? "" : " (" + printable(e.text) + ")");
    case Kind::session_closed:
      return fmt::format("{} is over{}", session, after_colon(e.text));
    case Kind::session_phase_entered:
      return fmt::format("{} enters the phase {}", session, in_quotes(e.text));
    case Kind::policy_decided:
      return fmt::format("a rule of the receiver decides{}", after_colon(e.text));
    default:
      return fmt::format("time-out in {}{}", session, after_colon(e.text));
  }
}

std::string dialogue_words(Names& names, const StoredEvent& e) {
  const std::string over = fmt::format(" (session {})", e.session.value);
  // What was received has its text only where nobody of the simulation sent it.
  std::string text = e.text;
  int code = e.code;
  if (text.empty() && (e.kind == Kind::command_received || e.kind == Kind::reply_received) && e.cause) {
    if (const auto sent = names.event(e.cause); sent && sent->session == e.session) {
      text = sent->text;
      if (code == 0) code = sent->code;
    }
  }
  switch (e.kind) {
    case Kind::command_sent:
      return "sends " + in_quotes(text) + over;
    case Kind::command_received:
      return (text.empty() ? "reads a command" : "reads " + in_quotes(text)) + over;
    case Kind::reply_sent:
      return "replies " + in_quotes(quoted_reply(code, text)) + over;
    case Kind::reply_received:
      return "reads the reply " + in_quotes(quoted_reply(code, text)) + over;
    case Kind::content_sent:
      return fmt::format("has sent the contents of message {} ({}){}", e.message.value, octets(e), over);
    default:
      // What comes from outside is a message of this run only when the host has taken it.
      return fmt::format("has read the contents of {} up to the lone dot ({}){}",
                         e.message ? fmt::format("message {}", e.message.value) : "a message from outside",
                         octets(e), over);
  }
}

}  // namespace

Sentence session_words(Names& names, const StoredEvent& e) {
  switch (e.kind) {
    case Kind::attempt_began:
      return attempt_began(names, e);
    case Kind::attempt_ended:
      return attempt_ended(names, e);
    case Kind::connection_opened:
    case Kind::connection_established:
    case Kind::connection_refused:
    case Kind::connection_timed_out:
    case Kind::connection_unreachable:
    case Kind::connection_reset:
    case Kind::connection_closed:
    case Kind::connection_disturbed:
      return connection_words(names, e);
    case Kind::session_opened:
    case Kind::session_closed:
    case Kind::session_phase_entered:
    case Kind::timer_expired:
    case Kind::policy_decided:
      return phase_words(names, e);
    case Kind::command_sent:
    case Kind::command_received:
    case Kind::reply_sent:
    case Kind::reply_received:
    case Kind::content_sent:
    case Kind::content_received:
      return dialogue_words(names, e);
    default:
      return std::nullopt;
  }
}

}  // namespace mailroom::story
