// SPDX-License-Identifier: GPL-2.0-only
// Input, time and answers of the receiver. What each command does is in server_commands.cpp.
#include "protocols/smtp/server_session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mailroom::smtp {

std::string_view name(Delay why) {
  switch (why) {
    case Delay::greeting:
      return "greeting delay";
    case Delay::errors:
      return "error sleep";
    case Delay::host:
      return "delayed by policy";
  }
  assert(false);
  return {};
}

ServerSession::ServerSession(std::shared_ptr<const ServerOptions> options) : options_(std::move(options)) {}

const Extensions& ServerSession::offered() const {
  static constexpr Extensions kNothing;
  return client_is_extended_ ? options_->offered : kNothing;
}

std::string_view ServerSession::protocol() const {
  if (!client_is_extended_) return "SMTP";
  if (smtputf8_) return authenticated_.empty() ? "UTF8SMTP" : "UTF8SMTPA";
  return authenticated_.empty() ? "ESMTP" : "ESMTPA";
}

void ServerSession::start(std::int64_t now_ns, Greeting greeting, std::optional<Reply> refusal) {
  assert(state_ == ServerState::connecting);
  now_ns_ = now_ns;
  push(PhaseEntered{Phase::connection_setup});
  switch (greeting) {
    case Greeting::ready:
      state_ = ServerState::greeting_due;
      if (options_->greeting_delay_ns > 0) return wait(options_->greeting_delay_ns, Delay::greeting);
      return greet();
    case Greeting::refused:
      state_ = ServerState::refusing;
      assert(!refusal || is_transient(*refusal) || is_permanent(*refusal));
      send_plain(refusal ? std::move(*refusal) : say(Say::no_service));
      return arm(now_ns);
    case Greeting::not_available:
      assert(!refusal || refusal->code == 421);
      enter(Phase::closing);
      send_plain(refusal ? std::move(*refusal) : say(Say::not_available));
      return close();
  }
}

void ServerSession::greet() {
  state_ = talked_early_ ? ServerState::refusing : ServerState::greeted;
  send_plain(say(talked_early_        ? Say::talked_early
                 : options_->extended ? Say::greeting
                                      : Say::greeting_rfc821));
  arm(now_ns_);
}

