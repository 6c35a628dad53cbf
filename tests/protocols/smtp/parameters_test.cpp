// SPDX-License-Identifier: GPL-2.0-only
// xtext, the DSN parameters, SMTPUTF8 and AUTH= of MAIL and RCPT.
#include "protocols/smtp/parameters.hpp"

#include <gtest/gtest.h>

#include "protocols/smtp/command.hpp"
#include "protocols/smtp/path_parser.hpp"
#include "protocols/smtp/utf8.hpp"
#include "protocols/smtp/xtext.hpp"

namespace mailroom::smtp {
namespace {

Extensions everything() {
  Extensions offered = Extensions::all();
  offered.auth = AuthMechanisms::all();
  return offered;
}

TEST(SmtpXtext, CarriesEveryOctetThereAndBack) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const std::string xtext = encode_xtext(all);
  for (const char c : xtext) EXPECT_TRUE(c >= '!' && c <= '~' && c != '=') << c;
  EXPECT_EQ(decode_xtext(xtext), all);
  EXPECT_EQ(encode_xtext("a+b=c d~"), "a+2Bb+3Dc+20d~");
  EXPECT_EQ(encode_xtext(""), "");
}

TEST(SmtpXtext, IsReadStrictly) {
  EXPECT_EQ(decode_xtext(""), "");
  EXPECT_EQ(decode_xtext("+41bc"), "Abc");
  for (const char* bad : {"+", "+4", "+2b", "+G0", "a=b", "a b", "a\x7F", "a\xC3\xA4", "++2B", "+ 1"})
    EXPECT_EQ(decode_xtext(bad), std::nullopt) << bad;
}

TEST(SmtpUtf8, KnowsWellFormedCharacters) {
  for (const char* good :
       {"", "abc", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x93\xAC", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x9F\xBF", "\xED\xA0\x80",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xC3("})
    EXPECT_FALSE(is_utf8(bad)) << bad;
  EXPECT_TRUE(is_ascii("abc"));
  EXPECT_FALSE(is_ascii("a\xC3\xBC"));
}

TEST(SmtpDsnParameters, NotifyIsNeverOrAList) {
  EXPECT_EQ(parse_notify("NEVER"), Notify{});
  EXPECT_EQ(parse_notify("success,Delay"), (Notify{.success = true, .failure = false, .delay = true}));
  for (const char* bad : {"", "NEVER,FAILURE", "FAILURE,NEVER", "SUCCESS,", ",SUCCESS", "SUCCESS,SUCCESS",
                          "FAIL", "SUCCESS DELAY"})
    EXPECT_EQ(parse_notify(bad), std::nullopt) << bad;
  for (int bits = 0; bits < 8; ++bits) {
    const Notify notify{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
    EXPECT_EQ(parse_notify(to_string(notify)), notify);
  }
}

TEST(SmtpDsnParameters, OrcptHasATypeAndAnAddress) {
  const auto read = parse_original_recipient("rfc822;a+2Bb@c.example");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, (OriginalRecipient{"rfc822", "a+b@c.example"}));
  EXPECT_EQ(to_string(*read), "rfc822;a+2Bb@c.example");
  for (const char* bad :
       {"", "rfc822", ";a", "rfc822;", "rfc 822;a", "rfc822;a=b", "rfc822;a+0A", "rfc822;+C3+BC"})
    EXPECT_EQ(parse_original_recipient(bad), std::nullopt) << bad;
  EXPECT_TRUE(parse_original_recipient("rfc822;" + std::string(493, 'x')).has_value());
  EXPECT_EQ(parse_original_recipient("rfc822;" + std::string(494, 'x')), std::nullopt);
}

TEST(SmtpDsnParameters, OrcptCarriesUnicodeWithAndWithoutSmtputf8) {
  const OriginalRecipient original = original_recipient("j\xC3\xBCrg+\\\xF0\x9F\x93\xAC@c.example");
  EXPECT_EQ(original.address_type, "utf-8");
  const std::string text = to_string(original);
  EXPECT_EQ(text, "utf-8;j\\x{FC}rg\\x{2B}\\x{5C}\\x{1F4EC}@c.example");
  EXPECT_EQ(parse_original_recipient(text), original);
  const std::string plain = "utf-8;j\xC3\xBCrg@c.example";
  EXPECT_EQ(parse_original_recipient(plain), std::nullopt);
  EXPECT_EQ(parse_original_recipient(plain, true)->address, "j\xC3\xBCrg@c.example");
  for (const char* bad :
       {"utf-8;\\x{}", "utf-8;\\x{D800}", "utf-8;\\x{110000}", "utf-8;\\x{FC", "utf-8;\\x{-1}", "utf-8;\\",
        "utf-8;a+b", "utf-8;\xC3", "utf-8;\\x{1234567}", "utf-8;\\x{0}"})
    EXPECT_EQ(parse_original_recipient(bad, true), std::nullopt) << bad;
  EXPECT_EQ(original_recipient("a@b.example").address_type, "rfc822");
}

TEST(SmtpDsnParameters, EnvidIsPrintableAndShort) {
  EXPECT_EQ(parse_envelope_id("QQ314159"), "QQ314159");
  EXPECT_EQ(parse_envelope_id("a+20b"), "a b");
  EXPECT_EQ(parse_envelope_id(std::string(101, 'x')), std::nullopt);
  for (const char* bad : {"", "a=b", "a+00", "a+0D+0A"})
    EXPECT_EQ(parse_envelope_id(bad), std::nullopt) << bad;
}

TEST(SmtpParameters, OfMailSurviveTheLine) {
  MailParameters parameters{.size_octets = 5, .body = Body::eight_bit, .has_body = true, .smtputf8 = true};
  parameters.ret = Return::headers;
  parameters.envelope_id = "a b+c";
  for (const char* submitter : {"", "e+f@g.example"}) {
    parameters.submitter = submitter;
    const std::string line = mail_line({{}, "a", "b.example"}, parameters, false);
    const auto command = parse_command(line);
    ASSERT_TRUE(command.has_value()) << line;
    EXPECT_EQ(mail_parameters(command->parameters, everything()), parameters) << line;
  }
  EXPECT_EQ(to_string(parameters),
            " SIZE=5 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+20b+2Bc AUTH=e+2Bf@g.example");
}

TEST(SmtpParameters, OfRcptSurviveTheLine) {
  const RcptParameters parameters{Notify{.success = true, .failure = true, .delay = false},
                                  OriginalRecipient{"rfc822", "a b@c.example"}};
  const std::string line = rcpt_line({{}, "a", "b.example"}, parameters, true);
  EXPECT_EQ(line, "RCPT TO: <a@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+20b@c.example");
  const auto command = parse_command(line);
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(rcpt_parameters(command->parameters, everything()), parameters);
}

TEST(SmtpParameters, AreReadOnlyWhereOfferedAndOnlyOnce) {
  const auto mail = [](std::string_view text, const Extensions& offered) {
    return mail_parameters(parse_command(std::string("MAIL FROM:<> ").append(text))->parameters, offered);
  };
  const auto rcpt = [](std::string_view text, const Extensions& offered) {
    return rcpt_parameters(parse_command(std::string("RCPT TO:<a@b> ").append(text))->parameters, offered);
  };
  for (const char* good : {"RET=FULL", "ENVID=x", "SMTPUTF8", "AUTH=<>"}) {
    EXPECT_TRUE(mail(good, everything()).has_value()) << good;
    EXPECT_EQ(mail(good, {}).error(), ParameterFault::unknown) << good;
    EXPECT_EQ(mail(std::string(good) + " " + good, everything()).error(), ParameterFault::repeated) << good;
    EXPECT_EQ(rcpt(good, everything()).error(), ParameterFault::unknown) << good;
  }
  for (const char* good : {"NOTIFY=NEVER", "ORCPT=rfc822;x"}) {
    EXPECT_TRUE(rcpt(good, everything()).has_value()) << good;
    EXPECT_EQ(rcpt(good, {}).error(), ParameterFault::unknown) << good;
    EXPECT_EQ(rcpt(std::string(good) + " " + good, everything()).error(), ParameterFault::repeated) << good;
    EXPECT_EQ(mail(good, everything()).error(), ParameterFault::unknown) << good;
  }
  for (const char* bad : {"RET=ALL", "RET", "ENVID", "ENVID=a+b", "SMTPUTF8=1", "AUTH", "AUTH=+"})
    EXPECT_EQ(mail(bad, everything()).error(), ParameterFault::bad_value) << bad;
  for (const char* bad : {"NOTIFY", "NOTIFY=ALWAYS", "ORCPT", "ORCPT=x"})
    EXPECT_EQ(rcpt(bad, everything()).error(), ParameterFault::bad_value) << bad;
}

TEST(SmtpUtf8, PathsHaveItOnlyWhereItIsAccepted) {
  const std::string text =
      "<j\xC3\xBCrg.\"\xC3\xA4 b\"@b\xC3\xBC"
      "cher.example>";
  const std::string path =
      "<j\xC3\xBCrg@b\xC3\xBC"
      "cher.example>";
  EXPECT_FALSE(parse_path(path, PathKind::forward).has_value());
  const auto read = parse_path(path, PathKind::forward, Utf8::accept);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->path.local_part, "j\xC3\xBCrg");
  EXPECT_EQ(to_string(read->path), path);
  EXPECT_TRUE(needs_smtputf8(read->path));
  EXPECT_FALSE(needs_smtputf8({{}, "a", "b.example"}));
  EXPECT_TRUE(is_sendable(read->path, Utf8::accept));
  EXPECT_FALSE(is_sendable(read->path));
  EXPECT_FALSE(is_sendable({{}, "\xC3", "b.example"}, Utf8::accept));
  EXPECT_FALSE(parse_path(text, PathKind::forward, Utf8::accept).has_value());  // half quoted
  EXPECT_EQ(parse_command("MAIL FROM:<\xC3@b.example>", Utf8::accept).error().section, "RFC 6531 §3.3");
}

TEST(SmtpUtf8, QueriesDeclareItAtTheirEnd) {
  const auto query = parse_command("VRFY j\xC3\xBCrg smtputf8", Utf8::accept);
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(query->argument, "j\xC3\xBCrg");
  EXPECT_EQ(query->parameters, (std::vector<Parameter>{{"SMTPUTF8", {}}}));
  EXPECT_EQ(parse_command("EXPN SMTPUTF8", Utf8::accept)->argument, "SMTPUTF8");
  EXPECT_EQ(parse_command("VRFY a SMTPUTF8")->argument, "a SMTPUTF8");
}

}  // namespace
}  // namespace mailroom::smtp
