// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/swarm_clients.hpp"

#include <fmt/format.h>

namespace mailroom::swarm {

namespace {

// As in a control line: without the quotes. `host` is the receiver's, `address` somebody's.
std::string said(Dice& dice, const std::string& host, const std::string& address) {
  const std::string line = dice.one_of({
      "EHLO client.example", "EHLO client.example", "HELO client.example", "EHLO", "HELO [", "MAIL FROM:<{a}>", "MAIL FROM:<{a}>",
      "MAIL FROM:<>", "MAIL FROM:<a@", "MAIL FROM:<{a}> SIZE=99999999999", "MAIL FROM:<{a}> BODY=8BITMIME",
      "MAIL FROM:<{a}> COLOUR=green", "MAIL FROM:<\\xC3\\xA4@{h}>", "RCPT TO:<{a}>", "RCPT TO:<{a}>", "RCPT TO:<nobody@{h}>",
      "RCPT TO:<{a}> NOTIFY=SOMETIMES", "RCPT TO:<@{h}:{a}>", "RCPT TO:<x@elsewhere.example>", "RCPT TO:<postmaster>",
      "RCPT {a}", "DATA", "DATA", "DATA now", "BDAT 4 LAST\\r\\nabc", "BDAT lots", "RSET", "NOOP", "NOOP twice", "VRFY ann",
      "VRFY nobody", "VRFY", "EXPN list", "HELP", "HELP MAIL", "ETRN {h}", "ETRN @", "AUTH LOGIN", "AUTH MAGIC", "AUTH PLAIN AGFubgBzZWNyZXQ=",
      "AUTH PLAIN *", "*", "STARTTLS", "TURN", "SEND FROM:<{a}>", "GET / HTTP/1.1", "\\x00\\xFF\\x80", "Subject: typed", ".", ".",
      "text\\r\\n.", "smuggled\\n.\\nMAIL FROM:<{a}>", "smuggled\\n.\\r\\nNOOP", "\\r.\\r", "QUIT"});
  std::string spoken;
  for (std::size_t at = 0; at < line.size();) {
    const std::string_view rest = std::string_view(line).substr(at);
    if (rest.starts_with("{a}")) spoken += address;
    else if (rest.starts_with("{h}")) spoken += host + ".example";
    else spoken += line[at];
    at += rest.starts_with("{a}") || rest.starts_with("{h}") ? 3 : 1;
  }
  return spoken;
}

}  // namespace

std::vector<std::string> typed_session(Dice& dice, const Ground& ground, int number) {
  const bool submits = !ground.submission.empty() && dice.chance(400);
  const std::string& to = submits ? ground.submission : dice.pick(ground.receivers);
  std::int64_t at_ms = dice.between(0, 60'000);
  std::vector<std::string> lines = {fmt::format("{}ms connect {} from {} to {}:{}", at_ms, number, dice.pick(ground.nodes), to,
                                                submits ? "587" : "25")};
  const bool is_patient = dice.chance(800);
  const auto type = [&](const std::string& text) {
    at_ms += is_patient ? dice.between(500, 5000) : dice.between(0, 20);
    lines.push_back(fmt::format("{}ms type {} \"{}\"", at_ms, number, text));
  };
  if (dice.chance(600)) {
    type("EHLO client.example\\r\\n");
    if (dice.chance(500)) type(dice.one_of({"MAIL FROM:<\\xC3\\xA4@h1.example>\\r\\n", "MAIL FROM:<ann@h1.example>\\r\\n", "VRFY ann\\r\\n"}));
  }
  for (std::int64_t i = dice.between(0, 14); i > 0; --i)
    type(said(dice, to, dice.pick(ground.addresses)) + (dice.chance(950) ? "\\r\\n" : ""));
  at_ms += dice.between(0, 10'000);
  if (dice.chance(400)) lines.push_back(fmt::format("{}ms finish {}", at_ms, number));
  else if (dice.chance(500)) lines.push_back(fmt::format("{}ms reset {}", at_ms, number));
  return lines;
}

}  // namespace mailroom::swarm
