// SPDX-License-Identifier: GPL-2.0-only
// A host for a ServerSession in tests: it performs every action, answers every question by a simple rule, and
// writes down what happened, one line an action, so that a test compares whole dialogues.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "protocols/smtp/server_session.hpp"

namespace mailroom::smtp::test {

inline std::string printable(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    if (c == '\r') {
      text += "\\r";
    } else if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text;
}

class ServerBench {
 public:
  explicit ServerBench(ServerOptions options, Greeting greeting = Greeting::ready)
      : session(std::move(options)) {
    session.start(now_ns, greeting);
    drain();
  }

  // The rule: local parts "no…" do not exist, "moved…" are elsewhere, "full…" are over quota, "later…" try
  // again, "down…" end the session.
  Reply rule(const Path& path) const {
    if (path.local_part.starts_with("no")) return session.say(Say::no_such_user);
    if (path.local_part.starts_with("moved")) return session.say(Say::user_not_local);
    if (path.local_part.starts_with("full")) return session.say(Say::mailbox_full);
    if (path.local_part.starts_with("later")) return session.say(Say::mailbox_busy);
    if (path.local_part.starts_with("down")) return session.say(Say::not_available);
    return session.say(Say::recipient_ok);
  }

  void feed(std::string_view octets) {
    session.receive(octets, now_ns);
    drain();
  }
  void finish() {
    session.peer_finished(now_ns);
    drain();
  }
  void wait(std::int64_t duration_ns) {
    now_ns += duration_ns;
    session.expire(now_ns);
    drain();
  }
  void answer(Reply reply, std::int64_t delay_ns = 0) {
    session.answer(std::move(reply), now_ns, delay_ns);
    drain();
  }
  void drain() {
    while (auto action = session.next_action()) std::visit([this](auto& a) { perform(a); }, *action);
  }

  // The replies since the last call, as octets.
  std::string replies() { return std::exchange(wire, {}); }

  ServerSession session;
  std::int64_t now_ns = 0;
  bool answers = true;  // else questions stay open
  std::optional<Verb> refused;  // where it is asked of commands: this is answered with ...
  Reply refusal = reply(451, "Not now");
  Reply message_reply;  // to AskMessage; code 0: 250
  std::vector<std::string> log;
  std::string wire;
  std::string spool;                  // of the open transaction
  std::vector<std::string> messages;  // accepted
  std::vector<AskMessage> asked;      // about messages
  std::vector<Path> senders, recipients;
  std::vector<MailParameters> parameters;
  std::vector<RcptParameters> recipient_parameters;
  int commands = 0, sent = 0, resets = 0, closes = 0, open_transactions = 0;

 private:
  void note(std::string line) {
    EXPECT_EQ(closes, 0) << "after Close: " << line;
    log.push_back(std::move(line));
  }
  void reply_with(Reply reply) {
    if (answers) session.answer(std::move(reply), now_ns);
  }

