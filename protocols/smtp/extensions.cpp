// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/extensions.hpp"

#include <charconv>

#include "protocols/smtp/ascii.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailroom::smtp {

std::vector<std::string> ehlo_lines(const Extensions& extensions) {
  std::vector<std::string> lines;
  if (extensions.size)
    lines.push_back(extensions.size_limit_octets > 0 ? "SIZE " + std::to_string(extensions.size_limit_octets)
                                                     : "SIZE");
  if (extensions.eight_bit_mime) lines.emplace_back("8BITMIME");
  if (extensions.pipelining) lines.emplace_back("PIPELINING");
  if (extensions.enhanced_status_codes) lines.emplace_back("ENHANCEDSTATUSCODES");
  return lines;
}

Extensions parse_extensions(const Reply& reply) {
  Extensions extensions;
  for (std::size_t i = 1; i < reply.lines.size(); ++i) {  // the first line has the domain
    const std::string_view line = reply.lines[i];
    const std::size_t blank = line.find(' ');
    const std::string_view keyword = line.substr(0, blank);
    if (ascii::same(keyword, "SIZE")) {
      extensions.size = true;
      if (blank == std::string_view::npos) continue;
      const std::string_view value = line.substr(blank + 1);
      std::int64_t limit = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), limit);
      // A limit beyond what an int64 holds is no limit in practice.
      if (error == std::errc() && end == value.data() + value.size() && limit > 0)
        extensions.size_limit_octets = limit;
    } else if (ascii::same(keyword, "8BITMIME")) {
      extensions.eight_bit_mime = true;
    } else if (ascii::same(keyword, "PIPELINING")) {
      extensions.pipelining = true;
    } else if (ascii::same(keyword, "ENHANCEDSTATUSCODES")) {
      extensions.enhanced_status_codes = true;
    }
  }
  return extensions;
}

}  // namespace mailroom::smtp
