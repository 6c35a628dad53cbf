// SPDX-License-Identifier: GPL-2.0-only
// SMTP replies as values (RFC 5321 §4.2) and as octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::smtp {

// RFC 3463: "5.1.1" is {5, 1, 1}.
struct EnhancedCode {
  std::uint8_t cls = 0;
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;
  friend bool operator==(const EnhancedCode&, const EnhancedCode&) = default;
};
std::string to_string(EnhancedCode code);
// Reads one from the start of `text`, where a space or the end must follow.
std::optional<EnhancedCode> parse_enhanced_code(std::string_view text);

// The leading digit (RFC 5321 §4.2.1).
enum class Category : std::uint8_t {
  none,                       // no such category: not a reply of SMTP
  positive_completion = 2,    // 2yz
  positive_intermediate = 3,  // 3yz
  transient_negative = 4,     // 4yz: try again later
  permanent_negative = 5,     // 5yz: do not try the same again
};
std::string_view name(Category category);  // "positive completion", as the lecture says

struct Reply {
  int code = 0;
  std::optional<EnhancedCode> enhanced;
  std::vector<std::string> lines;  // text only, one a line, at least one when sent; no CR, no LF
  friend bool operator==(const Reply&, const Reply&) = default;
};

Category category(int code);
inline Category category(const Reply& reply) {
  return category(reply.code);
}
inline bool is_positive(const Reply& reply) {
  return category(reply) == Category::positive_completion;
}
inline bool is_intermediate(const Reply& reply) {
  return category(reply) == Category::positive_intermediate;
}
inline bool is_transient(const Reply& reply) {
  return category(reply) == Category::transient_negative;
}
inline bool is_permanent(const Reply& reply) {
  return category(reply) == Category::permanent_negative;
}

// One line, for hosts that answer: reply(550, "no such user", {{5, 1, 1}}).
Reply reply(int code, std::string_view text, std::optional<EnhancedCode> enhanced = std::nullopt);

// The octets: each line with code, '-' or space, enhanced code if any, text, CR LF. A line that would be
// longer than 512 octets goes on in a further line (RFC 5321 §4.5.3.1.5). Control characters become '?', so
// that no text that came from outside can forge a reply.
std::string wire(const Reply& reply);

// "550 5.1.1 no such user", further lines joined by LF each with its code: for logs and people.
std::string to_string(const Reply& reply);

}  // namespace mailroom::smtp
