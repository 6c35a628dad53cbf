// SPDX-License-Identifier: GPL-2.0-only
// A judge that we did not write: Python's email package finds the same parts and fields in our reports.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/protocols/dsn/notification.hpp"

namespace mailroom::dsn {
namespace {

// What the judge says of a message: a line for each thing that it found, as tests/interop/python_report.py
// has it.
std::string judged(const std::string& octets) {
  const auto path = std::filesystem::path(testing::TempDir()) /
                    ("mailroom_report_" + std::to_string(std::random_device{}()) + ".eml");
  std::ofstream(path, std::ios::binary) << octets;
  const std::string command =
      "python3 " MAILROOM_SOURCE_DIR "/tests/interop/python_report.py " + path.string();
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  std::string text;
  char buffer[4096];
  for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, got);
  EXPECT_EQ(pclose(pipe), 0) << text;
  std::filesystem::remove(path);
  return text;
}

class PythonReadsReport : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("python3 -c 'import email' 2>/dev/null") != 0) GTEST_SKIP() << "no python3";
  }
};

constexpr std::string_view kFields =
    "status 0 Original-Envelope-Id=QQ314159\n"
    "status 0 Reporting-MTA=dns; mx1.alpha.example\n"
    "status 0 Received-From-MTA=dns; pc.example\n"
    "status 0 Arrival-Date=Mon, 01 Jan 2024 09:59:50 +0000\n"
    "status 1 Original-Recipient=rfc822; bob@alias.example\n"
    "status 1 Final-Recipient=rfc822; nobody@beta.example\n"
    "status 1 Action=failed\n"
    "status 1 Status=5.1.1\n"
    "status 1 Remote-MTA=dns; mx.beta.example\n"
    "status 1 Diagnostic-Code=smtp; 550 5.1.1 No such user here\n"
    "status 1 Last-Attempt-Date=Mon, 01 Jan 2024 10:00:00 +0000\n"
    "status 1 Final-Log-ID=Q17\n"
    "status 2 Final-Recipient=rfc822; carol@gamma.example\n"
    "status 2 Action=failed\n"
    "status 2 Status=4.4.7\n"
    "status 2 Remote-MTA=dns; mx.gamma.example\n"
    "status 2 Diagnostic-Code=x-mailroom; the connection timed out\n";

TEST_F(PythonReadsReport, WithTheHeaderOfTheMessage) {
  EXPECT_EQ(judged(compose_report(two_failures()).octets),
            "type multipart/report delivery-status\ndefects none\n"
            "part text/plain\npart message/delivery-status\npart text/rfc822-headers\n" +
                std::string(kFields) + "returned Lunch\n");
}

TEST_F(PythonReadsReport, WithAllOfTheMessage) {
  Notification n = two_failures();
  n.returned.wanted = Return::full;
  EXPECT_EQ(judged(compose_report(n).octets),
            "type multipart/report delivery-status\ndefects none\n"
            "part text/plain\npart message/delivery-status\npart message/rfc822\n" +
                std::string(kFields) + "returned Lunch\n");
}

}  // namespace
}  // namespace mailroom::dsn
