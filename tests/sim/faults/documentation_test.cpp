// SPDX-License-Identifier: GPL-2.0-only
// docs/FAULTS.md says what is so: every form, its meaning and its rivals.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sim/faults/fault.hpp"

namespace mailroom::faults {
namespace {

constexpr std::string_view kBegin = "<!-- faults: begin (from sim/faults/faults.def; a test compares) -->\n";
constexpr std::string_view kEnd = "<!-- faults: end -->";

std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) (made += c == '|' ? "\\" : "") += c;
  return made;
}

std::string table() {
  std::string rows = "| Sentence | What happens | Lasts |\n|---|---|---|\n";
  for (const KindInfo& kind : kKinds) {
    rows += "| `" + escaped(kind.form) + "` | " + escaped(kind.meaning) + " | ";
    rows += kind.is_lasting ? "until it is over |\n" : "an instant |\n";
  }
  return rows;
}

TEST(FaultsDocument, HasTheTableOfAllForms) {
  const auto path = std::filesystem::path(MAILROOM_SOURCE_DIR) / "docs" / "FAULTS.md";
  std::stringstream read;
  read << std::ifstream(path).rdbuf();
  const std::string document = read.str();
  const std::size_t from = document.find(kBegin);
  ASSERT_NE(from, std::string::npos);
  const std::size_t start = from + kBegin.size();
  const std::size_t end = document.find(kEnd, start);
  ASSERT_NE(end, std::string::npos);
  if (std::getenv("MAILROOM_UPDATE") != nullptr) {
    std::ofstream(path) << document.substr(0, start) + table() + document.substr(end);
    return;
  }
  EXPECT_EQ(document.substr(start, end - start), table()) << "MAILROOM_UPDATE=1 writes it anew";
}

}  // namespace
}  // namespace mailroom::faults
