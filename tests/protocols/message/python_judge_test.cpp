// SPDX-License-Identifier: GPL-2.0-only
// A judge that we did not write: Python's email package reads the same dates, addresses and headers.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "protocols/message/address.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/header.hpp"

namespace mailroom::message {
namespace {

using Case = std::vector<std::string>;

std::string from_hex(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return out;
}

std::string python_messages() {
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib")) {
    const auto folder = entry.path() / "test/test_email/data";
    if (entry.path().filename().string().starts_with("python3.") && std::filesystem::is_directory(folder)) {
      return folder.string();
    }
  }
  return {};
}

// The judge's cases by kind; empty if there is no Python.
std::map<std::string, std::vector<Case>> judged() {
  std::map<std::string, std::vector<Case>> out;
  const std::string command =
      "python3 " MAILROOM_SOURCE_DIR "/tests/interop/python_email.py " + python_messages();
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  std::string text;
  char buffer[65536];
  for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, got);
  EXPECT_EQ(pclose(pipe), 0) << command;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    Case parts(1);
    for (const char c : text.substr(begin, end - begin)) {
      if (c == '\t') {
        parts.emplace_back();
      } else {
        parts.back() += c;
      }
    }
    out[parts.front()].push_back(parts);
    begin = end + 1;
  }
  return out;
}

class PythonJudge : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("python3 -c 'import email.utils' 2>/dev/null") != 0) GTEST_SKIP() << "no python3";
    cases_ = judged();
  }
  std::map<std::string, std::vector<Case>> cases_;
};

TEST_F(PythonJudge, ReadsTheSameDates) {
  ASSERT_EQ(cases_["date"].size(), 2000U);
  for (const Case& each : cases_["date"]) {
    const std::string text = from_hex(each.at(1));
    const auto date = parse_date_time(text);
    ASSERT_TRUE(date) << text << ": expected " << date.error().expected;
    EXPECT_EQ(std::to_string(date->unix_s), each.at(2)) << text;
  }
}

TEST_F(PythonJudge, ReadsTheSameAddresses) {
  ASSERT_EQ(cases_["addresses"].size(), 2000U);
  for (const Case& each : cases_["addresses"]) {
    const std::string text = from_hex(each.at(1));
    const auto list = parse_address_list(text);
    ASSERT_TRUE(list) << text << ": expected " << list.error().expected << " at " << list.error().offset;
    const auto found = mailboxes(*list);
    ASSERT_EQ(found.size(), (each.size() - 2) / 2) << text;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].display_name, from_hex(each[2 + 2 * i])) << text;
      const auto theirs = parse_addr_spec(from_hex(each[3 + 2 * i]));
      ASSERT_TRUE(theirs) << from_hex(each[3 + 2 * i]);
      EXPECT_EQ(found[i], *theirs) << text;
    }
  }
}

TEST_F(PythonJudge, ReadsTheSameFields) {
  if (python_messages().empty()) GTEST_SKIP() << "no test_email/data (package libpython3.11-testsuite)";
  ASSERT_GE(cases_["header"].size(), 46U);
  for (const Case& each : cases_["header"]) {
    const std::string path = from_hex(each.at(1));
    std::ifstream in(path, std::ios::binary);
    const std::string octets{std::istreambuf_iterator<char>(in), {}};
    const Header header(octets);
    Case ours;
    Case theirs;
    for (const Field& field : header.fields())
      ours.push_back(std::string(field.name()) + ": " + field.unfolded());
    for (std::size_t i = 2; i + 1 < each.size(); i += 2) {
      theirs.push_back(from_hex(each[i]) + ": " + from_hex(each[i + 1]));
    }
    EXPECT_EQ(ours, theirs) << path;
  }
}

}  // namespace
}  // namespace mailroom::message