void ServerSession::receive(std::string_view octets, std::int64_t now_ns) {
  if (ended() || peer_finished_ || octets.empty()) return;
  assert(state_ != ServerState::connecting);
  now_ns_ = now_ns;
  if (state_ == ServerState::greeting_due && options_->early_talker == EarlyTalker::refuse) {
    talked_early_ = true;
    wait_until_ns_.reset();
  }
  // A client may send a new data block each time, but a command must be complete in time: a slow drip of
  // octets does not keep a session alive.
  if (state_ == ServerState::receiving_content || state_ == ServerState::receiving_chunk) arm(now_ns);
  if ((question_open() || waiting()) && input_.size() - read_ + octets.size() > waiting_limit()) {
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
  received_ += static_cast<std::int64_t>(octets.size());
}

// RFC 3030 §4.2: the chunks of a message may come right behind its RCPT.
std::size_t ServerSession::waiting_limit() const {
  const std::int64_t message_octets = offered().chunking ? options_->size_limit_octets : 0;
  return options_->input_limit_octets + static_cast<std::size_t>(message_octets);
}

void ServerSession::peer_finished(std::int64_t now_ns) {
  now_ns_ = now_ns;
  peer_finished_ = true;
}

void ServerSession::connection_lost() {
  if (ended() && !wait_until_ns_) return;
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
  wait_until_ns_.reset();
  input_.clear();
  read_ = scanned_ = 0;
}

void ServerSession::shutdown() {
  if (ended()) return;
  if (state_ == ServerState::connecting) state_ = ServerState::ended;
  shutting_down_ = true;
  wait_until_ns_.reset();
}

std::optional<ServerAction> ServerSession::next_action() {
  if (waiting()) return std::nullopt;
  if (wait_until_ns_) end_wait();
  if (next_ == actions_.size()) {
    actions_.clear();
    next_ = 0;
    advance();
    if (actions_.empty()) return std::nullopt;
  }
  ServerAction& action = actions_[next_++];
  if (const Wait* wait = std::get_if<Wait>(&action)) wait_until_ns_ = wait->until_ns;
  return std::move(action);
}

void ServerSession::wait(std::int64_t delay_ns, Delay why) {
  assert(delay_ns > 0);
  push(Wait{now_ns_ + delay_ns, why});
}

// The time that the client took does not count while it was us who waited.
void ServerSession::end_wait() {
  wait_until_ns_.reset();
  if (!ended()) arm(now_ns_);
}

// Works until there is an action, an open question, or no more input.
void ServerSession::advance() {
  while (actions_.empty() && !question_open() && !ended() && state_ != ServerState::connecting) {
    if (shutting_down_) return finish_with(Say::not_available);
    if (state_ == ServerState::greeting_due) return greet();
    if (input_overflowed_)
      return give_up({LimitReached::Limit::input, static_cast<std::int64_t>(waiting_limit())},
                     Say::input_overflow);
    if (is_error_limit_reached() && state_ != ServerState::receiving_chunk)
      return give_up({LimitReached::Limit::errors, options_->errors.hard}, Say::too_many_errors);
    const bool progress = state_ == ServerState::receiving_content ? take_content()
                          : state_ == ServerState::receiving_chunk ? take_chunk()
                                                                   : take_line();
    if (progress || !peer_finished_) {
      if (progress) continue;
      return;
    }
    // RFC 5321 §4.1.1.10: without QUIT the transaction in hand is cancelled, as if RSET came.
    finish();
  }
}

bool ServerSession::take_line() {
  // The longest line that any command may have; of a longer one its beginning is kept until its CR LF comes.
  const std::size_t longest = options_->offered.auth.any() ? kAuthLineLimit : kLongestCommandLine;
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
  const std::size_t length = end - read_ + 2;
  const bool is_response = state_ == ServerState::authenticating;
  const std::size_t limit = is_response ? kAuthLineLimit : line_limit(verb_of(line));
  const bool too_long = std::exchange(discarding_line_, false) || length > limit;
  read_ = scanned_ = end + 2;
  if (is_response) {
    take_response(line, too_long);
  } else {
    obey(line, too_long);
  }
  return true;
}

void ServerSession::ask(Question question, ServerAction action) {
  question_ = question;
  push(std::move(action));
}

void ServerSession::answer(Reply reply, std::int64_t now_ns, std::int64_t delay_ns) {
  assert(question_open() && next_ == actions_.size());  // there is a question, and the host has seen it
  assert(category(reply) != Category::none && !reply.lines.empty() && delay_ns >= 0);
  assert(!reply.enhanced || reply.enhanced->cls == reply.code / 100);
  const Question question = std::exchange(question_, Question::none);
  const bool asks_for_more = question == Question::data || question == Question::challenge;
  const bool is_query = question == Question::verify || question == Question::expand;
  assert(is_query || is_intermediate(reply) == (asks_for_more && (reply.code == 354 || reply.code == 334)));
  assert(!asks_for_more || !is_positive(reply));
  now_ns_ = now_ns;
  if (ended()) {  // connection_lost() came before the answer
    if (question == Question::sender && is_positive(reply)) push(TransactionReset{});
    return;
  }
  if (delay_ns > 0) wait(delay_ns, Delay::host);
  if (question == Question::message) state_ = ServerState::ready;
  if (reply.code == 421) {  // RFC 5321 §3.8: a reply to any command
    reset_transaction();
    enter(Phase::closing);
    send(std::move(reply));
    return close();
  }
  arm(now_ns);
  switch (question) {
    case Question::command:
      assert(!is_positive(reply));
      if (std::exchange(in_hand_, std::nullopt)->verb == Verb::rcpt) recipient_refused_ = true;
      break;
    case Question::sender:
      if (!is_positive(reply)) break;
      transaction_open_ = true;
      recipients_ = 0;
      recipient_refused_ = false;
      if (!reply.enhanced) reply.enhanced = EnhancedCode{2, 1, 0};
      return succeed(std::move(reply));
    case Question::recipient:
      if (!is_positive(reply)) {
        recipient_refused_ = true;
        break;
      }
      ++recipients_;
      if (!reply.enhanced) reply.enhanced = EnhancedCode{2, 1, 5};
      return succeed(std::move(reply));
    case Question::data:
      return data_answered(reply);
    case Question::message:
      if (is_positive(reply)) errors_ = junk_ = 0;
      break;
    case Question::verify:
    case Question::expand:
      // RFC 6531 §3.7.4.2: a client that did not declare it is not given what it cannot read.
      if (!query_has_smtputf8_ && !std::ranges::all_of(reply.lines, is_ascii))
        reply = say(Say::utf8_reply_needed);
      if (is_positive(reply)) return succeed(std::move(reply));
      break;
    case Question::challenge:
      if (is_intermediate(reply)) return challenge(reply.lines.front());
      state_ = ServerState::ready;
      break;
    case Question::credentials:
      state_ = ServerState::ready;
      if (is_positive(reply)) authenticated_ = std::move(claim_.identity);
      claim_ = {};
      break;
    case Question::turn:
      if (is_positive(reply)) return succeed(std::move(reply));
      break;
    case Question::none:
      assert(false);
  }
  send(std::move(reply));
}

// A positive reply to the command in hand: the state becomes what its row of the table says.
void ServerSession::succeed(Reply reply) {
  if (rule_->then) state_ = *rule_->then;
  send(std::move(reply));
}

void ServerSession::count_error(const Reply& reply) {
  // RFC 5321 §4.5.3.1.10: one recipient too many is no fault of the client's.
  const bool is_cap = reply.code == 452 && reply.enhanced && reply.enhanced->subject == 5;
  if ((is_transient(reply) || is_permanent(reply)) && reply.code != 421 && !is_cap) ++errors_;
}

void ServerSession::send(Reply reply) {
  count_error(reply);
  const ErrorLimits& limits = options_->errors;
  if (limits.soft > 0 && errors_ >= limits.soft && limits.sleep_ns > 0) wait(limits.sleep_ns, Delay::errors);
  push_reply(std::move(reply));
}

// RFC 2034 §4: every 2yz, 4yz and 5yz reply has an enhanced code, once the client said EHLO and saw the
// keyword.
void ServerSession::push_reply(Reply reply) {
  const bool negotiated = offered().enhanced_status_codes && !is_intermediate(reply);
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

void ServerSession::give_up(LimitReached limit, Say farewell) {
  push(limit);
  finish_with(farewell);
}

void ServerSession::finish() {
  reset_transaction();
  enter(Phase::closing);
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
  if (wait_until_ns_) return wait_until_ns_;
  return question_open() ? std::nullopt : deadline_ns_;
}

void ServerSession::rearm(std::int64_t now_ns) {
  now_ns_ = now_ns;
  if (deadline_ns_) arm(now_ns);
}

void ServerSession::expire(std::int64_t now_ns) {
  const auto deadline = deadline_ns();
  if (!deadline || now_ns < *deadline) return;
  now_ns_ = now_ns;
  if (wait_until_ns_) return end_wait();
  const bool is_data = state_ == ServerState::receiving_content || state_ == ServerState::receiving_chunk;
  push(TimedOut{is_data ? TimeOut::data_block : TimeOut::next_command});
  finish_with(Say::timed_out);
}

}  // namespace mailroom::smtp
