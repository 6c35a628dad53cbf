// SPDX-License-Identifier: GPL-2.0-only
// What goes back and forth inside AUTH (RFC 4954), before base64: the messages of PLAIN (RFC 4616), LOGIN and
// CRAM-MD5 (RFC 2195), made by a client and read by a server.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/smtp/extensions.hpp"

namespace mailroom::smtp {

// What a client knows of itself.
struct Credentials {
  std::string identity;
  std::string password;
};

// What a client claims, for the host to check with accepts().
struct Claim {
  AuthMechanism mechanism = AuthMechanism::plain;
  std::string identity;   // who it is
  std::string act_as;     // PLAIN: as whom it wants to act; empty: as itself
  std::string password;   // PLAIN, LOGIN
  std::string challenge;  // CRAM-MD5: what it was given,
  std::string digest;     // and what it made of that
  friend bool operator==(const Claim&, const Claim&) = default;
};
// Whether `password`, which the host knows, is the one that the claim was made with.
bool accepts(const Claim& claim, std::string_view password);

// RFC 2195 §2: the HMAC-MD5 of the challenge, keyed with the password, in 32 small hexadecimal digits.
std::string cram_md5_digest(std::string_view challenge, std::string_view password);

std::string plain_message(const Credentials& credentials);
std::string cram_md5_message(const Credentials& credentials, std::string_view challenge);
// Nothing where the message is not of the mechanism's form.
std::optional<Claim> parse_plain(std::string_view message);
std::optional<Claim> parse_cram_md5(std::string_view message, std::string_view challenge);

// The prompts of LOGIN, as all hosts write them.
inline constexpr std::string_view kLoginUserPrompt = "Username:";
inline constexpr std::string_view kLoginPasswordPrompt = "Password:";

}  // namespace mailroom::smtp
