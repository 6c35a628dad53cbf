// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/turn_caller.hpp"

#include <functional>
#include <string>
#include <utility>
#include <variant>

#include "protocols/smtp/client_session.hpp"
#include "sim/agents/outbox.hpp"
#include "sim/agents/smtp_text.hpp"
#include "sim/net/deadline.hpp"
#include "sim/net/network.hpp"

namespace mailroom::agents {

namespace {

constexpr std::int64_t kConnectTimeOutNs = 30 * scenario::kSecond;
constexpr std::int64_t kLingerNs = 120 * scenario::kSecond;

}  // namespace

// One connection.
class TurnCaller::Call final : public net::ConnectionUser {
 public:
  using Over = std::function<void()>;  // destroys the call, when control is back with the network
  Call(net::Host& host, const scenario::Host& config, net::Endpoint to, Over over)
      : host_(host),
        config_(config),
        over_(std::move(over)),
        session_(smtp::ClientOptions{.domain = config.hostname}),
        deadline_(host, [this] { expire(); }) {
    connection_ = host_.network().connect(to, *this);
    deadline_.set(host_.now_ns() + kConnectTimeOutNs);
  }

  void on_established() override {
    trace::ContextScope scope(host_.recorder(), host_.recorder().context);
    is_established_ = true;
    session_.start(host_.now_ns());
    perform_all();
  }
  void on_octets(std::string_view octets) override {
    trace::ContextScope scope(host_.recorder(), {host_.recorder().context.event, {}, {}});
    session_.receive(octets, host_.now_ns());
    perform_all();
  }
  void on_room() override { outbox_.flush(*connection_, host_.recorder()); }
  void on_peer_finished() override {
    trace::ContextScope scope(host_.recorder(), host_.recorder().context);
    session_.peer_finished(host_.now_ns());
    perform_all();
  }
  void on_ended(net::End end) override {
    trace::ContextScope scope(host_.recorder(), host_.recorder().context);
    lose(net::name(end));
  }

 private:
  void expire() {
    if (!is_established_ || is_closing_) {
      connection_->abort();
      return lose("timed out");
    }
    session_.expire(host_.now_ns());
    perform_all();
  }

  void lose(std::string_view why) {
    session_.connection_lost(why);
    is_over_ = true;
    perform_all();
    if (is_established_) record({.kind = trace::Kind::session_closed, .text = why});
    deadline_.set(std::nullopt);
    over_();
  }

  void perform_all() {
    while (auto action = session_.next_action()) {
      std::visit([this](const auto& known) { perform(known); }, *action);
    }
    if (is_over_) return;
    outbox_.flush(*connection_, host_.recorder());
    if (!is_closing_) return deadline_.set(session_.deadline_ns());
    if (std::exchange(is_finished_, true)) return;
    connection_->finish();
    deadline_.set(host_.now_ns() + kLingerNs);
  }

  void perform(const smtp::client::CommandSent& action) {
    trace::ContextScope scope(host_.recorder(), host_.recorder().context);
    host_.recorder().context.event = record({.kind = trace::Kind::command_sent, .text = action.line});
    outbox_.push(action.wire, host_.recorder().context);
  }
  void perform(const smtp::client::ReplyReceived& action) {
    const std::string text = text_of(action.reply);
    host_.recorder().context.event = record({.kind = trace::Kind::reply_received,
                                             .code = action.reply.code,
                                             .value = static_cast<std::int64_t>(session_.state()),
                                             .text = text});
  }
  void perform(const smtp::client::PhaseEntered& action) {
    if (action.phase == smtp::Phase::connection_setup)
      record({.kind = trace::Kind::session_opened, .text = "SMTP sender"});
    record({.kind = trace::Kind::session_phase_entered, .text = name(action.phase)});
  }
  // Where it is not offered, there is nothing to say.
  void perform(const smtp::client::Ready& action) {
    if (action.extensions.etrn && next_domain_ < config_.domains.size())
      return session_.turn(config_.domains[next_domain_++], host_.now_ns());
    session_.quit(host_.now_ns());
  }
  void perform(const smtp::client::TimedOut& action) {
    host_.recorder().context.event = record(
        {.kind = trace::Kind::timer_expired, .text = name(action.which), .because = connection_->disturbance()});
  }
  void perform(const smtp::client::Close&) { is_closing_ = true; }
  // What the receiver says to ETRN is in the log, and there are no transactions.
  void perform(const smtp::client::TurnAnswered&) {}
  void perform(const smtp::client::Ended&) {}
  void perform(const smtp::client::ContentWanted&) {}
  void perform(const smtp::client::RecipientAnswered&) {}
  void perform(const smtp::client::TransactionEnded&) {}

  trace::EventId record(trace::Event event) {
    event.host = host_.id();
    event.connection = connection_->id();
    event.session = connection_->session();
    return host_.recorder().record(event);
  }

  net::Host& host_;
  const scenario::Host& config_;
  Over over_;
  smtp::ClientSession session_;
  net::Deadline deadline_;
  std::unique_ptr<net::Connection> connection_;
  Outbox outbox_;
  std::size_t next_domain_ = 0;
  bool is_established_ = false;
  bool is_closing_ = false;
  bool is_finished_ = false;
  bool is_over_ = false;
};

TurnCaller::TurnCaller(net::Host& host, const scenario::Host& config, Locator& locator)
    : host_(host), config_(config), locator_(locator), timers_(host) {}

TurnCaller::~TurnCaller() = default;

void TurnCaller::start() {
  for (const std::int64_t at_ns : config_.turn->at_ns)
    if (at_ns >= host_.now_ns()) timers_.after(at_ns - host_.now_ns(), [this] { call(); });
}

void TurnCaller::call() {
  locator_.locate({config_.turn->host, NextHop::Kind::host}, [self = alive_.watch(this)](const Located& located) {
    if (TurnCaller* const still_here = self()) still_here->connect(located);
  });
}

void TurnCaller::connect(const Located& located) {
  if (!located) return;  // the locator has said why
  const std::int64_t number = ++last_call_;
  calls_.emplace(number, std::make_unique<Call>(host_, config_, located->front().endpoint, [this, number] {
                   timers_.after(0, [this, number] { calls_.erase(number); });
                 }));
}

}  // namespace mailroom::agents
