// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/header.hpp"

#include <algorithm>
#include <cassert>

#include "protocols/message/fold.hpp"
#include "protocols/message/lexer.hpp"

namespace mailroom::message {
namespace {

// Octets of the first line, with its line end if it has one.
std::size_t line_length(std::string_view text) {
  const std::size_t lf = text.find('\n');
  return lf == std::string_view::npos ? text.size() : lf + 1;
}

std::size_t empty_line_length(std::string_view text) {
  if (text.starts_with("\r\n")) return 2;
  return text.starts_with('\n') ? 1 : 0;
}

bool is_name_octet(char c) {
  return c > ' ' && c < 0x7f && c != ':';
}

// Octets of the name if the line begins a field, else 0.
std::size_t field_name_length(std::string_view line) {
  const auto end = std::find_if_not(line.begin(), line.end(), is_name_octet);
  const auto length = static_cast<std::size_t>(end - line.begin());
  // RFC 5322 §4.5: the obsolete syntax has blanks before the colon.
  const std::size_t colon = line.find_first_not_of(" \t", length);
  return colon != std::string_view::npos && line[colon] == ':' ? length : 0;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool is_field_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_name_octet);
}

std::string_view Field::value() const {
  std::string_view value = octets.substr(octets.find(':', name_length) + 1);
  if (value.ends_with('\n')) {
    value.remove_suffix(1);
    if (value.ends_with('\r')) value.remove_suffix(1);
  }
  return value;
}

std::string Field::unfolded() const {
  const std::string_view folded = value();
  std::string text;
  text.reserve(folded.size());
  for (std::size_t i = 0; i < folded.size(); ++i) {
    if (folded[i] == '\n') continue;
    if (folded[i] == '\r' && i + 1 < folded.size() && folded[i + 1] == '\n') continue;
    text += folded[i];
  }
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

bool Field::is(std::string_view field_name) const {
  return equal_ignoring_case(name(), field_name);
}

Header::Header(std::string_view message) {
  std::string_view rest = message;
  if (rest.starts_with("From ") || rest.starts_with(">From ")) {
    envelope_line_ = rest.substr(0, line_length(rest));
    rest.remove_prefix(envelope_line_.size());
  }
  const std::string_view from_first_field = rest;
  fields_.reserve(16);  // most headers have fewer
  while (!rest.empty()) {
    const std::size_t name_length = field_name_length(rest.substr(0, line_length(rest)));
    if (name_length == 0) break;
    std::size_t end = line_length(rest);
    while (end < rest.size() && (rest[end] == ' ' || rest[end] == '\t')) end += line_length(rest.substr(end));
    fields_.push_back({.octets = rest.substr(0, end), .name_length = name_length});
    rest.remove_prefix(end);
  }
  fields_octets_ = from_first_field.substr(0, from_first_field.size() - rest.size());
  separator_ = rest.substr(0, empty_line_length(rest));
  body_ = rest.substr(separator_.size());
}

const Field* Header::find(std::string_view name) const {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.is(name); });
  return found == fields_.end() ? nullptr : &*found;
}

std::size_t Header::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.is(name); }));
}

std::string format_field(std::string_view name, std::string_view value) {
  assert(is_field_name(name));
  const std::string line = without_line_ends(value);
  std::string out(name);
  out += ':';
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin != std::string::npos) {
    const std::size_t end = line.find_last_not_of(" \t") + 1;
    std::size_t column = out.size();
    append_folded(out, column, " " + line.substr(begin, end - begin));
  }
  out += "\r\n";
  return out;
}

std::string without_field(std::string_view message, std::string_view name) {
  const Header header(message);
  std::string out(header.envelope_line());
  out.reserve(message.size());
  for (const Field& field : header.fields()) {
    if (!field.is(name)) out += field.octets;
  }
  out += header.separator();
  out += header.body();
  return out;
}

bool is_canonical(std::string_view octets, FinalLineEnd final_line_end) {
  for (std::size_t lf = octets.find('\n'); lf != std::string_view::npos; lf = octets.find('\n', lf + 1)) {
    if (lf == 0 || octets[lf - 1] != '\r') return false;
  }
  return final_line_end == FinalLineEnd::keep || octets.empty() || octets.ends_with("\r\n");
}

std::string canonical(std::string_view octets, FinalLineEnd final_line_end) {
  std::string out;
  out.reserve(octets.size() + static_cast<std::size_t>(std::count(octets.begin(), octets.end(), '\n')) + 2);
  std::size_t begin = 0;
  for (std::size_t lf = octets.find('\n'); lf != std::string_view::npos; lf = octets.find('\n', begin)) {
    out += octets.substr(begin, lf - begin);
    if (lf == 0 || octets[lf - 1] != '\r') out += '\r';
    out += '\n';
    begin = lf + 1;
  }
  out += octets.substr(begin);
  if (final_line_end == FinalLineEnd::ensure && !out.empty() && !out.ends_with("\r\n")) out += "\r\n";
  return out;
}

}  // namespace mailroom::message
