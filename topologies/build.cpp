// SPDX-License-Identifier: GPL-2.0-only
// Gives the attributes of a file their meaning.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_map>

#include "topologies/names.hpp"
#include "topologies/raw_graph.hpp"
#include "topologies/text.hpp"
#include "topologies/units.hpp"

namespace mailroom::topology {
namespace {

constexpr std::array<std::string_view, 15> kNodeAttributes{
    "label", "name", "latitude", "lat", "longitude", "lon",      "long",    "lng",
    "x",     "y",    "pos",      "lan", "hyperedge", "internal", "external"};
constexpr std::array<std::string_view, 11> kEdgeAttributes{
    "label",     "name",           "linklabel", "linktype", "rate", "linkspeedraw",
    "linkspeed", "linkspeedunits", "delay",     "queue",    "loss"};

// The last attribute of the first of these names that is there at all and not blank.
const Attribute* find(const std::vector<Attribute>& attributes,
                      std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const auto found = std::find_if(attributes.rbegin(), attributes.rend(), [&](const Attribute& a) {
      return a.name == name && !trimmed(a.value).empty();
    });
    if (found != attributes.rend()) return &*found;
  }
  return nullptr;
}

// Unlike a label, a name is taken as it is, so it must be one already.
bool is_valid_name(std::string_view name) {
  return !name.empty() && name_from_label(name, "-") == name;
}

class Builder {
 public:
  Builder(const RawGraph& raw, SelfLoops self_loops, Report& report)
      : raw_(raw), self_loops_(self_loops), report_(report) {}

  ReadOutcome run() {
    for (const RawNode& node : raw_.nodes) add_node(node);
    name_nodes();
    for (const RawEdge& edge : raw_.edges) add_edge(edge);
    name_edges();
    say_what_was_guessed();
    if (!report_.failed() && raw_.nodes.empty())
      report_.error({}, "the file has no nodes", "a network needs at least one node");
    if (report_.failed()) return std::unexpected(report_.take_errors());
    return ReadResult{std::move(graph_), std::string(trimmed(raw_.name)), report_.take_warnings()};
  }

 private:
  void add_node(const RawNode& raw) {
    const auto [known, is_new] = by_id_.try_emplace(raw.id, boost::num_vertices(graph_));
    if (!is_new) {
      const Position first = raw_.nodes[known->second].at;
      report_.error(raw.at, fmt::format("a second node has the id {}", in_quotes(raw.id)),
                    fmt::format("give each node an id of its own (the first is in line {})", first.line));
    }
    Node node;
    node.id = raw.id;
    const Attribute* name = find(raw.attributes, {"name"});
    if (const auto* label = find(raw.attributes, {"label"}))
      node.label = trimmed(label->value);
    else if (name && !is_valid_name(trimmed(name->value)))
      node.label = trimmed(name->value);
    node.is_lan = flag(raw, {"lan", "hyperedge"}, false);
    node.is_external = flag(raw, {"external"}, false) || !flag(raw, {"internal"}, true);
    read_place(raw, node);
    read_position(raw, node);
    boost::add_vertex(std::move(node), graph_);
  }

  bool flag(const RawNode& raw, std::initializer_list<std::string_view> names, bool otherwise) {
    const Attribute* attribute = find(raw.attributes, names);
    if (!attribute) return otherwise;
    const std::string value = lower_ascii(trimmed(attribute->value));
    if (value == "1" || value == "true" || value == "yes" || value == "1.0") return true;
    if (value == "0" || value == "false" || value == "no" || value == "0.0") return false;
    report_.error(attribute->at, fmt::format("{} is {}", attribute->name, in_quotes(attribute->value)),
                  "write true or false, or 1 or 0");
    return otherwise;
  }

  std::optional<double> number(const Attribute* attribute, double least, double most) {
    if (!attribute) return std::nullopt;
    const auto value = parse_double(attribute->value);
    if (value && *value >= least && *value <= most) return value;
    report_.error(attribute->at,
                  fmt::format("{} is {}{}", attribute->name, in_quotes(attribute->value),
                              value ? "" : ", not a number"),
                  fmt::format("write a number from {} to {}", least, most));
    return std::nullopt;
  }

