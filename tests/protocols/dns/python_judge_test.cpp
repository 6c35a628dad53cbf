// SPDX-License-Identifier: GPL-2.0-only
// A judge that we did not write: dnspython reads what we write, and we read what it writes.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "protocols/dns/message.hpp"
#include "tests/protocols/dns/said.hpp"

namespace mailroom::dns {
namespace {

// Debian's Python sees Debian's modules; another one first in the path may not.
constexpr const char* kPython = "/usr/bin/python3";

std::vector<std::string> judge(const std::string& arguments) {
  std::vector<std::string> lines;
  const std::string command =
      fmt::format("{} {}/tests/interop/python_dns.py {}", kPython, MAILROOM_SOURCE_DIR, arguments);
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return lines;
  std::string text;
  char buffer[65536];
  for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, got);
  EXPECT_EQ(pclose(pipe), 0) << command;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::pair<std::string, std::string> halves(const std::string& line) {
  const std::size_t tab = line.find('\t');
  return {line.substr(0, tab), line.substr(tab + 1)};
}

class DnsPythonJudge : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system(fmt::format("{} -c 'import dns.message' 2>/dev/null", kPython).c_str()) != 0)
      GTEST_SKIP() << "no dnspython (package python3-dnspython)";
  }
};

TEST_F(DnsPythonJudge, WritesMessagesThatWeRead) {
  const auto lines = judge("write 400");
  ASSERT_EQ(lines.size(), 400U);
  for (const std::string& line : lines) {
    const auto [octets, theirs] = halves(line);
    const auto message = read_message(from_hex(octets));
    ASSERT_TRUE(message) << octets << "\n"
                         << theirs << "\nat " << message.error().offset << ": expected "
                         << message.error().expected;
    EXPECT_EQ(said(*message), theirs) << octets;
  }
}

// What it wrote, written again by us: whole, and truncated at 512 octets.
TEST_F(DnsPythonJudge, ReadsTheMessagesThatWeWrite) {
  const auto path =
      std::filesystem::temp_directory_path() / fmt::format("mailroom_dns_{}", std::random_device{}());
  std::vector<std::string> ours;
  std::size_t truncated = 0;
  {
    std::ofstream out(path);
    for (const std::string& line : judge("write 400")) {
      const auto message = read_message(from_hex(halves(line).first));
      ASSERT_TRUE(message);
      for (const std::size_t limit : {kTcpOctets, kUdpOctets}) {
        const std::string octets = write_message(*message, limit);
        ASSERT_LE(octets.size(), limit);
        const auto again = read_message(octets);
        ASSERT_TRUE(again);
        ASSERT_TRUE(limit == kUdpOctets || *again == *message);
        truncated += *again != *message;
        ours.push_back(said(*again));
        out << hex(octets) << '\n';
      }
    }
  }
  ASSERT_EQ(ours.size(), 800U);
  EXPECT_GT(truncated, 100U);
  EXPECT_EQ(judge("read <" + path.string()), ours);
  std::filesystem::remove(path);
}

TEST_F(DnsPythonJudge, WritesAndOrdersNamesAsWeDo) {
  const auto lines = judge("names 2000");
  ASSERT_GT(lines.size(), 500U);
  std::vector<Name> names;
  for (const std::string& line : lines) {
    const auto [text, octets] = halves(line);
    const auto name = Name::parse(text);
    ASSERT_TRUE(name) << text << ": expected " << name.error().expected;
    EXPECT_EQ(hex(name->octets()), octets);
    EXPECT_EQ(name->absolute_text(), text);
    names.push_back(*name);
  }
  EXPECT_TRUE(std::ranges::is_sorted(names, [](const Name& a, const Name& b) { return a < b; }));
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

}  // namespace
}  // namespace mailroom::dns
