// SPDX-License-Identifier: GPL-2.0-only
// What a ClientSession tells its host to do or to know, and what became of each recipient.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/smtp/command.hpp"
#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/limits.hpp"
#include "protocols/smtp/phase.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailroom::smtp::client {

// The steps of a session, each of which one reply answers.
enum class Step : std::uint8_t {
  greeting,
  ehlo,
  helo,
  mail,
  rcpt,
  data,
  content,  // the text and its lone dot, or the last chunk
  chunk,    // one that is not the last
  auth,
  turn,  // ETRN
  rset,
  quit,
  none,  // a reply that nothing asked for
};
std::string_view name(Step step);  // "MAIL", "the lone dot", …

// Send `wire`. One action a command, also when commands are pipelined.
struct CommandSent {
  std::string line;  // without CR LF
  std::string wire;
  Verb verb;
  std::optional<std::size_t> recipient;  // of RCPT
};
// The message text, or a chunk of it, may go: call take_content() until content_pending() is false, as fast
// as the connection takes it.
struct ContentWanted {
  bool is_last = true;  // no other chunk follows
};
struct ReplyReceived {
  Reply reply;
  Step answers;
  std::optional<std::size_t> recipient;
};
struct PhaseEntered {
  Phase phase;
};
// The reply to one RCPT. (It is not the end of that recipient: the text is still to come.)
struct RecipientAnswered {
  std::size_t recipient;
  Reply reply;
};
// Call transact(), turn() or quit(), at once or later.
struct Ready {
  Extensions extensions;  // none after HELO
  // RFC 9422: how many transactions the receiver still takes; transact() is for nothing after that.
  std::optional<std::int64_t> transactions_left{};
};
// The reply to ETRN; Ready follows.
struct TurnAnswered {
  Reply reply;
};

enum class Verdict : std::uint8_t {
  accepted,   // 2yz to the lone dot was read: the receiver is responsible now
  temporary,  // try again later
  permanent,  // give up and tell the originator
};
std::string_view name(Verdict verdict);

struct RecipientOutcome {
  Verdict verdict = Verdict::temporary;
  Step step = Step::none;  // where it was decided
  Reply reply;             // the peer's, or made here
  bool is_local = false;   // no reply of the peer decided it: `reply` says in its terms what happened here
};
struct TransactionEnded {
  std::vector<RecipientOutcome> recipients;  // in the order of the transaction's forward-paths
  // The receiver said 2yz to the lone dot.
  bool confirmed = false;
  // The lone dot was handed out but no reply to it was read: the receiver may be responsible too (a duplicate
  // is possible).
  bool in_doubt = false;
};
struct TimedOut {
  TimeOut which;
};
// Close the connection.
struct Close {};

enum class How : std::uint8_t {
  quit,               // QUIT was sent and 221 (or the end of the connection) came
  refused,            // the greeting, EHLO and HELO, or RSET was answered negatively; then QUIT
  not_authenticated,  // AUTH was answered negatively: `reply` says whether that may change; then QUIT
  not_available,      // 421
  timed_out,
  connection_lost,  // it ended or could not be made
  protocol_error,   // the peer sent what is no reply, or one out of turn
};
std::string_view name(How how);

// The session is over; the last action. An open transaction was ended before (TransactionEnded).
struct Ended {
  How how;
  Reply reply;            // why: the peer's last word, or made here
  bool is_local = false;  // made here
};

using Action = std::variant<CommandSent, ContentWanted, ReplyReceived, PhaseEntered, RecipientAnswered, Ready,
                            TransactionEnded, TurnAnswered, TimedOut, Close, Ended>;

}  // namespace mailroom::smtp::client
