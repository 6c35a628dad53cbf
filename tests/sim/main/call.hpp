// SPDX-License-Identifier: GPL-2.0-only
// Calls of the program from tests, in this process.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace mailroom::tests {

// What a call of the program printed and returned.
struct Called {
  int exit_code = -1;
  std::string out;
  std::string err;
};
// `mailroom arguments…` in this process, with the verbs of mailroom_main; 100 columns, no colour.
Called call(const std::vector<std::string>& arguments, int width = 100, bool colour = false);

std::string contents_of(const std::filesystem::path& path);

}  // namespace mailroom::tests
