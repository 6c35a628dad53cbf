// SPDX-License-Identifier: GPL-2.0-only
// DOT, the language of Graphviz, by recursive descent with a cap on the depth. (boost::read_graphviz
// overflows the stack on deep nesting, and its messages have no place in the file.)
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "topologies/dot_lexer.hpp"
#include "topologies/raw_graph.hpp"
#include "topologies/text.hpp"

namespace mailroom::topology {
namespace {

// Longer names and values serve no one, and defaults would multiply them.
constexpr std::size_t kMaxText = 255;

void put(std::vector<Attribute>& attributes, Attribute attribute) {
  for (Attribute& known : attributes)
    if (known.name == attribute.name) {
      known = std::move(attribute);
      return;
    }
  attributes.push_back(std::move(attribute));
}

// Line breaks and the node's name as Graphviz's labels have them.
std::string plain_label(std::string_view text, std::string_view node) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'n' || c == 'l' || c == 'r')
      result += ' ';
    else if (c == 'N')
      result += node;
    else
      result += c;
  }
  return result;
}

class DotParser {
 public:
  DotParser(std::string_view text, RawGraph& raw, Report& report) : lexer_(text), raw_(raw), report_(report) {
    take();
  }

  void parse() {
    if (take_keyword("strict")) is_strict_ = true;
    if (take_keyword("digraph"))
      is_directed_ = true;
    else if (!take_keyword("graph"))
      return fail("this is no DOT: it does not begin with graph or digraph", "write graph NAME { … }");
    if (word_.token == DotToken::id) {
      raw_.name = shortened(word_.text, kMaxText);
      take();
    }
    if (word_.token != DotToken::open_brace) return fail_here("{", "write graph NAME { … }");
    Scope scope;
    statements(scope, 1);
    if (is_failed_) return;
    if (word_.token != DotToken::end)
      fail("there is more after the graph's last }", "one file holds one graph");
    for (RawNode& node : raw_.nodes)
      for (Attribute& attribute : node.attributes)
        if (attribute.name == "label")
          attribute.value = shortened(plain_label(attribute.value, node.id), kMaxText);
    for (RawEdge& edge : raw_.edges)
      for (Attribute& attribute : edge.attributes)
        if (attribute.name == "label") attribute.value = plain_label(attribute.value, "");
  }

 private:
  struct Scope {
    std::vector<Attribute> node;  // defaults
    std::vector<Attribute> edge;
    std::vector<std::size_t> members;  // nodes named in it, each once
    std::set<std::size_t> is_member;
  };

  void take() {
    word_ = lexer_.next();
    if (word_.token == DotToken::wrong) fail(word_.text, word_.right);
  }

  void fail(std::string wrong, std::string right) {
    if (is_failed_) return;
    is_failed_ = true;
    report_.error(word_.at, std::move(wrong), std::move(right));
  }

  void fail_here(std::string_view needed, std::string right) {
    const std::string found = word_.token == DotToken::end  ? "the file ends"
                              : word_.token == DotToken::id ? fmt::format("{} stands", in_quotes(word_.text))
                                                            : "another sign stands";
    fail(fmt::format("{} where {} is needed", found, needed), std::move(right));
  }

  bool is_keyword(std::string_view keyword) const {
    return word_.token == DotToken::id && word_.is_plain && lower_ascii(word_.text) == keyword;
  }
  bool take_keyword(std::string_view keyword) {
    if (!is_keyword(keyword)) return false;
    take();
    return true;
  }
  bool take_sign(DotToken token) {
    if (is_failed_ || word_.token != token) return false;
    take();
    return true;
  }

  // From { to }.
  void statements(Scope& scope, std::size_t depth) {
    if (depth > kMaxDepth)
      return fail(fmt::format("braces are nested more than {} deep", kMaxDepth), "use fewer subgraphs");
    take();
    while (!is_failed_ && word_.token != DotToken::close_brace) {
      if (word_.token == DotToken::end) return fail("the file ends within a graph", "close every { with }");
      statement(scope, depth);
      take_sign(DotToken::semicolon);
    }
    if (!is_failed_) take();
  }

  void statement(Scope& scope, std::size_t depth) {
    if (take_keyword("graph")) return attribute_lists([](Attribute) {});
    if (take_keyword("node")) {
      return attribute_lists([&](Attribute a) {
        if (is_node_attribute(a.name)) put(scope.node, std::move(a));
      });
    }
    if (take_keyword("edge")) {
      return attribute_lists([&](Attribute a) {
        if (is_edge_attribute(a.name)) put(scope.edge, std::move(a));
      });
    }
    chain(scope, depth);
  }

