// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dsn/parse_report.hpp"

#include "protocols/dsn/content_type.hpp"
#include "tests/protocols/dsn/notification.hpp"

namespace mailroom::dsn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string report_of(std::string_view fields) {
  return "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"b b\"\r\n\r\n"
         "--b b\r\n\r\nSorry.\r\n"
         "--b b\r\nContent-Type: message/delivery-status\r\n\r\n" +
         std::string(fields) + "\r\n--b b--\r\nafterwards\r\n";
}

TEST(ParseReport, ReadsWhatWeWrite) {
  const Notification n = two_failures();
  const auto parsed = parse_report(compose_report(n).octets);
  ASSERT_TRUE(parsed) << parsed.error().expected;
  EXPECT_EQ(parsed->report.original_envelope_id, "QQ314159");
  EXPECT_EQ(parsed->report.reporting_mta, n.report.reporting_mta);
  EXPECT_EQ(parsed->report.received_from_mta, n.report.received_from_mta);
  EXPECT_EQ(parsed->report.arrival_s, n.report.arrival_s);
  EXPECT_EQ(parsed->report.recipients, n.report.recipients);
  EXPECT_THAT(parsed->words, HasSubstr("could not be delivered to 2 recipients"));
  EXPECT_EQ(parsed->returned,
            std::string(kTraceFields) + std::string(kContent.substr(0, kContent.find("\r\n\r\n") + 2)));
  EXPECT_FALSE(parsed->returns_all);
  EXPECT_THAT(parsed->errors, IsEmpty());
}

TEST(ParseReport, ReadsEveryAction) {
  for (const Action action :
       {Action::failed, Action::delayed, Action::delivered, Action::relayed, Action::expanded}) {
    const auto parsed = parse_report(compose_report(with_action(action)).octets);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(gravest(parsed->report), action);
  }
}

// As other mail systems write them: odd cases, comments, bare line feeds, types in capitals, no blanks.
TEST(ParseReport, ReadsWhatOthersWrite) {
  const auto parsed = parse_report(
      "From: MAILER-DAEMON\nContent-type: Multipart/Report (really); Boundary=xyz; "
      "Report-Type=\"delivery-status\"\n\n"
      "preamble\n--xyz  \n\nwords\n--xyz\nContent-Type: MESSAGE/Delivery-Status\n\n"
      "reporting-mta: dns;relay.example\narrival-date: Mon, 1 Jan 2024 10:00:00 -0500 (EST)\n\n"
      "FINAL-RECIPIENT: RFC822;<joe@x.example>\nAction: Failed (bounced)\nStatus:5.2.2 (full)\n"
      "Diagnostic-Code: smtp;\n 552 too\n much\nX-Odd: 1\n\n\n"
      "Final-recipient: rfc822;jim@x.example\nAction: delayed\nStatus: 4.4.1\n\n"
      "--xyz\nContent-Type: message/rfc822\n\nSubject: s\n\nbody\n--xyz--\n");
  ASSERT_TRUE(parsed) << parsed.error().expected;
  EXPECT_EQ(parsed->report.reporting_mta, (Typed{"dns", "relay.example"}));
  EXPECT_EQ(parsed->report.arrival_s, 1704121200);
  ASSERT_THAT(parsed->report.recipients, SizeIs(2));
  const Recipient& first = parsed->report.recipients[0];
  EXPECT_EQ(first.final_recipient, (Typed{"RFC822", "<joe@x.example>"}));
  EXPECT_EQ(first.action, Action::failed);
  EXPECT_EQ(first.status, (Status{5, 2, 2}));
  EXPECT_EQ(first.diagnostic_code, (Typed{"smtp", "552 too much"}));
  EXPECT_EQ(parsed->report.recipients[1].action, Action::delayed);
  EXPECT_EQ(parsed->words, "words");
  EXPECT_EQ(parsed->returned, "Subject: s\n\nbody");
  EXPECT_TRUE(parsed->returns_all);
}

TEST(ParseReport, PassesOverGarbage) {
  const auto parsed =
      parse_report(report_of("!!!\x01\xff\r\nReporting-MTA: dns; a\r\n\x80\x81\r\n: no name\r\n\r\n\r\n \r\n"
                             "Final-Recipient: rfc822; a@b\r\ngarbage\r\nAction: failed\r\n"
                             "Status: 5.0.0\r\n"));
  ASSERT_TRUE(parsed) << parsed.error().expected;
  EXPECT_EQ(parsed->report.reporting_mta.value, "a");
  ASSERT_THAT(parsed->report.recipients, SizeIs(1));
  EXPECT_EQ(parsed->report.recipients[0].status, (Status{5, 0, 0}));
}

TEST(ParseReport, NamesTheFieldsThatItCouldNotRead) {
  const auto parsed =
      parse_report(report_of("Arrival-Date: yesterday\r\n\r\nFinal-Recipient: rfc822; a@b\r\n"
                             "Action: exploded\r\nStatus: 9.9\r\n"));
  ASSERT_TRUE(parsed);
  std::vector<std::string> fields;
  for (const auto& error : parsed->errors) fields.push_back(error.field);
  EXPECT_THAT(fields, ElementsAre("Arrival-Date", "Action", "Status"));
  EXPECT_FALSE(parsed->report.recipients[0].status);
}

TEST(ParseReport, TakesAReportWithoutTheGroupOfTheMessage) {
  const auto parsed = parse_report(
      report_of("Final-Recipient: rfc822; a@b\r\nAction: failed\r\n\r\nFinal-Recipient: rfc822; c@d\r\n"));
  ASSERT_TRUE(parsed);
  ASSERT_THAT(parsed->report.recipients, SizeIs(2));
  EXPECT_EQ(parsed->report.recipients[1].final_recipient.value, "c@d");
}

