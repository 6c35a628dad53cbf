// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/control_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

namespace mailroom::control {
namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::uint32_t kLastNumber = 999'999'999;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::unexpected<std::string> wrong(std::string text) {
  return std::unexpected(std::move(text));
}

template <class Number>
std::optional<Number> whole(std::string_view digits, Number least, Number most) {
  Number number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.starts_with('0') ||
      number < least || number > most)
    return std::nullopt;
  return number;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Goes through a line, part by part. The first thing that is wrong stays; what comes after it is nothing.
class Parts {
 public:
  explicit Parts(std::string_view text) : rest_(text) {}

  std::string_view word() {
    skip();
    const std::string_view found = rest_.substr(0, rest_.find_first_of(kBlanks));
    rest_.remove_prefix(found.size());
    return found;
  }
  void keyword(std::string_view expected) {
    const std::string_view found = word();
    if (found != expected) fail(fmt::format("'{}' should stand where '{}' does", expected, found));
  }
  std::string host() {
    const std::string_view found = word();
    if (found.empty()) fail("the name of a host is missing");
    return std::string(found);
  }
  Name name() {
    const std::string_view found = word();
    const std::size_t dot = found.find('.');
    const auto number = whole<std::uint32_t>(found.substr(0, dot), 1, kLastNumber);
    std::optional<std::uint32_t> taken = 0;
    if (dot != std::string_view::npos) taken = whole<std::uint32_t>(found.substr(dot + 1), 1, kLastNumber);
    if (number && taken) return {*number, *taken};
    fail(fmt::format(
        "'{}' is no number of a connection; write for example 1, or 2.1 for the first that listener 2 took",
        found));
    return {};
  }
  Place place() {
    auto found = parse_place(word());
    if (!found) fail(std::move(found.error()));
    return found.value_or(Place{});
  }
  std::string octets(std::size_t most);
  bool at_end() {
    skip();
    return rest_.empty();
  }
  void end() {
    if (!at_end())
      fail(fmt::format("there is something behind the end of the line: '{}'", rest_.substr(0, 40)));
  }

  template <class Kind>
  std::expected<Line, std::string> made(Kind line) {
    end();
    if (wrong_) return wrong(std::move(*wrong_));
    return Line(std::move(line));
  }

 private:
  void skip() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size())); }
  void fail(std::string text) {
    if (!wrong_) wrong_ = std::move(text);
    rest_ = {};
  }

  std::string_view rest_;
  std::optional<std::string> wrong_;
};

// One escape behind a backslash: how many characters it takes, and its octet. 0: it is none.
struct Escape {
  std::size_t size = 0;
  char octet = 0;
};

Escape escape_at(std::string_view text) {
  if (text.empty()) return {};
  switch (text.front()) {
    case 'r':
      return {1, '\r'};
    case 'n':
      return {1, '\n'};
    case 't':
      return {1, '\t'};
    case '"':
    case '\\':
      return {1, text.front()};
    case 'x': {
      if (text.size() < 3) return {};
      const int high = hex_digit(text[1]), low = hex_digit(text[2]);
      return high < 0 || low < 0 ? Escape{} : Escape{3, static_cast<char>(high * 16 + low)};
    }
    default:
      return {};
  }
}

std::string Parts::octets(std::size_t most) {
  skip();
  std::string found;
  if (!rest_.starts_with('"')) {
    fail("octets in double quotes are missing, as in \"EHLO pc.example\\r\\n\"");
    return {};
  }
  for (std::size_t at = 1; at < rest_.size(); ++at) {
    if (rest_[at] == '"') {
      rest_.remove_prefix(at + 1);
      if (found.size() > most)
        fail(fmt::format("more than {} octets in one line; write several lines", most));
      return found;
    }
    if (rest_[at] != '\\') {
      found += rest_[at];
      continue;
    }
    const Escape escape = escape_at(rest_.substr(at + 1));
    if (escape.size == 0) {
      fail(fmt::format("'{}' is no escape; there are \\r \\n \\t \\\" \\\\ and \\xHH", rest_.substr(at, 2)));
      return {};
    }
    found += escape.octet;
    at += escape.size;
  }
  fail("the closing double quote is missing");
  return {};
}

std::expected<Line, std::string> parse_connect(Parts& parts) {
  Connect line{.name = parts.name(), .from = {}, .to = {}};
  parts.keyword("from");
  line.from = parts.host();
  parts.keyword("to");
  line.to = parts.place();
  if (line.name.taken != 0)
    return wrong(fmt::format("connection {} would be one that a listener took", to_string(line.name)));
  return parts.made(std::move(line));
}

