// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/service_trouble.hpp"

#include <algorithm>

namespace mailroom::agents {

namespace {

struct Words {
  int code;
  smtp::EnhancedCode at_recipient;  // of RCPT and VRFY, which are about a mailbox
  smtp::EnhancedCode elsewhere;
  const char* text;
};
constexpr Words kWords[] = {
    {421, {4, 3, 2}, {4, 3, 2}, "Service not available, closing transmission channel"},
    {450, {4, 2, 0}, {4, 5, 0}, "Requested mail action not taken: mailbox unavailable"},
    {451, {4, 3, 0}, {4, 3, 0}, "Requested action aborted: local error in processing"},
    {452, {4, 3, 1}, {4, 3, 1}, "Requested action not taken: insufficient system storage"},
    {454, {4, 7, 0}, {4, 7, 0}, "Temporary authentication failure"},
    {455, {4, 5, 4}, {4, 5, 4}, "Server unable to accommodate parameters"},
    {500, {5, 5, 2}, {5, 5, 2}, "Syntax error, command unrecognized"},
    {501, {5, 1, 3}, {5, 5, 4}, "Syntax error in parameters or arguments"},
    {502, {5, 5, 1}, {5, 5, 1}, "Command not implemented"},
    {503, {5, 5, 1}, {5, 5, 1}, "Bad sequence of commands"},
    {504, {5, 5, 4}, {5, 5, 4}, "Command parameter not implemented"},
    {521, {5, 3, 2}, {5, 3, 2}, "Host does not accept mail"},
    {530, {5, 7, 0}, {5, 7, 0}, "Authentication required"},
    {535, {5, 7, 8}, {5, 7, 8}, "Authentication credentials invalid"},
    {550, {5, 1, 1}, {5, 7, 1}, "Requested action not taken: mailbox unavailable"},
    {551, {5, 1, 6}, {5, 1, 6}, "User not local"},
    {552, {5, 2, 2}, {5, 3, 4}, "Requested mail action aborted: exceeded storage allocation"},
    {553, {5, 1, 3}, {5, 1, 7}, "Requested action not taken: mailbox name not allowed"},
    {554, {5, 3, 0}, {5, 3, 0}, "Transaction failed"},
    {555, {5, 5, 4}, {5, 5, 4}, "MAIL FROM/RCPT TO parameters not recognized or not implemented"},
    {556, {5, 1, 10}, {5, 1, 10}, "Domain does not accept mail"},
};

}  // namespace

smtp::Reply trouble_reply(int code, const DialoguePoint& point, const std::string& domain) {
  const bool is_greeting = point.what == DialoguePoint::What::greeting;
  // RFC 5321 §4.2: greeting and 421 begin with the domain.
  const std::string begin = is_greeting || code == 421 ? domain + " " : std::string();
  const auto* const words = std::ranges::find(kWords, code, &Words::code);
  if (words == std::end(kWords)) {
    const char* const text = code < 500 ? "Requested action not taken, try again later" : "Requested action not taken";
    return smtp::reply(code, begin + text, smtp::EnhancedCode{static_cast<std::uint8_t>(code / 100), 0, 0});
  }
  const bool is_recipient = point.what == DialoguePoint::What::command &&
                            (point.verb == smtp::Verb::rcpt || point.verb == smtp::Verb::vrfy);
  return smtp::reply(code, begin + words->text, is_recipient ? words->at_recipient : words->elsewhere);
}

}  // namespace mailroom::agents
