// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/auth.hpp"

#include <nettle/hmac.h>

#include <algorithm>

namespace mailroom::smtp {
namespace {

const std::uint8_t* octets_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

std::string cram_md5_digest(std::string_view challenge, std::string_view password) {
  hmac_md5_ctx context;
  nettle_hmac_md5_set_key(&context, password.size(), octets_of(password));
  nettle_hmac_md5_update(&context, challenge.size(), octets_of(challenge));
  std::uint8_t digest[MD5_DIGEST_SIZE];
  nettle_hmac_md5_digest(&context, sizeof digest, digest);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t octet : digest) {
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
  return text;
}

bool accepts(const Claim& claim, std::string_view password) {
  if (!claim.act_as.empty() && claim.act_as != claim.identity) return false;
  if (claim.mechanism == AuthMechanism::cram_md5)
    return claim.digest == cram_md5_digest(claim.challenge, password);
  return claim.password == password;
}

std::string plain_message(const Credentials& credentials) {
  std::string message(1, '\0');  // acts as itself
  message += credentials.identity;
  message += '\0';
  return message += credentials.password;
}

std::string cram_md5_message(const Credentials& credentials, std::string_view challenge) {
  return credentials.identity + ' ' + cram_md5_digest(challenge, credentials.password);
}

// RFC 4616 §2: [authzid] NUL authcid NUL passwd.
std::optional<Claim> parse_plain(std::string_view message) {
  const std::size_t first = message.find('\0');
  const std::size_t second = first == std::string_view::npos ? first : message.find('\0', first + 1);
  if (second == std::string_view::npos || message.find('\0', second + 1) != std::string_view::npos ||
      second == first + 1)
    return std::nullopt;
  Claim claim{.mechanism = AuthMechanism::plain};
  claim.act_as = message.substr(0, first);
  claim.identity = message.substr(first + 1, second - first - 1);
  claim.password = message.substr(second + 1);
  return claim;
}

// RFC 2195 §2: the name may have blanks; the digest is what follows the last one.
std::optional<Claim> parse_cram_md5(std::string_view message, std::string_view challenge) {
  const std::size_t blank = message.rfind(' ');
  if (blank == std::string_view::npos || blank == 0) return std::nullopt;
  Claim claim{.mechanism = AuthMechanism::cram_md5};
  claim.identity = message.substr(0, blank);
  claim.digest = message.substr(blank + 1);
  claim.challenge = challenge;
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (claim.digest.size() != 2 * MD5_DIGEST_SIZE || !std::ranges::all_of(claim.digest, is_digit))
    return std::nullopt;
  return claim;
}

}  // namespace mailroom::smtp
