// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/path.hpp"

#include <algorithm>
#include <utility>

#include "protocols/smtp/ascii.hpp"
#include "protocols/smtp/limits.hpp"
#include "protocols/smtp/path_parser.hpp"

namespace mailroom::smtp {
namespace {

void append_local_part(std::string& text, std::string_view local_part) {
  if (is_dot_string(local_part, Utf8::accept)) {
    text += local_part;
    return;
  }
  text += '"';
  for (const char c : local_part) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  text += '"';
}

bool is_host(std::string_view text, Utf8 utf8) {
  return is_domain(text, utf8) || is_address_literal(text);
}

}  // namespace

std::string mailbox(const Path& path) {
  std::string text;
  if (path.local_part.empty() && path.domain.empty()) return text;
  append_local_part(text, path.local_part);
  if (!path.domain.empty()) {
    text += '@';
    text += path.domain;
  }
  return text;
}

std::string to_string(const Path& path) {
  std::string text = "<";
  for (std::size_t i = 0; i < path.route.size(); ++i) {
    text += i == 0 ? "@" : ",@";
    text += path.route[i];
  }
  if (!path.route.empty()) text += ':';
  text += mailbox(path);
  text += '>';
  return text;
}

bool is_sendable(const Path& path, Utf8 utf8) {
  if (path.is_null()) return true;
  if (path.domain.empty() && !(path.route.empty() && ascii::same(path.local_part, "postmaster")))
    return false;
  const auto is_good_host = [utf8](std::string_view host) { return is_host(host, utf8); };
  const auto is_good = [utf8](char c) {
    return ascii::is_printable(c) || (utf8 == Utf8::accept && static_cast<unsigned char>(c) > 127);
  };
  const std::string text = to_string(path);
  return (path.domain.empty() || is_good_host(path.domain)) &&
         std::ranges::all_of(path.route, is_good_host) && std::ranges::all_of(path.local_part, is_good) &&
         path.local_part.size() <= kLocalPartLimit && text.size() <= kPathLimit &&
         (utf8 == Utf8::refuse || is_utf8(text));
}

bool needs_smtputf8(const Path& path) {
  return !is_ascii(path.local_part) || !is_ascii(path.domain) || !std::ranges::all_of(path.route, is_ascii);
}

std::string_view first_hop(const Path& forward_path) {
  return forward_path.route.empty() ? std::string_view(forward_path.domain)
                                    : std::string_view(forward_path.route.front());
}

Path without_route(Path path) {
  path.route.clear();
  return path;
}

Path shrunk_forward_path(Path forward_path, std::string_view own_domain) {
  if (!forward_path.route.empty() && same_domain(forward_path.route.front(), own_domain))
    forward_path.route.erase(forward_path.route.begin());
  return forward_path;
}

Path grown_reverse_path(Path reverse_path, std::string_view own_domain) {
  if (!reverse_path.is_null()) reverse_path.route.emplace(reverse_path.route.begin(), own_domain);
  return reverse_path;
}

bool same_domain(std::string_view a, std::string_view b) {
  return ascii::same(a, b);
}

}  // namespace mailroom::smtp
