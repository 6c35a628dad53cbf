// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/mangling.hpp"

#include <algorithm>
#include <utility>

namespace mailroom::agents {

namespace {

// Where the body begins: behind the first empty line. A text without one is all header.
std::size_t body_of(std::string_view octets) {
  if (octets.starts_with("\r\n")) return 2;
  const std::size_t end = octets.find("\r\n\r\n");
  return end == std::string_view::npos ? octets.size() : end + 4;
}

// The body made anew, line by line; `change` gets each line without its CR LF and appends what becomes of it.
template <class Change>
std::string with_lines(std::string_view octets, const Change& change) {
  const std::size_t body = body_of(octets);
  std::string made(octets.substr(0, body));
  made.reserve(octets.size());
  for (std::size_t at = body; at < octets.size();) {
    const std::size_t end = std::min(octets.find("\r\n", at), octets.size());
    change(octets.substr(at, end - at), made);
    made += octets.substr(end, 2);
    at = end + 2;
  }
  return made;
}

std::string without_bit_8(std::string_view octets) {
  std::string made(octets);
  for (char& c : made) c = static_cast<char>(c & 0x7F);
  return made;
}

std::string with_line_ends(std::string_view octets) {
  const std::size_t body = body_of(octets);
  std::string made(octets.substr(0, body));
  for (std::size_t at = body; at < octets.size(); ++at) {
    const char c = octets[at];
    if (c != '\r' && c != '\n') {
      made += c;
      continue;
    }
    if (c == '\r' && at + 1 < octets.size() && octets[at + 1] == '\n') ++at;
    made += "\r\n";
  }
  return made;
}

std::string truncated(std::string_view octets, std::size_t limit) {
  if (octets.size() <= limit) return std::string(octets);
  std::string made(octets.substr(0, limit));
  if (made.ends_with('\r')) made.pop_back();
  if (!made.empty() && !made.ends_with("\r\n")) made += "\r\n";
  return made;
}

}  // namespace

std::string mangled(std::string_view octets, Mangle how, std::int64_t limit) {
  const auto most = static_cast<std::size_t>(limit);
  switch (how) {
    case Mangle::clears_bit_8:
      return without_bit_8(octets);
    case Mangle::converts_line_ends:
      return with_line_ends(octets);
    case Mangle::wraps_lines:
      return with_lines(octets, [most](std::string_view line, std::string& made) {
        for (; line.size() > most; line.remove_prefix(most)) (made += line.substr(0, most)) += "\r\n";
        made += line;
      });
    case Mangle::trims_blanks:
      return with_lines(octets, [](std::string_view line, std::string& made) {
        made += line.substr(0, line.find_last_not_of(" \t") + 1);
      });
    case Mangle::writes_from:
      return with_lines(octets, [](std::string_view line, std::string& made) {
        if (line.starts_with("From ")) made += '>';
        made += line;
      });
    case Mangle::truncates:
      return truncated(octets, most);
  }
  std::unreachable();
}

}  // namespace mailroom::agents
