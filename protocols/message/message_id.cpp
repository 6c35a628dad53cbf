// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/message_id.hpp"

#include "protocols/message/address.hpp"
#include "protocols/message/lexer.hpp"

namespace mailroom::message {
namespace {

bool read_id(Lexer& lexer, MessageId& out) {
  std::string left;
  if (!lexer.expect('<', "RFC 5322 §3.6.4", "'<' before the identifier") || !lexer.read_local_part(left) ||
      !lexer.expect('@', "RFC 5322 §3.6.4", "'@' inside the identifier") || !lexer.read_domain(out.right) ||
      !lexer.expect('>', "RFC 5322 §3.6.4", "'>' after the identifier")) {
    return false;
  }
  out.left = quoted_local_part(left);
  return true;
}

}  // namespace

std::string format(const MessageId& id) {
  return "<" + id.left + "@" + id.right + ">";
}

std::expected<MessageId, ParseError> parse_message_id(std::string_view text) {
  Lexer lexer(text);
  MessageId id;
  if (!lexer.skip_cfws() || !read_id(lexer, id) || !lexer.expect_end()) return std::unexpected(lexer.error());
  return id;
}

std::expected<std::vector<MessageId>, ParseError> parse_message_ids(std::string_view text) {
  Lexer lexer(text);
  std::vector<MessageId> ids;
  while (true) {
    if (!lexer.skip_cfws()) return std::unexpected(lexer.error());
    if (lexer.done()) return ids;
    std::string phrase;
    if (lexer.at('<')) {
      if (!read_id(lexer, ids.emplace_back())) return std::unexpected(lexer.error());
    } else if (lexer.eat('.') || lexer.eat(',')) {
      // Dots belong to the phrases of RFC 5322 §4.5.4; commas are in no grammar, but in much mail.
    } else if (!lexer.read_word(phrase)) {
      return std::unexpected(lexer.error());
    }
  }
}

std::string make_message_id(std::string_view unique, std::string_view domain) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string left;
  for (std::size_t i = 0; i < unique.size(); ++i) {
    const auto octet = static_cast<unsigned char>(unique[i]);
    const bool is_inner_dot = unique[i] == '.' && !left.empty() && left.back() != '.' && i + 1 < unique.size();
    if (is_inner_dot || (octet < 0x80 && unique[i] != '=' && is_atext(unique[i]))) {
      left += unique[i];
    } else {
      left += '=';
      left += kDigits[octet / 16];
      left += kDigits[octet % 16];
    }
  }
  if (left.empty()) left = "=";
  return format(MessageId{.left = left, .right = std::string(domain)});
}

}  // namespace mailroom::message
