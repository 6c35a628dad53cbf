// SPDX-License-Identifier: GPL-2.0-only
// One connection to the SMTP receiver: drives smtp::ServerSession, answers its questions, records the
// dialogue, and hands complete messages to the MTA.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/smtp/server_session.hpp"
#include "sim/agents/mta.hpp"
#include "sim/agents/outbox.hpp"
#include "sim/agents/receiver_guard.hpp"
#include "sim/agents/receiver_options.hpp"
#include "sim/net/alive.hpp"
#include "sim/net/deadline.hpp"
#include "sim/net/network.hpp"
#include "sim/net/timer_group.hpp"

namespace mailroom::agents {

class SmtpReceiver;

class ReceiverSession final : public net::ConnectionUser {
 public:
  using Ended = std::function<void()>;  // destroys the session

  // `receiver` must outlive the session. Its guard was told of the connection, and will be told of its end.
  ReceiverSession(SmtpReceiver& receiver, std::unique_ptr<net::Connection> connection, Service service,
                  Ended ended);
  ~ReceiverSession();
  // With 421 and why, if there is a `refusal`; else with 220.
  void start(std::optional<ReceiverGuard::Ruling> refusal);

  // The trouble of the service is another one than before.
  void trouble_changed();
  // The service stops: the connection is reset, and the session is over. It may be destroyed then.
  void stop(trace::Blame blame);

  void on_octets(std::string_view octets) override;
  void on_room() override;
  void on_peer_finished() override;
  void on_ended(net::End end) override;

 private:
  // The open mail transaction.
  struct Transaction {
    trace::MessageId message{};
    smtp::Path reverse_path;
    std::int64_t declared_bytes = 0;
    std::optional<smtp::Return> ret{};
    std::optional<std::string> envelope_id{};
    std::vector<Arrival::Recipient> recipients{};
    std::string octets{};
    std::int64_t asked = 0;  // RCPT commands, whatever the replies
    bool smtputf8 = false;   // MAIL said so
    bool has_grown = false;  // we stand in the reverse-path
  };

  void perform_all();
  void perform(const smtp::CommandReceived& action);
  void perform(const smtp::SendReply& action);
  void perform(const smtp::PhaseEntered& action);
  void perform(const smtp::AskCommand& action);
  void perform(const smtp::AskSender& action);
  void perform(const smtp::AskRecipient& action);
  void perform(const smtp::AskData& action);
  void perform(const smtp::ContentReceived& action);
  void perform(const smtp::AskMessage& action);
  void perform(const smtp::AskVerify& action);
  void perform(const smtp::AskExpand& action);
  void perform(const smtp::AskChallenge& action);
  void perform(const smtp::AskCredentials& action);
  void perform(const smtp::AskTurn& action);
  void perform(const smtp::Wait& action);
  void perform(const smtp::TransactionReset& action);
  void perform(const smtp::TimedOut& action);
  void perform(const smtp::LimitReached& action);
  void perform(const smtp::Close& action);

  // receiver_session_trouble.cpp
  void begin();
  bool is_paused() const;
  bool holds_back(smtp::ServerAction& action);
  void say_held_back();
  std::optional<smtp::Reply> trouble_at(const DialoguePoint& point);
  bool is_about(const std::string& address, const DialoguePoint& point) const;

  std::optional<NextHop> sender_to_check() const;
  void located(const Located& located);
  void follow_input();
  void judge_sender(const Located& located);
  void take_sender();
  smtp::Reply as_declared(smtp::Reply reply) const;
  smtp::Reply answer_recipient(const smtp::Path& path);
  smtp::Reply answer_relay(std::string_view domain);
  smtp::Reply refusal(std::string text) const;
  smtp::Reply judge_recipient(const smtp::AskRecipient& action);
  smtp::Reply greylisted(const smtp::Path& path, smtp::Reply reply);
  void record_blamed(const trace::Blame& blame, std::string_view text, int code);
  trace::EventId record_ruling(const ReceiverGuard::Ruling& ruling);
  void refuse(ReceiverGuard::Ruling ruling);  // the question
  bool is_known_client() const;
  queue::Text text_of_transaction();
  queue::Text mangled_text(std::string octets);
  message::Received received_field() const;
  void answer(smtp::Reply reply, std::int64_t delay_ns = 0);
  std::int64_t service_time_ns();
  void accept(queue::EntryId id);  // the message is committed: 250
  void record(trace::Event event);
  void expire();
  void close();

  SmtpReceiver& receiver_;
  Mta& mta_;
  net::Host& host_;
  std::unique_ptr<net::Connection> connection_;
  Ended ended_;
  smtp::ServerSession session_;
  net::Deadline deadline_;
  net::TimerGroup pace_;
  Outbox outbox_;
  Transaction transaction_;
  struct Unbegun {
    std::optional<ReceiverGuard::Ruling> refusal;
  };
  std::optional<Unbegun> unbegun_{};            // start() waits until the service hangs no more
  std::optional<smtp::SendReply> held_back_{};  // until its time has come
  bool is_hung_ = false;
  smtp::CommandReceived command_{};  // the last
  std::optional<queue::EntryId> unconfirmed_;  // committed, but its 250 is held back
  std::vector<queue::EntryId> committed_;      // to be dispatched: their 250s are on the way
  std::optional<Located> located_{};           // the way back to a sender, where it was known at once
  struct Piece {
    std::int64_t begin;  // in all that the session received
    trace::Context context;
  };
  std::deque<Piece> pieces_{};  // that the session has not begun to obey
  bool performing_ = false;     // in perform_all()
  bool closing_ = false;        // the session asked for it
  bool finished_ = false;       // and our side of the connection is
  bool over_ = false;           // there is no connection any more
  net::Alive alive_;
};

}  // namespace mailroom::agents
