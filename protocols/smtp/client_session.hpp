// SPDX-License-Identifier: GPL-2.0-only
// The SMTP sender of one connection (RFC 5321 §3, §4; or as RFC 821 teaches it). A value: octets and time go
// in, actions come out (client_actions.hpp).
//
//   session.start(now);                           // the connection is there; the greeting is awaited
//   session.receive(octets, now);
//   while (auto action = session.next_action())   // after every call
//     perform(*action);                           // Ready: transact() or quit(); ContentWanted:
//     take_content()
//
// Any number of transactions go over one connection, one after the other. Every transaction that was begun
// ends with one TransactionEnded, every session with one Ended, whatever the peer does. What the peer says
// out of turn, or what is no reply at all, is an outcome (How::protocol_error), never an assert.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/smtp/auth.hpp"
#include "protocols/smtp/client_actions.hpp"
#include "protocols/smtp/content_encoder.hpp"
#include "protocols/smtp/path.hpp"
#include "protocols/smtp/reply_parser.hpp"

namespace mailroom::smtp {

enum class ClientState : std::uint8_t {
  connecting,  // start() was not called yet
  awaiting_greeting,
  introducing,            // EHLO or HELO was sent
  authenticating,         // AUTH, and what follows from it
  ready,                  // transact() or quit()
  sending_envelope,       // MAIL, RCPT, DATA: until 354
  sending_content,        // until the lone dot was handed out, or what BDAT announced
  between_chunks,         // BDAT is to be sent, or its reply to come
  awaiting_confirmation,  // the reply to the lone dot, or to the last chunk
  turning,                // ETRN was sent
  resetting,              // RSET was sent
  quitting,               // QUIT was sent
  ended,
};
std::string_view name(ClientState state);

// Octets above 127 for a host that does not offer 8BITMIME.
enum class EighthBitToSevenBitHost : std::uint8_t {
  refuse,      // permanent 5.6.3, here (RFC 6152 §3)
  send_as_is,  // hope, as many did
};

struct ClientOptions {
  std::string domain;              // our own, in EHLO and HELO
  bool extended = true;            // EHLO first, HELO if it is answered 5yz; false: HELO (RFC 821)
  bool pipelining = true;          // where offered (RFC 2920)
  bool space_after_colon = false;  // "MAIL FROM: <a@b.example>", as the lecture writes it
  EighthBitToSevenBitHost eighth_bit = EighthBitToSevenBitHost::refuse;
  BareLineEndSent bare_line_end = BareLineEndSent::as_blank;
  bool chunking = false;  // BDAT instead of DATA where offered (RFC 3030)
  std::int64_t chunk_octets = 1 << 20;
  std::optional<Credentials> credentials{};  // AUTH where offered (RFC 4954), by the strongest mechanism
  ClientTimeOuts time_outs{};

  // As in the lecture: HELO, one command at a time, a space after the colon.
  static ClientOptions lecture(std::string domain);
};

struct Transaction {
  Path reverse_path;
  std::vector<Path> forward_paths;  // at least one
  Content content;                  // lines end with CR LF
  Body body = Body::seven_bit;      // eight_bit: the content has octets above 127
  bool smtputf8 = false;  // its header has characters beyond US-ASCII (RFC 6531 §3.2); a path that has
                          // is seen to without it
  // What goes along where DSN is offered.
  std::optional<Return> ret{};
  std::optional<std::string> envelope_id{};
  std::vector<RcptParameters> recipient_parameters{};  // by forward-path; empty: none for anyone
};

class ClientSession {
 public:
  explicit ClientSession(ClientOptions options)
      : ClientSession(std::make_shared<const ClientOptions>(std::move(options))) {}
  // For all sessions of a sender: nothing is copied for each of them.
  explicit ClientSession(std::shared_ptr<const ClientOptions> options);

  void start(std::int64_t now_ns);
  void receive(std::string_view octets, std::int64_t now_ns);
  void peer_finished(std::int64_t now_ns);
  // The connection ended, or could not be made (then start() need not have been called); `why` for the
  // outcome's text.
  void connection_lost(std::string_view why);

  std::optional<client::Action> next_action();

  // After Ready, once. Not allowed after Ended: ask can_transact().
  void transact(Transaction transaction, std::int64_t now_ns);
  // After Ready, instead: ETRN (RFC 1985), where it is offered. `node`: a domain, "@domain" or "#queue".
  void turn(std::string_view node, std::int64_t now_ns);
  // After Ready, instead: QUIT, wait for 221, Close.
  void quit(std::int64_t now_ns);
  bool can_transact() const { return state_ == ClientState::ready; }

