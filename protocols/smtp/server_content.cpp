// SPDX-License-Identifier: GPL-2.0-only
// The message text as the receiver takes it in, until the lone dot; what it refuses of it, and when it says
// so.
#include <utility>

#include "protocols/smtp/server_session.hpp"

namespace mailroom::smtp {

bool ServerSession::take_content() {
  if (read_ == input_.size()) return false;
  std::string text;
  const std::string_view octets = std::string_view(input_).substr(read_);
  text.reserve(octets.size());
  read_ += decoder_.decode(octets, text);
  scanned_ = read_;
  judge_content(text);
  if (decoder_.finished()) end_of_content();
  return true;
}

// Gives it to the host, unless there is a reason against the whole message.
void ServerSession::judge_content(std::string& text) {
  if (options_->size_limit_octets > 0 && decoder_.size_octets() > options_->size_limit_octets)
    refuse_content(Refusal::too_big);
  if (decoder_.has_eighth_bit() && !negotiated_eight_bit()) apply_eighth_bit(text);
  if (decoder_.has_bare_line_end() && options_->bare_line_end == BareLineEnd::refuse)
    refuse_content(Refusal::bare_line_end);
  if (refusal_ == Refusal::none && !text.empty()) push(ContentReceived{std::move(text)});
}

void ServerSession::apply_eighth_bit(std::string& text) {
  if (options_->eighth_bit == EighthBit::refuse) refuse_content(Refusal::eighth_bit);
  if (options_->eighth_bit != EighthBit::clear) return;
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
    const bool cleared = options_->eighth_bit == EighthBit::clear && !negotiated_eight_bit();
    ask(Question::message, AskMessage{.size_octets = decoder_.size_octets(),
                                      .has_long_line = decoder_.has_long_line(),
                                      .has_bare_line_end = decoder_.has_bare_line_end() || made_line_end_,
                                      .has_eighth_bit = decoder_.has_eighth_bit() && !cleared});
    return;
  }
  state_ = ServerState::ready;
  arm(now_ns_);
  if (rule_->verb == Verb::data) return send(why_refused());
  answer_chunk(say(why_refused()));
  discarding_chunks_ = !chunk_.is_last;
}

Say ServerSession::why_refused() const {
  switch (refusal_) {
    case Refusal::too_big:
      return Say::message_too_big;  // RFC 1870 §6.3
    case Refusal::eighth_bit:
      return Say::eighth_bit_refused;
    case Refusal::bare_line_end:
      return Say::bare_line_end_refused;
    case Refusal::none:
      break;
  }
  std::unreachable();
}

}  // namespace mailroom::smtp
