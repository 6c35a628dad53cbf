// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/command_table.hpp"

#include <array>
#include <cassert>
#include <utility>

namespace mailroom::smtp {
namespace {

using enum ServerState;

constexpr ServerStates operator|(ServerState a, ServerState b) {
  return static_cast<ServerStates>(in(a) | in(b));
}
constexpr ServerStates operator|(ServerStates a, ServerState b) {
  return static_cast<ServerStates>(a | in(b));
}

constexpr ServerStates kEnvelope = sender_known | recipients_known;
constexpr ServerStates kIntroduced = kEnvelope | ready | chunks_begun;
constexpr ServerStates kAnytime = kIntroduced | greeted;

// RFC 5321 §4.1.4: VRFY, EXPN, HELP, NOOP, RSET and QUIT at any time; MAIL outside a transaction; RCPT after
// MAIL; DATA after RCPT; EHLO anywhere, as if RSET came first. RFC 821 §4.1.3 says the same for HELO.
constexpr auto kRules = std::to_array<CommandRule>({
    {Verb::helo, kAnytime, ready, 250, "identifies the sender; ends an open transaction",
     "RFC 5321 §4.1.1.1"},
    {Verb::ehlo, kAnytime, ready, 250, "the same, and asks for extensions", "RFC 5321 §4.1.1.1"},
    {Verb::mail, in(ready), sender_known, 250, "begins a transaction; gives the reverse-path",
     "RFC 5321 §4.1.1.2"},
    {Verb::rcpt, kEnvelope, recipients_known, 250, "gives one forward-path", "RFC 5321 §4.1.1.3"},
    {Verb::data, in(recipients_known), receiving_content, 354, "begins the message text",
     "RFC 5321 §4.1.1.4"},
    {Verb::bdat, recipients_known | chunks_begun, chunks_begun, 250, "gives a chunk of the message text",
     "RFC 3030 §2"},
    {Verb::rset, in(greeted), std::nullopt, 250, "ends an open transaction", "RFC 5321 §4.1.1.5"},
    {Verb::rset, kIntroduced, ready, 250, "ends an open transaction", "RFC 5321 §4.1.1.5"},
    {Verb::auth, in(ready), std::nullopt, 235, "proves who the client is", "RFC 4954 §4"},
    {Verb::etrn, in(ready), std::nullopt, 250, "asks for the mail that waits for a domain", "RFC 1985 §5"},
    {Verb::vrfy, kAnytime, std::nullopt, 250, "asks whether a mailbox exists", "RFC 5321 §4.1.1.6"},
    {Verb::expn, kAnytime, std::nullopt, 250, "asks for the members of a list", "RFC 5321 §4.1.1.7"},
    {Verb::help, kAnytime, std::nullopt, 214, "lists the commands", "RFC 5321 §4.1.1.8"},
    {Verb::noop, kAnytime, std::nullopt, 250, "does nothing", "RFC 5321 §4.1.1.9"},
    {Verb::quit, kAnytime | refusing, ended, 221, "ends the session", "RFC 5321 §4.1.1.10"},
});

constexpr std::int8_t kNoRule = -1;
using Index = std::array<std::array<std::int8_t, kServerStateCount>, kVerbCount>;

constexpr Index kIndex = [] {
  Index index{};
  for (auto& row : index) row.fill(kNoRule);
  for (std::size_t rule = 0; rule < kRules.size(); ++rule)
    for (int state = 0; state < kServerStateCount; ++state) {
      if (!(kRules[rule].legal & in(static_cast<ServerState>(state)))) continue;
      auto& cell = index[static_cast<std::size_t>(kRules[rule].verb)][static_cast<std::size_t>(state)];
      if (cell != kNoRule) throw "two rows for one verb in one state";  // at compile time
      cell = static_cast<std::int8_t>(rule);
    }
  return index;
}();

constexpr std::array kConversing = {refusing, greeted, ready, sender_known, recipients_known, chunks_begun};

// "sender_known", as an identifier for diagrams.
std::string identifier(ServerState state) {
  std::string text(name(state));
  for (char& c : text)
    if (c == ' ') c = '_';
  return text;
}

std::string cell(Verb verb, ServerState state) {
  const CommandRule* rule = rule_for(verb, state);
  if (!rule) return "503";
  std::string text = std::to_string(rule->positive);
  if (rule->then && *rule->then != state) text.append(" → ").append(name(*rule->then));
  return text;
}

}  // namespace

std::string_view name(ServerState state) {
  switch (state) {
    case connecting:
      return "connecting";
    case greeting_due:
      return "greeting due";
    case refusing:
      return "refusing";
    case greeted:
      return "greeted";
    case ready:
      return "ready";
    case sender_known:
      return "sender known";
    case recipients_known:
      return "recipients known";
    case receiving_content:
      return "receiving content";
    case chunks_begun:
      return "chunks begun";
    case receiving_chunk:
      return "receiving chunk";
    case authenticating:
      return "authenticating";
    case ended:
      return "ended";
  }
  assert(false);
  return {};
}

Phase phase_of(ServerState state) {
  switch (state) {
    case connecting:
    case greeting_due:
    case refusing:
    case greeted:
      return Phase::connection_setup;
    case ready:
    case sender_known:
    case recipients_known:
    case receiving_content:
    case chunks_begun:
    case receiving_chunk:
    case authenticating:
      return Phase::mail_transfer;
    case ended:
      return Phase::closing;
  }
  assert(false);
  return {};
}

std::span<const CommandRule> command_table() {
  return kRules;
}

const CommandRule* rule_for(Verb verb, ServerState state) {
  const std::int8_t rule = kIndex[static_cast<std::size_t>(verb)][static_cast<std::size_t>(state)];
  return rule < 0 ? nullptr : &kRules[static_cast<std::uint8_t>(rule)];
}

std::string commands_table_markdown() {
  std::string text = "| Command |";
  for (const ServerState state : kConversing) text.append(" ").append(name(state)).append(" |");
  text += " What it does | Source |\n|---|";
  for (std::size_t i = 0; i < kConversing.size(); ++i) text += "---|";
  text += "---|---|\n";
  Verb before = Verb::unknown;
  for (const CommandRule& rule : kRules) {
    if (std::exchange(before, rule.verb) == rule.verb) continue;
    text.append("| ").append(name(rule.verb)).append(" |");
    for (const ServerState state : kConversing) text.append(" ").append(cell(rule.verb, state)).append(" |");
    text.append(" ").append(rule.does).append(" | ").append(rule.section).append(" |\n");
  }
  return text;
}

std::string state_diagram() {
  std::string text = "stateDiagram-v2\n  [*] --> connecting\n";
  const auto arrow = [&text](ServerState from, ServerState to, std::string_view label) {
    text.append("  ")
        .append(identifier(from))
        .append(" --> ")
        .append(identifier(to))
        .append(": ")
        .append(label);
    text += '\n';
  };
  arrow(connecting, greeted, "220");
  arrow(connecting, greeting_due, "later");
  arrow(greeting_due, greeted, "220");
  arrow(greeting_due, refusing, "spoken too early, 554");
  arrow(connecting, refusing, "554");
  arrow(connecting, ended, "421");
  for (const ServerState state : kConversing)
    for (const CommandRule& rule : kRules) {
      if (!(rule.legal & in(state))) continue;
      const std::string verb(name(rule.verb));
      if (rule.verb == Verb::bdat) {
        arrow(state, receiving_chunk, verb);
      } else if (rule.verb == Verb::auth) {
        arrow(state, authenticating, verb + " 334");
      } else if (rule.then && *rule.then != state) {
        arrow(state, *rule.then, verb + " " + std::to_string(rule.positive));
      }
    }
  arrow(receiving_content, ready, "the lone dot and its reply");
  arrow(receiving_chunk, chunks_begun, "all octets, 250");
  arrow(receiving_chunk, ready, "LAST and its reply, or a refusal");
  arrow(authenticating, ready, "the response and its reply");
  text += "  ended --> [*]\n";
  return text;
}

}  // namespace mailroom::smtp
