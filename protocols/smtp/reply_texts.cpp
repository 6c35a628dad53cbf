// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/reply_texts.hpp"

#include <array>

namespace mailroom::smtp {
namespace {

struct Text {
  int code;
  int subject;
  int detail;
  std::string_view modern;
  std::string_view lecture;
};

constexpr auto kTexts = std::to_array<Text>({
#define SAY(id, code, subject, detail, modern, lecture) {code, subject, detail, modern, lecture},
#include "protocols/smtp/reply_texts.def"
#undef SAY
});

constexpr std::string_view kDomain = "<domain>";

}  // namespace

Reply say(Say what, TextProfile profile, std::string_view domain) {
  const Text& row = kTexts[static_cast<std::size_t>(what)];
  Reply made{.code = row.code, .enhanced = std::nullopt, .lines = {}};
  if (row.subject >= 0)
    made.enhanced =
        EnhancedCode{static_cast<std::uint8_t>(row.code / 100), static_cast<std::uint16_t>(row.subject),
                     static_cast<std::uint16_t>(row.detail)};
  const std::string_view text = profile == TextProfile::lecture ? row.lecture : row.modern;
  std::string& line = made.lines.emplace_back();
  if (text.starts_with(kDomain)) {
    line.reserve(domain.size() + text.size());
    line += domain;
    line += text.substr(kDomain.size());
  } else {
    line = text;
  }
  return made;
}

}  // namespace mailroom::smtp
