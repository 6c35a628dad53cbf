// SPDX-License-Identifier: GPL-2.0-only
// docs/QUEUE.md names a test for each guarantee; those tests exist.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace mailroom::test {
namespace {

std::string octets_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(QueueDocument, NamesTestsThatExist) {
  const std::filesystem::path top = MAILROOM_SOURCE_DIR;
  std::set<std::string> known;  // "Suite.Name" and "Suite.*"
  const std::regex test(R"(TEST\((\w+), (\w+)\))");
  for (const char* folder : {"tests/sim/agents", "tests/sim/queue", "tests/sim/trace"}) {
    for (const auto& file : std::filesystem::directory_iterator(top / folder)) {
      if (file.path().extension() != ".cpp") continue;
      const std::string source = octets_of(file.path());
      for (std::sregex_iterator at(source.begin(), source.end(), test), end; at != end; ++at) {
        known.insert((*at)[1].str() + "." + (*at)[2].str());
        known.insert((*at)[1].str() + ".*");
      }
    }
  }
  ASSERT_GT(known.size(), 50u);

  const std::string document = octets_of(top / "docs/QUEUE.md");
  const std::size_t guarantees = document.find("## Guarantees");
  ASSERT_NE(guarantees, std::string::npos);
  const std::string rows = document.substr(guarantees, document.find("## Not yet") - guarantees);
  const std::regex named(R"(`([A-Z]\w+\.(\*|[A-Z]\w+))`)");
  int count = 0;
  for (std::sregex_iterator at(rows.begin(), rows.end(), named), end; at != end; ++at) {
    if ((*at)[1] == "Suite.Name") continue;
    EXPECT_TRUE(known.contains((*at)[1])) << (*at)[1];
    ++count;
  }
  EXPECT_GT(count, 20);
}

}  // namespace
}  // namespace mailroom::test
