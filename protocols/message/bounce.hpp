// SPDX-License-Identifier: GPL-2.0-only
// The notification that tells the originator what became of a message for each recipient (RFC 5321 §3.6.3,
// §6.1), in text that a person reads, followed by the header of the message. The values are those that a
// delivery status notification (RFC 3464) has per recipient, so that one can be written from the same struct.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::message {

enum class DeliveryAction : std::uint8_t { failed, delayed };  // RFC 3464 §2.3.3

struct RecipientResult {
  std::string forward_path{};  // without < and >
  DeliveryAction action = DeliveryAction::failed;
  int reply_code = 0;           // what the receiver answered; 0: no answer
  std::string enhanced_code{};  // `5.1.1`, or empty
  std::string reply_text{};     // the reply's text without codes; lines separated by LF
  std::string remote_host{};    // who answered or could not be reached; empty: this host itself
  std::string reason{};         // in words, for what no reply explains: "the connection timed out"
};

struct Bounce {
  std::string reporting_host{};  // the host that gives up
  std::string
      reverse_path{};        // of the message given up; never empty: a bounce is not bounced (RFC 5321 §6.1)
  std::string message_id{};  // of the notification itself, with < and >
  std::int64_t unix_s = 0;
  std::vector<RecipientResult> results{};
  std::string_view returned_message{};  // only its header is returned
};

// RFC 5322 octets with CRLF. To be sent with the empty reverse-path. All 7-bit: octets above 127 of the
// returned header and of replies become '?'; lines longer than 998 are cut.
std::string compose_bounce(const Bounce& bounce);

}  // namespace mailroom::message
