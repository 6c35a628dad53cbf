// SPDX-License-Identifier: GPL-2.0-only
// Where a verb writes: two streams, and what the place behind them can show.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "sim/story/printable.hpp"

namespace mailroom::cli {

// What a piece of text is, for its colour.
enum class Ink { plain, strong, dim, good, warn, bad, name };

struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool colour = false;     // never true unless a person looks on and NO_COLOR is not set
  int width = 100;         // columns to fill; tables wrap their last words rather than lose them
  bool is_person = false;  // standard output is a terminal: control characters of others must not reach it
};

// The terminal this process has: colour and width as the environment says (NO_COLOR, TERM=dumb, COLUMNS).
Terminal this_terminal();

// `text` in the colour of `ink`, or just `text`.
std::string dyed(const Terminal& terminal, Ink ink, std::string_view text);

// Above a table: a line of its own, after an empty one.
void heading(Terminal& terminal, std::string_view text);

// Text of others: no octet of a message can command a terminal.
using story::printable;
using story::printable_beginning;

// Columns that printable UTF-8 text takes (one a character; good enough for names).
std::size_t columns(std::string_view text);

}  // namespace mailroom::cli
