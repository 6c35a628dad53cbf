// SPDX-License-Identifier: GPL-2.0-only
// AUTH (RFC 4954): challenges and responses in base64, a line each, until the host is asked whether the claim
// is true.
#include <cassert>
#include <utility>

#include "protocols/smtp/base64.hpp"
#include "protocols/smtp/server_session.hpp"

namespace mailroom::smtp {

void ServerSession::auth(const Command& command) {
  // RFC 4954 §4: once a session. The extension is only for who said EHLO.
  if (!authenticated_.empty()) return send(Say::authenticated_already);
  if (!client_is_extended_) return send(Say::bad_sequence);
  const auto mechanism = auth_mechanism_of(command.argument);
  if (!mechanism || !options_->offered.auth.has(*mechanism)) return send(Say::unknown_mechanism);
  claim_ = {};
  claim_.mechanism = *mechanism;
  if (*mechanism == AuthMechanism::cram_md5) {
    // RFC 4954 §4: the server speaks first here, so that there is nothing to respond to yet.
    if (command.initial_response) return send(Say::bad_syntax);
    return ask(Question::challenge, AskChallenge{});
  }
  if (!command.initial_response)
    return challenge(*mechanism == AuthMechanism::login ? kLoginUserPrompt : std::string_view());
  state_ = ServerState::authenticating;
  respond(*command.initial_response == "=" ? std::string_view() : *command.initial_response);
}

void ServerSession::challenge(std::string_view text) {
  state_ = ServerState::authenticating;
  if (claim_.mechanism == AuthMechanism::cram_md5) claim_.challenge = text;
  send(reply(334, encode_base64(text)));
}

void ServerSession::take_response(std::string_view line, bool too_long) {
  push(CommandReceived{std::string(line), Verb::auth});
  arm(now_ns_);
  if (too_long) return refuse_auth(Say::auth_line_too_long);
  if (line == "*") return refuse_auth(Say::auth_cancelled);  // RFC 4954 §4
  respond(line);
}

void ServerSession::refuse_auth(Say why) {
  claim_ = {};
  state_ = ServerState::ready;
  send(why);
}

void ServerSession::respond(std::string_view response) {
  auto message = decode_base64(response);
  if (!message) return refuse_auth(Say::auth_undecodable);
  switch (claim_.mechanism) {
    case AuthMechanism::plain:
      return claim(parse_plain(*message));
    case AuthMechanism::cram_md5:
      return claim(parse_cram_md5(*message, claim_.challenge));
    case AuthMechanism::login:
      if (message->empty() && claim_.identity.empty()) return claim(std::nullopt);
      if (claim_.identity.empty()) {
        claim_.identity = std::move(*message);
        return challenge(kLoginPasswordPrompt);
      }
      claim_.password = std::move(*message);
      return claim(claim_);
  }
  assert(false);
}

void ServerSession::claim(std::optional<Claim> claim) {
  if (!claim) return refuse_auth(Say::auth_undecodable);
  claim_ = *claim;
  ask(Question::credentials, AskCredentials{std::move(*claim)});
}

}  // namespace mailroom::smtp
