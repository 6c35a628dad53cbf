// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/address.hpp"

#include <algorithm>
#include <utility>

#include "protocols/message/header.hpp"
#include "protocols/message/lexer.hpp"

namespace mailroom::message {
namespace {

class AddressParser {
 public:
  explicit AddressParser(std::string_view text) : lexer_(text) {}

  Lexer& lexer() { return lexer_; }

  bool read_addr_spec(Mailbox& out) {
    return lexer_.read_local_part(out.local_part) &&
           lexer_.expect('@', "RFC 5322 §3.4.1", "'@' and a domain after the local part") &&
           lexer_.read_domain(out.domain);
  }

  bool read_mailbox(Mailbox& out) {
    Address address;
    if (!read_name_and_more(address, false)) return false;
    out = std::get<Mailbox>(std::move(address));
    return true;
  }

  bool read_address(Address& out) { return read_name_and_more(out, true); }

  bool read_address_list(std::vector<Address>& out) {
    if (!skip_empty_elements()) return false;
    if (lexer_.done()) return lexer_.fail("RFC 5322 §3.4", "an address");
    while (!lexer_.done()) {
      if (!read_address(out.emplace_back()) || !end_element('\0')) return false;
    }
    return true;
  }

 private:
  // What begins with words is a local part if '@' follows, a display name if '<' or ':' follows.
  bool read_name_and_more(Address& out, bool groups) {
    const std::size_t start = lexer_.offset();
    std::string name;
    if (!read_phrase(name)) return false;
    if (lexer_.at('<')) {
      Mailbox mailbox;
      mailbox.display_name = std::move(name);
      if (!read_angle_addr(mailbox)) return false;
      out = std::move(mailbox);
      return true;
    }
    if (groups && lexer_.at(':') && !name.empty()) {
      Group group;
      group.display_name = std::move(name);
      if (!read_group_members(group)) return false;
      out = std::move(group);
      return true;
    }
    if (!lexer_.at('@'))
      return lexer_.fail("RFC 5322 §3.4", "an address: local-part@domain, or name <local-part@domain>");
    lexer_.rewind(start);
    Mailbox mailbox;
    if (!read_addr_spec(mailbox)) return false;
    out = std::move(mailbox);
    return true;
  }

  // Words with one space where there was any blank or comment; dots as in the obsolete phrase (RFC 5322
  // §4.1).
  bool read_phrase(std::string& out) {
    bool first = true;
    while (true) {
      const std::size_t before = lexer_.offset();
      if (!lexer_.skip_cfws()) return false;
      const bool is_word = lexer_.at('"') || lexer_.at_atext();
      if (!is_word && (first || !lexer_.at('.'))) return true;
      if (!first && lexer_.offset() > before) out += ' ';
      first = false;
      if (is_word) {
        if (!lexer_.read_word(out)) return false;
      } else {
        out += lexer_.take();
      }
    }
  }

  bool read_angle_addr(Mailbox& out) {
    lexer_.take();
    return read_route(out.route) && read_addr_spec(out) &&
           lexer_.expect('>', "RFC 5322 §3.4", "'>' after the address") && lexer_.skip_cfws();
  }

  // RFC 5322 §4.4: `@a,@b:` in front of the address that counts.
  bool read_route(std::vector<std::string>& out) {
    if (!lexer_.skip_cfws()) return false;
    if (!lexer_.at('@') && !lexer_.at(',')) return true;
    while (!lexer_.at(':')) {
      if (!lexer_.skip_cfws()) return false;
      if (lexer_.eat(',')) continue;
      if (lexer_.at(':')) break;
      if (!lexer_.expect('@', "RFC 5322 §4.4", "'@' and a domain of the route, or ':' after it"))
        return false;
      if (!lexer_.read_domain(out.emplace_back())) return false;
    }
    lexer_.take();
    return !out.empty() || lexer_.fail("RFC 5322 §4.4", "a route with a domain");
  }

