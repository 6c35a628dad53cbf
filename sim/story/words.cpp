// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/words.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"
#include "sim/story/sentences.hpp"

namespace mailroom::story {

using trace::Kind;
using trace::StoredEvent;

std::string octets(const StoredEvent& e) {
  return e.size ? counted(*e.size, "octet") : std::string("no octets");
}

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"", printable(text));
}

std::string after_colon(std::string_view text) {
  return text.empty() ? std::string() : ": " + printable(text);
}

std::string reason_of(const StoredEvent& e) {
  const std::string reply = quoted_reply(e.code, e.text);
  return reply.empty() ? std::string("no reason was given") : reply;
}

std::string numbered(std::string_view noun, std::int64_t number) {
  return fmt::format("{} {}", noun, number);
}

std::string quoted_reply(int code, std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  if (code == 0) return printable(first);
  const std::string digits = fmt::format("{:03}", code);
  if (first.starts_with(digits) && (first.size() == 3 || first[3] == ' ' || first[3] == '-'))
    return first.size() > 4 ? printable(fmt::format("{} {}", digits, first.substr(4))) : digits;
  return first.empty() ? digits : printable(fmt::format("{} {}", digits, first));
}

std::vector<std::string> reply_lines(int code, std::string_view text) {
  std::vector<std::string> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  const std::string digits = fmt::format("{:03}", code);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string& line = lines[i];
    const bool has_code = line.starts_with(digits) && (line.size() == 3 || line[3] == ' ' || line[3] == '-');
    if (code != 0 && !has_code) line = fmt::format("{}{}{}", digits, i + 1 < lines.size() ? '-' : ' ', line);
    line = printable(line);
  }
  return lines;
}

std::vector<std::string> detail_texts(std::string_view detail, const char* key) {
  std::vector<std::string> texts;
  const auto object = nlohmann::json::parse(detail, nullptr, false);
  if (!object.is_object() || !object.contains(key)) return texts;
  const auto& value = object[key];
  if (value.is_string()) texts.push_back(value.get<std::string>());
  if (value.is_array())
    for (const auto& member : value)
      if (member.is_string()) texts.push_back(member.get<std::string>());
  return texts;
}

Tone tone_of(Kind kind) {
  switch (kind) {
    case Kind::copy_delivered:
      return Tone::good;
    case Kind::copy_deferred:
    case Kind::disk_filled:
    case Kind::connection_refused:
    case Kind::connection_timed_out:
    case Kind::connection_unreachable:
    case Kind::connection_reset:
    case Kind::connection_disturbed:
    case Kind::timer_expired:
    case Kind::datagram_refused:
    case Kind::query_unanswered:
      return Tone::warn;
    case Kind::copy_bounced:
    case Kind::copy_discarded:
    case Kind::copy_destroyed:
    case Kind::message_mangled:
    case Kind::fault_began:
    case Kind::host_crashed:
    case Kind::frame_dropped:
    case Kind::datagram_dropped:
      return Tone::bad;
    default:
      return Tone::plain;
  }
}

std::string sentence(Names& names, const StoredEvent& e) {
  for (const auto words : {mail_words, session_words, queue_words, route_words, wire_words})
    if (const Sentence told = words(names, e)) return *told;
  // A kind without a sentence of its own is told by its table.
  return fmt::format("{}{}", info(e.kind).name, after_colon(e.text));
}

}  // namespace mailroom::story
