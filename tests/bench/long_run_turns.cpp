// SPDX-License-Identifier: GPL-2.0-only
// What happens to a letter, turn by turn.
#include <fmt/format.h>

#include "tests/bench/long_run_author.hpp"

namespace mailroom::bench {

// One event of a letter, caused by its last one.
EventId Author::put(Letter& letter, Event event) {
  ++numbered_;
  if (info(event.kind).level > wanted_.level) return letter.cause;
  writer_.write({numbered_}, now_ns_, letter.cause, event);
  ++rows_;
  letter.cause = {numbered_};
  return letter.cause;
}

EventId Author::say(Letter& letter, HostId at, Kind kind, int code, std::int64_t state,
                    std::string_view text) {
  Event event{.kind = kind,
              .host = at,
              .connection = letter.connection,
              .session = letter.session,
              .message = letter.message};
  if (at == letter.at) event.attempt = letter.attempt;
  event.code = code;
  if (state >= 0) event.value = state;
  event.text = text;
  return put(letter, event);
}

// Over the router in the middle, whose links are numbered as the hosts are.
void Author::fly(const Letter& letter) {
  if (wanted_.level < Level::mail) return;
  const HostId router{wanted_.hosts + 1};
  Flight flight{.message = letter.message,
                .connection = letter.connection,
                .link = {letter.at.value},
                .from = letter.at,
                .to = router,
                .first_bit_out_ns = now_ns_,
                .last_bit_in_ns = now_ns_ + kHalfTrip / 2,
                .bytes = letter.size};
  writer_.write(flight);
  flight.link = {letter.next.value};
  flight.from = router;
  flight.to = letter.next;
  flight.first_bit_out_ns = now_ns_ + kHalfTrip / 2;
  flight.last_bit_in_ns = now_ns_ + kHalfTrip;
  writer_.write(flight);
}

void Author::faults() {
  if (now_ns_ < next_fault_ns_) return;
  Letter nobody;
  in_force_ = !in_force_;
  if (in_force_) fault_ = {fault_.value + 1};
  Event event{.kind = in_force_ ? Kind::fault_began : Kind::fault_ended,
              .link = {1 + fault_.value % wanted_.hosts},
              .fault = fault_,
              .text = "link down"};
  if (in_force_) event.value = now_ns_ + kFaultLasts;
  put(nobody, event);
  next_fault_ns_ = now_ns_ + (in_force_ ? kFaultLasts : kFaultEvery);
}

void Author::compose(Letter& letter) {
  letter.at = {1 + below(wanted_.hosts)};
  letter.goal = {1 + below(wanted_.hosts)};
  letter.next = {1 + below(std::max<std::int64_t>(wanted_.hosts / 50, 1))};
  letter.message = {++messages_};
  letter.recipient = {letter.goal.value};
  letter.content = {1 + messages_ % 100};
  letter.size = 1000 + below(9000);
  letter.refused = one_in(12) ? 1 : one_in(100) ? 4 : 0;
  letter.is_bad = one_in(40);
  letter.is_doubled = one_in(300);
  letter.queue_id = fmt::format("Q{:05}", ++queue_ids_ % 100000);
  const std::string id =
      fmt::format("<{}.user=40h{}.example@h{}.example>", messages_, letter.goal.value, letter.at.value);
  const std::string detail =
      fmt::format(R"({{"from":"user@h{}.example","to":["user@h{}.example"],"traffic":1}})", letter.at.value,
                  letter.goal.value);
  Event event{.kind = Kind::message_composed,
              .host = letter.at,
              .message = letter.message,
              .content = letter.content};
  event.size = letter.size;
  event.value = 1;
  event.text = id;
  event.detail = detail;
  put(letter, event);
  event.kind = Kind::message_queued;
  event.text = letter.queue_id;
  event.detail = {};
  put(letter, event);
  letter.copy = {++copies_};
  put(letter, {.kind = Kind::copy_created,
               .host = letter.at,
               .message = letter.message,
               .copy = letter.copy,
               .recipient = letter.recipient,
               .text = letter.queue_id});
}

void Author::open(Letter& letter) {
  letter.attempt = {++attempts_};
  letter.connection = {};
  const std::string domain = fmt::format("h{}.example", letter.next.value);
  put(letter, {.kind = Kind::attempt_began,
               .host = letter.at,
               .message = letter.message,
               .attempt = letter.attempt,
               .value = 1,
               .text = domain});
  const std::string question = "MX " + domain;
  put(letter, {.kind = Kind::name_asked,
               .host = letter.at,
               .message = letter.message,
               .copy = letter.copy,
               .text = question});
  put(letter, {.kind = Kind::query_sent,
               .host = letter.at,
               .message = letter.message,
               .size = 44,
               .text = question,
               .detail = R"({"server":"10.0.0.9","zone":"example","over":"udp"})"});
  const std::string answer = fmt::format("{}: 10 {}.", question, domain);
  put(letter, {.kind = Kind::response_received,
               .host = letter.at,
               .message = letter.message,
               .size = 90,
               .text = answer,
               .detail = R"({"server":"10.0.0.9"})"});
  put(letter, {.kind = Kind::name_answered,
               .host = letter.at,
               .message = letter.message,
               .copy = letter.copy,
               .value = 3600,
               .text = answer,
               .detail = R"({"question":"MX","outcome":"found","records":[[10,"mx"]]})"});
  put(letter,
      {.kind = Kind::route_found, .host = letter.at, .message = letter.message, .value = 1, .text = answer});
  letter.connection = {++connections_};
  letter.session = {++sessions_};
  put(letter, {.kind = Kind::connection_opened,
               .host = letter.at,
               .connection = letter.connection,
               .session = letter.session,
               .message = letter.message,
               .value = 25,
               .text = domain});
}

void Author::accept(Letter& letter) {
  say(letter, letter.next, Kind::connection_established, 0, -1, {});
  say(letter, letter.next, Kind::session_opened, 0, -1, "SMTP receiver");
  say(letter, letter.next, Kind::session_phase_entered, 0, -1, "connection setup");
  say(letter, letter.next, Kind::reply_sent, 220, 3, "mx.example ESMTP Mailroom service ready");
}

void Author::close(Letter& letter) {
  say(letter, letter.at, Kind::session_phase_entered, 0, -1, "closing");
  say(letter, letter.at, Kind::command_sent, 0, -1, "QUIT");
  say(letter, letter.next, Kind::command_received, 0, -1, "QUIT");
  say(letter, letter.next, Kind::reply_sent, 221, 9, "2.0.0 mx.example closing");
  say(letter, letter.at, Kind::reply_received, 221, 9, "2.0.0 mx.example closing");
  say(letter, letter.at, Kind::session_closed, 0, -1, "quit");
  say(letter, letter.next, Kind::session_closed, 0, -1, "quit");
  say(letter, letter.at, Kind::connection_closed, 0, -1, {});
  say(letter, letter.next, Kind::connection_closed, 0, -1, {});
}

// The receiver's side: it is responsible now.
void Author::take(Letter& letter) {
  say(letter, letter.next, Kind::content_received, 0, -1, {});
  letter.new_queue_id = fmt::format("Q{:05}", ++queue_ids_ % 100000);
  letter.new_copy = {++copies_};
  put(letter, {.kind = Kind::message_queued,
               .host = letter.next,
               .message = letter.message,
               .content = letter.content,
               .size = letter.size + 140,
               .value = 1,
               .text = letter.new_queue_id});
  put(letter, {.kind = Kind::copy_created,
               .host = letter.next,
               .message = letter.message,
               .copy = letter.new_copy,
               .parent = letter.copy,
               .recipient = letter.recipient,
               .text = letter.new_queue_id});
  say(letter, letter.next, Kind::reply_sent, 250, 4,
      "2.0.0 OK, message accepted for delivery, queued as " + letter.new_queue_id);
}

void Author::deliver(Letter& letter) {
  const std::string mailbox = fmt::format("user@h{}.example", letter.next.value);
  put(letter,
      {.kind = Kind::mailbox_appended,
       .host = letter.next,
       .message = letter.message,
       .copy = letter.new_copy,
       .content = letter.content,
       .size = letter.size + 174,
       .value = letter.message.value,
       .text = mailbox,
       .detail =
           R"({"trace_fields":"Return-Path: <user@h1.example>\r\nReceived: from h1.example by h2.example with ESMTP;\r\n Thu, 1 Jan 2026 00:00:00 +0000\r\n"})"});
  put(letter, {.kind = Kind::copy_delivered,
               .host = letter.next,
               .message = letter.message,
               .copy = letter.new_copy,
               .recipient = letter.recipient,
               .value = letter.message.value,
               .text = mailbox});
  put(letter, {.kind = Kind::message_removed,
               .host = letter.next,
               .message = letter.message,
               .text = letter.new_queue_id});
}

void Author::defer(Letter& letter) {
  --letter.refused;
  say(letter, letter.at, Kind::reply_received, 451, 5, "4.7.1 try again later");
  put(letter, {.kind = Kind::attempt_ended,
               .host = letter.at,
               .connection = letter.connection,
               .session = letter.session,
               .message = letter.message,
               .attempt = letter.attempt,
               .code = 451,
               .value = 0,
               .text = "recipients refused"});
  put(letter, {.kind = Kind::copy_deferred,
               .host = letter.at,
               .message = letter.message,
               .copy = letter.copy,
               .recipient = letter.recipient,
               .code = 451,
               .value = now_ns_ + kRetry,
               .text = "4.7.1 try again later"});
  close(letter);
  letter.turn = Turn::attempt;
  letter.due_ns = now_ns_ + kRetry;
}

// The message that tells of it is composed at the same moment; here it is delivered at once where the sender
// is.
void Author::bounce(Letter& letter) {
  say(letter, letter.at, Kind::reply_received, 550, 5, "5.1.1 no such user here");
  put(letter, {.kind = Kind::attempt_ended,
               .host = letter.at,
               .connection = letter.connection,
               .session = letter.session,
               .message = letter.message,
               .attempt = letter.attempt,
               .code = 550,
               .value = 0,
               .text = "recipients refused"});
  close(letter);
  put(letter, {.kind = Kind::message_composed,
               .host = letter.at,
               .message = {++messages_},
               .content = letter.content,
               .size = 2000,
               .value = 1,
               .text = fmt::format("<{}.bounce@h{}.example>", messages_, letter.at.value)});
  put(letter, {.kind = Kind::copy_bounced,
               .host = letter.at,
               .message = letter.message,
               .copy = letter.copy,
               .recipient = letter.recipient,
               .code = 550,
               .value = messages_,
               .text = "5.1.1 no such user here"});
  put(letter,
      {.kind = Kind::message_removed, .host = letter.at, .message = letter.message, .text = letter.queue_id});
  Letter notice = letter;
  notice.message = {messages_};
  notice.new_copy = {++copies_};
  notice.next = letter.at;
  notice.recipient = {letter.at.value};
  put(notice, {.kind = Kind::copy_created,
               .host = notice.at,
               .message = notice.message,
               .copy = notice.new_copy,
               .recipient = notice.recipient});
  deliver(notice);
}

void Author::confirm(Letter& letter) {
  const std::string reply = "2.0.0 OK, message accepted for delivery, queued as " + letter.new_queue_id;
  say(letter, letter.at, Kind::reply_received, 250, 4, reply);
  put(letter, {.kind = Kind::attempt_ended,
               .host = letter.at,
               .connection = letter.connection,
               .session = letter.session,
               .message = letter.message,
               .attempt = letter.attempt,
               .code = 250,
               .value = 1,
               .text = "confirmed"});
  put(letter, {.kind = Kind::copy_relayed,
               .host = letter.at,
               .message = letter.message,
               .copy = letter.copy,
               .recipient = letter.recipient,
               .code = 250,
               .text = reply});
  put(letter,
      {.kind = Kind::message_removed, .host = letter.at, .message = letter.message, .text = letter.queue_id});
  close(letter);
  letter.copy = letter.new_copy;
  letter.queue_id = letter.new_queue_id;
  letter.at = letter.next;
  letter.next = letter.goal;
  ++letter.hop;
  letter.turn = Turn::attempt;
}

// What happens at letter.due_ns; sets the next turn and its time.
void Author::turn(Letter& letter) {
  letter.due_ns = now_ns_ + kHalfTrip + below(kMs);
  const Turn done = letter.turn;
  letter.turn = static_cast<Turn>(static_cast<int>(done) + 1);
  switch (done) {
    case Turn::compose:
      return compose(letter);
    case Turn::attempt:
      return open(letter);
    case Turn::connect:
      return accept(letter);
    case Turn::accept:
      say(letter, letter.at, Kind::connection_established, 0, -1, {});
      say(letter, letter.at, Kind::session_opened, 0, -1, "SMTP sender");
      say(letter, letter.at, Kind::session_phase_entered, 0, -1, "connection setup");
      return;
    case Turn::greet:
      say(letter, letter.at, Kind::reply_received, 220, 2, "mx.example ESMTP Mailroom service ready");
      say(letter, letter.at, Kind::command_sent, 0, -1, "EHLO sender.example");
      return;
    case Turn::ehlo:
      say(letter, letter.next, Kind::command_received, 0, -1, "EHLO sender.example");
      say(letter, letter.next, Kind::reply_sent, 250, 4,
          "mx.example\nSIZE "
          "10240000\n8BITMIME\nPIPELINING\nENHANCEDSTATUSCODES\nDSN\nSMTPUTF8\nCHUNKING\nVRFY\nHELP");
      say(letter, letter.next, Kind::session_phase_entered, 0, -1, "mail transfer");
      return;
    case Turn::ehlo_reply:
      say(letter, letter.at, Kind::reply_received, 250, 4,
          "mx.example\nSIZE "
          "10240000\n8BITMIME\nPIPELINING\nENHANCEDSTATUSCODES\nDSN\nSMTPUTF8\nCHUNKING\nVRFY\nHELP");
      say(letter, letter.at, Kind::session_phase_entered, 0, -1, "mail transfer");
      for (const char* line :
           {"MAIL FROM:<user@sender.example> SIZE=4000", "RCPT TO:<user@receiver.example>", "DATA"})
        say(letter, letter.at, Kind::command_sent, 0, -1, line);
      return;
    case Turn::envelope:
      for (const char* line :
           {"MAIL FROM:<user@sender.example> SIZE=4000", "RCPT TO:<user@receiver.example>", "DATA"})
        say(letter, letter.next, Kind::command_received, 0, -1, line);
      say(letter, letter.next, Kind::reply_sent, 250, 5, "2.1.0 OK");
      if (letter.refused > 0)
        return void(say(letter, letter.next, Kind::reply_sent, 451, 5, "4.7.1 try again later"));
      if (letter.is_bad)
        return void(say(letter, letter.next, Kind::reply_sent, 550, 5, "5.1.1 no such user here"));
      say(letter, letter.next, Kind::reply_sent, 250, 6, "2.1.5 OK");
      say(letter, letter.next, Kind::reply_sent, 354, 7, "Start mail input; end with <CRLF>.<CRLF>");
      return;
    case Turn::answers:
      say(letter, letter.at, Kind::reply_received, 250, 5, "2.1.0 OK");
      if (letter.refused > 0) return defer(letter);
      if (letter.is_bad) {
        letter.hop = kHops;
        return bounce(letter);
      }
      say(letter, letter.at, Kind::reply_received, 250, 5, "2.1.5 OK");
      say(letter, letter.at, Kind::reply_received, 354, 6, "Start mail input; end with <CRLF>.<CRLF>");
      fly(letter);
      say(letter, letter.at, Kind::content_sent, 0, -1, {});
      return;
    case Turn::text:
      take(letter);
      if (letter.hop + 1 == kHops) deliver(letter);
      return;
    case Turn::take:
      // The confirmation was lost: the letter goes once more, and comes twice.
      if (letter.is_doubled && letter.hop + 1 == kHops) {
        letter.is_doubled = false;
        say(letter, letter.at, Kind::connection_reset, 0, -1, {});
        letter.turn = Turn::attempt;
        letter.due_ns = now_ns_ + kRetry;
        put(letter, {.kind = Kind::attempt_ended,
                     .host = letter.at,
                     .message = letter.message,
                     .attempt = letter.attempt,
                     .value = 0,
                     .text = "connection lost"});
        put(letter, {.kind = Kind::copy_deferred,
                     .host = letter.at,
                     .message = letter.message,
                     .copy = letter.copy,
                     .recipient = letter.recipient,
                     .value = letter.due_ns,
                     .text = "4.4.2 connection lost"});
      }
      return;
    case Turn::confirm:
      return confirm(letter);
  }
}

}  // namespace mailroom::bench
