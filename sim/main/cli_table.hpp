// SPDX-License-Identifier: GPL-2.0-only
// Aligned tables for people. The one column that may be long wraps at words, so that nothing is ever cut off.
#pragma once

#include <string>
#include <vector>

#include "sim/main/cli_terminal.hpp"

namespace mailroom::cli {

struct Column {
  std::string heading;
  enum class Align { left, right } align = Align::left;
  bool wraps = false;  // the long one, if any; it should be the last
};

struct Cell {
  std::string text;  // printable
  Ink ink = Ink::plain;
  Cell(std::string text_ = {}, Ink ink_ = Ink::plain) : text(std::move(text_)), ink(ink_) {}
  Cell(const char* text_) : text(text_) {}
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  std::size_t size() const { return rows_.size(); }

  // Headings (unless all are empty) and rows, each line indented by `indent` and at most terminal.width wide
  // as long as the columns that do not wrap leave room.
  void print(Terminal& terminal, std::size_t indent = 2) const;

 private:
  std::vector<std::size_t> widths() const;
  void print_row(Terminal& terminal, const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                 std::size_t indent) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// Commands to try, with what each is for: in two columns where there is room, else the purpose above the
// command, so that a command is always one line to copy.
struct Suggestion {
  std::string command;
  std::string purpose;
};
void print_suggestions(Terminal& terminal, const std::vector<Suggestion>& suggestions);

// `text` in lines of at most `width` columns, broken at blanks where there are any. At least one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace mailroom::cli
