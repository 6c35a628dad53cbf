// SPDX-License-Identifier: GPL-2.0-only
// The SMTP receiver of one connection: RFC 5321 with SIZE (RFC 1870), 8BITMIME (6152), PIPELINING (2920) and
// ENHANCEDSTATUSCODES (2034), or a host of RFC 821. A value: octets and time go in, actions come out. It
// knows no sockets, no clock, no users.
//
//   session.start(now, Greeting::ready);             // once, when the connection is there
//   session.receive(octets, now);                    // nothing happens yet
//   while (auto action = session.next_action())      // perform each in turn; after a question call answer(),
//   at
//     perform(*action);                              //   once or later, and then ask for actions again
//
// After every call (start, receive, answer, peer_finished, connection_lost, expire, shutdown) drain
// next_action() and look at deadline_ns(). Each command gets exactly one reply, each recipient one of its
// own. While a question is open, input waits, up to input_limit_octets; more of it ends the session with 421.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/smtp/command_table.hpp"
#include "protocols/smtp/content_decoder.hpp"
#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/limits.hpp"
#include "protocols/smtp/reply_texts.hpp"
#include "protocols/smtp/server_actions.hpp"

namespace mailroom::smtp {

enum class Greeting : std::uint8_t {
  ready,          // 220
  not_available,  // 421, and the connection is closed
  refused,        // 554: no mail service here; 503 to everything until QUIT (RFC 5321 §3.1)
};

// What to do with octets above 127 from a client that did not negotiate 8BITMIME.
enum class EighthBit : std::uint8_t {
  keep,    // take them as they are, and say so in AskMessage
  clear,   // set bit 8 to zero, as hosts of RFC 821 did
  refuse,  // 554 5.6.3 after the lone dot
};

// What to do with a message text that has a CR without LF or a LF without CR. Neither ever ends a line or the
// text.
enum class BareLineEnd : std::uint8_t {
  keep,    // content like any other octet
  refuse,  // 550 5.6.0 after the lone dot
};

// VRFY and EXPN.
enum class Query : std::uint8_t {
  ask,              // AskVerify, AskExpand
  decline,          // 252 for VRFY (RFC 5321 §3.5.3), 502 for EXPN
  not_implemented,  // 502
};

struct ServerOptions {
  std::string domain;                      // the receiver's own, in its greeting and replies
  bool extended = true;                    // false: a host of RFC 821, EHLO is answered 500
  Extensions offered = Extensions::all();  // in reply to EHLO; size_limit_octets below wins over its own
  std::int64_t size_limit_octets = 0;      // of a message text; 0: none
  int recipient_limit = 1000;              // further ones: 452 (RFC 5321 §4.5.3.1.10); at least 1
  EighthBit eighth_bit = EighthBit::keep;
  BareLineEnd bare_line_end = BareLineEnd::keep;
  bool honour_source_routes = false;  // else the route of a path is dropped (RFC 5321 §3.3, Appendix C)
  Query verify = Query::decline;
  Query expand = Query::not_implemented;
  TextProfile texts = TextProfile::modern;
  std::int64_t command_time_out_ns = 5 * kMinute_ns;  // RFC 5321 §4.5.3.2.7
  std::size_t input_limit_octets = std::size_t{1} << 20;

  // A host of RFC 821: HELO only, 7-bit, source routes honoured.
  static ServerOptions rfc821(std::string domain, EighthBit eighth_bit = EighthBit::clear);
};

class ServerSession {
 public:
  explicit ServerSession(ServerOptions options);

  void start(std::int64_t now_ns, Greeting greeting);
  void receive(std::string_view octets, std::int64_t now_ns);
  // No more octets will come. Complete commands that wait are still served; then the session ends.
  void peer_finished(std::int64_t now_ns);
  // The connection is gone: nothing can be sent. Of the actions only TransactionReset is left, if one is due.
  // An open AskMessage may still be answered (the message is complete); the answer goes nowhere.
  void connection_lost();
  // The host stops: 421 as soon as no question is open, and Close (RFC 5321 §3.8).
  void shutdown();

