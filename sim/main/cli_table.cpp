// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/cli_table.hpp"

#include <algorithm>
#include <cassert>

namespace mailroom::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 24;  // below that a wrapped column is no longer legible

// The longest prefix of `text` that takes at most `width` columns, at least one character.
std::size_t prefix_of_width(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    std::size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0) == 0x80) ++next;
    if (used == width && end > 0) break;
    ++used;
    end = next;
  }
  return end;
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (columns(text) > width) {
    std::size_t end = prefix_of_width(text, width);
    if (end < text.size() && text[end] != ' ') {
      const std::size_t blank = text.substr(0, end).rfind(' ');
      if (blank != std::string_view::npos && blank > 0) end = blank;
    }
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

void print_suggestions(Terminal& terminal, const std::vector<Suggestion>& suggestions) {
  if (suggestions.empty()) return;
  terminal.out << '\n' << dyed(terminal, Ink::strong, "Next, try") << '\n';
  std::size_t command = 0;
  std::size_t purpose = 0;
  for (const Suggestion& suggestion : suggestions) {
    command = std::max(command, columns(suggestion.command));
    purpose = std::max(purpose, columns(suggestion.purpose));
  }
  const bool side_by_side = 2 + command + kGap + purpose <= static_cast<std::size_t>(terminal.width);
  for (const auto& [words, meaning] : suggestions) {
    if (side_by_side) {
      const std::string pad(command - columns(words) + kGap, ' ');
      terminal.out << "  " << dyed(terminal, Ink::name, words) << pad << dyed(terminal, Ink::dim, meaning)
                   << '\n';
    } else {
      terminal.out << "  " << dyed(terminal, Ink::dim, meaning + ":") << "\n    "
                   << dyed(terminal, Ink::name, words) << '\n';
    }
  }
}

void Table::add(std::vector<Cell> row) {
  assert(row.size() == columns_.size());
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns(columns_[i].heading);
    for (const auto& row : rows_) width = std::max(width, columns(row[i].text));
    widths.push_back(width);
  }
  return widths;
}

void Table::print(Terminal& terminal, std::size_t indent) const {
  std::vector<std::size_t> width = widths();
  std::size_t total = indent;
  for (const std::size_t w : width) total += w + kGap;
  total -= columns_.empty() ? 0 : kGap;
  const auto room = static_cast<std::size_t>(terminal.width);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i].wraps || total <= room) continue;
    const std::size_t others = total - width[i];
    width[i] = std::min(width[i], std::max(kNarrowest, room > others ? room - others : 0));
    break;
  }
  const bool has_headings = std::ranges::any_of(columns_, [](const Column& c) { return !c.heading.empty(); });
  if (has_headings) {
    std::vector<Cell> headings;
    for (const Column& column : columns_) headings.emplace_back(column.heading, Ink::dim);
    print_row(terminal, headings, width, indent);
  }
  for (const auto& row : rows_) print_row(terminal, row, width, indent);
}

void Table::print_row(Terminal& terminal, const std::vector<Cell>& row,
                      const std::vector<std::size_t>& widths, std::size_t indent) const {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 1;
  for (std::size_t i = 0; i < row.size(); ++i) {
    lines.push_back(columns_[i].wraps ? wrapped(row[i].text, widths[i]) : std::vector{row[i].text});
    height = std::max(height, lines.back().size());
  }
  for (std::size_t line = 0; line < height; ++line) {
    std::string out(indent, ' ');
    std::size_t owed = 0;  // blanks due before the next text, so that no line ends in blanks
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string text = line < lines[i].size() ? lines[i][line] : std::string();
      const std::size_t pad = widths[i] > columns(text) ? widths[i] - columns(text) : 0;
      const bool right = columns_[i].align == Column::Align::right;
      if (!text.empty()) {
        out.append(owed + (right ? pad : 0), ' ');
        out += dyed(terminal, row[i].ink, text);
        owed = right ? kGap : pad + kGap;
      } else {
        owed += widths[i] + kGap;
      }
    }
    terminal.out << out << '\n';
  }
}

}  // namespace mailroom::cli
