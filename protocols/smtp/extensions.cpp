// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/extensions.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocols/smtp/ascii.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailroom::smtp {
namespace {

constexpr std::array<std::string_view, kAuthMechanismCount> kMechanisms = {"LOGIN", "PLAIN", "CRAM-MD5"};

struct Keyword {
  std::string_view name;
  bool Extensions::*offered;
};
constexpr auto kKeywords = std::to_array<Keyword>({
    {"SIZE", &Extensions::size},
    {"8BITMIME", &Extensions::eight_bit_mime},
    {"PIPELINING", &Extensions::pipelining},
    {"ENHANCEDSTATUSCODES", &Extensions::enhanced_status_codes},
    {"DSN", &Extensions::dsn},
    {"SMTPUTF8", &Extensions::smtputf8},
    {"CHUNKING", &Extensions::chunking},
    {"ETRN", &Extensions::etrn},
    {"VRFY", &Extensions::vrfy},
    {"EXPN", &Extensions::expn},
    {"HELP", &Extensions::help},
});

struct Limit {
  std::string_view name;
  std::int64_t SessionLimits::*value;
};
constexpr auto kLimits = std::to_array<Limit>({
    {"MAILMAX", &SessionLimits::transactions},
    {"RCPTMAX", &SessionLimits::recipients},
    {"RCPTDOMAINMAX", &SessionLimits::recipient_domains},
});

// A whole number above 0, else 0; one beyond an int64 is no limit in practice.
std::int64_t limit_value(std::string_view text) {
  std::int64_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  return error == std::errc() && end == text.data() + text.size() && limit > 0 ? limit : 0;
}

// Calls `take` for each word of `text`.
template <class Take>
void each_word(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    if (end != 0) take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

void read_limit(std::string_view word, SessionLimits& limits) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return;
  for (const Limit& limit : kLimits)
    if (ascii::same(limit.name, word.substr(0, equals)))
      limits.*limit.value = limit_value(word.substr(equals + 1));
}

void read_line(std::string_view line, Extensions& extensions) {
  const std::size_t end = line.find_first_of(" =");
  const std::string_view keyword = line.substr(0, end);
  const std::string_view argument = end == std::string_view::npos ? std::string_view() : line.substr(end + 1);
  for (const Keyword& known : kKeywords)
    if (ascii::same(known.name, keyword)) extensions.*known.offered = true;
  if (ascii::same(keyword, "SIZE")) extensions.size_limit_octets = limit_value(argument);
  if (ascii::same(keyword, "AUTH"))
    each_word(argument, [&extensions](std::string_view word) {
      if (const auto mechanism = auth_mechanism_of(word)) extensions.auth.add(*mechanism);
    });
  if (ascii::same(keyword, "LIMITS"))
    each_word(argument, [&extensions](std::string_view word) { read_limit(word, extensions.limits); });
}

}  // namespace

std::string_view name(AuthMechanism mechanism) {
  return kMechanisms[static_cast<std::size_t>(mechanism)];
}

std::optional<AuthMechanism> auth_mechanism_of(std::string_view name) {
  for (std::size_t i = 0; i < kMechanisms.size(); ++i)
    if (ascii::same(kMechanisms[i], name)) return static_cast<AuthMechanism>(i);
  return std::nullopt;
}

std::vector<std::string> ehlo_lines(const Extensions& extensions) {
  std::vector<std::string> lines;
  for (const Keyword& known : kKeywords) {
    if (!(extensions.*known.offered)) continue;
    std::string& line = lines.emplace_back(known.name);
    if (known.offered == &Extensions::size && extensions.size_limit_octets > 0)
      line.append(" ").append(std::to_string(extensions.size_limit_octets));
  }
  if (extensions.auth.any()) {
    std::string& line = lines.emplace_back("AUTH");
    for (int i = kAuthMechanismCount; i-- > 0;)  // strongest first
      if (const auto mechanism = static_cast<AuthMechanism>(i); extensions.auth.has(mechanism))
        line.append(" ").append(name(mechanism));
  }
  if (extensions.limits.any()) {
    std::string& line = lines.emplace_back("LIMITS");
    for (const Limit& limit : kLimits)
      if (const std::int64_t value = extensions.limits.*limit.value; value > 0)
        line.append(" ")
            .append(limit.name)
            .append("=")
            .append(std::to_string(std::min(value, kLargestSessionLimit)));
  }
  return lines;
}

Extensions parse_extensions(const Reply& reply) {
  Extensions extensions;
  for (std::size_t i = 1; i < reply.lines.size(); ++i)  // the first line has the domain
    read_line(reply.lines[i], extensions);
  return extensions;
}

}  // namespace mailroom::smtp
