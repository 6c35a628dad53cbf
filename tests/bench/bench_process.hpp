// SPDX-License-Identifier: GPL-2.0-only
// Runs a program to its end and says what it cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailroom::bench {

struct Cost {
  double cpu_s = 0;  // user and system time of the whole process
  std::int64_t peak_rss_bytes = 0;
  std::string out{};  // its standard output
};

// `arguments[0]` is the program's path. A program that cannot be run or that fails ends the bench, with what
// it said.
Cost run(const std::vector<std::string>& arguments);

}  // namespace mailroom::bench
