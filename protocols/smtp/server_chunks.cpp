// SPDX-License-Identifier: GPL-2.0-only
// BDAT (RFC 3030): the message text in chunks of announced sizes, without stuffed dots. Whatever is said
// about a chunk, its octets are read, and its reply comes after them; so no text is ever taken for commands.
#include <algorithm>
#include <cassert>
#include <utility>

#include "protocols/smtp/server_session.hpp"

namespace mailroom::smtp {

// The first one asks the host as DATA does.
void ServerSession::begin_chunk(const Command& command) {
  chunk_ = command.chunk;
  chunk_left_ = chunk_.size_octets;
  chunk_refusal_.reset();
  chunk_from_ = state_;
  if (state_ == ServerState::recipients_known) return ask(Question::data, AskData{});
  state_ = ServerState::receiving_chunk;
}

void ServerSession::data_answered(const Reply& reply) {
  const bool is_yes = is_intermediate(reply);
  if (is_yes) {
    decoder_ = {};
    refusal_ = Refusal::none;
    made_line_end_ = false;
  }
  if (rule_->verb == Verb::data) return is_yes ? succeed(reply) : send(reply);
  if (!is_yes) chunk_refusal_ = reply;
  state_ = ServerState::receiving_chunk;
}

// Out of sequence, or too long a line.
void ServerSession::refuse_chunk(std::string_view line) {
  const auto command = parse_command(line);
  if (!command) return refuse_syntax(Verb::bdat);
  chunk_ = command->chunk;
  chunk_left_ = chunk_.size_octets;
  chunk_from_ = state_;
  switch (state_) {
    case ServerState::greeted:
      chunk_refusal_ = say(Say::hello_first);
      break;
    case ServerState::ready:
      chunk_refusal_ = say(Say::need_mail);
      break;
    case ServerState::sender_known:
      chunk_refusal_ = say(recipient_refused_ ? Say::no_valid_recipients : Say::need_rcpt);
      break;
    default:
      chunk_refusal_ = say(rule_ ? Say::line_too_long : Say::bad_sequence);
  }
  state_ = ServerState::receiving_chunk;
}

// Reads what is there of the chunk; false: nothing is.
bool ServerSession::take_chunk() {
  const std::size_t there = input_.size() - read_;
  if (chunk_left_ > 0 && there == 0) return false;
  const auto take =
      static_cast<std::size_t>(std::min<std::int64_t>(chunk_left_, static_cast<std::int64_t>(there)));
  const std::string_view octets = std::string_view(input_).substr(read_, take);
  const bool is_wanted = !chunk_refusal_ && refusal_ == Refusal::none;
  // RFC 1870 §6.3: what was announced is enough to know.
  if (is_wanted && options_->size_limit_octets > 0 &&
      chunk_left_ > options_->size_limit_octets - decoder_.size_octets()) {
    refuse_content(Refusal::too_big);
  } else if (is_wanted) {
    decoder_.pass(octets);
    if (chunk_.is_last && chunk_left_ == static_cast<std::int64_t>(take)) decoder_.end_of_chunks();
    std::string text(octets);
    judge_content(text);
  }
  read_ += take;
  scanned_ = read_;
  chunk_left_ -= static_cast<std::int64_t>(take);
  if (chunk_left_ == 0) end_of_chunk();
  return true;
}

void ServerSession::end_of_chunk() {
  arm(now_ns_);
  // RFC 3030 §2: with one chunk that fails the transaction has failed. Those that are still to come find none:
  // what is left of a text is no message.
  if (chunk_refusal_) {
    const bool breaks_off = transaction_open_;
    reset_transaction();
    state_ = breaks_off ? ServerState::ready : chunk_from_;
    answer_chunk(*std::exchange(chunk_refusal_, std::nullopt));
    if (breaks_off) discarding_chunks_ = !chunk_.is_last;
    return;
  }
  if (refusal_ != Refusal::none || chunk_.is_last) return end_of_content();
  state_ = *rule_->then;
  Reply reply = say(Say::chunk_received);
  if (options_->texts == TextProfile::modern)
    reply.lines.back() = std::to_string(chunk_.size_octets) + " octets received";
  answer_chunk(std::move(reply));
}

// With PIPELINING the next chunk is on its way already, and may be as large as all input that can wait: no error
// sleep before the last one. Those that follow a chunk that failed are no faults of their own (RFC 3030 §2).
void ServerSession::answer_chunk(Reply reply) {
  const bool is_left_over = chunk_.is_last ? std::exchange(discarding_chunks_, false) : discarding_chunks_;
  if (is_left_over) return push_reply(std::move(reply));
  if (chunk_.is_last) return send(std::move(reply));
  count_error(reply);
  push_reply(std::move(reply));
}

}  // namespace mailroom::smtp
