// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/detail_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mailroom::agents {

namespace {

// Controls, DEL and octets above 127 are left to the library: they are rare, but for line ends.
bool is_ordinary(char c) { return (c >= ' ' && c <= '~') || c == '\r' || c == '\n' || c == '\t'; }

}  // namespace

void append_json(std::string& out, std::string_view text) {
  if (!std::ranges::all_of(text, is_ordinary)) {
    out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return;
  }
  out.reserve(out.size() + text.size() + 16);
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        out += '\\';
        out += c;
        break;
      case '\r':
        out += "\\r";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += c;
    }
  }
  out += '"';
}

}  // namespace mailroom::agents
