// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/telnet_turns.hpp"

#include <gtest/gtest.h>

namespace mailroom::cli {
namespace {

TEST(TelnetTurns, TheReceiverBeginsAndEachCommandHasOneReply) {
  Turns turns;
  EXPECT_TRUE(turns.is_reply_due()) << "the greeting";
  turns.received("220 south.example ready\r");
  EXPECT_TRUE(turns.is_reply_due()) << "its line is not complete";
  turns.received("\n");
  EXPECT_FALSE(turns.is_reply_due());
  turns.typed("EHLO me");
  EXPECT_TRUE(turns.is_reply_due());
  turns.received("250-south.example\r\n250-SIZE\r\n");
  EXPECT_TRUE(turns.is_reply_due()) << "more lines follow";
  turns.received("250 HELP\r\n");
  EXPECT_FALSE(turns.is_reply_due());
  turns.typed("MAIL FROM:<>");
  turns.typed("RCPT TO:<a@b.example>");
  turns.received("250 OK\r\n");
  EXPECT_TRUE(turns.is_reply_due()) << "of two commands, one is answered";
  turns.received("550\r\n");
  EXPECT_FALSE(turns.is_reply_due());
  EXPECT_FALSE(turns.is_closing());
  turns.typed("QUIT");
  turns.received("221 bye\r\n");
  EXPECT_TRUE(turns.is_closing());
}

TEST(TelnetTurns, TextHasNoReplyUntilItsLoneDot) {
  Turns turns;
  turns.received("220 ready\r\n");
  turns.typed("data");
  turns.received("503 no\r\n");
  EXPECT_FALSE(turns.is_text()) << "it was refused";
  turns.typed("NOOP");
  EXPECT_TRUE(turns.is_reply_due());
  turns.received("250 OK\r\n");
  turns.typed("DATA");
  turns.received("354 go on\r\n");
  EXPECT_TRUE(turns.is_text());
  for (const char* line : {"", "QUIT", "..", ". ", "text"}) {
    turns.typed(line);
    EXPECT_FALSE(turns.is_reply_due()) << line;
  }
  turns.typed(".");
  EXPECT_TRUE(turns.is_reply_due());
  EXPECT_FALSE(turns.is_text());
}

TEST(TelnetTurns, AChunkIsOverWhenItsOctetsAre) {
  Turns turns;
  turns.received("220 ready\r\n");
  turns.typed("BDAT 10");
  EXPECT_TRUE(turns.is_text());
  turns.typed("abc");  // 5 octets with CR LF
  EXPECT_FALSE(turns.is_reply_due());
  turns.typed("def");
  EXPECT_TRUE(turns.is_reply_due());
  EXPECT_FALSE(turns.is_text());
  turns.received("250 OK\r\n");
  turns.typed("BDAT 0 LAST");
  EXPECT_TRUE(turns.is_reply_due());
}

TEST(TelnetTurns, UnaskedAndStrangeRepliesAreTakenAsTheyCome) {
  Turns turns;
  turns.received("hello\r\n25\r\n220 ready\r\n421 shutting down\r\n");
  EXPECT_FALSE(turns.is_reply_due());
  EXPECT_TRUE(turns.is_closing());
  Turns endless;
  endless.received(std::string(1'000'000, 'x'));
  EXPECT_TRUE(endless.is_reply_due());
}

}  // namespace
}  // namespace mailroom::cli
