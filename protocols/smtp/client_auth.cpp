// SPDX-License-Identifier: GPL-2.0-only
// The sender's AUTH (RFC 4954): the strongest mechanism that both sides have; a weaker one only where the
// receiver does not know that one after all (504).
#include <cassert>

#include "protocols/smtp/base64.hpp"
#include "protocols/smtp/client_session.hpp"

namespace mailroom::smtp {

using client::How;
using client::Step;

// False: there is nobody to be, or no way to prove it here.
bool ClientSession::authenticate() {
  if (!options_->credentials || !extensions_.auth.any()) return false;
  untried_ = extensions_.auth;
  state_ = ClientState::authenticating;
  for (int i = kAuthMechanismCount; i-- > 0;)
    if (const auto mechanism = static_cast<AuthMechanism>(i); untried_.has(mechanism)) {
      send_auth(mechanism);
      return true;
    }
  return false;
}

void ClientSession::send_auth(AuthMechanism mechanism) {
  mechanism_ = mechanism;
  untried_.remove(mechanism);
  responses_ = 0;
  std::string line = "AUTH ";
  line += name(mechanism);
  if (mechanism == AuthMechanism::plain) {
    // RFC 4954 §4: with the response at once, unless the line would be too long.
    const std::string response = encode_base64(plain_message(*options_->credentials));
    if (line.size() + 1 + response.size() + 2 <= kCommandLineLimit) {
      line.append(" ").append(response);
      responses_ = 1;
    }
  }
  send(Verb::auth, Step::auth, std::move(line));
}

void ClientSession::take_auth_reply(const Reply& reply) {
  if (is_positive(reply)) return become_ready();
  if (is_intermediate(reply)) return respond(reply);
  if (reply.code == 504)
    for (int i = kAuthMechanismCount; i-- > 0;)
      if (const auto mechanism = static_cast<AuthMechanism>(i); untried_.has(mechanism))
        return send_auth(mechanism);
  quit_because(How::not_authenticated, reply);
}

// A challenge. What is none is answered with "*", which cancels (RFC 4954 §4); a 501 will come.
void ClientSession::respond(const Reply& challenge) {
  const auto text = decode_base64(challenge.lines.empty() ? std::string_view() : challenge.lines.front());
  const int already = responses_++;
  std::string response = "*";
  switch (mechanism_) {
    case AuthMechanism::cram_md5:
      if (text && already == 0) response = encode_base64(cram_md5_message(*options_->credentials, *text));
      break;
    case AuthMechanism::plain:
      if (already == 0) response = encode_base64(plain_message(*options_->credentials));
      break;
    case AuthMechanism::login:
      // The prompts are not standardised: their order is.
      if (already == 0) response = encode_base64(options_->credentials->identity);
      if (already == 1) response = encode_base64(options_->credentials->password);
      break;
  }
  // One that asks for more after a cancellation keeps to no protocol.
  if (already > 3) return protocol_error("235 or a negative reply to AUTH");
  send(Verb::auth, Step::auth, std::move(response));
}

}  // namespace mailroom::smtp
