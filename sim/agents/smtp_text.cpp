// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/smtp_text.hpp"

#include "protocols/smtp/path_parser.hpp"

namespace mailroom::agents {

namespace {

std::string joined(const smtp::Reply& reply, const std::string& before_each) {
  std::string text;
  for (const std::string& line : reply.lines) {
    if (!text.empty()) text += '\n';
    text += before_each;
    text += line;
  }
  return text;
}

}  // namespace

std::string text_of(const smtp::Reply& reply) {
  return joined(reply, reply.enhanced ? to_string(*reply.enhanced) + " " : std::string());
}

std::string plain_text_of(const smtp::Reply& reply) {
  return joined(reply, {});
}

std::string path_text(const smtp::Path& path) {
  std::string text = to_string(path);
  return text.substr(1, text.size() - 2);
}

std::optional<smtp::Path> path_of(std::string_view text) {
  std::string bracketed = "<";
  bracketed += text;
  bracketed += '>';
  const auto kind = text.empty() ? smtp::PathKind::reverse : smtp::PathKind::forward;
  auto parsed = smtp::parse_path(bracketed, kind, smtp::Utf8::accept);
  if (!parsed || parsed->length != bracketed.size() ||
      !smtp::is_sendable(parsed->path, smtp::Utf8::accept)) return std::nullopt;
  return std::move(parsed->path);
}

std::optional<std::string> new_address(std::string_view reply_text) {
  const std::size_t open = reply_text.rfind('<');
  if (open == std::string_view::npos) return std::nullopt;
  const std::string_view path = reply_text.substr(open);
  const auto address = path_of(path.substr(1, path.find('>') - 1));
  if (!address || address->domain.empty()) return std::nullopt;
  return smtp::mailbox(*address);
}

}  // namespace mailroom::agents
