// SPDX-License-Identifier: GPL-2.0-only
// What a ServerSession tells its host to do, in this order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/smtp/command.hpp"
#include "protocols/smtp/limits.hpp"
#include "protocols/smtp/path.hpp"
#include "protocols/smtp/phase.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailroom::smtp {

// A command line came, without its CR LF; of one that is too long, its beginning.
struct CommandReceived {
  std::string line;
  Verb verb;
};
// Send `wire`; `reply` says the same as a value, as it was sent (with an enhanced code only if negotiated).
struct SendReply {
  Reply reply;
  std::string wire;
};
struct PhaseEntered {
  Phase phase;
};

// Questions. The session does nothing more until answer() is called.
struct AskSender {  // MAIL: 2yz, 4yz or 5yz
  Path reverse_path;
  MailParameters parameters;
};
struct AskRecipient {  // RCPT: 250, 251 or 4yz, 5yz
  Path forward_path;   // with its source route only if the options honour it
  RcptParameters parameters{};
};
struct AskData {};  // DATA: 354 or 4yz, 5yz
// The lone dot came: the whole text was given out as ContentReceived. Commit it, then answer 2yz (from then
// on you are responsible for it), or 4yz, 5yz.
struct AskMessage {
  std::int64_t size_octets;
  bool has_long_line;      // a text line over 1000 octets, which we take all the same (RFC 5321 §4.5.3.1.6)
  bool has_bare_line_end;  // a CR without LF or a LF without CR
  bool has_eighth_bit;     // an octet above 127 (never when they are cleared)
};
struct AskVerify {  // VRFY
  std::string argument;
};
struct AskExpand {  // EXPN
  std::string argument;
};

// The next octets of the message text, without stuffed dots. Append them to a spool; never empty.
struct ContentReceived {
  std::string octets;
};
// The open transaction is over without a message: forget envelope and spool. For each AskSender answered with
// 2yz there is exactly one AskMessage or one TransactionReset.
struct TransactionReset {};
struct TimedOut {
  TimeOut which;
};
// Close the connection, after what was to be sent. The last action.
struct Close {};

using ServerAction =
    std::variant<CommandReceived, SendReply, PhaseEntered, AskSender, AskRecipient, AskData, AskMessage,
                 AskVerify, AskExpand, ContentReceived, TransactionReset, TimedOut, Close>;

}  // namespace mailroom::smtp
