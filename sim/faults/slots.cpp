// SPDX-License-Identifier: GPL-2.0-only
#include "sim/faults/slots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <functional>

#include "sim/faults/parse.hpp"
#include "topologies/units.hpp"

namespace mailroom::faults {

namespace {

using Words = std::span<const Token>;
using Taken = std::expected<std::size_t, Mismatch>;

std::unexpected<Mismatch> not_a(const Token& word, std::string_view what, std::string_view example) {
  return std::unexpected(
      Mismatch{fmt::format("'{}' is no {}", word.text, what), fmt::format("write for example {}", example)});
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

using Parse = topology::Parsed<std::int64_t> (*)(std::string_view);
using Format = std::string (*)(std::int64_t);

Taken take_quantity(const Token& word, Parse parse, Format format, std::int64_t least, std::int64_t& target,
                    std::string& spelled) {
  auto read = parse(word.text);
  if (!read) return std::unexpected(Mismatch{std::move(read.error().wrong), std::move(read.error().right)});
  if (*read < least)
    return std::unexpected(Mismatch{fmt::format("'{}' is too little", word.text), "write more than nothing"});
  target = *read;
  spelled = format(target);
  return 1;
}

bool is_node_word(const Token& word) {
  return !word.is_quoted && !word.text.empty() && word.text != "--" &&
         std::ranges::all_of(word.text, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
         });
}

Taken take_node(Words words, Fault& fault, std::string& spelled) {
  if (!is_node_word(words[0])) return not_a(words[0], "name of a host", "mx1");
  fault.nodes.push_back(words[0].text);
  spelled = words[0].text;
  return 1;
}

// "a, b and c": all that is joined so.
Taken take_nodes(Words words, Fault& fault, std::string& spelled) {
  std::size_t taken = 0;
  do {
    if (taken > 0 && words[taken].is("and")) ++taken;
    if (taken == words.size() || !is_node_word(words[taken])) return not_a(words[0], "list of hosts", "mx1, mx2");
    fault.nodes.push_back(words[taken].text);
    spelled += (spelled.empty() ? "" : ", ") + words[taken].text;
    ++taken;
  } while (taken < words.size() &&
           (words[taken].is("and") || (words[taken - 1].has_comma && !begins_when(words[taken]))));
  return taken;
}

// By its name, or by its ends.
Taken take_link(Words words, Fault& fault, std::string& spelled) {
  if (!is_node_word(words[0])) return not_a(words[0], "link", "mx1-mx2 or mx1 -- mx2");
  std::size_t taken = 1;
  fault.link = words[0].text;
  if (words.size() > 2 && words[1].text == "--" && is_node_word(words[2])) {
    fault.link += " -- " + words[2].text;
    taken = 3;
  }
  spelled = fault.link;
  return taken;
}

Taken take_address(Words words, Fault& fault, std::string& spelled) {
  const std::size_t at = words[0].text.rfind('@');
  if (at == std::string::npos || at == 0 || at + 1 == words[0].text.size())
    return not_a(words[0], "address", "bob@south.example");
  fault.addresses.push_back(words[0].text);
  spelled = words[0].text;
  return 1;
}

Taken take_code(Words words, Fault& fault, std::string& spelled) {
  int code = 0;
  const std::string& text = words[0].text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  // RFC 5321 §4.2.1: the second digit is 0 to 5.
  const bool is_code = error == std::errc{} && end == text.data() + text.size() && text.size() == 3;
  if (!is_code || code / 100 < 4 || code / 100 > 5 || code / 10 % 10 > 5)
    return not_a(words[0], "reply code that refuses", "421, 451 or 550");
  fault.code = code;
  spelled = text;
  return 1;
}

Taken take_count(Words words, Fault& fault, std::string& spelled) {
  const std::string& text = words[0].text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), fault.count);
  if (error != std::errc{} || end != text.data() + text.size() || fault.count < 1 || fault.count > 1'000'000'000)
    return not_a(words[0], "count", "4");
  spelled = text;
  return 1;
}

Taken take_share(Words words, Fault& fault, std::string& spelled) {
  return take_quantity(words[0], topology::parse_per_billion, topology::format_per_billion, 1, fault.share_per_billion,
                       spelled);
}

Taken take_time(Words words, Fault& fault, std::string& spelled) {
  return take_quantity(words[0], topology::parse_duration_ns, topology::format_duration, 1, fault.time_ns, spelled);
}

Taken take_rate(Words words, Fault& fault, std::string& spelled) {
  return take_quantity(words[0], topology::parse_rate_bps, topology::format_rate, 1, fault.rate_bps, spelled);
}

Taken take_size(Words words, Fault& fault, std::string& spelled) {
  return take_quantity(words[0], topology::parse_size_bytes, topology::format_size, 0, fault.size_bytes, spelled);
}

Taken take_point(Words words, Fault& fault, std::string& spelled) {
  int code = 0;
  const std::size_t taken = read_point(words, fault.point, code);
  if (taken == 0 || code != 0) return not_a(words[0], "command", "MAIL, RCPT, DATA, 'final dot' or 'greeting'");
  spelled = fault.point == "." ? "final dot" : fault.point;
  return taken;
}

Taken take_record(Words words, Fault& fault, std::string& spelled) {
  if (!words[0].is_quoted || words[0].text.empty())
    return not_a(words[0], "record in quotes", R"("south.example. 300 IN MX 10 mx2.south.example.")");
  fault.record = words[0].text;
  spelled = "\"" + words[0].text + "\"";
  return 1;
}

}  // namespace

