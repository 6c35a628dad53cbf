// SPDX-License-Identifier: GPL-2.0-only
// A judge that we did not write: what Python's smtplib sends in AUTH is what we send, and what we let in.
#include <gtest/gtest.h>

#include <cstdio>
#include <sstream>

#include "protocols/smtp/auth.hpp"
#include "protocols/smtp/base64.hpp"

namespace mailroom::smtp {
namespace {

std::string from_hex(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}

std::string judged() {
  FILE* pipe = popen("python3 " MAILROOM_SOURCE_DIR "/tests/interop/python_sasl.py", "r");
  if (pipe == nullptr) return {};
  std::string text;
  char buffer[65536];
  for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, got);
  EXPECT_EQ(pclose(pipe), 0);
  return text;
}

TEST(SmtpAuthJudge, PythonSendsWhatWeSendAndIsLetIn) {
  std::istringstream lines(judged());
  int cases = 0;
  for (std::string line; std::getline(lines, line); ++cases) {
    std::istringstream parts(line);
    std::vector<std::string> texts;
    for (std::string part; std::getline(parts, part, '\t');) texts.push_back(from_hex(part));
    ASSERT_EQ(texts.size(), 8U);
    const Credentials credentials{texts[0], texts[1]};
    EXPECT_EQ(plain_message(credentials), texts[3]);
    EXPECT_EQ(credentials.identity, texts[4]);
    EXPECT_EQ(credentials.password, texts[5]);
    EXPECT_EQ(cram_md5_message(credentials, texts[2]), texts[6]);
    EXPECT_EQ(encode_base64(texts[6]), texts[7]);
    EXPECT_EQ(decode_base64(texts[7]), texts[6]);
    for (const auto& claim : {parse_plain(texts[3]), parse_cram_md5(texts[6], texts[2])}) {
      ASSERT_TRUE(claim.has_value());
      EXPECT_EQ(claim->identity, texts[0]);
      EXPECT_TRUE(accepts(*claim, texts[1]));
      EXPECT_FALSE(accepts(*claim, texts[1] + "x"));
    }
  }
  EXPECT_EQ(cases, 200);
}

}  // namespace
}  // namespace mailroom::smtp
