// SPDX-License-Identifier: GPL-2.0-only
// Input, time and answers of the receiver. What each command does is in server_commands.cpp.
#include "protocols/smtp/server_session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mailroom::smtp {

ServerOptions ServerOptions::rfc821(std::string domain, EighthBit eighth_bit) {
  ServerOptions options;
  options.domain = std::move(domain);
  options.extended = false;
  options.offered = {};
  options.eighth_bit = eighth_bit;
  options.honour_source_routes = true;
  options.verify = Query::not_implemented;
  return options;
}

ServerSession::ServerSession(ServerOptions options) : options_(std::move(options)) {
  assert(!options_.domain.empty() && options_.recipient_limit > 0 && options_.size_limit_octets >= 0);
  Extensions& offered = options_.offered;
  offered.size_limit_octets = options_.size_limit_octets;
  // RFC 5321 §3.5.2: EXPN must be listed where it works; VRFY may be.
  offered.vrfy = options_.verify == Query::ask;
  offered.expn = options_.expand == Query::ask;
  offered.help = true;
}

const Extensions& ServerSession::offered() const {
  static constexpr Extensions kNothing;
  return client_is_extended_ ? options_.offered : kNothing;
}

void ServerSession::start(std::int64_t now_ns, Greeting greeting) {
  assert(state_ == ServerState::connecting);
  now_ns_ = now_ns;
  push(PhaseEntered{Phase::connection_setup});
  switch (greeting) {
    case Greeting::ready:
      state_ = ServerState::greeted;
      send_plain(say(options_.extended ? Say::greeting : Say::greeting_rfc821));
      break;
    case Greeting::refused:
      state_ = ServerState::refusing;
      send_plain(say(Say::no_service));
      break;
    case Greeting::not_available:
      finish_with(Say::not_available);
      return;
  }
  arm(now_ns);
}

void ServerSession::receive(std::string_view octets, std::int64_t now_ns) {
  if (ended() || peer_finished_ || octets.empty()) return;
  assert(state_ != ServerState::connecting);
  now_ns_ = now_ns;
  // A client may send a new data block each time, but a command must be complete in time: a slow drip of
  // octets does not keep a session alive.
  if (state_ == ServerState::receiving_content) arm(now_ns);
  if (question_open() && input_.size() - read_ + octets.size() > options_.input_limit_octets) {
    input_overflowed_ = true;
    return;
  }
  if (read_ == input_.size()) {
    input_.clear();
    read_ = scanned_ = 0;
  } else if (read_ > input_.size() / 2) {
    input_.erase(0, read_);
    scanned_ -= std::min(scanned_, read_);
    read_ = 0;
  }
  input_ += octets;
}

void ServerSession::peer_finished(std::int64_t now_ns) {
  now_ns_ = now_ns;
  peer_finished_ = true;
}

void ServerSession::connection_lost() {
  if (ended()) return;
  // Of what the host has not drained, only the ends of transactions still matter; a message it was never
  // asked about is one of them.
  bool reset_due = std::exchange(transaction_open_, false);
  for (std::size_t i = next_; i < actions_.size(); ++i)
    reset_due = reset_due || std::holds_alternative<TransactionReset>(actions_[i]) ||
                std::holds_alternative<AskMessage>(actions_[i]);
  if (next_ < actions_.size()) question_ = Question::none;  // it was never seen
  actions_.clear();
  next_ = 0;
  if (reset_due) push(TransactionReset{});
  phase_ = Phase::closing;
  state_ = ServerState::ended;
  deadline_ns_.reset();
  input_.clear();
  read_ = scanned_ = 0;
}

void ServerSession::shutdown() {
  if (ended()) return;
  if (state_ == ServerState::connecting) state_ = ServerState::ended;
  shutting_down_ = true;
}

std::optional<ServerAction> ServerSession::next_action() {
  if (next_ == actions_.size()) {
    actions_.clear();
    next_ = 0;
    advance();
    if (actions_.empty()) return std::nullopt;
  }
  return std::move(actions_[next_++]);
}

