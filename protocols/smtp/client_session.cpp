// SPDX-License-Identifier: GPL-2.0-only
// The sender's session: greeting, introduction, QUIT, time, and every way it can end. One transaction of it
// is in client_transaction.cpp.
#include "protocols/smtp/client_session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mailroom::smtp {

using client::How;
using client::Step;

namespace {

TimeOut time_out_of(Step step) {
  switch (step) {
    case Step::greeting:
      return TimeOut::greeting;
    case Step::ehlo:
    case Step::helo:
      return TimeOut::hello;
    case Step::mail:
      return TimeOut::mail;
    case Step::rcpt:
      return TimeOut::rcpt;
    case Step::data:
      return TimeOut::data_initiation;
    case Step::content:
      return TimeOut::data_termination;
    case Step::chunk:
      return TimeOut::chunk;
    case Step::auth:
      return TimeOut::auth;
    case Step::turn:
      return TimeOut::turn;
    case Step::rset:
      return TimeOut::rset;
    case Step::quit:
      return TimeOut::quit;
    case Step::none:
      break;
  }
  assert(false);
  return {};
}

// What happened here, said as a reply: RFC 3463 §3.5 and §3.6 have the codes.
Reply lost_reply(std::string_view why, bool connected) {
  std::string text = connected ? "connection lost: " : "no connection: ";
  return reply(421, text.append(why), connected ? EnhancedCode{4, 4, 2} : EnhancedCode{4, 4, 1});
}

}  // namespace

std::string_view name(ClientState state) {
  switch (state) {
    case ClientState::connecting:
      return "connecting";
    case ClientState::awaiting_greeting:
      return "awaiting greeting";
    case ClientState::introducing:
      return "introducing";
    case ClientState::authenticating:
      return "authenticating";
    case ClientState::ready:
      return "ready";
    case ClientState::sending_envelope:
      return "sending envelope";
    case ClientState::sending_content:
      return "sending content";
    case ClientState::between_chunks:
      return "between chunks";
    case ClientState::turning:
      return "turning";
    case ClientState::awaiting_confirmation:
      return "awaiting confirmation";
    case ClientState::resetting:
      return "resetting";
    case ClientState::quitting:
      return "quitting";
    case ClientState::ended:
      return "ended";
  }
  assert(false);
  return {};
}

ClientOptions ClientOptions::lecture(std::string domain) {
  ClientOptions options;
  options.domain = std::move(domain);
  options.extended = false;
  options.pipelining = false;
  options.space_after_colon = true;
  return options;
}

ClientSession::ClientSession(std::shared_ptr<const ClientOptions> options) : options_(std::move(options)) {
  assert(!options_->domain.empty() && options_->chunk_octets > 0);
}

void ClientSession::start(std::int64_t now_ns) {
  assert(state_ == ClientState::connecting);
  now_ns_ = now_ns;
  state_ = ClientState::awaiting_greeting;
  push(client::PhaseEntered{Phase::connection_setup});
  awaited_.push_back({Step::greeting});
  arm(Step::greeting);
}

void ClientSession::receive(std::string_view octets, std::int64_t now_ns) {
  if (ended() || peer_finished_) return;
  assert(state_ != ClientState::connecting);
  now_ns_ = now_ns;
  parser_.receive(octets);
}

void ClientSession::peer_finished(std::int64_t now_ns) {
  now_ns_ = now_ns;
  peer_finished_ = true;
}

void ClientSession::connection_lost(std::string_view why) {
  if (ended()) return;
  // What the host has not performed yet and now cannot.
  std::vector<client::Action> kept;
  for (; next_ < actions_.size(); ++next_) {
    const bool is_reply = std::holds_alternative<client::ReplyReceived>(actions_[next_]);
    const bool is_outcome = std::holds_alternative<client::RecipientAnswered>(actions_[next_]) ||
                            std::holds_alternative<client::TransactionEnded>(actions_[next_]);
    if (is_reply || is_outcome) kept.push_back(std::move(actions_[next_]));
  }
  actions_ = std::move(kept);
  next_ = 0;
  const bool connected = state_ != ClientState::connecting;
  if (ending_) return end(ending_->how, ending_->reply, ending_->is_local, false);
  end(How::connection_lost, lost_reply(why, connected), true, false);
}

