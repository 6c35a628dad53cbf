// SPDX-License-Identifier: GPL-2.0-only
#include <sstream>

#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_terminal.hpp"

namespace mailroom::cli {
namespace {

TEST(Terminal, CountsColumnsOfCharacters) {
  EXPECT_EQ(columns("Jos\xc3\xa9"), 4u);
}

TEST(Terminal, DyesOnlyWhereColourIsWanted) {
  std::ostringstream out;
  Terminal terminal{.out = out, .err = out};
  EXPECT_EQ(dyed(terminal, Ink::bad, "x"), "x");
  terminal.colour = true;
  EXPECT_EQ(dyed(terminal, Ink::bad, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(dyed(terminal, Ink::plain, "x"), "x");
}

TEST(Table, AlignsAndLeavesNoBlanksAtTheEnd) {
  std::ostringstream out;
  Terminal terminal{.out = out, .err = out, .width = 80};
  Table table(
      {{.heading = "host"}, {.heading = "queue", .align = Column::Align::right}, {.heading = "note"}});
  table.add({"mx1", "7", ""});
  table.add({"J\xc3\xb6hvi", "1,200", "full"});
  table.print(terminal);
  EXPECT_EQ(out.str(),
            "  host   queue  note\n"
            "  mx1        7\n"
            "  J\xc3\xb6hvi  1,200  full\n");
}

TEST(Table, WrapsTheLongColumnAndLosesNothing) {
  std::ostringstream out;
  Terminal terminal{.out = out, .err = out, .width = 34};
  Table table({{.heading = ""}, {.heading = "", .wraps = true}});
  table.add({"one", "the quick brown fox jumps over the lazy dog"});
  table.print(terminal);
  EXPECT_EQ(out.str(),
            "  one  the quick brown fox jumps\n"
            "       over the lazy dog\n");
}

TEST(Table, BreaksAWordThatIsTooLong) {
  EXPECT_EQ(wrapped("abcdefgh", 3), (std::vector<std::string>{"abc", "def", "gh"}));
  EXPECT_EQ(wrapped("", 3), (std::vector<std::string>{""}));
  EXPECT_EQ(wrapped("ab cd", 3), (std::vector<std::string>{"ab", "cd"}));
}

TEST(JsonOutput, StaysJsonWhateverTheOctets) {
  std::ostringstream out;
  Terminal terminal{.out = out, .err = out};
  print_json(terminal, {{"text", "\xff\x1b\""}});
  EXPECT_EQ(Json::parse(out.str())["text"], "\xef\xbf\xbd\x1b\"");
}

}  // namespace
}  // namespace mailroom::cli
