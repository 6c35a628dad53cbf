// SPDX-License-Identifier: GPL-2.0-only
// A delivery status notification as a value: what a mail system tells an originator about a message, for each
// recipient (RFC 3464). compose_report() writes one, parse_report() reads one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dsn/status.hpp"
#include "protocols/message/compose.hpp"

namespace mailroom::dsn {

enum class Action : std::uint8_t { failed, delayed, delivered, relayed, expanded };  // RFC 3464 §2.3.3
std::string_view name(Action action);
std::optional<Action> parse_action(std::string_view text);  // in any case; behind it only blanks or a comment

// `rfc822; a@b.example`, `dns; mx.example`, `smtp; 550 no`: a value and what kind of value it is (RFC 3464
// §2.1.2, §2.1.3).
struct Typed {
  std::string type{};
  std::string value{};
  bool empty() const { return value.empty(); }
  friend bool operator==(const Typed&, const Typed&) = default;
};
// An address of type utf-8 is written so that US-ASCII carries it (RFC 6533 §3).
std::string format(const Typed& typed);
// Without a type before a ';', all of it is the value.
Typed parse_typed(std::string_view unfolded);

inline constexpr std::string_view kRfc822 = "rfc822";  // an address of mail
inline constexpr std::string_view kUtf8 = "utf-8";    // one that has characters beyond US-ASCII (RFC 6533)
inline constexpr std::string_view kDns = "dns";        // a host by its domain name
inline constexpr std::string_view kSmtp = "smtp";      // a reply of SMTP
inline constexpr std::string_view kLocal =
    "x-mailroom";  // words of the reporting host, where there was no reply

// An address, with its type.
Typed address(std::string_view path);

// The fields of one recipient (RFC 3464 §2.3). Times are seconds since 1970.
struct Recipient {
  Typed original_recipient{};  // as the originator gave it with ORCPT; empty: none
  Typed final_recipient{};
  Action action = Action::failed;
  Status status{};
  Typed remote_mta{};  // who answered, or could not be reached; empty: the reporting host itself
  Typed diagnostic_code{};
  std::optional<std::int64_t> last_attempt_s{};
  std::optional<std::int64_t> will_retry_until_s{};
  std::string final_log_id{};
  friend bool operator==(const Recipient&, const Recipient&) = default;
};

struct Report {
  // RFC 3464 §2.2.
  std::string original_envelope_id{};  // as the originator gave it with ENVID; empty: none
  Typed reporting_mta{};
  Typed received_from_mta{};
  std::optional<std::int64_t> arrival_s{};
  std::vector<Recipient> recipients{};
};

// The Action that the whole report stands for: failed before delayed before the successes.
Action gravest(const Report& report);

}  // namespace mailroom::dsn
