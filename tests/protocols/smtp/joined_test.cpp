// SPDX-License-Identifier: GPL-2.0-only
// A client and a server joined in memory: what one sends the other receives, whole or octet by octet.
#include <gtest/gtest.h>

#include "tests/protocols/smtp/client_bench.hpp"
#include "tests/protocols/smtp/server_bench.hpp"

namespace mailroom::smtp {
namespace {

using test::client_options;
using test::ClientBench;
using test::server_options;
using test::ServerBench;
using test::transaction_to;

// Carries octets until both are quiet; `piece`: how many at a time.
void join(ClientBench& client, ServerBench& server, std::size_t piece = 1'000'000) {
  for (bool moved = true; moved;) {
    moved = false;
    for (const std::string octets = server.replies(); moved == false && !octets.empty(); moved = true)
      for (std::size_t at = 0; at < octets.size(); at += piece)
        client.feed(std::string_view(octets).substr(at, piece));
    const std::string octets = client.sent();
    for (std::size_t at = 0; at < octets.size(); at += piece)
      server.feed(std::string_view(octets).substr(at, piece));
    moved = moved || !octets.empty();
  }
}

struct Setting {
  bool extended_client, extended_server, pipelining;
  std::size_t piece;
  BareLineEndSent bare_line_end = BareLineEndSent::as_is;
};

std::vector<Setting> settings() {
  std::vector<Setting> all;
  for (const bool client : {false, true})
    for (const bool server : {false, true})
      for (const bool pipelining : {false, true})
        for (const std::size_t piece : {1U, 13U, 1'000'000U})
          for (const auto bare : {BareLineEndSent::as_is, BareLineEndSent::as_blank})
            all.push_back({client, server, pipelining, piece, bare});
  return all;
}

ClientOptions options_of(const Setting& setting) {
  ClientOptions options = setting.extended_client ? client_options() : ClientOptions::lecture("c.example");
  options.pipelining = setting.pipelining;
  options.bare_line_end = setting.bare_line_end;
  return options;
}

ServerBench server_of(const Setting& setting) {
  return ServerBench(setting.extended_server ? server_options() : ServerOptions::rfc821("mx.example"));
}

TEST(SmtpJoined, CarriesMessagesWhateverBothCan) {
  const std::vector<std::string> texts = {"",
                                          ".\r\n",
                                          "Subject: x\r\n\r\n.\r\n..\r\n\r\n",
                                          "no end",
                                          std::string(3000, 'x') + "\r\n",
                                          "a\n.\nb\r.\r\n"};
  for (const Setting& setting : settings()) {
    std::vector<std::string> expected = texts;
    if (setting.bare_line_end == BareLineEndSent::as_blank) expected.back() = "a . b .\r\n";
    std::deque<Transaction> todo;
    for (const std::string& text : texts)
      todo.push_back(transaction_to({"b", "no", "moved", "later", "c"}, text));
    ClientBench client(options_of(setting), todo);
    ServerBench server = server_of(setting);
    join(client, server, setting.piece);
    ASSERT_EQ(client.outcomes.size(), texts.size());
    ASSERT_EQ(server.messages.size(), texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const bool complete = texts[i].empty() || texts[i].ends_with("\r\n");
      EXPECT_EQ(server.messages[i], complete ? expected[i] : expected[i] + "\r\n");
      EXPECT_EQ(ClientBench::words(client.outcomes[i]),
                "accepted at the lone dot 250, permanent failure at RCPT 550, permanent failure at RCPT 551, "
                "temporary failure at RCPT 450, accepted at the lone dot 250; confirmed");
    }
    EXPECT_EQ(client.endings.at(0).how, client::How::quit);
    EXPECT_TRUE(server.session.ended());
    EXPECT_EQ(client.closes + server.closes, 2);
    EXPECT_EQ(server.open_transactions, 0);
    // Each command one reply: greeting and lone dots besides.
    EXPECT_EQ(client.replies, client.commands + 1 + static_cast<int>(texts.size()));
    EXPECT_EQ(server.commands, client.commands);
  }
}

TEST(SmtpJoined, GoesOnAfterATransactionThatFailed) {
  for (const Setting& setting : settings()) {
    Transaction refused = transaction_to({"b"});
    refused.reverse_path.local_part = "nobody";
    ClientBench client(options_of(setting),
                       {transaction_to({"no", "moved"}), refused, transaction_to({"b"})});
    ServerBench server = server_of(setting);
    join(client, server, setting.piece);
    ASSERT_EQ(client.outcomes.size(), 3U);
    EXPECT_EQ(ClientBench::words(client.outcomes[0]),
              "permanent failure at RCPT 550, permanent failure at RCPT 551");
    EXPECT_EQ(ClientBench::words(client.outcomes[1]), "permanent failure at MAIL 550");
    EXPECT_EQ(ClientBench::words(client.outcomes[2]), "accepted at the lone dot 250; confirmed");
    EXPECT_EQ(server.messages.size(), 1U);
    EXPECT_EQ(client.endings.at(0).how, client::How::quit);
  }
}

TEST(SmtpJoined, CarriesManyRecipients) {
  std::vector<std::string> many;
  for (int i = 0; i < 1500; ++i) many.push_back((i % 3 ? "b" : "no") + std::to_string(i));
  for (const bool pipelining : {false, true}) {
    ServerOptions options = server_options();
    options.recipient_limit = 900;
    ClientOptions sender = client_options();
    sender.pipelining = pipelining;
    ClientBench client(sender, {transaction_to(many)});
    ServerBench server(options);
    join(client, server, 1460);
    ASSERT_EQ(client.outcomes.size(), 1U);
    int accepted = 0, temporary = 0, permanent = 0;
    for (const auto& outcome : client.outcomes[0].recipients) {
      accepted += outcome.verdict == client::Verdict::accepted;
      temporary += outcome.verdict == client::Verdict::temporary;
      permanent += outcome.verdict == client::Verdict::permanent;
    }
    EXPECT_EQ(accepted, 900);
    EXPECT_EQ(accepted + temporary + permanent, 1500);
    EXPECT_GE(temporary, 100);  // 452: the sender tries them again
    EXPECT_GE(permanent, 450);
  }
}

TEST(SmtpJoined, CarriesEveryExtension) {
  for (const std::size_t piece : {1U, 13U, 1'000'000U})
    for (const bool pipelining : {false, true}) {
      ClientOptions options = client_options();
      options.pipelining = pipelining;
      options.chunking = true;
      options.chunk_octets = 100;
      options.credentials = Credentials{"user", "secret"};
      Transaction plain = transaction_to({"b", "no", "c"}, std::string(250, '.') + "\r\n");
      plain.ret = Return::full;
      plain.envelope_id = "id 1";
      plain.recipient_parameters = {
          {Notify{.success = true, .failure = true}, original_recipient("x@y.example")},
          {},
          {Notify{}, std::nullopt}};
      Transaction utf8 = transaction_to({"b", "\xC3\xBC"}, "\xC3\xBC\r\n");
      utf8.body = Body::eight_bit;
      ClientBench client(options, {plain, utf8});
      client.node = "b.example";
      ServerBench server(test::generous_options());
      join(client, server, piece);
      ASSERT_EQ(client.outcomes.size(), 2U);
      EXPECT_EQ(ClientBench::words(client.outcomes[0]),
                "accepted at the lone dot 250, permanent failure at RCPT 550, accepted at the lone dot 250; "
                "confirmed");
      EXPECT_EQ(server.messages, (std::vector<std::string>{std::string(250, '.') + "\r\n", "\xC3\xBC\r\n"}));
      EXPECT_EQ(server.session.authenticated(), "user");
      EXPECT_EQ(server.parameters[0].ret, Return::full);
      EXPECT_EQ(server.parameters[0].envelope_id, "id 1");
      EXPECT_FALSE(server.parameters[0].smtputf8);
      EXPECT_TRUE(server.parameters[1].smtputf8);
      EXPECT_EQ(server.session.protocol(), "UTF8SMTPA");
      EXPECT_EQ(server.recipient_parameters[0], plain.recipient_parameters[0]);
      EXPECT_EQ(server.recipient_parameters[2], plain.recipient_parameters[2]);
      EXPECT_EQ(server.recipients[4].local_part, "\xC3\xBC");
      EXPECT_TRUE(std::ranges::count(client.log, "turn: 250") == 1);
      EXPECT_EQ(client.endings.at(0).how, client::How::quit);
    }
}

TEST(SmtpJoined, AnAddressBeyondAsciiIsTheReasonBeforeTheEighthBit) {
  Transaction from = transaction_to({"b"}, "\xC3\xBC\r\n");
  from.reverse_path.local_part = "jos\xC3\xA9";
  Transaction header = transaction_to({"b"}, "\xC3\xBC\r\n");
  header.smtputf8 = true;
  Transaction to_one = transaction_to({"b", "jos\xC3\xA9"}, "\xC3\xBC\r\n");
  from.body = header.body = to_one.body = Body::eight_bit;
  ClientBench client(client_options(), {from, header, to_one});
  ServerBench server(ServerOptions::rfc821("mx.example"));
  join(client, server);
  ASSERT_EQ(client.outcomes.size(), 3U);
  const auto why = [&](std::size_t outcome, std::size_t recipient) {
    return client.outcomes[outcome].recipients.at(recipient).reply.enhanced;
  };
  EXPECT_EQ(why(0, 0), (EnhancedCode{5, 6, 7}));
  EXPECT_EQ(why(1, 0), (EnhancedCode{5, 6, 7}));
  EXPECT_EQ(why(2, 0), (EnhancedCode{5, 6, 3})) << "its address is no hindrance, but the text is";
  EXPECT_EQ(why(2, 1), (EnhancedCode{5, 6, 7}));
}

TEST(SmtpJoined, WhatTheReceiverDoesNotOfferIsNotSent) {
  ServerOptions receiver = server_options();
  receiver.offered.dsn = receiver.offered.smtputf8 = receiver.offered.chunking = false;
  ClientOptions options = client_options();
  options.chunking = true;
  Transaction dsn = transaction_to({"b"});
  dsn.ret = Return::headers;
  dsn.recipient_parameters = {{Notify{}, std::nullopt}};
  Transaction to_one = transaction_to({"b", "\xC3\xBC"});
  Transaction from = transaction_to({"b"});
  from.reverse_path.domain =
      "b\xC3\xBC"
      "cher.example";
  Transaction header = transaction_to({"b"});
  header.smtputf8 = true;
  ClientBench client(options, {dsn, to_one, from, header});
  ServerBench server(receiver);
  join(client, server);
  ASSERT_EQ(client.outcomes.size(), 4U);
  EXPECT_TRUE(client.outcomes[0].confirmed);
  EXPECT_EQ(ClientBench::words(client.outcomes[1]),
            "accepted at the lone dot 250, permanent failure at nothing 553 here; confirmed");
  for (const std::size_t i : {2U, 3U}) {
    EXPECT_EQ(ClientBench::words(client.outcomes[i]), "permanent failure at nothing 553 here");
    EXPECT_EQ(client.outcomes[i].recipients[0].reply.enhanced, (EnhancedCode{5, 6, 7}));
  }
  EXPECT_EQ(server.messages.size(), 2U);
}

TEST(SmtpJoined, TheSenderKeepsToTheLimitsThatItIsTold) {
  ServerOptions receiver = server_options();
  receiver.offered.limits = {.transactions = 2, .recipients = 2, .recipient_domains = 0};
  ClientBench client(client_options(),
                     {transaction_to({"a", "b", "c"}), transaction_to({"a"}), transaction_to({"a"})});
  ServerBench server(receiver);
  join(client, server);
  ASSERT_EQ(client.outcomes.size(), 3U);
  EXPECT_EQ(
      ClientBench::words(client.outcomes[0]),
      "accepted at the lone dot 250, accepted at the lone dot 250, temporary failure at nothing 452 here; "
      "confirmed");
  EXPECT_TRUE(client.outcomes[1].confirmed);
  EXPECT_EQ(ClientBench::words(client.outcomes[2]), "temporary failure at nothing 452 here");
  EXPECT_EQ(server.recipients.size(), 3U);
}

// Cut the connection after every octet that the client sends: nothing is lost without a trace. If the
// receiver owns the message, the sender knows or is in doubt.
TEST(SmtpJoined, ALostConnectionLeavesNoGapInResponsibility) {
  for (const int how : {0, 1, 2, 3})
    for (std::size_t budget = 0;; ++budget) {
      ClientOptions options = client_options();
      options.pipelining = (how & 1) != 0;
      options.chunking = (how & 2) != 0;
      options.chunk_octets = 9;
      ClientBench client(options, {transaction_to({"b", "no"})});
      ServerBench server(server_options());
      std::size_t carried = 0;
      bool moved = true;
      while (moved && carried < budget) {
        const std::string replies = server.replies();
        client.feed(replies);
        const std::string octets = client.sent();
        const std::size_t take = std::min(octets.size(), budget - carried);
        server.feed(std::string_view(octets).substr(0, take));
        carried += take;
        moved = !replies.empty() || !octets.empty();
      }
      const bool complete = client.session.ended();
      client.lose();
      server.session.connection_lost();
      server.drain();
      ASSERT_EQ(server.open_transactions, 0);
      ASSERT_EQ(client.outcomes.size(), static_cast<std::size_t>(client.begun));
      if (!server.messages.empty()) {
        ASSERT_TRUE(client.outcomes.at(0).confirmed || client.outcomes[0].in_doubt) << budget;
      } else if (client.begun == 1) {
        ASSERT_NE(client.outcomes.at(0).recipients[0].verdict, client::Verdict::accepted) << budget;
      }
      if (complete) break;
      ASSERT_LT(budget, 1000U);
    }
}

// The lecture's example session, with names of RFC 2606 for its hosts, line by line.
TEST(SmtpJoined, SpeaksTheLecturesExampleSession) {
  ServerOptions receiver = ServerOptions::rfc821("hotmail.example");
  receiver.texts = TextProfile::lecture;
  ServerBench server(receiver);
  Transaction transaction;
  transaction.reverse_path = test::path_of("isg", "yahoo.example");
  transaction.forward_paths = {test::path_of("myfriend", "hotmail.example"),
                               test::path_of("somebody", "hotmail.example")};
  transaction.content = content_of("... actual contents of the message ...\r\n");
  ClientBench client(ClientOptions::lecture("yahoo.example"), {transaction});
  std::string dialogue;
  for (;;) {
    const std::string replies = server.replies();
    if (replies.empty()) break;
    dialogue += "S: " + replies;
    client.feed(replies);
    const std::string octets = client.sent();
    if (octets.empty()) break;
    dialogue += "C: " + octets;
    server.feed(octets);
  }
  EXPECT_EQ(dialogue,
            "S: 220 hotmail.example Simple Mail Transfer Service Ready\r\n"
            "C: HELO yahoo.example\r\n"
            "S: 250 hotmail.example\r\n"
            "C: MAIL FROM: <isg@yahoo.example>\r\n"
            "S: 250 OK\r\n"
            "C: RCPT TO: <myfriend@hotmail.example>\r\n"
            "S: 250 OK\r\n"
            "C: RCPT TO: <somebody@hotmail.example>\r\n"
            "S: 250 OK\r\n"
            "C: DATA\r\n"
            "S: 354 Start mail input; end with (.)\r\n"
            "C: .... actual contents of the message ...\r\n.\r\n"  // its line begins with a dot: one more is
                                                                   // stuffed
            "S: 250 OK\r\n"
            "C: QUIT\r\n"
            "S: 221 hotmail.example Service closing transmission channel\r\n");
  EXPECT_EQ(server.messages.at(0), "... actual contents of the message ...\r\n");
  EXPECT_EQ(client.endings.at(0).how, client::How::quit);
  EXPECT_TRUE(server.session.ended());
  ServerBench closed(receiver, Greeting::not_available);
  EXPECT_EQ(closed.replies(), "421 hotmail.example service not available\r\n");
}

}  // namespace
}  // namespace mailroom::smtp
