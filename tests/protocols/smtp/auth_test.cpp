// SPDX-License-Identifier: GPL-2.0-only
// AUTH (RFC 4954) at the receiver and at the sender, and base64.
#include "protocols/smtp/auth.hpp"

#include <gtest/gtest.h>

#include "protocols/smtp/base64.hpp"
#include "tests/protocols/smtp/client_bench.hpp"
#include "tests/protocols/smtp/server_bench.hpp"

namespace mailroom::smtp {
namespace {

using test::bench_in;
using test::client_options;
using test::ClientBench;
using test::generous_options;
using test::ServerBench;
using test::transaction_to;

TEST(SmtpBase64, CarriesEveryOctetAndIsReadStrictly) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (std::size_t length = 0; length < 7; ++length)
    EXPECT_EQ(decode_base64(encode_base64(all.substr(250 - length, length))),
              all.substr(250 - length, length));
  EXPECT_EQ(decode_base64(encode_base64(all)), all);
  EXPECT_EQ(encode_base64("Username:"), "VXNlcm5hbWU6");
  for (const char* bad :
       {"A", "AA", "AAA", "AA=A", "AA==AAAA", "A A=", "AAA=\n", "AB==", "====", "=", "\xC3"})
    EXPECT_EQ(decode_base64(bad), std::nullopt) << bad;
}

TEST(SmtpAuth, HasTheExampleOfRfc2195) {
  EXPECT_EQ(cram_md5_digest("<1896.697170952@postoffice.reston.mci.net>", "tanstaaftanstaaf"),
            "b913a602c7eda7a495b4e6e7334d3890");
}

TEST(SmtpAuth, MessagesAreReadAsTheyAreMade) {
  const Credentials tim{"tim", "tan staaf"};
  EXPECT_EQ(plain_message(tim), std::string("\0tim\0tan staaf", 14));
  const auto plain = parse_plain(plain_message(tim));
  ASSERT_TRUE(plain.has_value());
  EXPECT_TRUE(accepts(*plain, "tan staaf"));
  EXPECT_FALSE(accepts(*plain, "tan"));
  const auto cram = parse_cram_md5(cram_md5_message(tim, "<c>"), "<c>");
  ASSERT_TRUE(cram.has_value());
  EXPECT_TRUE(accepts(*cram, "tan staaf"));
  EXPECT_FALSE(accepts(*cram, ""));
  auto replayed = *cram;
  replayed.challenge = "<d>";
  EXPECT_FALSE(accepts(replayed, "tan staaf"));
  using std::string_literals::operator""s;
  for (const std::string& bad : {""s, "a"s, "\0b"s, "\0\0c"s, "\0b\0c\0"s})
    EXPECT_EQ(parse_plain(bad), std::nullopt) << bad;
  EXPECT_FALSE(accepts(*parse_plain("other\0tim\0tan staaf"s), "tan staaf"));
  EXPECT_TRUE(accepts(*parse_plain("tim\0tim\0tan staaf"s), "tan staaf"));
  for (const char* bad :
       {"", "tim", "tim b913", " b913a602c7eda7a495b4e6e7334d3890", "tim B913A602C7EDA7A495B4E6E7334D3890"})
    EXPECT_EQ(parse_cram_md5(bad, "<c>"), std::nullopt) << bad;
}

TEST(SmtpAuth, EachMechanismLetsTheRightUserIn) {
  const std::string plain = encode_base64(std::string("\0user\0secret", 12));
  const std::string digest =
      encode_base64(cram_md5_message({"user", "secret"}, "<1896.697170952@mx.example>"));
  const std::string challenge = encode_base64("<1896.697170952@mx.example>");
  struct Row {
    std::string lines, replies;
  };
  for (const Row& row :
       {Row{"AUTH PLAIN " + plain, ""}, Row{"auth plain\r\n" + plain, "334 \r\n"},
        Row{"AUTH LOGIN\r\ndXNlcg==\r\nc2VjcmV0", "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n"},
        Row{"AUTH LOGIN dXNlcg==\r\nc2VjcmV0", "334 UGFzc3dvcmQ6\r\n"},
        Row{"AUTH CRAM-MD5\r\n" + digest, "334 " + challenge + "\r\n"}}) {
    ServerBench bench = bench_in(ServerState::ready, generous_options());
    EXPECT_EQ(bench.session.protocol(), "ESMTP");
    bench.feed(row.lines + "\r\nAUTH PLAIN " + plain + "\r\n");
    EXPECT_EQ(bench.replies(), row.replies +
                                   "235 2.7.0 Authentication successful\r\n"
                                   "503 5.5.1 You are authenticated already\r\n");
    EXPECT_EQ(bench.session.authenticated(), "user");
    EXPECT_EQ(bench.session.protocol(), "ESMTPA");
  }
}

TEST(SmtpAuth, WhatIsWrongIsSaid) {
  struct Row {
    const char* lines;
    const char* reply;
  };
  for (const Row& row :
       {Row{"AUTH PLAIN AHVzZXIAd3Jvbmc=", "535 5.7.8"}, Row{"AUTH PLAIN\r\n*", "501 5.7.0"},
        Row{"AUTH PLAIN x", "501 5.5.2"}, Row{"AUTH PLAIN =", "501 5.5.2"},
        Row{"AUTH LOGIN\r\n=", "501 5.5.2"}, Row{"AUTH LOGIN\r\n\r\n", "501 5.5.2"},
        Row{"AUTH GSSAPI", "504 5.5.4"}, Row{"AUTH", "501 5.5.4"}, Row{"AUTH CRAM-MD5 AAAA", "501 5.5.4"},
        Row{"AUTH PLAIN a b", "501 5.5.4"}, Row{"AUTH CRAM-MD5\r\nAAAA", "501 5.5.2"}}) {
    ServerBench bench = bench_in(ServerState::ready, generous_options());
    bench.feed(std::string(row.lines) + "\r\n");
    std::string replies = bench.replies();
    if (replies.starts_with("334")) replies.erase(0, replies.find('\n') + 1);
    EXPECT_TRUE(replies.starts_with(row.reply)) << row.lines << " → " << replies;
    EXPECT_EQ(bench.session.state(), ServerState::ready);
    EXPECT_EQ(bench.session.authenticated(), "");
  }
}

TEST(SmtpAuth, ResponsesHaveRoomAndAnEnd) {
  ServerBench bench = bench_in(ServerState::authenticating, generous_options());
  bench.feed(std::string(12'286, 'A') + "\r\n");
  EXPECT_TRUE(bench.replies().starts_with("501 5.5.2"));
  bench.feed("AUTH PLAIN\r\n" + std::string(12'287, 'A') + "\r\nNOOP\r\n");
  EXPECT_EQ(bench.replies(), "334 \r\n500 5.5.6 Authentication line too long\r\n250 2.0.0 OK\r\n");
}

TEST(SmtpAuth, IsForWhoSaidEhloAndOutsideOfTransactions) {
  ServerBench bench = bench_in(ServerState::sender_known, generous_options());
  bench.feed("AUTH PLAIN\r\n");
  EXPECT_TRUE(bench.replies().starts_with("503 5.5.1"));
  bench.feed("HELO c.example\r\nAUTH PLAIN\r\n");
  EXPECT_EQ(bench.replies(), "250 mx.example\r\n503 Bad sequence of commands\r\n");
}

TEST(SmtpAuth, IsRequiredWhereTheHostSaysSo) {
  ServerOptions options = generous_options();
  options.auth_required = true;
  ServerBench bench = bench_in(ServerState::ready, options);
  bench.feed("MAIL FROM:<a@b>\r\nVRFY b\r\nEXPN b\r\nETRN b.example\r\nNOOP\r\nRSET\r\n");
  const std::string no = "530 5.7.0 Authentication required\r\n";
  EXPECT_EQ(bench.replies(), no + no + no + no + "250 2.0.0 OK\r\n250 2.0.0 OK\r\n");
  bench.feed("AUTH PLAIN AHVzZXIAc2VjcmV0\r\nMAIL FROM:<a@b> AUTH=<>\r\n");
  EXPECT_TRUE(bench.replies().ends_with("250 2.1.0 OK\r\n"));
}

const std::string kEhlo = "220 mx\r\n250-mx\r\n250 AUTH LOGIN PLAIN CRAM-MD5\r\n";

ClientOptions with_credentials() {
  ClientOptions options = client_options();
  options.credentials = Credentials{"user", "secret"};
  return options;
}

TEST(SmtpAuth, TheSenderUsesTheStrongestMechanismThatIsKnown) {
  ClientBench bench(with_credentials());
  bench.feed(kEhlo);
  EXPECT_EQ(bench.log.back(), "C: AUTH CRAM-MD5");
  bench.feed("504 no\r\n");
  EXPECT_EQ(bench.log.back(), "C: AUTH PLAIN AHVzZXIAc2VjcmV0");
  bench.feed("504 no\r\n");
  EXPECT_EQ(bench.log.back(), "C: AUTH LOGIN");
  bench.feed("334 VXNlcm5hbWU6\r\n");
  EXPECT_EQ(bench.log.back(), "C: dXNlcg==");
  bench.feed("334 UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(bench.log.back(), "C: c2VjcmV0");
  EXPECT_EQ(bench.session.state(), ClientState::authenticating);
  bench.feed("235 ok\r\n");
  EXPECT_EQ(bench.log.back(), "C: QUIT");
  EXPECT_EQ(bench.log[bench.log.size() - 3], "ready");
}

TEST(SmtpAuth, TheSenderGivesUpWhenItIsNotBelieved) {
  for (const char* reply : {"535 5.7.8 no", "454 4.7.0 later"}) {
    ClientBench bench(with_credentials(), {transaction_to({"b"})});
    bench.feed(kEhlo + reply + "\r\n");
    EXPECT_EQ(bench.log.back(), "C: QUIT");
    bench.feed("221 bye\r\n");
    ASSERT_EQ(bench.endings.size(), 1U);
    EXPECT_EQ(bench.endings[0].how, client::How::not_authenticated);
    EXPECT_EQ(bench.endings[0].reply.code, std::stoi(reply));
    EXPECT_EQ(bench.begun, 0);
  }
}

TEST(SmtpAuth, TheSenderGoesOnWithoutItWhereItIsNotOffered) {
  ClientBench bench(with_credentials(), {transaction_to({"b"})});
  bench.feed("220 mx\r\n250 mx\r\n");
  EXPECT_EQ(bench.log.back(), "C: MAIL FROM:<a@c.example>");
}

TEST(SmtpAuth, TheSenderCancelsWhatIsNoChallenge) {
  for (const char* challenge : {"334 \xC3", "334 x", "334 ===="}) {
    ClientBench bench(with_credentials());
    bench.feed(kEhlo + challenge + "\r\n");
    EXPECT_EQ(bench.log.back(), "C: *");
    bench.feed("501 cancelled\r\n");
    EXPECT_EQ(bench.log.back(), "C: QUIT");
  }
  ClientBench endless(with_credentials());
  endless.feed(kEhlo);
  for (int i = 0; i < 10 && !endless.session.ended(); ++i) endless.feed("334 AAAA\r\n");
  EXPECT_EQ(endless.endings.at(0).how, client::How::protocol_error);
}

}  // namespace
}  // namespace mailroom::smtp