  void perform(CommandReceived& a) {
    ++commands;
    note("C: " + printable(a.line));
  }
  void perform(SendReply& a) {
    ++sent;
    wire += a.wire;
    EXPECT_EQ(a.wire, smtp::wire(a.reply));
    note("S: " + printable(a.wire));
  }
  void perform(PhaseEntered& a) { note("phase: " + std::string(name(a.phase))); }
  void perform(AskCommand& a) {
    note("command? " + std::string(name(a.verb)));
    if (!answers) return;
    if (a.verb != refused) return session.proceed(now_ns);
    session.answer(refusal, now_ns);
  }
  void perform(AskSender& a) {
    senders.push_back(a.reverse_path);
    parameters.push_back(a.parameters);
    note("sender? " + to_string(a.reverse_path));
    const Reply reply = rule(a.reverse_path);
    if (answers && is_positive(reply)) ++open_transactions;
    reply_with(is_positive(reply) ? session.say(Say::sender_ok) : reply);
  }
  void perform(AskRecipient& a) {
    recipients.push_back(a.forward_path);
    recipient_parameters.push_back(a.parameters);
    note("recipient? " + to_string(a.forward_path));
    reply_with(rule(a.forward_path));
  }
  void perform(AskData&) {
    note("data?");
    reply_with(session.say(Say::start_mail_input));
  }
  void perform(ContentReceived& a) {
    EXPECT_FALSE(a.octets.empty());
    spool += a.octets;
    if (log.empty() || log.back() != "content") note("content");  // however it is cut
  }
  void perform(AskMessage& a) {
    --open_transactions;
    asked.push_back(a);
    EXPECT_EQ(static_cast<std::int64_t>(spool.size()), a.size_octets);
    note("message? " + printable(spool));
    messages.push_back(std::exchange(spool, {}));
    reply_with(message_reply.code != 0 ? message_reply : session.say(Say::message_accepted));
  }
  void perform(AskVerify& a) {
    note("verify? " + a.argument);
    reply_with(reply(250, "<" + a.argument + "@d.example>"));
  }
  void perform(AskExpand& a) {
    note("expand? " + a.argument);
    reply_with(Reply{250, {}, {"<a@d.example>", "<b@d.example>"}});
  }
  void perform(AskChallenge&) {
    note("challenge?");
    reply_with(reply(334, "<1896.697170952@mx.example>"));
  }
  // "user" has the password "secret".
  void perform(AskCredentials& a) {
    note("credentials? " + a.claim.identity + " by " + std::string(name(a.claim.mechanism)));
    const bool good = a.claim.identity == "user" && accepts(a.claim, "secret");
    reply_with(session.say(good ? Say::authenticated : Say::bad_credentials));
  }
  void perform(AskTurn& a) {
    note("turn? " + a.argument);
    reply_with(session.say(a.argument == "b.example" ? Say::turn_started : Say::turn_refused));
  }
  void perform(LimitReached& a) {
    note("limit: " + std::to_string(a.most) +
         (a.limit == LimitReached::Limit::errors ? " errors" : " octets that wait"));
  }
  void perform(Wait& a) {
    note("wait " + std::to_string((a.until_ns - now_ns) / 1'000'000) + " ms: " + std::string(name(a.why)));
  }
  void perform(TransactionReset&) {
    ++resets;
    --open_transactions;
    spool.clear();
    note("reset");
  }
  void perform(TimedOut& a) { note("timed out: " + std::string(name(a.which))); }
  void perform(Close&) {
    note("close");
    ++closes;
  }
};

inline ServerOptions server_options(std::string domain = "mx.example") {
  ServerOptions options;
  options.domain = std::move(domain);
  options.errors = ErrorLimits::none();
  return options;
}

// All that can be offered.
inline ServerOptions generous_options() {
  ServerOptions options = server_options();
  options.offered.auth = AuthMechanisms::all();
  options.offered.etrn = true;
  options.verify = options.expand = Query::ask;
  return options;
}

// Octets that bring a session of `options` into `state` (which must be after the greeting and no end).
inline std::string way_to(ServerState state, bool extended = true) {
  std::string octets;
  if (state >= ServerState::ready) octets += extended ? "EHLO c.example\r\n" : "HELO c.example\r\n";
  if (state >= ServerState::sender_known) octets += "MAIL FROM:<a@c.example>\r\n";
  if (state >= ServerState::recipients_known) octets += "RCPT TO:<b@mx.example>\r\n";
  if (state == ServerState::receiving_content) octets += "DATA\r\n";
  if (state == ServerState::chunks_begun) octets += "BDAT 3\r\nx\r\n";
  if (state == ServerState::receiving_chunk) octets += "BDAT 3\r\nx";
  if (state == ServerState::authenticating) octets = "EHLO c.example\r\nAUTH PLAIN\r\n";
  return octets;
}

inline ServerBench bench_in(ServerState state, ServerOptions options = server_options()) {
  const bool extended = options.extended;
  ServerBench bench(std::move(options), state == ServerState::refusing ? Greeting::refused : Greeting::ready);
  if (state != ServerState::refusing) bench.feed(way_to(state, extended));
  EXPECT_EQ(bench.session.state(), state);
  bench.replies();
  bench.log.clear();
  return bench;
}

}  // namespace mailroom::smtp::test
