// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "sim/trace/event.hpp"
#include "topologies/text.hpp"
#include "viz/model/filter.hpp"
#include "viz/model/filter_lexer.hpp"
#include "viz/model/filter_values.hpp"
#include "viz/model/text_match.hpp"

namespace mailroom::viz {
namespace {

using Token = FilterToken;
using What = FilterNode::What;
using Result = std::expected<FilterNode, FilterError>;

std::unexpected<FilterError> error(std::size_t offset, std::string wrong, std::string right) {
  return std::unexpected(FilterError{offset, std::move(wrong), std::move(right)});
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates,
                         std::string otherwise) {
  const auto nearest = topology::nearest(word, candidates);
  return nearest ? fmt::format("did you mean '{}'?", *nearest) : std::move(otherwise);
}

const FilterKeyInfo* key_named(std::string_view name) {
  for (const FilterKeyInfo& key : kFilterKeys)
    if (equals_folded(name, key.name) || (!key.alias.empty() && equals_folded(name, key.alias))) return &key;
  return nullptr;
}

std::unexpected<FilterError> unknown_key(const Token& token) {
  std::vector<std::string_view> names;
  std::string list;
  for (const FilterKeyInfo& key : kFilterKeys) {
    names.push_back(key.name);
    if (!key.alias.empty()) names.push_back(key.alias);
    list += list.empty() ? "" : ", ";
    list += key.name;
  }
  return error(
      token.offset, fmt::format("there is no key {}", topology::in_quotes(token.key)),
      did_you_mean(topology::lower_ascii(token.key), names,
                   fmt::format("the keys are {}; a text with : or = in it stands in quotation marks", list)));
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result filter() {
    if (now().what == Token::What::end) return FilterNode{};
    Result result = any(0);
    if (!result) return result;
    if (now().what == Token::What::end) return result;
    return error(now().offset, "this bracket closes nothing", "leave it out, or put a ( before");
  }

 private:
  const Token& now() const { return tokens_[at_]; }

  // One child needs no node around it; one of the same kind is taken in, so that equal filters are equal.
  static FilterNode joined(What what, std::vector<FilterNode> children) {
    if (children.size() == 1) return std::move(children.front());
    FilterNode node{.what = what};
    for (FilterNode& child : children) {
      if (child.what == what) {
        std::ranges::move(child.children, std::back_inserter(node.children));
      } else {
        node.children.push_back(std::move(child));
      }
    }
    return node;
  }

  Result any(int depth) {
    std::vector<FilterNode> children;
    while (true) {
      Result child = all(depth);
      if (!child) return child;
      children.push_back(std::move(*child));
      if (now().what != Token::What::any) return joined(What::any, std::move(children));
      ++at_;
    }
  }

  Result all(int depth) {
    std::vector<FilterNode> children;
    while (true) {
      Result child = one(depth);
      if (!child) return child;
      children.push_back(std::move(*child));
      if (now().what == Token::What::all) {
        ++at_;
        continue;  // something must follow
      }
      if (now().what == Token::What::end || now().what == Token::What::close ||
          now().what == Token::What::any)
        return joined(What::all, std::move(children));
    }
  }

  Result one(int depth) {
    if (depth >= Filter::kMostNested)
      return error(now().offset, "this is nested too deep", "write it with fewer brackets and 'not's");
    const Token& token = now();
    switch (token.what) {
      case Token::What::negation: {
        ++at_;
        Result child = one(depth + 1);
        if (!child) return child;
        if (child->what == What::negation) return std::move(child->children.front());  // twice is not at all
        FilterNode node{.what = What::negation};
        node.children.push_back(std::move(*child));
        return node;
      }
      case Token::What::open: {
        ++at_;
        Result child = any(depth + 1);
        if (!child) return child;
        if (now().what != Token::What::close)
          return error(token.offset, "this bracket is not closed", "put a ) behind what belongs together");
        ++at_;
        return child;
      }
      case Token::What::word:
        ++at_;
        return word(token);
      case Token::What::term:
        ++at_;
        return term(token);
      default:
        return error(token.offset, "a condition is missing here",
                     "write one, such as rcpt:bob or reply:4xx, or leave the word before it out");
    }
  }

  static Result word(const Token& token) {
    const Token::Value& value = token.values.front();
    FilterNode node{.what = What::term};
    if (!value.is_quoted && is_reply_class(value.text)) {
      node.term = {.key = FilterKey::reply, .texts = {topology::lower_ascii(value.text)}};
    } else {
      node.term = {.key = FilterKey::any, .texts = {value.text}};
    }
    return node;
  }

  static Result term(const Token& token) {
    const FilterKeyInfo* key = key_named(token.key);
    if (key == nullptr) return unknown_key(token);
    auto read = read_filter_values(*key, token);
    if (!read) return std::unexpected(read.error());
    FilterNode node{.what = What::term};
    node.term = std::move(*read);
    return node;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

std::expected<Filter, FilterError> Filter::parse(std::string_view text) {
  if (text.size() > kMostOctets)
    return error(kMostOctets, "the filter is too long",
                 fmt::format("at most {} characters are read", kMostOctets));
  auto tokens = filter_tokens(text);
  if (!tokens) return std::unexpected(tokens.error());
  auto root = Parser(std::move(*tokens)).filter();
  if (!root) return std::unexpected(root.error());
  Filter filter;
  filter.root_ = std::move(*root);
  return filter;
}

}  // namespace mailroom::viz
