// SPDX-License-Identifier: GPL-2.0-only
// The scenarios that are shipped with Mailroom, for the start page.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mailroom::viz {

struct Demo {
  std::string name;   // "two-offices"
  std::string about;  // its first comment, a sentence
  std::filesystem::path path;
};

// Sorted by name, the lecture's own example first; none if they are not found beside the program or here.
std::vector<Demo> shipped_demos();

}  // namespace mailroom::viz
