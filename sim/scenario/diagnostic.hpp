// SPDX-License-Identifier: GPL-2.0-only
// One mistake in what a person wrote: where, what is wrong, and what would be right.
#pragma once

#include <string>
#include <vector>

namespace mailroom::scenario {

struct Diagnostic {
  std::string file;  // or "--set key=value" for a mistake in an override
  int line = 0;      // from 1; 0: the file as a whole
  int column = 0;    // from 1, in octets; 0: the line as a whole
  std::string wrong;
  std::string right;

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

// "file:line:column: what is wrong; what would be right"
std::string to_string(const Diagnostic& diagnostic);
// The same for all of them, a line each.
std::string to_string(const std::vector<Diagnostic>& diagnostics);

}  // namespace mailroom::scenario
