// SPDX-License-Identifier: GPL-2.0-only
// GraphML, read with libxml2's SAX2 interface. (boost::read_graphml drops the XML ids, refuses the Zoo's key
// type "integer" and yEd's booleans, and its messages have no place in the file.)
//
// Bounded: depth, nodes and links are capped here, one text by libxml2's own limit of 10 MB; a file that
// declares an XML entity is refused at the declaration, so nothing can expand. No file or network address
// named in the text is ever opened.
#include <fmt/format.h>
#include <libxml/parser.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <vector>

#include "topologies/raw_graph.hpp"
#include "topologies/text.hpp"

namespace mailroom::topology {
namespace {

// Longer values serve no one, and the defaults of keys would multiply them.
constexpr std::size_t kMaxText = 255;

std::string_view view(const xmlChar* text) {
  return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

enum class Scope { graph, node, edge, all, other };

struct Key {
  std::string name;  // attr.name in lower case
  Scope scope = Scope::all;
  std::string initial;  // of <default>
};

class GraphmlParser {
 public:
  GraphmlParser(std::string_view text, RawGraph& raw, Report& report)
      : text_in_(text), raw_(raw), report_(report) {}

  // False if it could not be read to its end.
  bool parse() {
    xmlSAXHandler handler{};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = [](void* self, const xmlChar* name, const xmlChar*, const xmlChar*, int,
                                const xmlChar**, int count, int, const xmlChar** attributes) {
      static_cast<GraphmlParser*>(self)->begin(view(name), count, attributes);
    };
    handler.endElementNs = [](void* self, const xmlChar*, const xmlChar*, const xmlChar*) {
      static_cast<GraphmlParser*>(self)->end();
    };
    handler.characters = handler.cdataBlock = [](void* self, const xmlChar* octets, int size) {
      static_cast<GraphmlParser*>(self)->characters(
          {reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)});
    };
    handler.entityDecl = [](void* self, const xmlChar*, int, const xmlChar*, const xmlChar*, xmlChar*) {
      static_cast<GraphmlParser*>(self)->refuse_entity();
    };
    // The type of xmlStructuredErrorFunc gained a const between Debian 12 and 13.
    handler.serror = [](void* self, auto* error) {
      static_cast<GraphmlParser*>(self)->xml_error(error->level, error->line, error->int2, error->message);
    };

    xmlInitParser();
    const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> context(xmlNewParserCtxt(),
                                                                               xmlFreeParserCtxt);
    if (!context) throw std::bad_alloc();
    *context->sax = handler;
    context->userData = this;
    context_ = context.get();
    // NOENT: the five predefined entities become their characters in attributes, too.
    // A document is made for entity declarations only, and returned if nothing else was wrong.
    xmlFreeDoc(xmlCtxtReadMemory(context_, text_in_.data(), static_cast<int>(text_in_.size()), nullptr,
                                 nullptr, XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_BIG_LINES));
    if (!report_.failed() && !saw_graphml_)
      report_.error({1, 1}, "this is no GraphML", "the outermost element should be <graphml>");
    if (!report_.failed() && !saw_graph_)
      report_.error({1, 1}, "the file has no <graph>", "put nodes and edges into <graph> within <graphml>");
    return !is_stopped_ && saw_graph_;
  }

 private:
  enum class Kind { graphml, key, initial, graph, node, edge, hyperedge, data, label, other };
  struct Open {
    Kind kind;
    std::size_t index = 0;  // of the node or edge it belongs to
    Position at;
    std::string_view name;  // of the data: into keys_
  };
  struct Attributes {
    std::vector<std::pair<std::string_view, std::string>> list;
    std::optional<std::string> get(std::string_view name) const {
      for (const auto& [key, value] : list)
        if (key == name) return value;
      return std::nullopt;
    }
  };

  // Where the '<' of the tag stands that libxml2 has just read. Its own columns point behind the tag.
  Position tag_begin() {
    const xmlParserInput& input = *context_->input;
    const Position line_only{static_cast<std::size_t>(std::max(input.line, 1)), 0};
    if (input.buf && input.buf->encoder) return line_only;  // what it counts is not our text
    const std::size_t behind =
        static_cast<std::size_t>(input.consumed) + static_cast<std::size_t>(input.cur - input.base);
    if (behind > text_in_.size() || behind == 0) return line_only;
    const std::size_t tag = text_in_.rfind('<', behind - 1);
    if (tag == text_in_.npos || tag < counted_) return line_only;
    // Tags come in order, so that every octet is looked at once.
    for (auto end = text_in_.find('\n', counted_); end < tag; end = text_in_.find('\n', counted_)) {
      ++line_;
      counted_ = line_start_ = end + 1;
    }
    counted_ = tag;
    return {line_, tag - line_start_ + 1};
  }

  void stop(Position at, std::string wrong, std::string right) {
    report_.error(at, std::move(wrong), std::move(right));
    is_stopped_ = true;
    xmlStopParser(context_);
  }

  void refuse_entity() {
    if (is_stopped_) return;
    stop({static_cast<std::size_t>(context_->input->line), 0}, "the file declares an XML entity",
         "write out what it stands for; entities are not read");
  }

  void xml_error(xmlErrorLevel level, int line, int column, const char* message) {
    if (level == XML_ERR_WARNING || is_stopped_) return;
    std::string text(trimmed(message ? message : "unknown error"));
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (text.size() > 200) text.resize(200);
    report_.error(
        {static_cast<std::size_t>(std::max(line, 1)), static_cast<std::size_t>(std::max(column, 0))},
        "this is no well-formed XML: " + text, "every element should be closed and every & be &amp;");
    if (level == XML_ERR_FATAL) is_stopped_ = true;
  }

  Kind kind_of(std::string_view name) const {
    const Kind parent = open_.empty() ? Kind::other : open_.back().kind;
    if (name == "graphml") return Kind::graphml;
    if (name == "key") return Kind::key;
    if (name == "default" && parent == Kind::key) return Kind::initial;
    if (name == "graph") return Kind::graph;
    if (name == "node" && parent == Kind::graph) return Kind::node;
    if (name == "edge" && parent == Kind::graph) return Kind::edge;
    if (name == "hyperedge" && parent == Kind::graph) return Kind::hyperedge;
    if (name == "data") return Kind::data;
    return Kind::other;
  }

  void begin(std::string_view name, int count, const xmlChar** raw) {
    if (is_stopped_) return;
    const Position at = tag_begin();
    if (open_.size() >= kMaxDepth)
      return stop(at, fmt::format("elements are nested more than {} deep", kMaxDepth),
                  "a network needs about five");
    if (open_.empty() && name != "graphml")
      return stop(at,
                  fmt::format("this is no GraphML: the outermost element is <{}>",
                              trimmed(in_quotes(name)).substr(1, name.size())),
                  "it should be <graphml>");
    Attributes attributes;
    for (int i = 0; i < count; ++i, raw += 5)
      attributes.list.emplace_back(view(raw[0]), std::string(reinterpret_cast<const char*>(raw[3]),
                                                             reinterpret_cast<const char*>(raw[4])));
    Open open{kind_of(name), open_.empty() ? 0 : open_.back().index, at, {}};
    switch (open.kind) {
      case Kind::graphml:
        saw_graphml_ = true;
        break;
      case Kind::key:
        begin_key(at, attributes);
        break;
      case Kind::graph:
        begin_graph(at, attributes);
        break;
      case Kind::node:
        open.index = begin_node(at, attributes);
        break;
      case Kind::edge:
        open.index = begin_edge(at, attributes);
        break;
      case Kind::hyperedge:
        open.index = begin_hyperedge(at, attributes);
        break;
      case Kind::data:
        begin_data(open, attributes);
        break;
      default:
        begin_other(open, name, attributes);
        break;
    }
    if (has_text(open.kind)) text_.clear();
    if (!is_stopped_) open_.push_back(open);
  }

  void begin_key(Position at, const Attributes& attributes) {
    const auto id = attributes.get("id");
    key_ = nullptr;
    if (!id) return report_.error(at, "a key has no id", "write <key id=\"…\" for=\"…\" attr.name=\"…\">");
    Key key;
    key.name = lower_ascii(attributes.get("attr.name").value_or(""));
    const std::string scope = attributes.get("for").value_or("all");
    key.scope = scope == "node"    ? Scope::node
                : scope == "edge"  ? Scope::edge
                : scope == "graph" ? Scope::graph
                : scope == "all"   ? Scope::all
                                   : Scope::other;
    const auto [place, is_new] = keys_.try_emplace(*id, std::move(key));
    if (!is_new)
      report_.error(at, fmt::format("a second key has the id {}", in_quotes(*id)),
                    "give each key an id of its own");
    key_ = &place->second;
  }

  void begin_graph(Position at, const Attributes& attributes) {
    saw_graph_ = true;
    const std::string direction = attributes.get("edgedefault").value_or("undirected");
    if (direction != "directed" && direction != "undirected")
      report_.error(at, fmt::format("edgedefault is {}", in_quotes(direction)),
                    "write undirected (or directed)");
    is_directed_ = direction == "directed";
  }

  bool has_room(Position at, std::size_t used, std::size_t most, std::string_view what) {
    if (used < most) return true;
    stop(at, fmt::format("the file has more than {} {}", most, what),
         "a simulated network is smaller than that");
    return false;
  }

  std::size_t begin_node(Position at, const Attributes& attributes) {
    if (!has_room(at, raw_.nodes.size(), kMaxNodes, "nodes")) return 0;
    const auto id = attributes.get("id");
    if (!id || id->empty()) report_.error(at, "a node has no id", "write <node id=\"…\">");
    raw_.nodes.push_back({id.value_or(fmt::format("line {}", at.line)), at, {}});
    return raw_.nodes.size() - 1;
  }

  std::size_t begin_edge(Position at, const Attributes& attributes) {
    if (!has_room(at, raw_.edges.size(), kMaxLinks, "edges")) return 0;
    RawEdge edge{
        attributes.get("source").value_or(""), attributes.get("target").value_or(""), is_directed_, at, {}};
    for (const std::string_view end : {"source", "target"})
      if (!attributes.get(end))
        report_.error(at, fmt::format("an edge has no {}", end), "write <edge source=\"…\" target=\"…\">");
    if (const auto directed = attributes.get("directed"))
      edge.is_directed = *directed == "true" || *directed == "1";
    raw_.edges.push_back(std::move(edge));
    return raw_.edges.size() - 1;
  }

  // GraphML's own hyperedge joins any number of nodes: a shared segment. It becomes a node with a link to
  // each.
  std::size_t begin_hyperedge(Position at, const Attributes& attributes) {
    if (!has_room(at, raw_.nodes.size(), kMaxNodes, "nodes")) return 0;
    const std::string id = attributes.get("id").value_or(fmt::format("lan-{}", ++hyperedges_));
    raw_.nodes.push_back({id, at, {{"lan", "true", at}}});
    return raw_.nodes.size() - 1;
  }

  void begin_data(Open& open, const Attributes& attributes) {
    const auto id = attributes.get("key");
    const auto key = keys_.find(id.value_or(""));
    if (!id || key == keys_.end()) {
      report_.warn(open.at,
                   fmt::format("data of the key {}, which is not declared", in_quotes(id.value_or(""))),
                   "it is ignored; declare it with <key>");
      return;
    }
    open.name = key->second.name;
  }

  void begin_other(Open& open, std::string_view name, const Attributes& attributes) {
    const Kind parent = open_.empty() ? Kind::other : open_.back().kind;
    if (parent == Kind::hyperedge && name == "endpoint") {
      if (!has_room(open.at, raw_.edges.size(), kMaxLinks, "edges")) return;
      raw_.edges.push_back(
          {raw_.nodes[open.index].id, attributes.get("node").value_or(""), false, open.at, {}});
      return;
    }
    // yEd keeps label and place in elements of its own within <data>.
    const Open* owner = data_owner();
    if (!owner || owner->kind == Kind::graph) return;
    if (name == "NodeLabel" || name == "EdgeLabel") open.kind = Kind::label;
    if (name == "Geometry" && owner->kind == Kind::node)
      for (const std::string_view axis : {"x", "y"})
        if (const auto value = attributes.get(axis)) set(*owner, axis, *value, open.at);
  }

  // The node, edge or graph whose data we are in, however deep.
  const Open* data_owner() const {
    for (std::size_t i = open_.size(); i-- > 1;)
      if (open_[i].kind == Kind::data) return &open_[i - 1];
    return nullptr;
  }

  static bool has_text(Kind kind) {
    return kind == Kind::data || kind == Kind::initial || kind == Kind::label;
  }

  void characters(std::string_view octets) {
    if (is_stopped_ || open_.empty()) return;
    if (has_text(open_.back().kind)) text_ += octets;
  }

  void end() {
    if (is_stopped_ || open_.empty()) return;
    const Open closed = open_.back();
    open_.pop_back();
    switch (closed.kind) {
      case Kind::initial:
        end_default();
        break;
      case Kind::data:
        if (!closed.name.empty() && !open_.empty()) set(open_.back(), closed.name, text_, closed.at);
        break;
      case Kind::label:
        if (const Open* owner = data_owner(); owner && !trimmed(text_).empty())
          set(*owner, "label", text_, closed.at);
        break;
      case Kind::node:
        fill_in(raw_.nodes[closed.index].attributes, Scope::node, closed.at);
        break;
      case Kind::edge:
        fill_in(raw_.edges[closed.index].attributes, Scope::edge, closed.at);
        break;
      default:
        break;
    }
    if (has_text(closed.kind)) text_.clear();
  }

  void set(const Open& owner, std::string_view name, std::string_view value, Position at) {
    const bool is_place = owner.kind == Kind::node || owner.kind == Kind::hyperedge;
    if (is_place && is_node_attribute(name))
      raw_.nodes[owner.index].attributes.push_back({std::string(name), shortened(value, kMaxText), at});
    if (owner.kind == Kind::edge && is_edge_attribute(name))
      raw_.edges[owner.index].attributes.push_back({std::string(name), shortened(value, kMaxText), at});
    if (owner.kind == Kind::graph && (name == "label" || (name == "network" && raw_.name.empty())))
      raw_.name = shortened(trimmed(value), kMaxText);
  }

  // Gives the defaults of keys to who has no value of its own.
  void fill_in(std::vector<Attribute>& attributes, Scope scope, Position at) const {
    for (const Key& key : defaults_) {
      if (key.scope != scope && key.scope != Scope::all) continue;
      const bool is_known = scope == Scope::node ? is_node_attribute(key.name) : is_edge_attribute(key.name);
      const bool is_given =
          std::ranges::any_of(attributes, [&](const Attribute& a) { return a.name == key.name; });
      if (is_known && !is_given) attributes.push_back({key.name, key.initial, at});
    }
  }

  void end_default() {
    if (!key_) return;
    key_->initial = shortened(text_, kMaxText);
    const bool is_known = is_node_attribute(key_->name) || is_edge_attribute(key_->name);
    const bool is_new = std::ranges::none_of(
        defaults_, [&](const Key& key) { return key.name == key_->name && key.scope == key_->scope; });
    if (is_known && is_new) defaults_.push_back(*key_);
  }

  std::string_view text_in_;
  std::size_t counted_ = 0;  // how far lines are counted
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
  RawGraph& raw_;
  Report& report_;
  xmlParserCtxt* context_ = nullptr;
  std::unordered_map<std::string, Key> keys_;
  std::vector<Key> defaults_;  // one for each name and scope at most
  Key* key_ = nullptr;         // the one that is open
  std::vector<Open> open_;
  std::string text_;  // of the innermost element that has text we want
  std::size_t hyperedges_ = 0;
  bool is_directed_ = false;
  bool is_stopped_ = false;
  bool saw_graphml_ = false;
  bool saw_graph_ = false;
};

}  // namespace

bool parse_graphml(std::string_view text, RawGraph& raw, Report& report) {
  return GraphmlParser(text, raw, report).parse();
}

}  // namespace mailroom::topology
