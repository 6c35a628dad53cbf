// SPDX-License-Identifier: GPL-2.0-only
// What a ServerSession tells its host to do, in this order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/smtp/auth.hpp"
#include "protocols/smtp/command.hpp"
#include "protocols/smtp/limits.hpp"
#include "protocols/smtp/path.hpp"
#include "protocols/smtp/phase.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailroom::smtp {

// A command line came, or a client's response within AUTH, without its CR LF; of one that is too long, its
// beginning.
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

// Why a receiver takes its time.
enum class Delay : std::uint8_t {
  greeting,  // who cannot wait for the greeting is no mail host
  errors,    // error sleep
  host,      // the host said so in its answer
};
std::string_view name(Delay why);  // "greeting delay", …

// Questions. The session does nothing more until answer() is called.

// The command of the last CommandReceived, before anything is done about it, where the host wants to be asked
// (ask_of_commands()): proceed() obeys it, answer() with 4yz or 5yz is said instead. Not asked of BDAT, whose octets
// follow, and not of a client's responses within AUTH.
struct AskCommand {
  Verb verb;
};
struct AskSender {  // MAIL: 2yz, 4yz or 5yz
  Path reverse_path;
  MailParameters parameters;
};
struct AskRecipient {  // RCPT: 250, 251 or 4yz, 5yz
  Path forward_path;   // with its source route only if the options honour it
  RcptParameters parameters{};
};
struct AskData {};  // DATA, or the first BDAT: 354 (which BDAT does not send) or 4yz, 5yz
// The lone dot, or the end of the last chunk, came: the whole text was given out as ContentReceived. Commit
// it, then answer 2yz (from then on you are responsible for it), or 4yz, 5yz.
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
// AUTH CRAM-MD5: 334 whose one line is the challenge, not in base64: different each time, and of the form of
// a Message-ID (RFC 2195 §2).
struct AskChallenge {};
// AUTH: 235, 535, 454.
struct AskCredentials {
  Claim claim;
};
// ETRN (RFC 1985 §5.3): 250 … 253, 458, 459.
struct AskTurn {
  std::string argument;  // a domain, with '@' before it if its subdomains are meant too; or '#' and a queue
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
// The client has gone too far: 421 and Close follow.
struct LimitReached {
  enum class Limit : std::uint8_t {
    errors,  // since the last message that was accepted
    input,   // octets that wait
  } limit;
  std::int64_t most;
};
// Nothing more comes before this time: call expire() then. Until then input waits, as with a question.
struct Wait {
  std::int64_t until_ns;
  Delay why;
};
// Close the connection, after what was to be sent. The last action.
struct Close {};

using ServerAction = std::variant<CommandReceived, SendReply, PhaseEntered, AskCommand, AskSender, AskRecipient, AskData,
                                  AskMessage, AskVerify, AskExpand, AskChallenge, AskCredentials, AskTurn,
                                  ContentReceived, TransactionReset, TimedOut, LimitReached, Wait, Close>;

}  // namespace mailroom::smtp