  // The next octets of the message text, dot-stuffed, at most `max_octets` (at least 1); the last ones end
  // with the lone dot. Empty when none are pending (nothing is pending any more once the session ended).
  std::string take_content(std::size_t max_octets, std::int64_t now_ns);
  bool content_pending() const { return state_ == ClientState::sending_content; }

  std::optional<std::int64_t> deadline_ns() const { return deadline_ns_; }
  // Does nothing before the deadline.
  void expire(std::int64_t now_ns);

  ClientState state() const { return state_; }
  Phase phase() const { return phase_; }
  bool ended() const { return state_ == ClientState::ended; }
  const Extensions& extensions() const { return extensions_; }  // what the peer offered
  const ClientOptions& options() const { return *options_; }

 private:
  // One command whose reply has not come yet.
  struct Awaited {
    client::Step step;
    std::size_t recipient = 0;
  };

  // client_session.cpp: the session
  void advance();
  void take_reply(Reply reply);
  void take_unasked(Reply reply);
  void protocol_error(std::string_view what);
  void greeting(const Reply& reply);
  void hello(client::Step step, const Reply& reply);
  void quit_because(client::How how, const Reply& reply);
  bool authenticate();
  void send_auth(AuthMechanism mechanism);
  void take_auth_reply(const Reply& reply);
  void respond(const Reply& challenge);
  void end_quitting(const Reply& reply);
  void send(Verb verb, client::Step step, std::string line,
            std::optional<std::size_t> recipient = std::nullopt);
  void push(client::Action action) { actions_.push_back(std::move(action)); }
  void enter(Phase phase);
  void arm(client::Step step);
  void become_ready();
  void end(client::How how, Reply reply, bool is_local, bool close);

  // client_auth.cpp has authenticate() … respond(), client_chunks.cpp BDAT; client_transaction.cpp one
  // transaction
  void refuse_locally();
  void refuse_beyond_limit();
  MailParameters mail_parameters() const;
  bool pipelined() const { return options_->pipelining && extensions_.pipelining; }
  bool chunked() const { return options_->chunking && extensions_.chunking; }
  std::string take_chunk(std::size_t max_octets);
  bool awaiting_reply() const { return answered_ < awaited_.size(); }
  bool send_next_of_envelope();
  void take_mail_reply(const Reply& reply);
  void take_rcpt_reply(std::size_t recipient, Reply reply);
  void take_data_reply(const Reply& reply);
  void take_content_reply(const Reply& reply);
  void take_chunk_reply(client::Step step, const Reply& reply);
  bool send_next_chunk();
  void end_chunks();
  void envelope_answered();
  std::optional<std::int64_t> transactions_left() const;
  void decide(std::size_t recipient, client::Verdict verdict, client::Step step, const Reply& reply,
              bool is_local);
  void decide_rest(client::Verdict verdict, client::Step step, const Reply& reply, bool is_local);
  void end_transaction(bool confirmed, bool in_doubt);

  std::shared_ptr<const ClientOptions> options_;
  ClientState state_ = ClientState::connecting;
  Phase phase_ = Phase::connection_setup;
  std::vector<client::Action> actions_;
  std::size_t next_ = 0;  // of actions_
  ReplyParser parser_;
  std::vector<Awaited> awaited_;
  std::size_t answered_ = 0;  // of awaited_
  Extensions extensions_;
  std::int64_t now_ns_ = 0;
  std::optional<std::int64_t> deadline_ns_;
  bool peer_finished_ = false;
  std::optional<client::Ended> ending_;  // how it will end when QUIT is answered

  AuthMechanisms untried_{};  // mechanisms
  AuthMechanism mechanism_ = AuthMechanism::plain;
  int responses_ = 0;  // given within this AUTH
  std::int64_t transactions_ = 0;

  // The transaction in hand.
  bool in_transaction_ = false;
  Transaction transaction_;
  ContentEncoder encoder_;
  ChunkEncoder chunks_;          // where BDAT is used
  std::int64_t chunk_left_ = 0;  // octets of the announced chunk that were not handed out yet
  bool last_chunk_sent_ = false;
  bool chunks_failed_ = false;
  std::vector<client::RecipientOutcome> outcomes_;
  std::vector<bool> decided_;
  std::size_t next_recipient_ = 0;    // the next RCPT to send
  std::size_t undecided_ = 0;         // recipients without an outcome
  std::optional<Reply> early_reply_;  // a negative one that came before the lone dot was sent
  bool mail_sent_ = false;
  bool mail_refused_ = false;
  bool data_sent_ = false;
};

}  // namespace mailroom::smtp