  std::optional<ServerAction> next_action();
  // Answers the open question. The code must fit it (see server_actions.hpp); 421 closes the session.
  void answer(Reply reply, std::int64_t now_ns);
  // A reply of this host's texts: answer(session.say(Say::no_such_user), now).
  Reply say(Say what) const { return smtp::say(what, options_.texts, options_.domain); }

  // When expire() is to be called, unless something comes before; none while a question is open.
  std::optional<std::int64_t> deadline_ns() const;
  // Does nothing before the deadline.
  void expire(std::int64_t now_ns);

  // For people, visualizers and trace fields.
  ServerState state() const { return state_; }
  Phase phase() const { return phase_; }
  bool question_open() const { return question_ != Question::none; }
  bool ended() const { return state_ == ServerState::ended; }
  bool extended() const { return client_is_extended_; }  // EHLO was accepted: "with ESMTP" (RFC 5321 §4.4)
  const std::string& client_domain() const { return client_domain_; }  // as given in HELO or EHLO
  const ServerOptions& options() const { return options_; }

 private:
  enum class Question : std::uint8_t { none, sender, recipient, data, message, verify, expand };
  enum class Refusal : std::uint8_t { none, too_big, eighth_bit, bare_line_end };

  // server_session.cpp: input, time, answers
  void advance();
  bool take_line();
  bool take_content();
  void apply_eighth_bit(std::string& text);
  void refuse_content(Refusal refusal);
  void end_of_content();
  void push(ServerAction action) { actions_.push_back(std::move(action)); }
  void ask(Question question, ServerAction action);
  void send(Reply reply);
  void send(Say what) { send(say(what)); }
  void send_plain(Reply reply);
  void enter(Phase phase);
  void reset_transaction();
  void succeed(Reply reply);
  void close();
  void finish_with(Say farewell);
  // What was offered to this client: nothing to one that said HELO.
  const Extensions& offered() const;
  bool negotiated_eight_bit() const { return offered().eight_bit_mime; }
  void arm(std::int64_t now_ns) { deadline_ns_ = now_ns + options_.command_time_out_ns; }

  // server_commands.cpp: one function a verb
  void obey(std::string_view line, bool too_long);
  void refuse_sequence(Verb verb);
  void refuse_syntax(Verb verb);
  void refuse_parameter(ParameterFault fault);
  void hello(const Command& command);
  void mail(Command& command);
  void rcpt(Command& command);
  void query(const Command& command);
  void help();
  std::size_t line_limit(Verb verb) const;

  ServerOptions options_;
  ServerState state_ = ServerState::connecting;
  Phase phase_ = Phase::connection_setup;
  Question question_ = Question::none;
  const CommandRule* rule_ = nullptr;  // of the command in hand
  std::vector<ServerAction> actions_;
  std::size_t next_ = 0;  // of actions_
  std::string input_;
  std::size_t read_ = 0;     // of input_: octets that are done with
  std::size_t scanned_ = 0;  // of input_: no CR LF before here
  bool discarding_line_ = false;
  bool peer_finished_ = false;
  bool shutting_down_ = false;
  bool input_overflowed_ = false;
  bool transaction_open_ = false;  // a TransactionReset is due if it ends without AskMessage
  bool client_is_extended_ = false;
  bool recipient_refused_ = false;  // in the open transaction
  bool smtputf8_ = false;           // and MAIL had SMTPUTF8
  std::string client_domain_;
  int recipients_ = 0;
  ContentDecoder decoder_;
  Refusal refusal_ = Refusal::none;
  bool made_line_end_ = false;  // clearing bit 8 made a CR or LF
  std::int64_t now_ns_ = 0;
  std::optional<std::int64_t> deadline_ns_;
};

}  // namespace mailroom::smtp
