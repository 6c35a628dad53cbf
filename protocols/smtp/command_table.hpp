// SPDX-License-Identifier: GPL-2.0-only
// The states of a receiver and the ONE table of what each command does in them (RFC 5321 §4.1.4, §4.3.2).
// ServerSession obeys it, docs/SMTP.md prints it, and a test sweeps every state × every verb.
//
//   connecting ─start─> greeting_due ─220─> greeted ─HELO/EHLO─> ready ─MAIL─> sender_known ─RCPT─>
//   recipients_known ─DATA─> receiving_content ─the lone dot and its reply─> ready
//   recipients_known ─BDAT─> receiving_chunk ─250─> chunks_begun ─BDAT─> … ─LAST and its reply─> ready
//   ready ─AUTH─> authenticating ─235, 5yz─> ready
//   sender_known, recipients_known, chunks_begun ─RSET, HELO, EHLO─> ready
//   connecting, greeting_due ─554─> refusing; any ─QUIT, 421, end of the connection─> ended
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocols/smtp/command.hpp"
#include "protocols/smtp/phase.hpp"

namespace mailroom::smtp {

enum class ServerState : std::uint8_t {
  connecting,         // start() was not called yet
  greeting_due,       // the greeting is held back
  refusing,           // greeted with 554: only QUIT is served (§3.1)
  greeted,            // 220 was sent; no HELO or EHLO yet
  ready,              // HELO or EHLO was accepted; no transaction
  sender_known,       // MAIL was accepted
  recipients_known,   // and at least one RCPT
  receiving_content,  // 354 was sent; until the lone dot
  chunks_begun,       // BDAT was accepted, but LAST is to come
  receiving_chunk,    // octets that BDAT announced
  authenticating,     // 334 was sent; until the response
  ended,              // nothing more is read or sent
};
inline constexpr int kServerStateCount = static_cast<int>(ServerState::ended) + 1;
std::string_view name(ServerState state);  // "sender known"
Phase phase_of(ServerState state);

// A set of states, one bit each.
using ServerStates = std::uint16_t;
constexpr ServerStates in(ServerState state) {
  return static_cast<ServerStates>(1U << static_cast<unsigned>(state));
}

// One row: in any of these states the verb is legal, and a positive reply leads to `then`. A verb may have
// several rows; no state is in two rows of one verb.
struct CommandRule {
  Verb verb;
  ServerStates legal;
  std::optional<ServerState>
      then;      // after a positive reply; none: no change. Negative replies change nothing. (BDAT LAST and
                 // any refused chunk lead to `ready`, as the lone dot does.)
  int positive;  // the code of the positive reply
  std::string_view does;
  std::string_view section;
};
std::span<const CommandRule> command_table();

// The row that governs `verb` in `state`; nullptr: out of sequence (503).
const CommandRule* rule_for(Verb verb, ServerState state);

// The table as Markdown (a row per verb, a column per state), and the same as a state diagram in Mermaid.
std::string commands_table_markdown();
std::string state_diagram();

}  // namespace mailroom::smtp
