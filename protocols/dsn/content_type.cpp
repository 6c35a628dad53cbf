// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dsn/content_type.hpp"

#include "protocols/message/lexer.hpp"

namespace mailroom::dsn {
namespace {

using message::Lexer;

// RFC 2045 §5.1.
bool is_token_octet(char c) {
  return c > ' ' && c < 0x7f && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

bool read_token(Lexer& in, std::string& out) {
  const std::size_t start = in.offset();
  while (!in.done() && is_token_octet(in.rest().front())) in.take();
  out = in.since(start);
  return !out.empty() || in.fail("RFC 2045 §5.1", "a token");
}

bool read_lower_token(Lexer& in, std::string& out) {
  if (!read_token(in, out)) return false;
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return true;
}

bool read_parameter(Lexer& in, std::pair<std::string, std::string>& out) {
  if (!in.skip_cfws() || !read_lower_token(in, out.first) || !in.skip_cfws()) return false;
  if (!in.expect('=', "RFC 2045 §5.1", "'=' after the name of a parameter") || !in.skip_cfws()) return false;
  return in.at('"') ? in.read_quoted_string(out.second) : read_token(in, out.second);
}

// What stands at the start of a line: nothing, a boundary before a part, or the one behind the last part.
enum class Delimiter { none, next, last };

Delimiter delimiter_at(std::string_view line, std::string_view boundary) {
  if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return Delimiter::none;
  const std::string_view rest = line.substr(2 + boundary.size());
  if (rest.starts_with("--")) return Delimiter::last;
  return rest.find_first_not_of(" \t\r\n") == std::string_view::npos ? Delimiter::next : Delimiter::none;
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

const std::string* ContentType::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::expected<ContentType, message::ParseError> parse_content_type(std::string_view value) {
  Lexer in(value);
  ContentType out;
  std::string subtype;
  if (!in.skip_cfws() || !read_lower_token(in, out.type) || !in.skip_cfws() ||
      !in.expect('/', "RFC 2045 §5.1", "'/' between type and subtype") || !in.skip_cfws() ||
      !read_lower_token(in, subtype)) {
    return std::unexpected(in.error());
  }
  out.type += "/" + subtype;
  while (in.skip_cfws() && in.eat(';')) {
    std::pair<std::string, std::string> parameter;
    if (!read_parameter(in, parameter)) break;
    out.parameters.push_back(std::move(parameter));
  }
  return out;
}

ContentType content_type_of(const message::Header& header) {
  if (const message::Field* field = header.find("Content-Type")) {
    if (auto parsed = parse_content_type(field->value())) return std::move(*parsed);
  }
  return {.type = "text/plain"};
}

std::vector<std::string_view> parts_of(std::string_view body, std::string_view boundary) {
  std::vector<std::string_view> parts;
  std::size_t part = std::string_view::npos;  // where the open one begins
  for (std::size_t begin = 0; begin < body.size();) {
    const std::size_t end = std::min(body.find('\n', begin), body.size() - 1) + 1;
    const Delimiter delimiter = delimiter_at(body.substr(begin, end - begin), boundary);
    if (delimiter != Delimiter::none) {
      if (part != std::string_view::npos) parts.push_back(without_line_end(body.substr(part, begin - part)));
      part = end;
      if (delimiter == Delimiter::last) return parts;
    }
    begin = end;
  }
  if (part != std::string_view::npos) parts.push_back(body.substr(part));
  return parts;
}

}  // namespace mailroom::dsn