  bool read_group_members(Group& out) {
    lexer_.take();
    if (!skip_empty_elements()) return false;
    while (!lexer_.at(';')) {
      if (lexer_.done()) return lexer_.fail("RFC 5322 §3.4", "';' at the end of a group");
      if (!read_mailbox(out.members.emplace_back()) || !end_element(';')) return false;
    }
    lexer_.take();
    return lexer_.skip_cfws();
  }

  // RFC 5322 §4.4: the obsolete lists have empty elements.
  bool skip_empty_elements() {
    do {
      if (!lexer_.skip_cfws()) return false;
    } while (lexer_.eat(','));
    return true;
  }

  bool end_element(char end_of_list) {
    if (!lexer_.skip_cfws()) return false;
    if (lexer_.done() || (end_of_list != '\0' && lexer_.at(end_of_list))) return true;
    if (!lexer_.at(',')) return lexer_.fail("RFC 5322 §3.4", "',' before the next address");
    return skip_empty_elements();
  }

  Lexer lexer_;
};

template <class T>
std::expected<T, ParseError> parse_all(std::string_view text, bool (AddressParser::*read)(T&)) {
  AddressParser parser(text);
  T out;
  if (!(parser.*read)(out) || !parser.lexer().expect_end()) return std::unexpected(parser.lexer().error());
  return out;
}

bool is_dot_atom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || is_atext(c); });
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\r' || c == '\n' ? ' ' : c;
  }
  out += '"';
  return out;
}

// Atoms with single spaces between, which need no quotes; this includes encoded words.
bool is_plain_phrase(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  if (text.find("  ") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || is_atext(c); });
}

std::string phrase(std::string_view name) {
  return is_plain_phrase(name) ? std::string(name) : quoted(name);
}

template <class List>
std::string joined(const List& list) {
  std::string out;
  for (const auto& item : list) {
    if (!out.empty()) out += ", ";
    out += format(item);
  }
  return out;
}

}  // namespace

bool operator==(const Mailbox& a, const Mailbox& b) {
  return a.local_part == b.local_part && equal_ignoring_case(a.domain, b.domain);
}

std::expected<Mailbox, ParseError> parse_addr_spec(std::string_view text) {
  return parse_all(text, &AddressParser::read_addr_spec);
}
std::expected<Mailbox, ParseError> parse_mailbox(std::string_view text) {
  return parse_all(text, &AddressParser::read_mailbox);
}
std::expected<Address, ParseError> parse_address(std::string_view text) {
  return parse_all(text, &AddressParser::read_address);
}
std::expected<std::vector<Address>, ParseError> parse_address_list(std::string_view text) {
  return parse_all(text, &AddressParser::read_address_list);
}

std::vector<Mailbox> mailboxes(const std::vector<Address>& addresses) {
  std::vector<Mailbox> out;
  for (const Address& address : addresses) {
    if (const auto* group = std::get_if<Group>(&address)) {
      out.insert(out.end(), group->members.begin(), group->members.end());
    } else {
      out.push_back(std::get<Mailbox>(address));
    }
  }
  return out;
}

std::string quoted_local_part(std::string_view local_part) {
  return is_dot_atom(local_part) ? std::string(local_part) : quoted(local_part);
}

std::string addr_spec(const Mailbox& mailbox) {
  return quoted_local_part(mailbox.local_part) + "@" + mailbox.domain;
}

std::string format(const Mailbox& mailbox) {
  if (mailbox.display_name.empty()) return addr_spec(mailbox);
  return phrase(mailbox.display_name) + " <" + addr_spec(mailbox) + ">";
}

std::string format(const Group& group) {
  // RFC 5322 §3.4: a group may be empty, but always has a name.
  const std::string members = joined(group.members);
  return phrase(group.display_name) + ":" + (members.empty() ? "" : " ") + members + ";";
}

std::string format(const Address& address) {
  return std::visit([](const auto& either) { return format(either); }, address);
}

std::string format(const std::vector<Address>& addresses) {
  return joined(addresses);
}

}  // namespace mailroom::message
