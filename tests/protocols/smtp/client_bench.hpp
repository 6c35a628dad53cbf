// SPDX-License-Identifier: GPL-2.0-only
// A host for a ClientSession in tests: it hands over its transactions one after the other, takes the text in
// small chunks, quits at the end, and writes down what happened, one line an action.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "protocols/smtp/client_session.hpp"

namespace mailroom::smtp::test {

inline Path path_of(std::string local_part, std::string domain = "mx.example") {
  return Path{{}, std::move(local_part), std::move(domain)};
}

inline Transaction transaction_to(std::vector<std::string> local_parts,
                                  std::string text = "Subject: x\r\n\r\n.dot\r\n") {
  Transaction transaction;
  transaction.reverse_path = path_of("a", "c.example");
  for (std::string& local_part : local_parts)
    transaction.forward_paths.push_back(path_of(std::move(local_part)));
  transaction.content = content_of(std::move(text));
  return transaction;
}

inline ClientOptions client_options() {
  ClientOptions options;
  options.domain = "c.example";
  return options;
}

class ClientBench {
 public:
  explicit ClientBench(ClientOptions options, std::deque<Transaction> todo = {})
      : session(std::move(options)), transactions(std::move(todo)) {
    session.start(now_ns);
    drain();
  }

  void feed(std::string_view octets) {
    session.receive(octets, now_ns);
    drain();
  }
  void finish() {
    session.peer_finished(now_ns);
    drain();
  }
  void lose(std::string_view why = "reset") {
    session.connection_lost(why);
    drain();
  }
  void wait(std::int64_t duration_ns) {
    now_ns += duration_ns;
    session.expire(now_ns);
    drain();
  }
  void drain() {
    while (auto action = session.next_action()) std::visit([this](auto& a) { perform(a); }, *action);
  }
  void take_text() {
    for (std::string piece; !(piece = session.take_content(chunk, now_ns)).empty();) {
      EXPECT_LE(piece.size(), chunk);
      wire += piece;
    }
    drain();
  }
  // What was sent since the last call.
  std::string sent() { return std::exchange(wire, {}); }

  // "accepted DATA 250, permanent failure RCPT 550 here", one a recipient.
  static std::string words(const client::TransactionEnded& ended) {
    std::string text;
    for (const auto& outcome : ended.recipients) {
      if (!text.empty()) text += ", ";
      text.append(name(outcome.verdict)).append(" at ").append(name(outcome.step)).append(" ");
      text += std::to_string(outcome.reply.code);
      if (outcome.is_local) text += " here";
    }
    if (ended.confirmed) text += "; confirmed";
    if (ended.in_doubt) text += "; in doubt";
    return text;
  }

  ClientSession session;
  std::deque<Transaction> transactions;
  std::int64_t now_ns = 0;
  std::size_t chunk = 7;
  bool takes_text = true;  // else ContentWanted waits for take_text()
  bool quits = true;
  std::string node;  // to be named in ETRN after the transactions
  std::vector<std::string> log;
  std::string wire;
  std::vector<client::TransactionEnded> outcomes;
  std::vector<client::Ended> endings;
  int commands = 0, replies = 0, closes = 0, begun = 0;

 private:
  void note(std::string line) {
    EXPECT_TRUE(endings.empty()) << "after Ended: " << line;
    log.push_back(std::move(line));
  }
  void perform(client::CommandSent& a) {
    EXPECT_EQ(a.line + "\r\n", a.wire);
    ++commands;
    wire += a.wire;
    note("C: " + a.line);
  }
  void perform(client::ContentWanted&) {
    note("content");
    if (!takes_text) return;
    for (std::string piece; !(piece = session.take_content(chunk, now_ns)).empty();) wire += piece;
  }
  void perform(client::ReplyReceived& a) {
    ++replies;
    note("S: " + to_string(a.reply) + " <- " + std::string(name(a.answers)) +
         (a.recipient ? " " + std::to_string(*a.recipient) : ""));
  }
  void perform(client::PhaseEntered& a) { note("phase: " + std::string(name(a.phase))); }
  void perform(client::RecipientAnswered& a) {
    note("recipient " + std::to_string(a.recipient) + ": " + std::to_string(a.reply.code));
  }
  void perform(client::Ready&) {
    note("ready");
    if (!transactions.empty()) {
      ++begun;
      session.transact(std::move(transactions.front()), now_ns);
      transactions.pop_front();
    } else if (!node.empty()) {
      session.turn(std::exchange(node, {}), now_ns);
    } else if (quits) {
      session.quit(now_ns);
    }
  }
  void perform(client::TransactionEnded& a) {
    outcomes.push_back(a);
    note("outcome: " + words(a));
  }
  void perform(client::TurnAnswered& a) { note("turn: " + std::to_string(a.reply.code)); }
  void perform(client::TimedOut& a) { note("timed out: " + std::string(name(a.which))); }
  void perform(client::Close&) {
    ++closes;
    note("close");
  }
  void perform(client::Ended& a) {
    note("ended: " + std::string(name(a.how)));
    endings.push_back(a);
  }
};

}  // namespace mailroom::smtp::test