std::optional<client::Action> ClientSession::next_action() {
  if (next_ == actions_.size()) {
    actions_.clear();
    next_ = 0;
    advance();
    if (actions_.empty()) return std::nullopt;
  }
  return std::move(actions_[next_++]);
}

// Works until there is an action, or nothing to do before the peer speaks.
void ClientSession::advance() {
  while (actions_.empty() && !ended() && state_ != ClientState::connecting) {
    auto reply = parser_.next();
    if (!reply) return protocol_error(reply.error().expected);
    if (*reply) {
      take_reply(std::move(**reply));
      continue;
    }
    if (state_ == ClientState::awaiting_confirmation && early_reply_) {
      take_content_reply(*std::exchange(early_reply_, std::nullopt));
      continue;
    }
    if (peer_finished_) {
      if (ending_) return end(ending_->how, ending_->reply, ending_->is_local, true);
      return end(How::connection_lost, lost_reply("the peer closed it", true), true, true);
    }
    const bool sent = state_ == ClientState::sending_envelope ? send_next_of_envelope()
                      : state_ == ClientState::between_chunks ? send_next_chunk()
                                                              : false;
    if (!sent) return;
  }
}

void ClientSession::take_reply(Reply reply) {
  if (!awaiting_reply()) return take_unasked(std::move(reply));
  const Awaited awaited = awaited_[answered_++];
  const bool is_rcpt = awaited.step == Step::rcpt;
  push(client::ReplyReceived{reply, awaited.step, is_rcpt ? std::optional(awaited.recipient) : std::nullopt});
  deadline_ns_.reset();
  if (awaiting_reply()) {
    arm(awaited_[answered_].step);
  } else {
    awaited_.clear();
    answered_ = 0;
  }
  if (awaited.step == Step::quit)  // 221; anything else means the same now
    return end_quitting(reply);
  // RFC 5321 §3.8, §4.2.2: 421 may answer any command, and the receiver closes after it.
  if (reply.code == 421) {
    if (in_transaction_) decide_rest(client::Verdict::temporary, awaited.step, reply, false);
    return end(How::not_available, std::move(reply), false, true);
  }
  switch (awaited.step) {
    case Step::greeting:
      return greeting(reply);
    case Step::ehlo:
    case Step::helo:
      return hello(awaited.step, reply);
    case Step::mail:
      return take_mail_reply(reply);
    case Step::rcpt:
      return take_rcpt_reply(awaited.recipient, std::move(reply));
    case Step::data:
      return take_data_reply(reply);
    case Step::content:
    case Step::chunk:
      if (chunked()) return take_chunk_reply(awaited.step, reply);
      return take_content_reply(reply);
    case Step::auth:
      return take_auth_reply(reply);
    case Step::turn:
      if (is_intermediate(reply)) return protocol_error("250 … 253, or a negative reply to ETRN");
      push(client::TurnAnswered{std::move(reply)});
      return become_ready();
    case Step::rset:
      if (is_positive(reply)) return become_ready();
      return quit_because(How::refused, reply);
    case Step::quit:
    case Step::none:
      assert(false);
  }
}

void ClientSession::take_unasked(Reply reply) {
  const bool early = state_ == ClientState::sending_content && !early_reply_ && !chunked();
  push(client::ReplyReceived{reply, early ? Step::content : Step::none, std::nullopt});
  if (reply.code == 421) return end(How::not_available, std::move(reply), false, true);
  // Some hosts refuse a text before its end. They still read it, so the lone dot comes first; but nobody can
  // confirm what was not sent.
  if (early && (is_transient(reply) || is_permanent(reply))) {
    early_reply_ = std::move(reply);
    return;
  }
  protocol_error("no reply before the next command");
}

void ClientSession::protocol_error(std::string_view expected) {
  if (ending_) return end(ending_->how, ending_->reply, ending_->is_local, true);
  std::string text = "protocol error of the peer; expected ";
  end(How::protocol_error, reply(451, text.append(expected), EnhancedCode{4, 5, 0}), true, true);
}

void ClientSession::greeting(const Reply& reply) {
  if (is_intermediate(reply)) return protocol_error("220, 421 or 554");
  if (!is_positive(reply)) return quit_because(How::refused, reply);  // RFC 5321 §3.1: 554
  state_ = ClientState::introducing;
  if (options_->extended) return send(Verb::ehlo, Step::ehlo, "EHLO " + options_->domain);
  send(Verb::helo, Step::helo, "HELO " + options_->domain);
}

