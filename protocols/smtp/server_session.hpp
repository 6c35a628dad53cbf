// SPDX-License-Identifier: GPL-2.0-only
// The SMTP receiver of one connection: RFC 5321 with SIZE (RFC 1870), 8BITMIME (6152), PIPELINING (2920),
// ENHANCEDSTATUSCODES (2034), DSN (3461), SMTPUTF8 (6531), CHUNKING (3030), AUTH (4954), ETRN (1985) and
// LIMITS (9422), each if it is offered; or a host of RFC 821. A value: octets and time go in, actions come
// out. It knows no sockets, no clock, no users, no passwords.
//
//   session.start(now, Greeting::ready);             // once, when the connection is there
//   session.receive(octets, now);                    // nothing happens yet
//   while (auto action = session.next_action())      // perform each in turn; after a question call answer(),
//   at
//     perform(*action);                              //   once or later, and then ask for actions again
//
// After every call (start, receive, answer, peer_finished, connection_lost, expire, shutdown) drain
// next_action() and look at deadline_ns(). Each command gets exactly one reply, each recipient one of its
// own. While a question is open, and from Wait to its time, input waits, up to input_limit_octets and, where
// CHUNKING was offered, one message of size_limit_octets; more of it ends the session with 421.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/smtp/command_table.hpp"
#include "protocols/smtp/content_decoder.hpp"
#include "protocols/smtp/reply_texts.hpp"
#include "protocols/smtp/server_actions.hpp"
#include "protocols/smtp/server_options.hpp"

namespace mailroom::smtp {

class ServerSession {
 public:
  explicit ServerSession(std::shared_ptr<const ServerOptions> options);  // of share()
  explicit ServerSession(ServerOptions options) : ServerSession(share(std::move(options))) {}

  // `refusal`: what to say instead of our own words where `greeting` is no 220; its code must fit.
  void start(std::int64_t now_ns, Greeting greeting, std::optional<Reply> refusal = std::nullopt);
  void receive(std::string_view octets, std::int64_t now_ns);
  // No more octets will come. Complete commands that wait are still served; then the session ends.
  void peer_finished(std::int64_t now_ns);
  // The connection is gone: nothing can be sent. Of the actions only TransactionReset is left, if one is due.
  // An open AskMessage may still be answered (the message is complete); the answer goes nowhere.
  void connection_lost();
  // The host stops: 421 as soon as no question is open, and Close (RFC 5321 §3.8).
  void shutdown();

  std::optional<ServerAction> next_action();
  // Answers the open question. The code must fit it (see server_actions.hpp); 421 closes the session. The
  // reply goes out `delay_ns` later, and what comes after it, too.
  void answer(Reply reply, std::int64_t now_ns, std::int64_t delay_ns = 0);
  // From now on, or no more: AskCommand before each command is obeyed.
  void ask_of_commands(bool wanted) { asks_of_commands_ = wanted; }
  // To AskCommand: nothing speaks against it.
  void proceed(std::int64_t now_ns);
  // The host was not able to attend to the session: the time that the client has begins anew.
  void rearm(std::int64_t now_ns);
  // A reply of this host's texts: answer(session.say(Say::no_such_user), now).
  Reply say(Say what) const { return smtp::say(what, options_->texts, options_->domain); }

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
  // Whom AUTH proved the client to be; nobody yet: empty.
  const std::string& authenticated() const { return authenticated_; }
  // "SMTP", "ESMTP", "ESMTPA", "UTF8SMTP", "UTF8SMTPA": what stands behind `with` in a Received field of the
  // open transaction (RFC 3848, RFC 6531 §4.3).
  std::string_view protocol() const;
  bool smtputf8() const { return smtputf8_; }  // of the open transaction
  int errors() const { return errors_; }
  // Of all octets that came: how many are taken in, and how many of these are done with; the others wait for an answer,
  // for a time, or for the rest of a line.
  std::int64_t octets_received() const { return received_; }
  std::int64_t octets_obeyed() const { return received_ - static_cast<std::int64_t>(input_.size() - read_); }
  bool waiting() const { return wait_until_ns_ && now_ns_ < *wait_until_ns_; }
  const ServerOptions& options() const { return *options_; }