  void read_place(const RawNode& raw, Node& node) {
    const Attribute* latitude = find(raw.attributes, {"latitude", "lat"});
    const Attribute* longitude = find(raw.attributes, {"longitude", "lon", "long", "lng"});
    const auto north = number(latitude, -90, 90);
    const auto east = number(longitude, -180, 360);
    if (!latitude != !longitude)
      report_.warn(raw.at,
                   fmt::format("node {} has a {} only, which says nothing", in_quotes(raw.id),
                               latitude ? "latitude" : "longitude"),
                   "give both, or none");
    if (!north || !east) return;
    node.latitude = *north;
    node.longitude = *east > 180 ? *east - 360 : *east;
  }

  void read_position(const RawNode& raw, Node& node) {
    constexpr double kFar = 1e9;
    if (const Attribute* pos = find(raw.attributes, {"pos"})) {
      // Graphviz: "x,y" with an optional "!" and z; y grows upwards.
      std::string_view value = trimmed(pos->value);
      if (value.ends_with('!')) value.remove_suffix(1);
      const auto comma = value.find(',');
      const auto x = parse_double(value.substr(0, comma));
      std::string_view rest = comma == value.npos ? std::string_view{} : value.substr(comma + 1);
      const auto y = parse_double(rest.substr(0, rest.find(',')));
      if (x && y && std::abs(*x) <= kFar && std::abs(*y) <= kFar) {
        node.x = *x;
        node.y = -*y;
      } else {
        report_.error(pos->at, fmt::format("pos is {}", in_quotes(pos->value)),
                      "write two numbers, such as \"30,40\"");
      }
    }
    const auto x = number(find(raw.attributes, {"x"}), -kFar, kFar);
    const auto y = number(find(raw.attributes, {"y"}), -kFar, kFar);
    if (x && y) {
      node.x = *x;
      node.y = *y;
    }
  }

  void name_nodes() {
    UniqueNames names;
    std::vector<bool> is_named(raw_.nodes.size(), false);
    // Names that the file gives as such come first, so that no label takes them away.
    for (std::size_t v = 0; v < raw_.nodes.size(); ++v) {
      const Attribute* name = find(raw_.nodes[v].attributes, {"name"});
      if (!name || !is_valid_name(trimmed(name->value))) continue;
      graph_[v].name = names.make(std::string(trimmed(name->value)));
      is_named[v] = true;
    }
    for (std::size_t v = 0; v < raw_.nodes.size(); ++v) {
      if (is_named[v]) continue;
      Node& node = graph_[v];
      const std::string from_id = name_from_label(node.id, "node");
      const bool is_number = from_id.find_first_not_of("0123456789") == from_id.npos;
      const std::string by_id =
          name_from_label(is_number ? (node.is_lan ? "lan-" : "n") + from_id : from_id, "node");
      // "None" is what the Zoo's tools write where there is no label.
      node.name = names.make(node.label == "None" ? by_id : name_from_label(node.label, by_id));
    }
  }

  std::optional<Vertex> end(const RawEdge& raw, const std::string& id) {
    const auto found = by_id_.find(id);
    if (found != by_id_.end()) return found->second;
    if (id.empty() && report_.failed()) return std::nullopt;  // said by the reader
    report_.error(raw.at, fmt::format("an edge ends at the node {}, which is not in the file", in_quotes(id)),
                  "name the id of a node");
    return std::nullopt;
  }

  void add_edge(const RawEdge& raw) {
    const auto source = end(raw, raw.source);
    const auto target = end(raw, raw.target);
    if (!source || !target) return;
    if (*source == *target) {
      const std::string wrong =
          fmt::format("the node {} ({}) is linked to itself", in_quotes(raw.source), graph_[*source].name);
      if (self_loops_ == SelfLoops::refuse)
        report_.error(raw.at, wrong, "link two different nodes, or remove the link");
      else
        report_.warn(raw.at, wrong, "the link is left out");
      return;
    }
    // Programs that know only directed edges write each link twice, once in each direction.
    if (raw.is_directed) {
      auto& opposite = directed_[{*target, *source}];
      if (opposite > 0) {
        --opposite;
        ++pairs_;
        return;
      }
      ++directed_[{*source, *target}];
    }
    boost::add_edge(*source, *target, read_link(raw), graph_);
    edge_names_.push_back(find(raw.attributes, {"name"}));
  }

  template <class Parser>
  void quantity(const RawEdge& raw, std::string_view name, Parser parse, std::int64_t& result) {
    const Attribute* attribute = find(raw.attributes, {name});
    if (!attribute) return;
    if (const auto value = parse(attribute->value))
      result = *value;
    else
      report_.error(attribute->at, fmt::format("{} of a link: {}", name, value.error().wrong),
                    value.error().right);
  }