  // NAME = VALUE, a node, or a chain of nodes and subgraphs joined by links.
  void chain(Scope& scope, std::size_t depth) {
    std::vector<std::vector<std::size_t>> ends;
    std::vector<Position> joints;
    bool is_node = false;
    do {
      if (is_keyword("subgraph") || word_.token == DotToken::open_brace) {
        ends.push_back(subgraph(scope, depth));
      } else if (word_.token == DotToken::id) {
        const DotWord name = word_;
        take();
        if (ends.empty() && take_sign(DotToken::equals)) {
          if (word_.token != DotToken::id) return fail_here("a value", "write NAME = VALUE");
          if (depth == 1 && lower_ascii(name.text) == "label") raw_.name = shortened(word_.text, kMaxText);
          return take();
        }
        is_node = ends.empty();
        ends.push_back({node(scope, name)});
        for (int ports = 0; ports < 2 && take_sign(DotToken::colon); ++ports)
          if (!take_sign(DotToken::id)) return fail_here("the name of a port", "write a:port");
      } else {
        return fail_here("a node", "write a node's name, or a link as a -- b");
      }
      if (is_failed_) return;
      joints.push_back(word_.at);
    } while (take_joint());
    if (is_failed_) return;
    if (ends.size() == 1) {
      if (is_node)
        attribute_lists([&](Attribute a) {
          if (is_node_attribute(a.name)) put(raw_.nodes[ends[0][0]].attributes, std::move(a));
        });
      return;
    }
    std::vector<Attribute> attributes = scope.edge;
    attribute_lists([&](Attribute a) {
      if (is_edge_attribute(a.name)) put(attributes, std::move(a));
    });
    for (std::size_t i = 0; i + 1 < ends.size(); ++i) join(ends[i], ends[i + 1], joints[i], attributes);
  }

  bool take_joint() {
    const DotToken wanted = is_directed_ ? DotToken::arrow : DotToken::edge;
    const DotToken other = is_directed_ ? DotToken::edge : DotToken::arrow;
    if (word_.token == other)
      fail(is_directed_ ? "-- joins nodes in a graph, and this is a digraph"
                        : "-> joins nodes in a digraph, and this is a graph",
           is_directed_ ? "write ->" : "write --");
    return take_sign(wanted);
  }

  std::vector<std::size_t> subgraph(Scope& outer, std::size_t depth) {
    if (take_keyword("subgraph") && word_.token == DotToken::id) take();
    if (word_.token != DotToken::open_brace) {
      fail_here("{", "write subgraph NAME { … }");
      return {};
    }
    Scope scope;
    scope.node = outer.node;
    scope.edge = outer.edge;
    statements(scope, depth + 1);
    for (const std::size_t member : scope.members) add_member(outer, member);
    return scope.members;
  }

  static void add_member(Scope& scope, std::size_t node) {
    if (scope.is_member.insert(node).second) scope.members.push_back(node);
  }

  std::size_t node(Scope& scope, const DotWord& word) {
    const std::string id = shortened(word.text, kMaxText);
    const auto [place, is_new] = by_id_.try_emplace(id, raw_.nodes.size());
    if (is_new) {
      if (raw_.nodes.size() >= kMaxNodes)
        fail(fmt::format("the file has more than {} nodes", kMaxNodes), "a simulated network is smaller");
      raw_.nodes.push_back({id, word.at, scope.node});
    }
    add_member(scope, place->second);
    return place->second;
  }

  void join(const std::vector<std::size_t>& from, const std::vector<std::size_t>& to, Position at,
            const std::vector<Attribute>& attributes) {
    for (const std::size_t a : from) {
      for (const std::size_t b : to) {
        if (is_strict_ && !joined_.insert({std::min(a, b), std::max(a, b)}).second) continue;
        if (raw_.edges.size() >= kMaxLinks)
          return fail(fmt::format("the file has more than {} links", kMaxLinks),
                      "a simulated network is smaller");
        raw_.edges.push_back({raw_.nodes[a].id, raw_.nodes[b].id, is_directed_, at, attributes});
      }
    }
  }

  // [a=b, c=d; e=f] [g=h] …
  template <class Take>
  void attribute_lists(Take take_attribute) {
    while (take_sign(DotToken::open_bracket)) {
      while (!is_failed_ && word_.token != DotToken::close_bracket) {
        if (word_.token != DotToken::id)
          return fail_here("the name of an attribute, or ]", "write [name=value, …]");
        Attribute attribute{lower_ascii(shortened(word_.text, kMaxText)), "true", word_.at};
        take();
        if (take_sign(DotToken::equals)) {
          if (word_.token != DotToken::id) return fail_here("a value", "write [name=value, …]");
          attribute.value = shortened(word_.text, kMaxText);
          attribute.at = word_.at;
          take();
        }
        if (!is_failed_) take_attribute(std::move(attribute));
        if (!take_sign(DotToken::comma)) take_sign(DotToken::semicolon);
      }
      take_sign(DotToken::close_bracket);
    }
  }

  DotLexer lexer_;
  RawGraph& raw_;
  Report& report_;
  DotWord word_;
  std::unordered_map<std::string, std::size_t> by_id_;
  std::set<std::pair<std::size_t, std::size_t>> joined_;
  bool is_strict_ = false;
  bool is_directed_ = false;
  bool is_failed_ = false;
};

}  // namespace

ReadOutcome read_dot(std::string_view text, std::string_view file) {
  Report report(file);
  RawGraph raw;
  if (text.size() > kMaxFileBytes) {
    report.error({}, fmt::format("the file is larger than {} MiB", kMaxFileBytes >> 20),
                 "a network's map is smaller than that");
  } else if (trimmed(text).empty()) {
    report.error({}, "the file is empty", "a DOT file begins with graph NAME {");
  } else if (is_utf8(text)) {
    DotParser(text, raw, report).parse();
  } else {
    const std::string converted = utf8_from_latin1(text);
    DotParser(converted, raw, report).parse();  // as old files are
  }
  if (report.failed()) return std::unexpected(report.take_errors());
  return build(raw, SelfLoops::refuse, report);
}

}  // namespace mailroom::topology
