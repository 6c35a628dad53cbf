// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/bounce.hpp"

#include "protocols/message/compose.hpp"
#include "protocols/message/date.hpp"

namespace mailroom::message {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kReturned =
    "Received: by mx.example; 1 Jan 2024 10:00 +0000\r\nMessage-ID: <7@pc.example>\r\nSubject: "
    "gr\xc3\xbc\xc3\x9f\r\n\r\nsecret body\r\n";

Bounce refused() {
  return {.reporting_host = "mx1.alpha.example",
          .reverse_path = "alice@alpha.example",
          .message_id = "<b1@mx1.alpha.example>",
          .unix_s = 1704103200,
          .results = {{.forward_path = "nobody@beta.example",
                       .action = DeliveryAction::failed,
                       .reply_code = 550,
                       .enhanced_code = "5.1.1",
                       .reply_text = "No such user",
                       .remote_host = "mx.beta.example",
                       .reason = ""},
                      {.forward_path = "carol@gamma.example",
                       .action = DeliveryAction::failed,
                       .reply_code = 0,
                       .enhanced_code = "",
                       .reply_text = "",
                       .remote_host = "mx.gamma.example",
                       .reason = "the connection timed out"}},
          .returned_message = kReturned};
}

TEST(Bounce, IsAMessageToTheOriginator) {
  const std::string octets = compose_bounce(refused());
  ASSERT_TRUE(is_canonical(octets, FinalLineEnd::ensure));
  const Header header(octets);
  EXPECT_EQ(header.separator(), "\r\n");
  EXPECT_EQ(header.find("From")->unfolded(), "Mail Delivery System <MAILER-DAEMON@mx1.alpha.example>");
  EXPECT_EQ(header.find("Subject")->unfolded(), "Undelivered Mail Returned to Sender");
  EXPECT_EQ(header.find("Auto-Submitted")->unfolded(), "auto-replied");
  EXPECT_EQ(header.find("Message-ID")->unfolded(), "<b1@mx1.alpha.example>");
  EXPECT_EQ(header.find("References")->unfolded(), "<7@pc.example>");
  EXPECT_EQ(parse_date_time(header.find("Date")->value())->unix_s, 1704103200);
  EXPECT_EQ(envelope_of(header).forward_paths, std::vector<std::string>{"alice@alpha.example"});
}

TEST(Bounce, TellsEachRecipientsStory) {
  const std::string octets = compose_bounce(refused());
  EXPECT_THAT(
      octets,
      HasSubstr(
          "<nobody@beta.example>\r\n    mx.beta.example answered:\r\n        550 5.1.1 No such user\r\n"));
  EXPECT_THAT(octets, HasSubstr("There is no such mailbox there"));
  EXPECT_THAT(
      octets,
      HasSubstr("<carol@gamma.example>\r\n    Towards mx.gamma.example: the connection timed out.\r\n"));
  EXPECT_THAT(octets, HasSubstr("until the time for it ran out"));
}

TEST(Bounce, ReturnsTheHeaderButNotTheBody) {
  const std::string octets = compose_bounce(refused());
  EXPECT_THAT(octets,
              HasSubstr("Received: by mx.example; 1 Jan 2024 10:00 +0000\r\nMessage-ID: <7@pc.example>\r\n"));
  EXPECT_THAT(octets, Not(HasSubstr("secret body")));
}

TEST(Bounce, IsSevenBitWithBoundedLinesWhateverComes) {
  Bounce bounce = refused();
  const std::string wild = "X: " + std::string(5000, 'x') + "\nY: a\rb" + std::string(1, '\0') + "\xff\n\n";
  bounce.returned_message = wild;
  bounce.results[0].reply_text = "line one\nline two \xff\r\n.\nlast";
  bounce.results[1].forward_path = "a\r\nBcc: x@y.example";
  const std::string octets = compose_bounce(bounce);
  ASSERT_TRUE(is_canonical(octets, FinalLineEnd::ensure));
  EXPECT_THAT(octets, HasSubstr("        550-5.1.1 line one\r\n        550-5.1.1 line two ?\r\n        "
                                "550-5.1.1 .\r\n        550 5.1.1 last\r\n"));
  for (const char c : octets) {
    ASSERT_LT(static_cast<unsigned char>(c), 0x80);
    ASSERT_NE(c, '\0');
  }
  for (std::size_t begin = 0; begin < octets.size();) {
    const std::size_t end = octets.find("\r\n", begin);
    ASSERT_LE(end - begin, 998U);
    ASSERT_EQ(octets.substr(begin, end - begin).find('\r'), std::string::npos);
    begin = end + 2;
  }
}

TEST(Bounce, SaysThatADelayIsNoFailure) {
  Bounce bounce = refused();
  for (RecipientResult& result : bounce.results) result.action = DeliveryAction::delayed;
  const std::string octets = compose_bounce(bounce);
  EXPECT_EQ(Header(octets).find("Subject")->unfolded(), "Delayed Mail (still being retried)");
  EXPECT_THAT(octets, HasSubstr("It will be tried again"));
  EXPECT_THAT(octets, Not(HasSubstr("given up")));
}

}  // namespace
}  // namespace mailroom::message
