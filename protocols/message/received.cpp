// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/received.hpp"

#include <algorithm>
#include <optional>

#include "protocols/message/address.hpp"
#include "protocols/message/fold.hpp"
#include "protocols/message/lexer.hpp"

namespace mailroom::message {
namespace {

// What a clause's value is made of; anything else is written as a quoted string. A client may say what it
// likes with HELO.
bool is_plain_token_octet(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != 0x7f &&
         std::string_view("()<>;\"\\").find(c) == std::string_view::npos;
}

std::string token(std::string_view value) {
  if (std::all_of(value.begin(), value.end(), is_plain_token_octet)) return std::string(value);
  std::string out = "\"";
  for (const char c : without_line_ends(value)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string comment(std::string_view text) {
  std::string out = "(";
  for (const char c : without_line_ends(text)) {
    if (c == '(' || c == ')' || c == '\\') out += '\\';
    out += c;
  }
  return out + ")";
}

// A value as RFC 5322 §3.6.7 has them: word, angle-addr, addr-spec or domain; here any run of octets up to a
// blank, comment or ';', in which quotes and <> hold together what is between them. A value that is one
// quoted-string is unquoted.
bool read_value(Lexer& lexer, std::string& out) {
  const std::size_t start = lexer.offset();
  std::string unquoted;
  if (lexer.at('"')) {
    if (!lexer.read_quoted_string(unquoted)) return false;
    if (lexer.done() || is_blank(lexer.rest().front()) || lexer.at(';') || lexer.at('(')) {
      out = unquoted;
      return true;
    }
  }
  bool in_angle = false;
  while (!lexer.done()) {
    if (lexer.at('"')) {
      if (!lexer.read_quoted_string(unquoted)) return false;
      continue;
    }
    if (!in_angle && (lexer.at(';') || lexer.at('(') || is_blank(lexer.rest().front()))) break;
    const char c = lexer.take();
    if (c == '<') in_angle = true;
    if (c == '>') in_angle = false;
  }
  if (in_angle) return lexer.fail("RFC 5321 §4.4", "'>' after the path");
  out = without_line_ends(lexer.since(start));
  return !out.empty() || lexer.fail("RFC 5321 §4.4", "a value of the clause");
}

std::string without_angles(std::string text) {
  if (text.size() >= 2 && text.front() == '<' && text.back() == '>') return text.substr(1, text.size() - 2);
  return text;
}

class ReceivedParser {
 public:
  explicit ReceivedParser(std::string_view value) : lexer_(value) {}

  std::expected<Received, ParseError> parse() {
    while (true) {
      if (!lexer_.skip_cfws()) return std::unexpected(lexer_.error());
      if (tcp_info_ != nullptr && lexer_.comment()) *tcp_info_ = *lexer_.comment();
      tcp_info_ = nullptr;
      if (lexer_.eat(';')) break;
      if (lexer_.done()) {
        lexer_.fail("RFC 5321 §4.4", "';' and a date at the end");
        return std::unexpected(lexer_.error());
      }
      if (!read_clause()) return std::unexpected(lexer_.error());
    }
    const std::size_t date_offset = lexer_.offset();
    auto date = parse_date_time(lexer_.rest());
    if (!date) {
      ParseError error = date.error();
      error.offset += date_offset;
      return std::unexpected(error);
    }
    out_.date = *date;
    return std::move(out_);
  }

 private:
  bool read_clause() {
    std::string name;
    std::string value;
    if (!read_value(lexer_, name) || !lexer_.skip_cfws()) return false;
    if (lexer_.at(';') || lexer_.done()) return lexer_.fail("RFC 5321 §4.4", "a value of the clause");
    if (!read_value(lexer_, value)) return false;
    if (std::string* member = member_named(name); member != nullptr && member->empty()) {
      *member = member == &out_.for_path ? without_angles(std::move(value)) : std::move(value);
      if (member == &out_.from) tcp_info_ = &out_.from_tcp_info;
      if (member == &out_.by) tcp_info_ = &out_.by_tcp_info;
    } else {
      out_.additional.emplace_back(std::move(name), std::move(value));
    }
    return true;
  }

  std::string* member_named(std::string_view name) {
    if (equal_ignoring_case(name, "from")) return &out_.from;
    if (equal_ignoring_case(name, "by")) return &out_.by;
    if (equal_ignoring_case(name, "via")) return &out_.via;
    if (equal_ignoring_case(name, "with")) return &out_.with;
    if (equal_ignoring_case(name, "id")) return &out_.id;
    if (equal_ignoring_case(name, "for")) return &out_.for_path;
    return nullptr;
  }

  Lexer lexer_;
  Received out_;
  std::string* tcp_info_ = nullptr;  // where a comment goes that follows now
};

// A path is a value only if its quotes and angle brackets close.
std::optional<std::string> path_token(std::string_view path) {
  const std::string text = "<" + std::string(path) + ">";
  Lexer lexer(text);
  std::string value;
  if (without_line_ends(text) != text || !read_value(lexer, value) || !lexer.done() || value != text)
    return std::nullopt;
  return text;
}

}  // namespace

std::string format(const Received& received) {
  std::vector<std::string> clauses;
  const auto clause = [&](std::string_view name, std::string_view value, std::string_view tcp_info = {}) {
    if (value.empty()) return;
    clauses.push_back(std::string(name) + " " + token(value));
    if (!tcp_info.empty()) clauses.back() += " " + comment(tcp_info);
  };
  // RFC 5321 §4.4: the order of the clauses.
  clause("from", received.from, received.from_tcp_info);
  clause("by", received.by, received.by_tcp_info);
  clause("via", received.via);
  clause("with", received.with);
  clause("id", received.id);
  if (!received.for_path.empty()) {
    if (const auto path = path_token(received.for_path)) clauses.push_back("for " + *path);
  }
  for (const auto& [name, value] : received.additional) {
    if (!name.empty()) clause(token(name), value);
  }
  if (clauses.empty()) clauses.emplace_back();
  clauses.back() += ';';
  clauses.push_back(format_date_time(received.date.unix_s));

  std::string out = "Received:";
  std::size_t column = out.size();
  for (const std::string& each : clauses) {
    const bool first = column == out.size() && out.ends_with(':');
    if (!first && column + 1 + each.size() > kPreferredLine) {
      out += "\r\n";
      column = 0;
    }
    append_folded(out, column, " " + each);
  }
  return out + "\r\n";
}

std::expected<Received, ParseError> parse_received(std::string_view value) {
  return ReceivedParser(value).parse();
}

std::size_t received_count(const Header& header) {
  return header.count("Received");
}

std::string format_return_path(std::string_view reverse_path) {
  return "Return-Path: <" + without_line_ends(reverse_path) + ">\r\n";
}

std::expected<std::string, ParseError> parse_return_path(std::string_view value) {
  Lexer lexer(value);
  if (lexer.skip_cfws() && lexer.eat('<') && lexer.skip_cfws() && lexer.eat('>') && lexer.expect_end())
    return std::string();
  // RFC 5322 §3.6.7: an angle-addr; a bare addr-spec is seen too.
  const auto mailbox = parse_mailbox(value);
  if (!mailbox) return std::unexpected(mailbox.error());
  return addr_spec(*mailbox);
}

}  // namespace mailroom::message
