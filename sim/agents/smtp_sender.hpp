// SPDX-License-Identifier: GPL-2.0-only
// One connection of the SMTP sender to one next hop: has the exchangers behind it located, opens a connection to
// one of them, drives smtp::ClientSession, sends one message over it, or several one after the other, and
// reports what became of each recipient.
//
// RFC 5321 §5.1: where an exchanger lets no session begin, or says 4yz to a recipient, the next one of the list is
// tried, over a connection of its own: the sender passes what is left of its job on to a successor.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "protocols/smtp/client_session.hpp"
#include "sim/agents/outbox.hpp"
#include "sim/agents/scheduler.hpp"
#include "sim/net/alive.hpp"
#include "sim/net/deadline.hpp"
#include "sim/net/network.hpp"

namespace mailroom::agents {

class SmtpSender final : public net::ConnectionUser {
 public:
  // Both must outlive the sender; the destination owns it.
  SmtpSender(Scheduler& scheduler, Destination& destination);

  // Has the next hop located and opens the connection for this job.
  void start(Job job);
  // Goes on with what another sender of the destination, which stays a while to close its connection, was left with.
  void succeed(SmtpSender& predecessor, std::size_t exchanger);

  // The receiver has let us in, so that the destination can be reached.
  bool is_in_session() const { return in_session_; }
  // The connection is open and has nothing to do; wake() lets it take the next job of its destination.
  bool is_idle() const { return idle_until_ns_.has_value(); }
  void wake();

  void on_established() override;
  void on_octets(std::string_view octets) override;
  void on_room() override;
  void on_peer_finished() override;
  void on_ended(net::End end) override;

 private:
  // The job in hand and its attempt.
  struct Work {
    Job job;
    trace::AttemptId attempt{};
    trace::MessageId message{};
    std::vector<trace::EventId> answers{};  // the event of each recipient's reply to RCPT
    std::map<std::size_t, std::string> forwarded{};  // the 251s among them
    trace::EventId mail_answer{};    // of the reply to MAIL
    trace::EventId text_refusal{};   // of the first negative one to DATA, to a chunk or to the text
    std::int64_t began_ns = 0;
    std::int64_t accepted = 0;  // recipients that another exchanger has accepted
    std::size_t put_back = 0;   // recipients that are too many for one transaction
  };
  // The exchangers of the next hop, the one in hand, and how many let a session begin.
  struct Search {
    std::vector<Exchanger> exchangers{};
    std::size_t at = 0;
    std::int64_t sessions = 0;
  };

  void perform_all();
  void perform(const smtp::client::CommandSent& action);
  void perform(const smtp::client::ContentWanted& action);
  void perform(const smtp::client::ReplyReceived& action);
  void perform(const smtp::client::PhaseEntered& action);
  void perform(const smtp::client::RecipientAnswered& action);
  void perform(const smtp::client::Ready& action);
  void perform(const smtp::client::TransactionEnded& action);
  void perform(const smtp::client::TurnAnswered& action);
  void perform(const smtp::client::TimedOut& action);
  void perform(const smtp::client::Close& action);
  void perform(const smtp::client::Ended& action);

  void begin(Job job);
  std::int64_t recipient_limit() const { return session_.extensions().limits.recipients; }
  void put_back_beyond_limit();
  void remember_reply(const smtp::client::ReplyReceived& action);
  trace::EventId cause_of(smtp::client::Step step, std::size_t recipient) const;
  void connect(const Located& located);
  void call();
  Outcome outcome_of(const smtp::Reply& reply, bool is_local) const;
  bool may_pass_on() const;
  void pass_on(const Outcome& reason, std::size_t to);
  bool takes_more() const;
  void report_and_pass_on(std::vector<Outcome> outcomes);
  void fail_unlocated(const Unlocated& reason);
  void transact();
  void pump_content();
  void end_attempt(std::vector<Outcome> outcomes, std::string_view how);
  void lose(std::string_view why);
  void expire();
  void finish();
  const Exchanger& exchanger() const { return search_.exchangers[search_.at]; }
  trace::EventId record(trace::Event event);

  Scheduler& scheduler_;
  Destination& destination_;
  net::Host& host_;
  smtp::ClientSession session_;
  net::Deadline deadline_;
  std::unique_ptr<net::Connection> connection_;
  Outbox outbox_;
  Search search_;
  std::optional<Work> work_;
  trace::Context content_context_{};
  std::int64_t messages_ = 0;  // begun over this connection
  std::int64_t session_began_ns_ = 0;
  std::optional<std::int64_t> idle_until_ns_{};  // while it waits for a job
  bool unheard_ = false;                         // since it was woken, the peer has said nothing
  bool established_ = false;
  bool in_session_ = false;
  std::optional<std::int64_t> transactions_left_{};  // that the receiver takes in this session, where it says so
  bool is_last_chunk_ = true;  // of the text that is being handed over
  bool content_open_ = false;  // message text is still to be handed to the connection
  bool passed_on_ = false;     // a successor goes on; no further job
  bool closing_ = false;       // the session asked for it
  bool finished_ = false;      // and our side of the connection is
  bool over_ = false;          // there is no connection any more
  net::Alive alive_;
};

}  // namespace mailroom::agents