  Link read_link(const RawEdge& raw) {
    Link link;
    if (const auto* label = find(raw.attributes, {"label", "linklabel"})) link.label = trimmed(label->value);
    quantity(raw, "rate", parse_rate_bps, link.rate_bps);
    quantity(raw, "delay", parse_duration_ns, link.delay_ns);
    quantity(raw, "queue", parse_packets, link.queue_packets);
    quantity(raw, "loss", parse_per_billion, link.loss_per_billion);
    if (link.queue_packets < 1)
      report_.error(find(raw.attributes, {"queue"})->at, "a link has a queue of 0 packets",
                    "write at least 1, such as 100p");
    if (link.rate_bps == 0) link.rate_bps = published_rate(raw);
    return link;
  }

  // As the maps of the Internet Topology Zoo have it.
  std::int64_t published_rate(const RawEdge& raw) {
    if (const Attribute* attribute = find(raw.attributes, {"linkspeedraw"})) {
      const auto rate = parse_double(attribute->value);
      if (rate && *rate >= 1 && *rate < 9e18) return static_cast<std::int64_t>(*rate);
      if (!rate || *rate != 0)
        report_.warn(attribute->at, fmt::format("LinkSpeedRaw is {}", in_quotes(attribute->value)),
                     "it should be bits per second; it is ignored");
    }
    if (const Attribute* speed = find(raw.attributes, {"linkspeed"})) {
      const Attribute* units = find(raw.attributes, {"linkspeedunits"});
      const std::string text =
          std::string(trimmed(speed->value)) + (units ? std::string(trimmed(units->value)) : "");
      if (const auto rate = parse_rate_bps(text)) return *rate;
      report_.warn(speed->at, fmt::format("LinkSpeed is {}", in_quotes(text)),
                   "it should be a number with LinkSpeedUnits K, M or G; it is ignored");
    }
    for (const auto name : {"linktype", "label", "linklabel"}) {
      const Attribute* attribute = find(raw.attributes, {name});
      const std::int64_t rate = attribute ? rate_in_text(attribute->value) : 0;
      if (rate > 0) {
        ++guessed_rates_;
        return rate;
      }
    }
    return 0;
  }

  void name_edges() {
    name_links(graph_);
    // Names that the file gives replace the derived ones, unless they would not be unique.
    std::unordered_map<std::string, std::size_t> uses;
    for (const Edge e : boost::make_iterator_range(boost::edges(graph_))) ++uses[graph_[e].name];
    std::size_t i = 0;
    for (const Edge e : boost::make_iterator_range(boost::edges(graph_))) {
      const Attribute* given = edge_names_[i++];
      if (!given || !is_valid_name(trimmed(given->value))) continue;
      std::string name(trimmed(given->value));
      if (uses[name] > 0) continue;
      ++uses[name];
      --uses[graph_[e].name];
      graph_[e].name = std::move(name);
    }
  }

  void say_what_was_guessed() {
    if (guessed_rates_ > 0)
      report_.warn({}, fmt::format("{} without a speed got the one that their type or label names",
                                   guessed_rates_ == 1 ? "1 link" : fmt::format("{} links", guessed_rates_)));
    if (pairs_ > 0)
      report_.warn({}, fmt::format("{} of opposite directed edges became one link each",
                                   pairs_ == 1 ? "1 pair" : fmt::format("{} pairs", pairs_)));
  }

  const RawGraph& raw_;
  SelfLoops self_loops_;
  Report& report_;
  Graph graph_;
  std::unordered_map<std::string, Vertex> by_id_;
  std::map<std::pair<Vertex, Vertex>, std::size_t> directed_;  // one-way edges still without their opposite
  std::vector<const Attribute*> edge_names_;                   // by edge
  std::size_t guessed_rates_ = 0;
  std::size_t pairs_ = 0;
};

}  // namespace

bool is_node_attribute(std::string_view name) {
  return std::ranges::find(kNodeAttributes, name) != kNodeAttributes.end();
}
bool is_edge_attribute(std::string_view name) {
  return std::ranges::find(kEdgeAttributes, name) != kEdgeAttributes.end();
}

ReadOutcome build(const RawGraph& raw, SelfLoops self_loops, Report& report) {
  return Builder(raw, self_loops, report).run();
}

}  // namespace mailroom::topology
