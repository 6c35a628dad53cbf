// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dsn/compose_report.hpp"

#include <functional>
#include <set>

#include "protocols/dsn/parse_report.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/utf8.hpp"
#include "tests/protocols/dsn/notification.hpp"

namespace mailroom::dsn {
namespace {

using message::FinalLineEnd;
using message::Header;
using testing::HasSubstr;
using testing::Not;

void expect_lines_of_mail(const std::string& octets, bool eight_bit = false) {
  ASSERT_TRUE(message::is_canonical(octets, FinalLineEnd::ensure));
  for (const char c : octets) {
    ASSERT_NE(c, '\0');
    ASSERT_TRUE(eight_bit || static_cast<unsigned char>(c) < 0x80);
  }
  for (std::size_t begin = 0; begin < octets.size();) {
    const std::size_t end = octets.find("\r\n", begin);
    ASSERT_LE(end - begin, 998U);
    ASSERT_EQ(octets.substr(begin, end - begin).find('\r'), std::string::npos);
    begin = end + 2;
  }
}

TEST(ComposeReport, IsAMessageToTheOriginator) {
  const Composed composed = compose_report(two_failures());
  expect_lines_of_mail(composed.octets);
  EXPECT_FALSE(composed.eight_bit);
  const Header header(composed.octets);
  EXPECT_EQ(header.separator(), "\r\n");
  EXPECT_EQ(header.find("From")->unfolded(), "Mail Delivery System <MAILER-DAEMON@mx1.alpha.example>");
  EXPECT_EQ(header.find("Subject")->unfolded(), "Undelivered Mail Returned to Sender");
  EXPECT_EQ(header.find("Auto-Submitted")->unfolded(), "auto-replied");
  EXPECT_EQ(header.find("Message-ID")->unfolded(), "<b1@mx1.alpha.example>");
  EXPECT_EQ(header.find("References")->unfolded(), "<7@pc.example>");
  EXPECT_EQ(header.find("MIME-Version")->unfolded(), "1.0");
  EXPECT_THAT(header.find("Content-Type")->unfolded(),
              testing::StartsWith("multipart/report; report-type=delivery-status; boundary=\"=_report_"));
  EXPECT_EQ(message::parse_date_time(header.find("Date")->value())->unix_s, 1704103200);
  EXPECT_EQ(envelope_of(header).forward_paths, std::vector<std::string>{"alice@alpha.example"});
}

TEST(ComposeReport, TellsEachRecipientsStory) {
  const std::string octets = compose_report(two_failures()).octets;
  EXPECT_THAT(octets, HasSubstr("This is the mail system of mx1.alpha.example.\r\n\r\n"
                                "Your message could not be delivered to 2 recipients.\r\n\r\n"
                                "    Subject: Lunch\r\n"));
  EXPECT_THAT(octets,
              HasSubstr("<nobody@beta.example>: not delivered\r\n"
                        "    You wrote to <bob@alias.example>.\r\n"
                        "    mx.beta.example answered:\r\n"
                        "        550 5.1.1 No such user here\r\n"
                        "    That means: there is no such mailbox at that host.\r\n"
                        "    Trying again would not help, so it was given up.\r\n"
                        "    What you can do: check what stands before the @ for a typing mistake, or\r\n"
                        "    ask the recipient for the right address.\r\n"
                        "    Status 5.1.1: permanent failure; addressing; bad destination mailbox\r\n"
                        "    address.\r\n\r\n"));
  EXPECT_THAT(octets,
              HasSubstr("<carol@gamma.example>: not delivered\r\n"
                        "    Towards mx.gamma.example: the connection timed out.\r\n"
                        "    That means: the time for trying ran out.\r\n"
                        "    It was tried 6 times until the time for it ran out, and is given up now.\r\n"));
}

TEST(ComposeReport, HasTheFieldsOfTheRfc) {
  const std::string octets = compose_report(two_failures()).octets;
  EXPECT_THAT(octets, HasSubstr("Content-Type: message/delivery-status\r\n"
                                "Content-Description: The same for programs\r\n\r\n"
                                "Original-Envelope-Id: QQ314159\r\n"
                                "Reporting-MTA: dns; mx1.alpha.example\r\n"
                                "Received-From-MTA: dns; pc.example\r\n"
                                "Arrival-Date: Mon, 01 Jan 2024 09:59:50 +0000\r\n\r\n"
                                "Original-Recipient: rfc822; bob@alias.example\r\n"
                                "Final-Recipient: rfc822; nobody@beta.example\r\n"
                                "Action: failed\r\n"
                                "Status: 5.1.1\r\n"
                                "Remote-MTA: dns; mx.beta.example\r\n"
                                "Diagnostic-Code: smtp; 550 5.1.1 No such user here\r\n"
                                "Last-Attempt-Date: Mon, 01 Jan 2024 10:00:00 +0000\r\n"
                                "Final-Log-ID: Q17\r\n\r\n"
                                "Final-Recipient: rfc822; carol@gamma.example\r\n"
                                "Action: failed\r\n"
                                "Status: 4.4.7\r\n"
                                "Remote-MTA: dns; mx.gamma.example\r\n"
                                "Diagnostic-Code: x-mailroom; the connection timed out\r\n\r\n--=_report_"));
}

TEST(ComposeReport, ReturnsTheHeaderOrAllOfTheMessage) {
  Notification n = two_failures();
  const std::string headers = compose_report(n).octets;
  EXPECT_THAT(headers, HasSubstr("Content-Type: text/rfc822-headers\r\n"));
  EXPECT_THAT(headers, HasSubstr(std::string(kTraceFields) + "Date: Mon, 01 Jan 2024"));
  EXPECT_THAT(headers, Not(HasSubstr("secret body")));
  n.returned.wanted = Return::full;
  const std::string full = compose_report(n).octets;
  EXPECT_THAT(full, HasSubstr("Content-Type: message/rfc822\r\nContent-Description: The message\r\n\r\n" +
                              std::string(kTraceFields) + std::string(kContent) + "\r\n--=_report_"));
}

TEST(ComposeReport, ReturnsOnlyTheHeaderWhereAllWouldBeWrong) {
  const auto returns_all = [](Notification n, const std::function<void(Notification&)>& change) {
    n.returned.wanted = Return::full;
    change(n);
    const Composed composed = compose_report(n);
    expect_lines_of_mail(composed.octets, composed.eight_bit);
    return composed.octets.find("Content-Type: message/rfc822") != std::string::npos;
  };
  const std::string to_the_limit(kContent);
  ASSERT_TRUE(returns_all(two_failures(), [](Notification&) {}));
  const auto size = static_cast<std::int64_t>(kTraceFields.size() + kContent.size());
  EXPECT_TRUE(returns_all(two_failures(), [&](auto& n) { n.returned.size_limit_bytes = size; }));
  EXPECT_FALSE(returns_all(two_failures(), [&](auto& n) { n.returned.size_limit_bytes = size - 1; }));
  EXPECT_FALSE(returns_all(with_action(Action::delayed), [](Notification&) {}))
      << "RFC 3461 §4.3: not failed";
  for (const std::string& odd :
       {"A: b\r\n\r\n" + std::string(999, 'x') + "\r\n", std::string("A: b\r\n\r\nx\ry\r\n"),
        std::string("A: b\n\nx\n"), std::string("A: b\r\n\r\nx\0y\r\n", 13),
        std::string("A: b\r\n\r\nno end"), std::string("A: b\r\n\r\n\xc3\xbc\r\n")}) {
    EXPECT_FALSE(returns_all(two_failures(), [&](auto& n) { n.content = odd; })) << odd;
  }
}

TEST(ComposeReport, ReturnsAllOfAMessageWhoseLinesHaveTheMostThatTheyMay) {
  Notification n = two_failures();
  const std::string content = "A: b\r\n\r\n" + std::string(998, 'x') + "\r\n";
  n.content = content;
  n.returned.wanted = Return::full;
  EXPECT_THAT(compose_report(n).octets, HasSubstr(content));
}

TEST(ComposeReport, BoundsAHeaderOfManyFields) {
  Notification n = two_failures();
  std::string content;
  for (int i = 0; i < 100'000; ++i) content += "X: y\r\n";
  n.content = content;
  ASSERT_GT(static_cast<std::int64_t>(content.size()), 10 * n.returned.size_limit_bytes);
  EXPECT_LT(static_cast<std::int64_t>(compose_report(n).octets.size()), n.returned.size_limit_bytes + 10'000);
}

TEST(ComposeReport, SpeaksOfOneAsOfOne) {
  Notification n = two_failures();
  n.report.recipients.erase(n.report.recipients.begin());
  n.attempts = {1};
  const std::string octets = compose_report(n).octets;
  EXPECT_THAT(octets, HasSubstr("could not be delivered to one recipient."));
  EXPECT_THAT(octets, HasSubstr("It was tried once until the time for it ran out"));
}

TEST(ComposeReport, SaysWhatItsThirdPartIs) {
  Notification n = two_failures();
  const auto words = [&] { return parse_report(compose_report(n).octets)->words; };
  EXPECT_THAT(words(), HasSubstr("The third is the\r\nheader of your message."));
  n.returned.wanted = Return::full;
  EXPECT_THAT(words(), HasSubstr("The third is your\r\nmessage."));
}

TEST(ComposeReport, NamesTheMessageInAFewWordsHoweverManyItsSubjectHas) {
  Notification n = two_failures();
  const std::string content = "Subject: " + std::string(5'000, 'x') + "\r\n\r\n";
  n.content = content;
  EXPECT_THAT(parse_report(compose_report(n).octets)->words, testing::SizeIs(testing::Lt(2'000U)));
}

// RFC 6533 §3: the words are UTF-8, or they are not sent as such.
TEST(ComposeReport, CutsALongSubjectBetweenCharacters) {
  for (const std::string_view character : {"\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    for (std::size_t shift = 0; shift < character.size(); ++shift) {
      Notification n = two_failures();
      n.is_international = n.returned.allows_eight_bit = true;
      std::string subject(shift, 'x');
      while (subject.size() < 300) subject += character;
      const std::string content = "Subject: " + subject + "\r\n\r\n";
      n.content = content;
      const std::string octets = compose_report(n).octets;
      ASSERT_THAT(octets, HasSubstr("charset=utf-8")) << "no character was lost";
      const std::string words = parse_report(octets)->words;
      EXPECT_TRUE(message::is_utf8(words));
      EXPECT_THAT(words, testing::ContainsRegex(std::string(character) + "[ \r\n]+\\.\\.\\."));
      EXPECT_THAT(words, testing::Not(HasSubstr("?")));
    }
  }
}

TEST(ComposeReport, CutsALongLineBetweenCharacters) {
  Notification n = two_failures();
  n.is_international = n.returned.allows_eight_bit = true;
  std::string field = "Subject: x";
  while (field.size() < 1'500) field += "\xe2\x82\xac";
  const std::string content = field + "\r\n\r\n";
  n.content = content;
  const std::string octets = compose_report(n).octets;
  expect_lines_of_mail(octets, true);
  ASSERT_THAT(octets, HasSubstr("message/global-headers"));
  EXPECT_TRUE(message::is_utf8(octets));
}

TEST(ComposeReport, SaysWhatTheOriginatorCanDoAboutCharacters) {
  Notification n = two_failures();
  n.report.recipients.front().status = {5, 6, 7};
  EXPECT_THAT(parse_report(compose_report(n).octets)->words, HasSubstr("with its Subject, in"));
}

TEST(ComposeReport, ReturnsEightBitTextWhereItMay) {
  Notification n = two_failures();
  const std::string content = "Subject: x\r\n\r\ngr\xc3\xbc\xc3\x9f\r\n";
  n.content = content;
  n.returned = {.wanted = Return::full, .allows_eight_bit = true};
  const Composed composed = compose_report(n);
  expect_lines_of_mail(composed.octets, true);
  EXPECT_TRUE(composed.eight_bit);
  EXPECT_EQ(Header(composed.octets).find("Content-Transfer-Encoding")->unfolded(), "8bit");
  EXPECT_THAT(composed.octets,
              HasSubstr("Content-Transfer-Encoding: 8bit\r\n\r\n" + std::string(kTraceFields)));
  EXPECT_THAT(composed.octets, HasSubstr(content));
}

TEST(ComposeReport, BoundsTheHeaderThatComesBack) {
  Notification n = two_failures();
  const std::string content = "A: 1\r\nX: " + std::string(900, 'x') + "\r\nB: 2\r\n\r\nbody\r\n";
  n.content = content;
  n.returned.size_limit_bytes = 500;
  const auto parsed = parse_report(compose_report(n).octets);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->returned, std::string(kTraceFields) + "A: 1\r\nB: 2\r\n");
  const std::string huge = "X: " + std::string(1'000'000, 'x') + "\r\n\r\n";
  n.content = huge;
  n.returned = {};
  EXPECT_LT(compose_report(n).octets.size(), 10'000U);
}

TEST(ComposeReport, IsSevenBitWithBoundedLinesWhateverComes) {
  Notification n = two_failures();
  const std::string wild = "X: " + std::string(5000, 'x') + "\nY: a\rb" + std::string(1, '\0') + "\xff\n\n";
  n.content = wild;
  n.trace_fields = "\xff\xfe no field\nSubject: \x80\n";
  n.to = "a\r\nBcc: x@y.example";
  n.report.original_envelope_id = "e\r\n\r\nFinal-Recipient: rfc822; forged@x.example";
  n.report.recipients[0].diagnostic_code =
      smtp_diagnostic(550, "", "line one\nline two \xff\r\n.\nlast\r\n\r\nAction: no");
  n.report.recipients[1].final_recipient.value = "a\r\n\r\n--=_report_x\r\n" + std::string(3000, 'a');
  const std::string octets = compose_report(n).octets;
  expect_lines_of_mail(octets);
  EXPECT_EQ(Header(octets).find("Bcc"), nullptr);
  const auto parsed = parse_report(octets);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->report.recipients.size(), 2U) << "no text makes a field of its own";
}

TEST(ComposeReport, ChoosesABoundaryThatNoPartHas) {
  const std::string first = compose_report(two_failures()).octets;
  EXPECT_EQ(compose_report(two_failures()).octets, first) << "the same octets each time";
  std::size_t at = first.find("boundary=\"") + 10;
  const std::string taken = first.substr(at, first.find('"', at) - at);
  Notification n = two_failures();
  const std::string content = "Subject: clash\r\n\r\n--" + taken + "\r\n\r\n--" + taken + "--\r\n";
  n.content = content;
  n.returned.wanted = Return::full;
  const std::string second = compose_report(n).octets;
  EXPECT_THAT(second, HasSubstr(content));
  at = second.find("boundary=\"") + 10;
  EXPECT_NE(second.substr(at, second.find('"', at) - at), taken);
  const auto parsed = parse_report(second);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->returned, std::string(kTraceFields) + content);
}

TEST(ComposeReport, SaysThatADelayIsNoFailure) {
  Notification n = with_action(Action::delayed);
  n.report.recipients[0].will_retry_until_s = 1704535200;
  const std::string octets = compose_report(n).octets;
  EXPECT_EQ(Header(octets).find("Subject")->unfolded(), "Delayed Mail (still being retried)");
  EXPECT_THAT(octets, HasSubstr("Your message has not yet reached 2 recipients. This is only a warning"));
  EXPECT_THAT(octets,
              HasSubstr("It will be tried again until Sat, 06 Jan 2024 10:00:00 +0000; you need not"));
  EXPECT_THAT(octets, HasSubstr("It was tried 6 times so far and will be tried again; you need not"));
  EXPECT_THAT(octets, HasSubstr("\r\nWill-Retry-Until: Sat, 06 Jan 2024 10:00:00 +0000\r\n"));
  EXPECT_THAT(octets, Not(HasSubstr("given up")));
}

TEST(ComposeReport, TellsOfSuccess) {
  for (const auto& [action, words] : std::vector<std::pair<Action, const char*>>{
           {Action::delivered, "The message has arrived there."},  // what a reply was said of is no mailbox here
           {Action::relayed, "mx.beta.example has taken the message."},
           {Action::expanded, "The address stands for several others."}}) {
    ASSERT_THAT(compose_report(two_failures()).octets, Not(HasSubstr(words)));
    const std::string octets = compose_report(with_action(action)).octets;
    EXPECT_EQ(Header(octets).find("Subject")->unfolded(), "Successful Mail Delivery Report");
    EXPECT_THAT(octets, HasSubstr(words));
    EXPECT_THAT(octets, HasSubstr("\r\nAction: " + std::string(name(action)) + "\r\n"));
    EXPECT_THAT(octets, Not(HasSubstr("What you can do")));
  }
}

TEST(ComposeReport, SaysThatAMailboxHasTheMessage) {
  Notification n = with_action(Action::delivered);
  for (Recipient& recipient : n.report.recipients) recipient.diagnostic_code = {};
  EXPECT_THAT(compose_report(n).octets, HasSubstr("The message is in the mailbox."));
}

Notification international(bool is_international) {
  Notification n = two_failures();
  n.report.recipients.resize(1);
  n.report.recipients[0].original_recipient = address("用户+x@beta.example");
  n.report.recipients[0].final_recipient = address("josé@beta.example");
  n.content = "Subject: Grüße\r\nTo: 用户@beta.example\r\n\r\nHello.\r\n";
  n.is_international = is_international;
  n.returned.allows_eight_bit = true;
  return n;
}

TEST(ComposeReport, NamesAddressesBeyondAsciiInAsciiForPrograms) {
  for (const bool is_international : {false, true}) {
    const Composed composed = compose_report(international(is_international));
    expect_lines_of_mail(composed.octets, is_international);
    EXPECT_EQ(composed.eight_bit, is_international);
    EXPECT_THAT(composed.octets,
                HasSubstr("Original-Recipient: utf-8; \\x{7528}\\x{6237}\\x{2B}x@beta.example\r\n"
                          "Final-Recipient: utf-8; jos\\x{E9}@beta.example\r\n"));
    const auto parsed = parse_report(composed.octets);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->report.recipients.at(0).final_recipient, (Typed{"utf-8", "josé@beta.example"}));
    EXPECT_EQ(parsed->report.recipients.at(0).original_recipient, (Typed{"utf-8", "用户+x@beta.example"}));
  }
}

TEST(ComposeReport, ShowsThemToPeopleAsTheyAreWhereTheWayBackTakesThem) {
  const std::string plain = compose_report(international(false)).octets;
  EXPECT_THAT(plain, HasSubstr("<jos??@beta.example>: not delivered"));
  EXPECT_THAT(plain, HasSubstr("Subject: Gr????e\r\n"));
  EXPECT_THAT(plain, HasSubstr("Content-Type: text/rfc822-headers\r\n"));
  Notification n = international(true);
  const std::string shown = compose_report(n).octets;
  EXPECT_THAT(shown, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(shown, HasSubstr("<josé@beta.example>: not delivered"));
  EXPECT_THAT(shown, HasSubstr("Content-Type: message/global-headers\r\n"));
  EXPECT_THAT(shown, HasSubstr("Subject: Grüße\r\n"));
  n.returned.wanted = Return::full;
  EXPECT_THAT(compose_report(n).octets, HasSubstr("Content-Type: message/global\r\n"));
  n.returned.allows_eight_bit = false;
  EXPECT_FALSE(compose_report(n).eight_bit);
}

TEST(ComposeReport, GoesToAnOriginatorBeyondAscii) {
  Notification n = two_failures();
  n.to = "josé@alpha.example";
  const Composed composed = compose_report(n);
  EXPECT_TRUE(composed.eight_bit);
  EXPECT_EQ(Header(composed.octets).find("To")->unfolded(), "<josé@alpha.example>");
}

TEST(ComposeReport, TellsThePostmasterOfADoubleBounce) {
  Notification n = two_failures();
  n.is_double_bounce = true;
  n.to = "postmaster@mx1.alpha.example";
  const std::string octets = compose_report(n).octets;
  EXPECT_EQ(Header(octets).find("Subject")->unfolded(), "Postmaster Copy: Undelivered Notification");
  EXPECT_THAT(octets, HasSubstr("you get it as the postmaster."));
  EXPECT_THAT(octets, Not(HasSubstr("our message")));
}

TEST(ComposeReport, ExplainsAHundredRecipientsAndListsAll) {
  Notification n = two_failures();
  n.report.recipients.resize(1);
  while (n.report.recipients.size() < 20'000) n.report.recipients.push_back(n.report.recipients.front());
  const std::string octets = compose_report(n).octets;
  EXPECT_THAT(octets,
              HasSubstr("There are 19900 more recipients; the second part of this report has them all."));
  const auto parsed = parse_report(octets);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->report.recipients.size(), 20'000U);
}

}  // namespace
}  // namespace mailroom::dsn
