// SPDX-License-Identifier: GPL-2.0-only
// The sender's BDAT (RFC 3030): the message text in chunks; each is answered, one after the other or, with
// PIPELINING, while further ones are on their way. What was announced is sent, whatever is answered
// meanwhile.
#include <algorithm>
#include <cassert>
#include <utility>

#include "protocols/smtp/client_session.hpp"

namespace mailroom::smtp {

using client::Step;
using client::Verdict;

// Announces a chunk if it is its turn.
bool ClientSession::send_next_chunk() {
  if (last_chunk_sent_ || chunks_failed_ || (awaiting_reply() && !pipelined())) return false;
  chunk_left_ = std::min(chunks_.left_octets(), options_->chunk_octets);
  last_chunk_sent_ = chunk_left_ == chunks_.left_octets();
  std::string line = "BDAT " + std::to_string(chunk_left_);
  if (last_chunk_sent_) line += " LAST";
  send(Verb::bdat, last_chunk_sent_ ? Step::content : Step::chunk, std::move(line));
  if (chunk_left_ == 0) {  // a message without octets
    state_ = ClientState::awaiting_confirmation;
    return true;
  }
  state_ = ClientState::sending_content;
  push(client::ContentWanted{last_chunk_sent_});
  return true;
}

std::string ClientSession::take_chunk(std::size_t max_octets) {
  const auto most =
      static_cast<std::size_t>(std::min<std::int64_t>(chunk_left_, static_cast<std::int64_t>(max_octets)));
  std::string octets = chunks_.take(most);
  chunk_left_ -= static_cast<std::int64_t>(octets.size());
  deadline_ns_ = now_ns_ + options_->time_outs.of(TimeOut::data_block);
  if (chunk_left_ > 0) return octets;
  state_ = last_chunk_sent_ ? ClientState::awaiting_confirmation : ClientState::between_chunks;
  if (awaiting_reply()) {
    arm(awaited_[answered_].step);
  } else {
    deadline_ns_.reset();
    end_chunks();
  }
  return octets;
}

void ClientSession::take_chunk_reply(Step step, const Reply& reply) {
  if (is_intermediate(reply)) return protocol_error("250 or a negative reply to BDAT");
  const bool is_still_sending = state_ == ClientState::sending_content && !awaiting_reply();
  if (is_positive(reply)) {
    // Nobody can have taken what was not sent.
    if (is_still_sending) return protocol_error("no reply before the end of the chunk");
    if (step == Step::content && !chunks_failed_) {
      decide_rest(Verdict::accepted, Step::content, reply, false);
      end_transaction(true, false);
      return become_ready();
    }
  } else {
    // RFC 3030 §2: a chunk that fails is the end of the transaction, and RSET follows; what was announced of
    // further ones is refused too.
    chunks_failed_ = true;
    decide_rest(is_permanent(reply) ? Verdict::permanent : Verdict::temporary, Step::content, reply, false);
  }
  if (state_ == ClientState::sending_content) {
    deadline_ns_ = now_ns_ + options_->time_outs.of(TimeOut::data_block);
    return;
  }
  end_chunks();
}

// Ends the transaction when it failed and nothing is outstanding.
void ClientSession::end_chunks() {
  if (!chunks_failed_ || awaiting_reply() || chunk_left_ > 0) return;
  end_transaction(false, false);
  // The receiver that answered the last chunk has ended it as well.
  if (last_chunk_sent_) return become_ready();
  state_ = ClientState::resetting;
  send(Verb::rset, Step::rset, "RSET");
}

}  // namespace mailroom::smtp
