// SPDX-License-Identifier: GPL-2.0-only
// The service extensions that a host offers in its reply to EHLO (RFC 5321 §2.2, §4.1.1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::smtp {

struct Reply;

// A way to prove who one is (SASL, RFC 4422), weakest first.
enum class AuthMechanism : std::uint8_t {
  login,     // the password in base64, on a line of its own; never standardised
  plain,     // the same in one line, RFC 4616
  cram_md5,  // a keyed digest of a challenge, RFC 2195: the password never goes over the wire
};
inline constexpr int kAuthMechanismCount = 3;
std::string_view name(AuthMechanism mechanism);  // "CRAM-MD5"
std::optional<AuthMechanism> auth_mechanism_of(std::string_view name);

// A set of mechanisms.
struct AuthMechanisms {
  std::uint8_t bits = 0;
  constexpr bool has(AuthMechanism mechanism) const { return bits >> static_cast<unsigned>(mechanism) & 1U; }
  constexpr bool any() const { return bits != 0; }
  constexpr void add(AuthMechanism mechanism) {
    bits = static_cast<std::uint8_t>(bits | 1U << static_cast<unsigned>(mechanism));
  }
  constexpr void remove(AuthMechanism mechanism) {
    bits = static_cast<std::uint8_t>(bits & ~(1U << static_cast<unsigned>(mechanism)));
  }
  static constexpr AuthMechanisms all() { return {(1U << kAuthMechanismCount) - 1}; }
  friend bool operator==(const AuthMechanisms&, const AuthMechanisms&) = default;
};

// LIMITS (RFC 9422 §3): what the receiver intends to allow; 0: it does not say.
struct SessionLimits {
  std::int64_t transactions = 0;       // MAILMAX: MAIL commands in a session
  std::int64_t recipients = 0;         // RCPTMAX: RCPT commands in a transaction
  std::int64_t recipient_domains = 0;  // RCPTDOMAINMAX: different domains among them
  bool any() const { return transactions > 0 || recipients > 0 || recipient_domains > 0; }
  friend bool operator==(const SessionLimits&, const SessionLimits&) = default;
};
inline constexpr std::int64_t kLargestSessionLimit = 999'999;  // six digits

struct Extensions {
  bool size = false;                   // RFC 1870
  std::int64_t size_limit_octets = 0;  // its argument; 0: no fixed maximum
  bool eight_bit_mime = false;         // RFC 6152
  bool pipelining = false;             // RFC 2920
  bool enhanced_status_codes = false;  // RFC 2034
  bool dsn = false;                    // RFC 3461
  bool smtputf8 = false;               // RFC 6531
  bool chunking = false;               // RFC 3030
  AuthMechanisms auth{};               // RFC 4954
  bool etrn = false;                   // RFC 1985
  bool vrfy = false;                   // RFC 5321 §3.5.2: commands that are listed because they work
  bool expn = false;
  bool help = false;
  SessionLimits limits{};  // RFC 9422
  friend bool operator==(const Extensions&, const Extensions&) = default;

  // All that make a message travel better; AUTH, the commands and LIMITS are for a host to add.
  static Extensions all() {
    return {.size = true,
            .eight_bit_mime = true,
            .pipelining = true,
            .enhanced_status_codes = true,
            .dsn = true,
            .smtputf8 = true,
            .chunking = true};
  }
};

// The keyword lines, without the first line's domain: "SIZE 1000000", "8BITMIME", …
std::vector<std::string> ehlo_lines(const Extensions& extensions);
// What the peer's 250 to EHLO offers; keywords we do not know are left out. SIZE with a bad argument counts
// as SIZE without one, as does a bad limit of LIMITS. "AUTH=LOGIN", as old hosts write it, counts as "AUTH
// LOGIN".
Extensions parse_extensions(const Reply& reply);

}  // namespace mailroom::smtp
