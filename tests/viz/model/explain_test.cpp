// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "protocols/smtp/command_table.hpp"
#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/reply_texts.hpp"

namespace mailroom::viz {
namespace {

using smtp::Verb;
using testing::HasSubstr;
using testing::Not;

TEST(Explain, EveryCommandOfTheTableHasWordsAndItsSection) {
  for (const smtp::CommandRule& rule : smtp::command_table()) {
    const Explanation explanation = explain_command(smtp::name(rule.verb));
    EXPECT_THAT(explanation.title, testing::StartsWith(std::string(smtp::name(rule.verb)) + ": "));
    EXPECT_FALSE(explanation.text.empty());
    EXPECT_EQ(explanation.source, rule.section);
  }
}

TEST(Explain, EveryVerbThatIsKnownHasWordsOfItsOwn) {
  std::vector<std::string> texts;
  for (int i = 0; i < smtp::kVerbCount; ++i) {
    const Explanation explanation = explain_command(smtp::name(static_cast<Verb>(i)));
    EXPECT_FALSE(explanation.source.empty()) << i;
    EXPECT_EQ(std::ranges::count(texts, explanation.text), 0) << explanation.text;
    texts.push_back(explanation.text);
  }
}

TEST(Explain, MailIsToldAsInTheLecture) {
  const Explanation mail = explain_command("MAIL FROM: <isg@yahoo.com>");
  EXPECT_THAT(mail.text,
              HasSubstr("names the originator and gives the reverse path, to be used for error reporting"));
  EXPECT_EQ(mail.source, "RFC 5321 §4.1.1.2");
}

TEST(Explain, ParametersAreExplainedWithTheirCommand) {
  const Explanation mail = explain_command("mail from:<a@b.example> SIZE=500 body=8BITMIME X-ODD=1");
  EXPECT_THAT(mail.text, HasSubstr("SIZE says"));
  EXPECT_THAT(mail.text, HasSubstr("BODY says"));
  EXPECT_THAT(mail.source, HasSubstr("RFC 1870"));
  EXPECT_THAT(explain_command("RCPT TO:<a@b.example> NOTIFY=NEVER").text, HasSubstr("NOTIFY says"));
  EXPECT_THAT(explain_command("RCPT TO:<a@b.example> SIZE=3").text, Not(HasSubstr("SIZE")));
}

TEST(Explain, EveryReplyOfOurReceiversHasARow) {
  const auto codes = explained_codes();
  const auto explains = [&](int code) { return std::ranges::find(codes, code) != codes.end(); };
  const std::vector<smtp::Say> kAll = {
#define SAY(id, code, subject, detail, modern, lecture) smtp::Say::id,
#include "protocols/smtp/reply_texts.def"
#undef SAY
  };
  ASSERT_GT(kAll.size(), 50U);
  for (const smtp::Say what : kAll) {
    const smtp::Reply reply = smtp::say(what, smtp::TextProfile::modern, "mx1.example");
    EXPECT_TRUE(explains(reply.code)) << reply.code;
    std::string text = reply.enhanced ? smtp::to_string(*reply.enhanced) + " " : "";
    text += reply.lines.front();
    const Explanation explanation = explain_reply(reply.code, text, Verb::unknown);
    EXPECT_THAT(explanation.title, HasSubstr(smtp::name(smtp::category(reply))));
    EXPECT_EQ(explanation.text.contains('\n'), reply.enhanced.has_value()) << text;
  }
  for (const smtp::CommandRule& rule : smtp::command_table())
    EXPECT_TRUE(explains(rule.positive)) << rule.positive;
}

TEST(Explain, CategoriesHaveTheLecturesNames) {
  EXPECT_THAT(explain_reply(250, "OK", Verb::rcpt).title, HasSubstr("positive completion"));
  EXPECT_THAT(explain_reply(354, "Start", Verb::data).title, HasSubstr("positive intermediate"));
  EXPECT_THAT(explain_reply(451, "later", Verb::rcpt).title, HasSubstr("transient negative completion"));
  EXPECT_THAT(explain_reply(550, "no", Verb::rcpt).title, HasSubstr("permanent negative completion"));
  EXPECT_THAT(explain_reply(999, "?", Verb::rcpt).text, HasSubstr("No reply of SMTP"));
  EXPECT_THAT(explain_reply(-5, "", Verb::rcpt).text, HasSubstr("No reply of SMTP"));
}

TEST(Explain, TheSameCodeMeansWhatItAnswers) {
  const std::string after_rcpt = explain_reply(250, "OK", Verb::rcpt).text;
  const std::string after_helo = explain_reply(250, "mx1.example", Verb::helo).text;
  EXPECT_NE(after_rcpt, after_helo);
  EXPECT_THAT(explain_confirmation(250, "OK").text, HasSubstr("it is responsible from now on"));
  EXPECT_THAT(explain_confirmation(452, "4.3.1 full").text, HasSubstr("the sender stays responsible"));
}

TEST(Explain, EnhancedCodesAndExtensionsAreToldOneByOne) {
  const Explanation unknown = explain_reply(550, "5.1.1 no such user", Verb::rcpt);
  EXPECT_THAT(unknown.text, HasSubstr("5.1.1: there is no such mailbox at that host"));
  EXPECT_THAT(unknown.source, HasSubstr("RFC 3463 §3.2"));
  smtp::Extensions all = smtp::Extensions::all();
  all.etrn = all.vrfy = all.expn = all.help = true;
  all.auth = smtp::AuthMechanisms::all();
  all.limits.recipients = 100;
  std::string text = "mx1.example";
  const auto lines = smtp::ehlo_lines(all);
  for (const std::string& line : lines) text += "\n" + line;
  const Explanation ehlo = explain_reply(250, text, Verb::ehlo);
  EXPECT_EQ(std::ranges::count(ehlo.text, '\n'), std::ssize(lines));
}

TEST(Explain, KindsThatALadderShowsAreExplained) {
  using enum trace::Kind;
  for (const trace::Kind kind : {connection_opened, connection_refused, connection_timed_out, copy_created,
                                 copy_deferred, host_crashed, fault_began, frame_sent, timer_expired})
    EXPECT_FALSE(explain_kind(kind).title.empty()) << trace::info(kind).name;
  EXPECT_EQ(explain_kind(run_began), Explanation{});
}

}  // namespace
}  // namespace mailroom::viz