// Works until there is an action, an open question, or no more input.
void ServerSession::advance() {
  while (actions_.empty() && !question_open() && !ended() && state_ != ServerState::connecting) {
    if (shutting_down_) return finish_with(Say::not_available);
    if (input_overflowed_) return finish_with(Say::input_overflow);
    const bool progress = state_ == ServerState::receiving_content ? take_content() : take_line();
    if (progress || !peer_finished_) {
      if (progress) continue;
      return;
    }
    // RFC 5321 §4.1.1.10: without QUIT the transaction in hand is cancelled, as if RSET came.
    reset_transaction();
    enter(Phase::closing);
    close();
  }
}

bool ServerSession::take_line() {
  // The longest line that any command may have; of a longer one its beginning is kept until its CR LF comes.
  constexpr std::size_t longest = kLongestCommandLine;
  const std::size_t end = input_.find("\r\n", std::max(read_, scanned_));
  if (end == std::string::npos) {
    const std::size_t pending = input_.size() - read_;
    if (pending >= longest) {
      // The last octet stays too: it may be the CR of the end.
      discarding_line_ = true;
      input_.erase(read_ + longest - 1, pending - longest);
    }
    scanned_ = input_.size() - (input_.size() > read_ ? 1 : 0);
    return false;
  }
  const std::string line = input_.substr(read_, std::min(end - read_, longest));
  const bool too_long = std::exchange(discarding_line_, false) || end - read_ + 2 > line_limit(verb_of(line));
  read_ = scanned_ = end + 2;
  obey(line, too_long);
  return true;
}

bool ServerSession::take_content() {
  if (read_ == input_.size()) return false;
  std::string text;
  const std::string_view octets = std::string_view(input_).substr(read_);
  text.reserve(octets.size());
  read_ += decoder_.decode(octets, text);
  scanned_ = read_;
  if (options_.size_limit_octets > 0 && decoder_.size_octets() > options_.size_limit_octets)
    refuse_content(Refusal::too_big);
  if (decoder_.has_eighth_bit() && !negotiated_eight_bit()) apply_eighth_bit(text);
  if (decoder_.has_bare_line_end() && options_.bare_line_end == BareLineEnd::refuse)
    refuse_content(Refusal::bare_line_end);
  if (refusal_ == Refusal::none && !text.empty()) push(ContentReceived{std::move(text)});
  if (decoder_.finished()) end_of_content();
  return true;
}

void ServerSession::apply_eighth_bit(std::string& text) {
  if (options_.eighth_bit == EighthBit::refuse) refuse_content(Refusal::eighth_bit);
  if (options_.eighth_bit != EighthBit::clear) return;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 128) continue;
    c = static_cast<char>(c & 0x7F);
    if (c == '\r' || c == '\n') made_line_end_ = true;
  }
}

// The first reason counts. The host can forget the text at once; the reply waits for the lone dot.
void ServerSession::refuse_content(Refusal refusal) {
  if (refusal_ != Refusal::none) return;
  refusal_ = refusal;
  reset_transaction();
}

void ServerSession::end_of_content() {
  if (refusal_ == Refusal::none) {
    transaction_open_ = false;
    const bool cleared = options_.eighth_bit == EighthBit::clear && !negotiated_eight_bit();
    ask(Question::message, AskMessage{.size_octets = decoder_.size_octets(),
                                      .has_long_line = decoder_.has_long_line(),
                                      .has_bare_line_end = decoder_.has_bare_line_end() || made_line_end_,
                                      .has_eighth_bit = decoder_.has_eighth_bit() && !cleared});
    return;
  }
  state_ = ServerState::ready;
  switch (refusal_) {
    case Refusal::too_big:
      send(Say::message_too_big);
      break;  // RFC 1870 §6.3
    case Refusal::eighth_bit:
      send(Say::eighth_bit_refused);
      break;
    case Refusal::bare_line_end:
      send(Say::bare_line_end_refused);
      break;
    case Refusal::none:
      assert(false);
  }
  arm(now_ns_);
}

