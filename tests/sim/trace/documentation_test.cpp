// SPDX-License-Identifier: GPL-2.0-only
// docs/RUN_FILE.md says what is so: tables, columns, kinds, and queries that work.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "sim/trace/run_file_writer.hpp"
#include "tests/sim/trace/random_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mailroom::trace {

using tests::TemporaryFolder;
namespace {

namespace fs = std::filesystem;

std::string document() {
  std::ifstream file(fs::path(MAILROOM_SOURCE_DIR) / "docs" / "RUN_FILE.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// What stands between two marks, each once in the document.
std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const auto from = text.find(begin);
  if (from == std::string::npos) return "";
  const auto start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

using Rows = std::vector<std::vector<std::string>>;

class RunFileDocument : public testing::Test {
 protected:
  void SetUp() override {
    auto writer = RunFileWriter::create(folder_ / "sample.mailroom", random_run_header());
    ASSERT_TRUE(writer) << writer.error().text;
    make_random_run(**writer, 4, 60);
    ASSERT_TRUE((*writer)->finish());
    ASSERT_EQ(sqlite3_open((folder_ / "sample.mailroom").c_str(), &database_), SQLITE_OK);
  }
  void TearDown() override { sqlite3_close(database_); }

  // Runs all statements of `sql`; the rows of the last one.
  Rows query(const std::string& sql) {
    Rows rows;
    const char* rest = sql.c_str();
    while (*rest != '\0') {
      sqlite3_stmt* statement = nullptr;
      const char* next = nullptr;
      EXPECT_EQ(sqlite3_prepare_v2(database_, rest, -1, &statement, &next), SQLITE_OK)
          << sqlite3_errmsg(database_) << "\nin\n"
          << rest;
      if (!statement) break;
      rows.clear();
      int code = SQLITE_ROW;
      while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        std::vector<std::string> row;
        for (int i = 0; i < sqlite3_column_count(statement); ++i) {
          const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
          row.emplace_back(text ? text : "NULL");
        }
        rows.push_back(row);
      }
      EXPECT_EQ(code, SQLITE_DONE) << sqlite3_errmsg(database_) << "\nin\n" << rest;
      sqlite3_finalize(statement);
      rest = next;
      while (*rest == '\n' || *rest == ' ') ++rest;
    }
    return rows;
  }

  TemporaryFolder folder_;
  sqlite3* database_ = nullptr;
};

TEST_F(RunFileDocument, ListsTheKindsOfEvents) {
  std::string expected = "| Kind | From level | Meaning |\n|---|---|---|\n";
  for (const KindInfo& kind : kKinds) {
    expected += fmt::format("| `{}` | {} | {} |\n", kind.name, name(kind.level), kind.meaning);
  }
  EXPECT_EQ(between(document(), "kinds.def; a test compares) -->\n", "<!-- kinds: end -->"), expected);
}

TEST_F(RunFileDocument, ListsEveryTableAndColumnAndNoOthers) {
  std::map<std::string, std::set<std::string>> actual;
  for (const auto& table : query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")) {
    for (const auto& column : query(fmt::format("SELECT name FROM pragma_table_info('{}')", table[0]))) {
      actual[table[0]].insert(column[0]);
    }
  }
  ASSERT_GT(actual.size(), 10U);
  std::map<std::string, std::set<std::string>> documented;
  std::istringstream lines(between(document(), "\n## Tables\n", "\n## "));
  const std::regex heading("### `(\\w+)`: .*");
  const std::regex row("\\| `(\\w+)` \\|.*\\|");
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, heading)) {
      table = match[1];
    } else if (std::regex_match(line, match, row)) {
      EXPECT_TRUE(documented[table].insert(match[1]).second) << table << "." << match[1];
    }
  }
  EXPECT_EQ(documented, actual);
}

TEST_F(RunFileDocument, ListsTheKeysOfMeta) {
  const std::string keys = between(document(), "Keys: ", "\n\n");
  for (const auto& row : query("SELECT key FROM meta")) {
    EXPECT_THAT(keys, testing::HasSubstr("`" + row[0] + "`"));
  }
}

TEST_F(RunFileDocument, StatesTheMarksOfTheFormat) {
  const std::string text = document();
  EXPECT_THAT(text, testing::HasSubstr(fmt::format("`PRAGMA application_id` = {} ", kApplicationId)));
  EXPECT_THAT(text, testing::HasSubstr(fmt::format("`PRAGMA user_version` = {},", kFormatVersion)));
  EXPECT_EQ(query("PRAGMA application_id")[0][0], std::to_string(kApplicationId));
  EXPECT_EQ(query("PRAGMA user_version")[0][0], std::to_string(kFormatVersion));
}

TEST_F(RunFileDocument, HasQueriesThatWork) {
  // Another run that differs in one row.
  fs::copy_file(folder_ / "sample.mailroom", folder_ / "other.mailroom");
  query(fmt::format("ATTACH '{}' AS o; UPDATE o.event SET code = 999 WHERE id = 5; DETACH o",
                    (folder_ / "other.mailroom").string()));
  const std::string text = document();
  std::size_t count = 0;
  for (auto at = text.find("```sql\n"); at != std::string::npos; at = text.find("```sql\n", at + 1)) {
    std::string sql = text.substr(at + 7, text.find("```", at + 7) - at - 7);
    const auto other = sql.find("other.mailroom");
    if (other != std::string::npos) sql.replace(other, 14, (folder_ / "other.mailroom").string());
    const Rows rows = query(sql);
    ASSERT_FALSE(rows.empty()) << sql;
    if (other != std::string::npos) {
      EXPECT_EQ(rows[0][0], "2");  // the row as it is in the one and in the other
    }
    ++count;
  }
  EXPECT_GE(count, 10U);
}

// The view of copies must agree with the events, and its sums with what 'Copies' promises.
TEST_F(RunFileDocument, CountsCopiesAsItSays) {
  const Rows open = query("SELECT count(*) FROM copy WHERE \"end\" IS NULL");
  const Rows ended = query("SELECT count(*) FROM copy WHERE \"end\" IS NOT NULL");
  const Rows created = query("SELECT count(*) FROM event_named WHERE kind = 'copy.created'");
  EXPECT_GT(std::stoi(ended[0][0]), 10);
  EXPECT_EQ(std::stoi(open[0][0]) + std::stoi(ended[0][0]), std::stoi(created[0][0]));
}

}  // namespace
}  // namespace mailroom::trace
