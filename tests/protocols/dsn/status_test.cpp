// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dsn/status.hpp"

#include "protocols/dsn/report.hpp"

namespace mailroom::dsn {
namespace {

TEST(DsnReport, HasActionsWithCommentsAndTypesOfAtoms) {
  EXPECT_EQ(parse_action(" Failed (for good)"), Action::failed);
  EXPECT_EQ(parse_action("relayed"), Action::relayed);
  EXPECT_FALSE(parse_action("fail"));
  EXPECT_EQ(parse_typed("dns; mx.example"), (Typed{"dns", "mx.example"}));
  EXPECT_EQ(parse_typed("two words; x"), (Typed{"", "two words; x"})) << "no type";
  EXPECT_EQ(parse_typed("mx.example"), (Typed{"", "mx.example"}));
  EXPECT_EQ(format({"", "mx.example"}), "mx.example");
  EXPECT_EQ(format({"dns", "mx.example"}), "dns; mx.example");
}

TEST(DsnReport, IsAsGraveAsTheWorstOfIt) {
  Report report;
  for (const Action action : {Action::delivered, Action::failed, Action::relayed})
    report.recipients.push_back({.action = action});
  EXPECT_EQ(gravest(report), Action::failed);
  report.recipients.erase(report.recipients.begin() + 1);
  EXPECT_EQ(gravest(report), Action::delivered);
}

TEST(DsnStatus, IsReadAndWritten) {
  for (const char* text : {"5.1.1", "2.0.0", "4.4.7", "5.999.999"}) {
    const auto status = parse_status(text);
    ASSERT_TRUE(status) << text;
    EXPECT_EQ(to_string(*status), text);
  }
  EXPECT_EQ(parse_status("  5.7.1 (rejected)"), (Status{5, 7, 1}));
  EXPECT_EQ(parse_status("4.4.1(no answer)"), (Status{4, 4, 1}));
}

TEST(DsnStatus, IsNothingElse) {
  for (const char* text :
       {"", "5", "5.1", "5.1.", "5..1", "1.0.0", "3.0.0", "6.1.1", "5.1.1000", "5.1.1.1", "5.1.1x", "5.01.1",
        "x5.1.1", "-5.1.1", "55.1.1", "5.1 .1", "99999999999999999999.1.1"})
    EXPECT_FALSE(parse_status(text)) << text;
}

TEST(DsnStatus, HasTheNamesOfTheRegistry) {
  EXPECT_EQ(describe({5, 1, 1}), "5.1.1: permanent failure; addressing; bad destination mailbox address");
  EXPECT_EQ(describe({4, 4, 1}),
            "4.4.1: persistent transient failure; network and routing; no answer from host");
  EXPECT_EQ(describe({2, 0, 0}), "2.0.0: success; other or undefined; other undefined status");
  EXPECT_EQ(describe({5, 1, 99}), "5.1.99: permanent failure; addressing; not registered");
  EXPECT_EQ(describe({5, 42, 1}), "5.42.1: permanent failure; unknown subject; not registered");
  EXPECT_EQ(words_of({5, 1, 99}).meaning, words_of({5, 1, 0}).meaning);
  EXPECT_EQ(words_of({5, 5, 1}).advice, words_of({5, 5, 0}).advice) << "none of its own: that of the subject";
}

TEST(DsnStatus, IsDerivedFromTheBasicCodeWhereThereIsNoOther) {
  EXPECT_EQ(status_of_reply(552), (Status{5, 2, 2}));
  EXPECT_EQ(status_of_reply(421), (Status{4, 3, 2}));
  EXPECT_EQ(status_of_reply(499), (Status{4, 0, 0}));
  EXPECT_EQ(status_of_reply(250), (Status{2, 0, 0}));
  EXPECT_EQ(status_of_reply(554), (Status{5, 0, 0}));
  EXPECT_EQ(status_of_reply(550), (Status{5, 0, 0})) << "the mailbox, or a rule about routes or relaying";
  EXPECT_EQ(status_of_reply(450), (Status{4, 0, 0}));
  for (const int code : {0, -1, 100, 354, 600, 4440}) EXPECT_FALSE(status_of_reply(code)) << code;
  for (int code = 200; code < 600; ++code) {
    const Status status = status_of_reply(code);
    EXPECT_TRUE(!status || status.cls == code / 100) << code;
  }
}

TEST(DsnStatus, IsDerivedFromWhatHappenedWhereThereWasNoReply) {
  EXPECT_EQ(status_of(Trouble::no_answer), (Status{4, 4, 1}));
  EXPECT_EQ(status_of(Trouble::dns_failure), (Status{4, 4, 3}));
  EXPECT_EQ(status_of(Trouble::no_such_domain), (Status{5, 1, 2}));
  EXPECT_EQ(status_of(Trouble::null_mx), (Status{5, 1, 10}));
  EXPECT_EQ(status_of(Trouble::no_route), (Status{5, 4, 4}));
  EXPECT_EQ(status_of(Trouble::loop), (Status{5, 4, 6}));
  EXPECT_EQ(status_of(Trouble::expired), (Status{4, 4, 7}));
}

}  // namespace
}  // namespace mailroom::dsn
