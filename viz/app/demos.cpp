// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/demos.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <system_error>

namespace mailroom::viz {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirst = "two-offices";

// The first line of the comment that says something of its own.
std::string first_sentence(const fs::path& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::string_view text = line;
    if (!text.starts_with('#')) return {};
    text.remove_prefix(1);
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\r') || text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.starts_with("SPDX-")) continue;
    return std::string(text);
  }
  return {};
}

}  // namespace

std::vector<Demo> shipped_demos() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& folder :
       {program / "../../../labs/demos", program / "../share/mailroom/demos", fs::path("labs/demos")}) {
    std::vector<Demo> demos;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      if (at->path().extension() != ".yaml") continue;
      demos.push_back({at->path().stem().string(), first_sentence(at->path()), at->path().lexically_normal()});
    }
    if (demos.empty()) continue;
    std::ranges::sort(demos, [](const Demo& a, const Demo& b) {
      return std::pair(a.name != kFirst, a.name) < std::pair(b.name != kFirst, b.name);
    });
    return demos;
  }
  return {};
}

}  // namespace mailroom::viz