void ClientSession::hello(Step step, const Reply& reply) {
  if (is_intermediate(reply)) return protocol_error("250");
  if (is_positive(reply)) {
    if (step == Step::ehlo) extensions_ = parse_extensions(reply);
    parser_.expect_enhanced_codes(extensions_.enhanced_status_codes);
    enter(Phase::mail_transfer);
    if (!authenticate()) become_ready();
    return;
  }
  // RFC 5321 §3.2: a host that does not know EHLO is asked with HELO.
  if (step == Step::ehlo && is_permanent(reply))
    return send(Verb::helo, Step::helo, "HELO " + options_->domain);
  quit_because(How::refused, reply);
}

void ClientSession::become_ready() {
  state_ = ClientState::ready;
  deadline_ns_.reset();
  push(client::Ready{extensions_, transactions_left()});
}

// RFC 9422 §3.2.1, MAILMAX.
std::optional<std::int64_t> ClientSession::transactions_left() const {
  if (extensions_.limits.transactions == 0) return std::nullopt;
  return std::max<std::int64_t>(0, extensions_.limits.transactions - transactions_);
}

void ClientSession::turn(std::string_view node, std::int64_t now_ns) {
  assert(can_transact() && extensions_.etrn);
  now_ns_ = now_ns;
  state_ = ClientState::turning;
  send(Verb::etrn, Step::turn, std::string("ETRN ").append(node));
}

void ClientSession::quit(std::int64_t now_ns) {
  assert(can_transact());
  now_ns_ = now_ns;
  quit_because(How::quit, {});
}

void ClientSession::quit_because(How how, const Reply& reply) {
  ending_ = client::Ended{.how = how, .reply = reply, .is_local = false};
  state_ = ClientState::quitting;
  enter(Phase::closing);
  send(Verb::quit, Step::quit, "QUIT");
}

// The reply to QUIT, which is the end whatever it says.
void ClientSession::end_quitting(const Reply& reply) {
  assert(ending_);
  if (ending_) end(ending_->how, ending_->how == How::quit ? reply : ending_->reply, false, true);
}

void ClientSession::send(Verb verb, Step step, std::string line, std::optional<std::size_t> recipient) {
  std::string octets = line + "\r\n";
  if (!awaiting_reply()) arm(step);
  awaited_.push_back({step, recipient.value_or(0)});
  push(client::CommandSent{std::move(line), std::move(octets), verb, recipient});
}

void ClientSession::enter(Phase phase) {
  if (std::exchange(phase_, phase) != phase) push(client::PhaseEntered{phase});
}

void ClientSession::arm(Step step) {
  deadline_ns_ = now_ns_ + options_->time_outs.of(time_out_of(step));
}

void ClientSession::expire(std::int64_t now_ns) {
  if (ended() || !deadline_ns_ || now_ns < *deadline_ns_) return;
  now_ns_ = now_ns;
  const TimeOut which = awaiting_reply() ? time_out_of(awaited_[answered_].step) : TimeOut::data_block;
  push(client::TimedOut{which});
  if (ending_) return end(ending_->how, ending_->reply, ending_->is_local, true);
  std::string text = "timed out: ";
  end(How::timed_out, reply(421, text.append(name(which)), EnhancedCode{4, 4, 2}), true, true);
}

void ClientSession::end(How how, Reply reply, bool is_local, bool close) {
  if (in_transaction_) {
    const bool text_began = state_ == ClientState::sending_content || state_ == ClientState::between_chunks ||
                            state_ == ClientState::awaiting_confirmation;
    // Nothing can be in doubt for those whose reply was read.
    const bool in_doubt = state_ == ClientState::awaiting_confirmation && !early_reply_ && undecided_ > 0;
    if (early_reply_) {
      decide_rest(is_permanent(*early_reply_) ? client::Verdict::permanent : client::Verdict::temporary,
                  Step::content, *early_reply_, false);
    }
    const Step step = awaiting_reply() ? awaited_[answered_].step : text_began ? Step::content : Step::none;
    decide_rest(client::Verdict::temporary, step, reply, is_local);
    end_transaction(false, in_doubt);
  }
  enter(Phase::closing);
  state_ = ClientState::ended;
  deadline_ns_.reset();
  awaited_.clear();
  answered_ = 0;
  if (close) push(client::Close{});
  push(client::Ended{how, std::move(reply), is_local});
}

}  // namespace mailroom::smtp