 private:
  enum class Question : std::uint8_t {
    none,
    command,
    sender,
    recipient,
    data,
    message,
    verify,
    expand,
    challenge,
    credentials,
    turn
  };
  enum class Refusal : std::uint8_t { none, too_big, eighth_bit, bare_line_end };

  // server_session.cpp: input, time, replies
  void advance();
  void greet();
  void end_wait();
  void wait(std::int64_t delay_ns, Delay why);
  bool take_line();
  void push(ServerAction action) { actions_.push_back(std::move(action)); }
  void ask(Question question, ServerAction action);
  void push_reply(Reply reply);
  void send(Reply reply);  // and counts it, if it is an error
  void count_error(const Reply& reply);
  void send(Say what) { send(say(what)); }
  bool is_error_limit_reached() const {
    return options_->errors.hard > 0 && errors_ >= options_->errors.hard;
  }
  std::size_t waiting_limit() const;
  void send_plain(Reply reply);
  void enter(Phase phase);
  void reset_transaction();
  void succeed(Reply reply);
  void close();
  void finish();
  void finish_with(Say farewell);
  void give_up(LimitReached limit, Say farewell);
  // What was offered to this client: nothing to one that said HELO.
  const Extensions& offered() const;
  bool negotiated_eight_bit() const { return offered().eight_bit_mime; }
  void arm(std::int64_t now_ns) { deadline_ns_ = now_ns + options_->command_time_out_ns; }

  // server_content.cpp: the message text
  bool take_content();
  void judge_content(std::string& text);
  void apply_eighth_bit(std::string& text);
  void refuse_content(Refusal refusal);
  void end_of_content();
  Say why_refused() const;

  // server_commands.cpp: one function a verb
  void obey(std::string_view line, bool too_long);
  void obey_now(std::string_view line, Verb verb, bool too_long);
  void refuse_sequence(Verb verb);
  void refuse_syntax(Verb verb);
  void refuse_parameter(ParameterFault fault);
  void hello(const Command& command);
  void mail(Command& command);
  void rcpt(Command& command);
  void query(const Command& command);
  void help();
  void count_junk(Verb verb);
  bool is_known(Verb verb) const;
  std::size_t line_limit(Verb verb) const;

  // server_chunks.cpp: BDAT
  void begin_chunk(const Command& command);
  void refuse_chunk(std::string_view line);
  bool take_chunk();
  void end_of_chunk();
  void answer_chunk(Reply reply);
  void data_answered(const Reply& reply);

  // server_auth.cpp: AUTH
  void auth(const Command& command);
  void challenge(std::string_view text);
  void take_response(std::string_view line, bool too_long);
  void respond(std::string_view response);
  void refuse_auth(Say why);
  void claim(std::optional<Claim> claim);

  std::shared_ptr<const ServerOptions> options_;
  ServerState state_ = ServerState::connecting;
  Phase phase_ = Phase::connection_setup;
  Question question_ = Question::none;
  bool asks_of_commands_ = false;
  struct InHand {
    std::string line;
    Verb verb;
    bool too_long;
  };
  std::optional<InHand> in_hand_;  // the command that AskCommand is about
  const CommandRule* rule_ = nullptr;  // of the command in hand
  std::vector<ServerAction> actions_;
  std::size_t next_ = 0;  // of actions_
  std::string input_;
  std::int64_t received_ = 0;  // octets that ever came into it
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
  bool query_has_smtputf8_ = false;
  std::string client_domain_;
  int recipients_ = 0;
  int errors_ = 0;  // since the last message
  int junk_ = 0;
  std::optional<std::int64_t> wait_until_ns_;
  bool talked_early_ = false;
  std::string authenticated_;
  Claim claim_;                         // so far, while authenticating
  Chunk chunk_;                         // in hand
  std::int64_t chunk_left_ = 0;         // octets of it that are still to come
  std::optional<Reply> chunk_refusal_;  // said when they have
  ServerState chunk_from_ = ServerState::ready;
  bool discarding_chunks_ = false;  // what may still come of a message of which a chunk has failed
  ContentDecoder decoder_;
  Refusal refusal_ = Refusal::none;
  bool made_line_end_ = false;  // clearing bit 8 made a CR or LF
  std::int64_t now_ns_ = 0;
  std::optional<std::int64_t> deadline_ns_;
};

}  // namespace mailroom::smtp