TEST(ParseReport, TakesFieldsOfTheMessageFromTheFirstGroupOnly) {
  const auto parsed = parse_report(report_of(
      "Reporting-MTA: dns; first\r\n\r\nFinal-Recipient: rfc822; a@b\r\n\r\nReporting-MTA: dns; late\r\n"
      "Final-Recipient: rfc822; c@d\r\n"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->report.reporting_mta.value, "first");
  EXPECT_THAT(parsed->report.recipients, SizeIs(2));
}

// RFC 6533 §4: the same with addresses in any script.
TEST(ParseReport, TakesAnInternationalizedReport) {
  std::string octets = report_of("Reporting-MTA: dns; a\r\n\r\nFinal-Recipient: utf-8; \xc3\xbc@b\r\nAction: failed\r\n");
  octets.replace(octets.find("message/delivery"), 16, "message/global-delivery");
  const auto parsed = parse_report(octets);
  ASSERT_TRUE(parsed) << parsed.error().expected;
  EXPECT_EQ(parsed->report.recipients[0].final_recipient, (Typed{"utf-8", "\xc3\xbc@b"}));
}

// RFC 6522 §3: words, then the status, then what came back; whatever stands elsewhere is none of them.
TEST(ParseReport, TakesThePartsByTheirOrder) {
  const std::string status = "--x\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b\r\n";
  const std::string message = "--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: s\r\n\r\nbody\r\n";
  const std::string words = "--x\r\n\r\nwords\r\n";
  const std::string header = "Content-Type: multipart/report; boundary=x\r\n\r\n";
  const auto right = parse_report(header + words + status + message + "--x--\r\n");
  ASSERT_TRUE(right);
  EXPECT_EQ(right->words, "words");
  EXPECT_EQ(right->returned, "Subject: s\r\n\r\nbody");
  const auto turned = parse_report(header + message + status + words + "--x--\r\n");
  ASSERT_TRUE(turned);
  EXPECT_EQ(turned->words, "");
  EXPECT_EQ(turned->returned, "");
}

TEST(ParseReport, SaysWhyAMessageIsNone) {
  const auto why = [](std::string_view octets) {
    const auto parsed = parse_report(octets);
    return parsed ? std::string("it is one") : std::string(parsed.error().expected);
  };
  ASSERT_EQ(why(report_of("Final-Recipient: rfc822; a@b\r\n")), "it is one");
  EXPECT_EQ(why(report_of("Reporting-MTA: dns; a\r\n")), "the fields of at least one recipient");
  EXPECT_EQ(why(report_of("")), "the fields of at least one recipient");
  for (const std::string_view octets :
       {"", "\r\n", "Subject: hello\r\n\r\nFinal-Recipient: rfc822; a@b\r\n",
        "Content-Type: multipart/report\r\n\r\n", "Content-Type: multipart/report; boundary=\"\"\r\n\r\n",
        "Content-Type: (((\r\n\r\n"})
    EXPECT_EQ(why(octets), "Content-Type: multipart/report with a boundary") << octets;
  EXPECT_EQ(why("Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\nwords\r\n--x--\r\n"),
            "a part of type message/delivery-status");
}

TEST(ParseReport, TakesAReportThatWasCutAnywhere) {
  const std::string octets = compose_report(two_failures()).octets;
  std::size_t read = 0;
  for (std::size_t size = 0; size <= octets.size(); ++size) {
    const auto parsed = parse_report(std::string_view(octets).substr(0, size));
    if (!parsed) continue;
    ++read;
    EXPECT_LE(parsed->report.recipients.size(), 2U);
    EXPECT_THAT(parsed->report.recipients, testing::Not(IsEmpty()));
  }
  // From the first field of a recipient on.
  const std::string field = "Original-Recipient:";
  EXPECT_EQ(read, octets.size() - (octets.find(field) + field.size()) + 1);
}

TEST(ParseReport, NeverTripsOverRandomOctets) {
  const std::string octets = compose_report(two_failures()).octets;
  std::uint32_t state = 1;
  const auto random = [&] { return state = state * 1664525 + 1013904223; };
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = octets;
    for (int i = 0; i < 8; ++i) damaged[(random() >> 8) % damaged.size()] = static_cast<char>(random() >> 24);
    if (round % 3 == 0) damaged.erase((random() >> 8) % damaged.size(), (random() >> 8) % 300);
    (void)parse_report(damaged);
  }
}

TEST(ContentType, HasATypeAndParameters) {
  const auto type =
      parse_content_type(" Text / Plain (c); charset = \"us\\\"ascii\" ; format=flowed; broken; x=y");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->type, "text/plain");
  EXPECT_EQ(*type->parameter("charset"), "us\"ascii");
  EXPECT_EQ(*type->parameter("format"), "flowed");
  EXPECT_EQ(type->parameter("x"), nullptr) << "behind what could not be read";
  EXPECT_FALSE(parse_content_type("text"));
  EXPECT_FALSE(parse_content_type("/plain"));
}

TEST(ContentType, DividesABodyAtTheLinesOfItsBoundaryOnly) {
  const auto parts = parts_of(
      "before\r\n--b\r\none\r\n--bc\r\n --b\r\n\r\n--b \t\r\n--b\r\nthree\r\n--b--\r\n--b\r\nno", "b");
  EXPECT_THAT(parts, ElementsAre("one\r\n--bc\r\n --b\r\n", "", "three"));
  EXPECT_THAT(parts_of("--b\r\nopen\r\n", "b"), ElementsAre("open\r\n"));
  EXPECT_THAT(parts_of("nothing", "b"), IsEmpty());
  EXPECT_THAT(parts_of("", "b"), IsEmpty());
}

}  // namespace
}  // namespace mailroom::dsn
