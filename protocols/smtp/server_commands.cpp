// SPDX-License-Identifier: GPL-2.0-only
// What the receiver does with each command line. When a command is legal, and where its success leads, is in
// command_table.cpp.
#include <cassert>
#include <utility>

#include "protocols/smtp/server_session.hpp"

namespace mailroom::smtp {
namespace {

bool is_implemented(Verb verb) {
  // RFC 821 §4.5.1 leaves SEND, SOML, SAML and TURN optional; RFC 5321 Appendix F deprecates them.
  return verb != Verb::send && verb != Verb::soml && verb != Verb::saml && verb != Verb::turn;
}

// RFC 4954 §6: what is refused before AUTH where it is required. (RCPT, DATA and BDAT need MAIL.)
bool needs_auth(Verb verb) {
  return verb == Verb::mail || verb == Verb::vrfy || verb == Verb::expn || verb == Verb::etrn;
}

}  // namespace

// RFC 5321 §4.5.3.1.4, and what the extensions add.
std::size_t ServerSession::line_limit(Verb verb) const {
  std::size_t limit = kCommandLineLimit;
  const Extensions& offered = options_->offered;
  if (verb == Verb::auth && offered.auth.any()) return kAuthLineLimit;
  const bool is_query = verb == Verb::vrfy || verb == Verb::expn;
  if (offered.smtputf8 && (is_query || verb == Verb::mail)) limit += kSmtputf8ParameterRoom;
  if (offered.dsn && verb == Verb::rcpt) limit += kNotifyParameterRoom + kOriginalRecipientParameterRoom;
  if (verb != Verb::mail) return limit;
  if (offered.size) limit += kSizeParameterRoom;
  if (offered.eight_bit_mime) limit += kBodyParameterRoom;
  if (offered.dsn) limit += kReturnParameterRoom + kEnvelopeIdParameterRoom;
  if (offered.auth.any()) limit += kAuthParameterRoom;
  return limit;
}

// One command, one reply: now, or when a question it asks is answered.
void ServerSession::obey(std::string_view line, bool too_long) {
  const Verb verb = verb_of(line);
  push(CommandReceived{std::string(line), verb});
  arm(now_ns_);
  if (!asks_of_commands_ || verb == Verb::bdat) return obey_now(line, verb, too_long);
  in_hand_ = {std::string(line), verb, too_long};
  ask(Question::command, AskCommand{verb});
}

void ServerSession::proceed(std::int64_t now_ns) {
  assert(question_ == Question::command);
  question_ = Question::none;
  now_ns_ = now_ns;
  const InHand command = *std::exchange(in_hand_, std::nullopt);
  if (!ended()) obey_now(command.line, command.verb, command.too_long);
}

void ServerSession::obey_now(std::string_view line, Verb verb, bool too_long) {
  rule_ = rule_for(verb, state_);
  count_junk(verb);
  if (verb != Verb::bdat) discarding_chunks_ = false;
  // Whatever is wrong with BDAT, the octets that it announces are no commands.
  if (verb == Verb::bdat && is_known(verb) && (!rule_ || too_long)) return refuse_chunk(line);
  if (state_ == ServerState::refusing && !rule_) return send(Say::bad_sequence);  // RFC 5321 §3.1
  if (too_long) return send(Say::line_too_long);
  if (!is_known(verb)) return send(Say::unrecognized);
  if (!is_implemented(verb)) return send(Say::not_implemented);
  if (!rule_) return refuse_sequence(verb);
  if (options_->auth_required && authenticated_.empty() && needs_auth(verb)) return send(Say::auth_required);
  auto command = parse_command(line, offered().smtputf8 ? Utf8::accept : Utf8::refuse);
  if (!command) return refuse_syntax(verb);
  switch (verb) {
    case Verb::helo:
    case Verb::ehlo:
      return hello(*command);
    case Verb::mail:
      return mail(*command);
    case Verb::rcpt:
      return rcpt(*command);
    case Verb::data:
      return ask(Question::data, AskData{});
    case Verb::bdat:
      return begin_chunk(*command);
    case Verb::auth:
      return auth(*command);
    case Verb::etrn:
      return ask(Question::turn, AskTurn{std::move(command->argument)});
    case Verb::rset:
      reset_transaction();
      return succeed(say(Say::ok));
    case Verb::vrfy:
    case Verb::expn:
      return query(*command);
    case Verb::help:
      return help();
    case Verb::noop:
      return succeed(say(Say::ok));
    case Verb::quit:
      reset_transaction();
      enter(Phase::closing);
      succeed(say(Say::closing));
      return close();
    case Verb::send:
    case Verb::soml:
    case Verb::saml:
    case Verb::turn:
    case Verb::unknown:
      assert(false);
  }
}

// Whether the verb means anything here. What is not offered is not known; what is, is known to a client that
// said HELO too, for which it comes out of sequence.
bool ServerSession::is_known(Verb verb) const {
  switch (verb) {
    case Verb::unknown:
      return false;
    case Verb::ehlo:
      return options_->extended;
    case Verb::bdat:
      return options_->offered.chunking;
    case Verb::auth:
      return options_->offered.auth.any();
    case Verb::etrn:
      return options_->offered.etrn;
    default:
      return true;
  }
}

// Commands that bring nobody forward.
void ServerSession::count_junk(Verb verb) {
  const bool is_junk = verb == Verb::noop || verb == Verb::rset || verb == Verb::vrfy || verb == Verb::expn ||
                       verb == Verb::etrn || verb == Verb::help;
  if (is_junk && options_->errors.junk > 0 && ++junk_ > options_->errors.junk) ++errors_;
}

void ServerSession::refuse_sequence(Verb verb) {
  if (state_ == ServerState::greeted) return send(Say::hello_first);
  if (state_ == ServerState::chunks_begun) return send(Say::chunks_begun);
  if (verb == Verb::auth || verb == Verb::etrn) return send(Say::nested_mail);  // RFC 4954 §4, RFC 1985 §4
  if (verb == Verb::mail) return send(Say::nested_mail);
  if (state_ == ServerState::ready) return send(Say::need_mail);
  // RFC 5321 §3.3: DATA after MAIL, without a recipient or with none that was accepted.
  send(recipient_refused_ ? Say::no_valid_recipients : Say::need_rcpt);
}

void ServerSession::refuse_syntax(Verb verb) {
  if (verb == Verb::mail) return send(Say::bad_reverse_path);
  if (verb == Verb::rcpt) return send(Say::bad_forward_path);
  send(verb == Verb::bdat ? Say::bad_chunk : Say::bad_syntax);
  // What follows may be text or commands: nobody can tell.
  if (verb == Verb::bdat) finish();
}

void ServerSession::hello(const Command& command) {
  // RFC 5321 §4.1.4: a later EHLO clears everything, as RSET does.
  reset_transaction();
  client_domain_ = command.argument;
  client_is_extended_ = command.verb == Verb::ehlo;
  Reply reply = say(Say::hello);
  if (client_is_extended_) {
    for (std::string& line : ehlo_lines(options_->offered)) reply.lines.push_back(std::move(line));
  }
  state_ = rule_->then.value_or(state_);
  send_plain(std::move(reply));
  enter(Phase::mail_transfer);
}

void ServerSession::refuse_parameter(ParameterFault fault) {
  // RFC 821 has no parameters and no 555.
  if (!options_->extended) return send(Say::bad_syntax);
  switch (fault) {
    case ParameterFault::unknown:
      return send(Say::parameter_unknown);
    case ParameterFault::unsupported:
      return send(Say::parameter_not_implemented);
    case ParameterFault::bad_value:
    case ParameterFault::repeated:
      return send(Say::bad_syntax);
  }
}

void ServerSession::mail(Command& command) {
  const auto parameters = mail_parameters(command.parameters, offered());
  if (!parameters) return refuse_parameter(parameters.error());
  if (!parameters->smtputf8 && needs_smtputf8(command.path)) return send(Say::smtputf8_needed);
  // RFC 1870 §6.1: refused before any of it is sent.
  const std::int64_t limit = options_->size_limit_octets;
  if (limit > 0 && parameters->size_octets.value_or(0) > limit) return send(Say::message_too_big);
  if (!options_->honour_source_routes) command.path.route.clear();
  smtputf8_ = parameters->smtputf8;
  ask(Question::sender, AskSender{std::move(command.path), *parameters});
}

void ServerSession::rcpt(Command& command) {
  auto parameters = rcpt_parameters(command.parameters, offered(), smtputf8_);
  if (!parameters) return refuse_parameter(parameters.error());
  if (!smtputf8_ && needs_smtputf8(command.path)) return send(Say::smtputf8_needed);
  if (recipients_ >= options_->recipient_limit) {
    // RFC 5321 §4.5.3.1.10: 452, and those accepted so far stand.
    recipient_refused_ = true;
    return send(Say::too_many_recipients);
  }
  // RFC 5321 §3.3, Appendix C: the route may be ignored in favour of the final mailbox.
  if (!options_->honour_source_routes) command.path.route.clear();
  ask(Question::recipient, AskRecipient{std::move(command.path), std::move(*parameters)});
}

void ServerSession::query(const Command& command) {
  const bool is_verify = command.verb == Verb::vrfy;
  query_has_smtputf8_ = !command.parameters.empty();
  if (!query_has_smtputf8_ && !is_ascii(command.argument)) return send(Say::smtputf8_needed);
  switch (is_verify ? options_->verify : options_->expand) {
    case Query::ask:
      if (is_verify) return ask(Question::verify, AskVerify{command.argument});
      return ask(Question::expand, AskExpand{command.argument});
    case Query::decline:
      if (is_verify) return send(Say::cannot_verify);
      [[fallthrough]];
    case Query::not_implemented:
      return send(Say::not_implemented);
  }
}

void ServerSession::help() {
  Reply reply{.code = rule_->positive, .enhanced = EnhancedCode{2, 0, 0}, .lines = {"Commands:"}};
  Verb before = Verb::unknown;
  for (const CommandRule& rule : command_table()) {
    if (std::exchange(before, rule.verb) == rule.verb) continue;
    if (!is_known(rule.verb)) continue;
    reply.lines.emplace_back().append("  ").append(name(rule.verb)).append(": ").append(rule.does);
  }
  succeed(std::move(reply));
}

}  // namespace mailroom::smtp
