// SPDX-License-Identifier: GPL-2.0-only
// What a receiver says of a sender, of who asks for addresses or for mail, and of who claims to be somebody.
#include <fmt/format.h>

#include <utility>

#include "sim/agents/address_queries.hpp"
#include "sim/agents/receiver_session.hpp"
#include "sim/agents/smtp_receiver.hpp"
#include "sim/agents/turns.hpp"

namespace mailroom::agents {

void ReceiverSession::perform(const smtp::AskSender& action) {
  transaction_ = {.message = host_.recorder().context.message,
                  .reverse_path = action.reverse_path,
                  .declared_bytes = action.parameters.size_octets.value_or(0),
                  .ret = action.parameters.ret,
                  .envelope_id = action.parameters.envelope_id,
                  .smtputf8 = action.parameters.smtputf8};
  // RFC 5321 §4.1.1.2: a way back that hosts of RFC 821 made may be shortened to where it ends.
  if (mta_.config().smtp.on_source_routes() == scenario::SourceRoutes::refuse)
    transaction_.reverse_path.route.clear();
  if (auto ruling = receiver_.guard().sender(connection_->remote().address, transaction_.declared_bytes))
    return refuse(std::move(*ruling));
  const auto domain = sender_to_check();
  if (!domain) return take_sender();
  mta_.scheduler().locator().locate(*domain, [session = alive_.watch(this)](const Located& located) {
    ReceiverSession* const still_here = session();
    if (still_here != nullptr && !still_here->over_) still_here->located(located);
  });
  // What is known already comes at once, and what we make of it is the cause of the reply.
  if (const auto known = std::exchange(located_, std::nullopt)) judge_sender(*known);
}

void ReceiverSession::located(const Located& located) {
  if (performing_) {
    located_ = located;
    return;
  }
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  host_.recorder().context.message = transaction_.message;
  judge_sender(located);
  perform_all();
}

// The domain of the reverse-path, where it is to be looked up: that of a stranger.
std::optional<NextHop> ReceiverSession::sender_to_check() const {
  using Check = scenario::Receiving::CheckSender;
  const std::string& domain = transaction_.reverse_path.domain;
  if (mta_.config().smtp.receiving.check_sender == Check::none || domain.empty()) return std::nullopt;
  if (mta_.router().is_local(domain) || is_known_client()) return std::nullopt;
  return NextHop{lower(domain), NextHop::Kind::exchangers};
}

// RFC 7505 §4.2: nobody can answer who has a null MX.
void ReceiverSession::judge_sender(const Located& located) {
  using Check = scenario::Receiving::CheckSender;
  const bool asks_all = mta_.config().smtp.receiving.check_sender == Check::domain;
  const std::string& domain = transaction_.reverse_path.domain;
  std::optional<smtp::Reply> refusal;
  if (!located) {
    const std::string& code = located.error().enhanced_code;
    if (code == "5.1.10")
      refusal = smtp::reply(550, fmt::format("{} takes no mail (null MX), so I take none from it", domain),
                            smtp::EnhancedCode{5, 7, 27});
    else if (asks_all && (code == "5.1.2" || code == "5.4.4"))
      refusal = smtp::reply(550, fmt::format("There is no way back to {}: {}", domain, located.error().text),
                            smtp::EnhancedCode{5, 1, 8});
    else if (asks_all && code == "4.4.3")
      refusal = smtp::reply(450, fmt::format("{} could not be looked up, try again later", domain),
                            smtp::EnhancedCode{4, 1, 8});
  }
  if (!refusal) return take_sender();
  record({.kind = trace::Kind::policy_decided,
          .code = refusal->code,
          .text = fmt::format("check-sender: {}", located.error().text),
          .because = located.error().because});
  answer(std::move(*refusal));
}

void ReceiverSession::take_sender() {
  answer(session_.say(smtp::Say::sender_ok));
}

void ReceiverSession::perform(const smtp::AskVerify& action) {
  smtp::Reply reply = AddressQueries(mta_).verify(action.argument);
  const auto blame = mta_.local().blame(split_address(action.argument).local_part);
  if (blame && !is_positive(reply))
    record_blamed(*blame, fmt::format("the address {}: {}", action.argument, reply.lines.front()), reply.code);
  answer(std::move(reply));
}

void ReceiverSession::perform(const smtp::AskExpand& action) {
  answer(AddressQueries(mta_).expand(action.argument));
}

// RFC 2195 §2: of the form of a Message-ID, and never the same twice.
void ReceiverSession::perform(const smtp::AskChallenge&) {
  answer(smtp::reply(334, fmt::format("<{}.{}@{}>", host_.random("AUTH challenge").next(),
                                      host_.unix_time_s(), mta_.config().hostname)));
}

void ReceiverSession::perform(const smtp::AskCredentials& action) {
  const Passwords::Verdict verdict = receiver_.passwords().judge(action.claim);
  const bool is_right = verdict == Passwords::Verdict::right;
  const std::string text =
      fmt::format("AUTH {}: {} is {}", name(action.claim.mechanism), action.claim.identity, name(verdict));
  record({.kind = trace::Kind::policy_decided, .code = is_right ? 235 : 535, .text = text});
  answer(session_.say(is_right ? smtp::Say::authenticated : smtp::Say::bad_credentials));
}

void ReceiverSession::perform(const smtp::AskTurn& action) {
  smtp::Reply reply = answer_turn(mta_, action.argument, connection_->remote().address);
  if (!is_positive(reply))
    record({.kind = trace::Kind::policy_decided, .code = reply.code, .text = "ETRN: " + reply.lines.front()});
  answer(std::move(reply));
}

}  // namespace mailroom::agents