std::expected<Line, std::string> parse_listen(Parts& parts) {
  Listen line{.name = parts.name(), .at = {}};
  parts.keyword("at");
  line.at = parts.place();
  if (line.name.taken != 0) return wrong("the number of a listener has no dot");
  return parts.made(std::move(line));
}

std::expected<Line, std::string> parse_datagram(Parts& parts) {
  Datagram line{.name = parts.name(), .from = {}, .to = {}, .octets = {}};
  parts.keyword("from");
  line.from = parts.host();
  parts.keyword("to");
  line.to = parts.place();
  line.octets = parts.octets(kMostDatagramOctets);
  if (line.name.taken != 0) return wrong("the number of who sends datagrams has no dot");
  return parts.made(std::move(line));
}

}  // namespace

std::expected<Place, std::string> parse_place(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return wrong(fmt::format("'{}' names no port; write HOST:PORT, as in mx1:25", text));
  const auto port = whole<std::uint16_t>(text.substr(colon + 1), 1, 65'535);
  if (!port)
    return wrong(fmt::format("'{}' is no port; a port is a number from 1 to 65535", text.substr(colon + 1)));
  return Place{std::string(text.substr(0, colon)), *port};
}

std::expected<Line, std::string> parse(std::string_view text) {
  text = trimmed(text);
  Parts parts(text);
  const std::string_view verb = parts.word();
  if (verb.empty()) return wrong("an empty line says nothing");
  if (verb == "connect") return parse_connect(parts);
  if (verb == "listen") return parse_listen(parts);
  if (verb == "datagram") return parse_datagram(parts);
  if (verb == "finish") return parts.made(Finish{parts.name()});
  if (verb == "hold" || verb == "unhold") return parts.made(Hold{parts.name(), verb == "hold"});
  if (verb == "type") {
    const Name name = parts.name();
    return parts.made(Type{name, parts.octets(kMostOctets)});
  }
  if (verb == "reset") {
    const Name name = parts.name();
    return parts.made(Reset{name, parts.at_end() ? std::string() : parts.octets(kMostOctets)});
  }
  return Line(Other{std::string(text)});
}

std::string to_string(Name name) {
  return name.taken == 0 ? fmt::format("{}", name.number) : fmt::format("{}.{}", name.number, name.taken);
}

std::string to_string(const Place& place) {
  return fmt::format("{}:{}", place.host, place.port);
}

std::string quote(std::string_view octets) {
  std::string text = "\"";
  for (const char c : octets) {
    if (c == '\r')
      text += "\\r";
    else if (c == '\n')
      text += "\\n";
    else if (c == '\t')
      text += "\\t";
    else if (c == '"' || c == '\\')
      (text += '\\') += c;
    else if (c >= 0x20 && c < 0x7f)
      text += c;
    else
      fmt::format_to(std::back_inserter(text), "\\x{:02x}", static_cast<unsigned char>(c));
  }
  return text += '"';
}

std::string_view first_word(std::string_view text) {
  return Parts(text).word();
}

bool is_verb(std::string_view word) {
  static constexpr std::string_view kVerbs[] = {"connect", "listen", "datagram", "type",
                                                "finish",  "reset",  "hold",     "unhold"};
  return std::ranges::find(kVerbs, word) != std::end(kVerbs);
}

std::string to_string(const Line& line) {
  struct Write {
    std::string operator()(const Connect& l) const {
      return fmt::format("connect {} from {} to {}", to_string(l.name), l.from, to_string(l.to));
    }
    std::string operator()(const Listen& l) const {
      return fmt::format("listen {} at {}", to_string(l.name), to_string(l.at));
    }
    std::string operator()(const Datagram& l) const {
      return fmt::format("datagram {} from {} to {} {}", to_string(l.name), l.from, to_string(l.to),
                         quote(l.octets));
    }
    std::string operator()(const Type& l) const {
      return fmt::format("type {} {}", to_string(l.name), quote(l.octets));
    }
    std::string operator()(const Finish& l) const { return "finish " + to_string(l.name); }
    std::string operator()(const Reset& l) const {
      return "reset " + to_string(l.name) + (l.why.empty() ? "" : " " + quote(l.why));
    }
    std::string operator()(const Hold& l) const { return (l.on ? "hold " : "unhold ") + to_string(l.name); }
    std::string operator()(const Other& l) const { return l.text; }
  };
  return std::visit(Write(), line);
}

}  // namespace mailroom::control
