// SPDX-License-Identifier: GPL-2.0-only
// One mail transaction of the sender (RFC 5321 §3.3): MAIL, RCPT for each recipient, DATA, the text, the lone
// dot; step by step, or the envelope in one group where PIPELINING is offered (RFC 2920 §3.1).
#include <cassert>
#include <utility>

#include "protocols/smtp/client_session.hpp"

namespace mailroom::smtp {

using client::Step;
using client::Verdict;

namespace {

// What a negative reply means for a recipient.
Verdict verdict_of(const Reply& reply) {
  return is_permanent(reply) ? Verdict::permanent : Verdict::temporary;
}

// RFC 5321 §4.5.3.1.10: RFC 821 had 552 for too many recipients, so 552 to RCPT is read as 452. Not so where
// its enhanced code says that the mailbox itself is full (RFC 3463 §3.3, X.2.z).
Verdict verdict_of_rcpt(const Reply& reply) {
  if (reply.code == 552 && !(reply.enhanced && reply.enhanced->subject == 2)) return Verdict::temporary;
  return verdict_of(reply);
}

}  // namespace

void ClientSession::transact(Transaction transaction, std::int64_t now_ns) {
  assert(can_transact() && !transaction.forward_paths.empty());
  assert(transaction.recipient_parameters.empty() ||
         transaction.recipient_parameters.size() == transaction.forward_paths.size());
  now_ns_ = now_ns;
  transaction_ = std::move(transaction);
  in_transaction_ = true;
  outcomes_.assign(transaction_.forward_paths.size(), {});
  decided_.assign(transaction_.forward_paths.size(), false);
  undecided_ = decided_.size();
  next_recipient_ = 0;
  early_reply_.reset();
  last_chunk_sent_ = chunks_failed_ = false;
  chunk_left_ = 0;
  mail_sent_ = mail_refused_ = data_sent_ = false;
  state_ = ClientState::sending_envelope;
  refuse_locally();
  if (undecided_ > 0) return;
  end_transaction(false, false);
  become_ready();
}

// What need not be sent to know that it would fail.
void ClientSession::refuse_locally() {
  const auto refuse_all = [this](int code, std::string_view text, EnhancedCode enhanced) {
    decide_rest(Verdict::permanent, Step::none, reply(code, text, enhanced), true);
  };
  if (!is_sendable(transaction_.reverse_path, Utf8::accept))
    return refuse_all(553, "the reverse-path cannot be sent", EnhancedCode{5, 1, 7});
  // RFC 9422 §3.2.1: the receiver said how many it takes in one session.
  if (transactions_left() == 0)
    return decide_rest(
        Verdict::temporary, Step::none,
        reply(452, "the receiver takes no more messages in this session", EnhancedCode{4, 5, 3}), true);
  // RFC 1870 §5: a message larger than the receiver's fixed maximum is not even tried.
  if (extensions_.size_limit_octets > 0 && transaction_.content.size_octets() > extensions_.size_limit_octets)
    return refuse_all(552, "the message is larger than the receiver's limit", EnhancedCode{5, 3, 4});
  // RFC 6531 §3.2: what needs SMTPUTF8 must not go to a host without it. That comes before the text's eighth bit: a
  // header beyond US-ASCII has it too, and 8BITMIME would be no help.
  constexpr std::string_view kNeedsUtf8 = "the receiver does not take addresses or headers beyond US-ASCII";
  const bool is_all_ascii = !transaction_.smtputf8 && !needs_smtputf8(transaction_.reverse_path);
  if (!extensions_.smtputf8 && !is_all_ascii) return refuse_all(553, kNeedsUtf8, EnhancedCode{5, 6, 7});
  for (std::size_t i = 0; i < transaction_.forward_paths.size(); ++i) {
    const Path& path = transaction_.forward_paths[i];
    if (path.is_null() || !is_sendable(path, Utf8::accept)) {
      decide(i, Verdict::permanent, Step::none,
             reply(553, "the forward-path cannot be sent", EnhancedCode{5, 1, 3}), true);
    } else if (needs_smtputf8(path)) {
      transaction_.smtputf8 = extensions_.smtputf8;
      if (!extensions_.smtputf8)
        decide(i, Verdict::permanent, Step::none, reply(553, kNeedsUtf8, EnhancedCode{5, 6, 7}), true);
    }
  }
  // RFC 6152 §3: no 8-bit text to a host without 8BITMIME.
  if (transaction_.body == Body::eight_bit && !extensions_.eight_bit_mime &&
      options_->eighth_bit == EighthBitToSevenBitHost::refuse)
    return refuse_all(554, "the receiver takes 7-bit text only", EnhancedCode{5, 6, 3});
  refuse_beyond_limit();
}

// RFC 9422 §3.2.2, RCPTMAX: those that are too many need another transaction.
void ClientSession::refuse_beyond_limit() {
  const std::int64_t limit = extensions_.limits.recipients;
  if (limit == 0) return;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < decided_.size(); ++i) {
    if (decided_[i] || ++count <= limit) continue;
    decide(i, Verdict::temporary, Step::none,
           reply(452, "the receiver takes fewer recipients in one transaction", EnhancedCode{4, 5, 3}), true);
  }
}

MailParameters ClientSession::mail_parameters() const {
  MailParameters parameters;
  if (extensions_.size) parameters.size_octets = transaction_.content.size_octets();
  if (extensions_.eight_bit_mime && transaction_.body == Body::eight_bit) {
    parameters.has_body = true;
    parameters.body = Body::eight_bit;
  }
  parameters.smtputf8 =
      extensions_.smtputf8 && (transaction_.smtputf8 || needs_smtputf8(transaction_.reverse_path));
  if (extensions_.dsn) {
    parameters.ret = transaction_.ret;
    parameters.envelope_id = transaction_.envelope_id;
  }
  return parameters;
}