const std::vector<std::string_view>& dialogue_commands() {
  static const std::vector<std::string_view> commands = {"EHLO", "HELO", "AUTH", "MAIL", "RCPT", "DATA", "BDAT",
                                                         "RSET", "NOOP", "VRFY", "EXPN", "HELP", "QUIT", "ETRN"};
  return commands;
}

bool begins_when(const Token& word) {
  constexpr std::array words = {"at", "every", "randomly", "when", "whenever", "for"};
  return std::ranges::any_of(words, [&word](const char* one) { return word.is(one); });
}

std::size_t read_point(std::span<const Token> words, std::string& point, int& code) {
  if (words.empty()) return 0;
  if (words[0].is("the")) {
    const std::size_t rest = read_point(words.subspan(1), point, code);
    return rest == 0 ? 0 : rest + 1;
  }
  if (words.size() > 1 && words[0].is("final") && words[1].is("dot")) {
    point = ".";
    return 2;
  }
  if (words[0].is("greeting")) {
    point = "greeting";
    return 1;
  }
  const auto& commands = dialogue_commands();
  if (std::ranges::find(commands, upper(words[0].text)) != commands.end()) {
    point = upper(words[0].text);
    return 1;
  }
  const std::string& text = words[0].text;
  if (text.size() != 3 || text[0] < '2' || text[0] > '5') return 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 3, code);
  return error == std::errc{} && end == text.data() + 3 ? 1 : 0;
}

std::expected<std::size_t, Mismatch> read_slot(std::string_view slot, std::span<const Token> words, Fault& fault,
                                               std::string& spelled) {
  using Read = Taken (*)(Words, Fault&, std::string&);
  static constexpr std::pair<std::string_view, Read> kReaders[] = {
      {"<node>", take_node},       {"<host>", take_node},       {"<receiver>", take_node}, {"<name-server>", take_node},
      {"<nodes>", take_nodes},     {"<link>", take_link},       {"<address>", take_address}, {"<code>", take_code},
      {"<count>", take_count},     {"<share>", take_share},     {"<point>", take_point},   {"<record>", take_record},
      {"<time>", take_time},       {"<rate>", take_rate},       {"<size>", take_size},
  };
  const auto reader = std::ranges::find(kReaders, slot, &std::pair<std::string_view, Read>::first);
  return reader->second(words, fault, spelled);
}

}  // namespace mailroom::faults