void ServerSession::ask(Question question, ServerAction action) {
  question_ = question;
  push(std::move(action));
}

void ServerSession::answer(Reply reply, std::int64_t now_ns) {
  assert(question_open() && next_ == actions_.size());  // there is a question, and the host has seen it
  assert(category(reply) != Category::none && !reply.lines.empty());
  assert(!reply.enhanced || reply.enhanced->cls == reply.code / 100);
  const Question question = std::exchange(question_, Question::none);
  const bool is_query = question == Question::verify || question == Question::expand;
  assert(is_query || is_intermediate(reply) == (question == Question::data && reply.code == 354));
  assert(question != Question::data || !is_positive(reply));
  now_ns_ = now_ns;
  if (ended()) {  // connection_lost() came before the answer
    if (question == Question::sender && is_positive(reply)) push(TransactionReset{});
    return;
  }
  if (question == Question::message) state_ = ServerState::ready;
  if (reply.code == 421) {  // RFC 5321 §3.8: a reply to any command
    reset_transaction();
    enter(Phase::closing);
    send(std::move(reply));
    return close();
  }
  arm(now_ns);
  if (is_positive(reply) || is_intermediate(reply)) {
    if (question == Question::sender) {
      transaction_open_ = true;
      recipients_ = 0;
      recipient_refused_ = false;
      if (!reply.enhanced) reply.enhanced = EnhancedCode{2, 1, 0};
    } else if (question == Question::recipient) {
      ++recipients_;
      if (!reply.enhanced) reply.enhanced = EnhancedCode{2, 1, 5};
    } else if (question == Question::data) {
      decoder_ = {};
      refusal_ = Refusal::none;
      made_line_end_ = false;
    }
    if (question != Question::message) return succeed(std::move(reply));
  } else if (question == Question::recipient) {
    recipient_refused_ = true;
  }
  send(std::move(reply));
}

// A positive reply to the command in hand: the state becomes what its row of the table says.
void ServerSession::succeed(Reply reply) {
  if (rule_->then) state_ = *rule_->then;
  send(std::move(reply));
}

// RFC 2034 §4: every 2yz, 4yz and 5yz reply has an enhanced code, once the client said EHLO and saw the
// keyword.
void ServerSession::send(Reply reply) {
  const bool negotiated =
      client_is_extended_ && options_.offered.enhanced_status_codes && !is_intermediate(reply);
  if (!negotiated) {
    reply.enhanced.reset();
  } else if (!reply.enhanced) {
    reply.enhanced = EnhancedCode{static_cast<std::uint8_t>(reply.code / 100), 0, 0};
  }
  std::string octets = wire(reply);
  push(SendReply{std::move(reply), std::move(octets)});
}

// The greeting and the replies to HELO and EHLO never have an enhanced code.
void ServerSession::send_plain(Reply reply) {
  reply.enhanced.reset();
  std::string octets = wire(reply);
  push(SendReply{std::move(reply), std::move(octets)});
}

void ServerSession::enter(Phase phase) {
  if (std::exchange(phase_, phase) != phase) push(PhaseEntered{phase});
}

void ServerSession::reset_transaction() {
  if (std::exchange(transaction_open_, false)) push(TransactionReset{});
}

void ServerSession::finish_with(Say farewell) {
  reset_transaction();
  enter(Phase::closing);
  send(farewell);
  close();
}

void ServerSession::close() {
  push(Close{});
  state_ = ServerState::ended;
  deadline_ns_.reset();
  input_.clear();
  read_ = scanned_ = 0;
}

std::optional<std::int64_t> ServerSession::deadline_ns() const {
  return question_open() ? std::nullopt : deadline_ns_;
}

void ServerSession::expire(std::int64_t now_ns) {
  const auto deadline = deadline_ns();
  if (!deadline || now_ns < *deadline) return;
  now_ns_ = now_ns;
  push(TimedOut{state_ == ServerState::receiving_content ? TimeOut::data_block : TimeOut::next_command});
  finish_with(Say::timed_out);
}

}  // namespace mailroom::smtp