// Sends one command if it is its turn.
bool ClientSession::send_next_of_envelope() {
  if (awaiting_reply() && !pipelined()) return false;
  if (!mail_sent_) {
    mail_sent_ = true;
    ++transactions_;
    send(Verb::mail, Step::mail,
         mail_line(transaction_.reverse_path, mail_parameters(), options_->space_after_colon));
    return true;
  }
  if (mail_refused_ || data_sent_) return false;
  while (next_recipient_ < decided_.size() && decided_[next_recipient_]) ++next_recipient_;
  if (next_recipient_ < decided_.size()) {
    const std::size_t recipient = next_recipient_++;
    const bool has_parameters = extensions_.dsn && !transaction_.recipient_parameters.empty();
    send(Verb::rcpt, Step::rcpt,
         rcpt_line(transaction_.forward_paths[recipient],
                   has_parameters ? transaction_.recipient_parameters[recipient] : RcptParameters{},
                   options_->space_after_colon),
         recipient);
    return true;
  }
  if (chunked()) {
    // The text goes where somebody is known to take it, and not before.
    if (awaiting_reply()) return false;
    state_ = ClientState::between_chunks;
    chunks_ = ChunkEncoder(transaction_.content, options_->bare_line_end);
    return true;
  }
  // In a pipelined group DATA goes before it is known whether a recipient was accepted (RFC 2920 §3.1).
  data_sent_ = true;
  send(Verb::data, Step::data, "DATA");
  return true;
}

void ClientSession::take_mail_reply(const Reply& reply) {
  if (is_intermediate(reply)) return protocol_error("250 or a negative reply to MAIL");
  if (!is_positive(reply)) {
    mail_refused_ = true;
    decide_rest(verdict_of(reply), Step::mail, reply, false);
  }
  envelope_answered();
}

void ClientSession::take_rcpt_reply(std::size_t recipient, Reply reply) {
  if (is_intermediate(reply)) return protocol_error("250, 251 or a negative reply to RCPT");
  if (!is_positive(reply)) decide(recipient, verdict_of_rcpt(reply), Step::rcpt, reply, false);
  push(client::RecipientAnswered{recipient, std::move(reply)});
  envelope_answered();
}

void ClientSession::take_data_reply(const Reply& reply) {
  if (is_positive(reply)) return protocol_error("354 or a negative reply to DATA");
  if (is_intermediate(reply)) {
    // RFC 2920 §3.1: 354 although no recipient was accepted is answered with an empty text.
    const bool for_nobody = mail_refused_ || undecided_ == 0;
    encoder_ = ContentEncoder(for_nobody ? Content{} : transaction_.content, options_->bare_line_end);
    state_ = ClientState::sending_content;
    deadline_ns_ = now_ns_ + options_->time_outs.of(TimeOut::data_block);
    return push(client::ContentWanted{});
  }
  decide_rest(verdict_of(reply), Step::data, reply, false);
  envelope_answered();
}

// Ends the transaction when nobody is left to send the text to and no reply is outstanding.
void ClientSession::envelope_answered() {
  if (awaiting_reply() || undecided_ > 0) return;
  end_transaction(false, false);
  // RFC 5321 §4.1.1.2: a refused MAIL began no transaction; else RSET ends it.
  if (mail_refused_) return become_ready();
  state_ = ClientState::resetting;
  send(Verb::rset, Step::rset, "RSET");
}

std::string ClientSession::take_content(std::size_t max_octets, std::int64_t now_ns) {
  assert(max_octets > 0);
  if (!content_pending()) return {};
  now_ns_ = now_ns;
  if (chunked()) return take_chunk(max_octets);
  std::string octets = encoder_.take(max_octets);
  // RFC 5321 §4.5.3.2.5: the time for each block begins anew.
  deadline_ns_ = now_ns_ + options_->time_outs.of(TimeOut::data_block);
  if (encoder_.finished()) {
    state_ = ClientState::awaiting_confirmation;
    if (!early_reply_) {
      arm(Step::content);
      awaited_.push_back({Step::content});
    }
  }
  return octets;
}

void ClientSession::take_content_reply(const Reply& reply) {
  if (is_intermediate(reply)) return protocol_error("250 or a negative reply to the lone dot");
  const bool confirmed = is_positive(reply) && undecided_ > 0;  // not the empty text for nobody
  decide_rest(confirmed ? Verdict::accepted : verdict_of(reply), Step::content, reply, false);
  end_transaction(confirmed, false);
  become_ready();
}

void ClientSession::decide(std::size_t recipient, Verdict verdict, Step step, const Reply& reply,
                           bool is_local) {
  if (decided_[recipient]) return;
  decided_[recipient] = true;
  --undecided_;
  outcomes_[recipient] = {.verdict = verdict, .step = step, .reply = reply, .is_local = is_local};
}

void ClientSession::decide_rest(Verdict verdict, Step step, const Reply& reply, bool is_local) {
  for (std::size_t i = 0; i < decided_.size(); ++i) decide(i, verdict, step, reply, is_local);
}

void ClientSession::end_transaction(bool confirmed, bool in_doubt) {
  in_transaction_ = false;
  push(client::TransactionEnded{std::exchange(outcomes_, {}), confirmed, in_doubt});
  transaction_ = {};  // lets go of the content
  encoder_ = ContentEncoder();
  chunks_ = ChunkEncoder();
}

}  // namespace mailroom::smtp
