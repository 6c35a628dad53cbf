// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/write.hpp"

#include <fmt/format.h>

#include <unordered_set>

#include "topologies/units.hpp"

namespace mailroom::topology {
namespace {

// For text and attributes alike. What XML 1.0 cannot hold (§2.2: control characters, U+FFFE, U+FFFF) becomes
// '?'.
std::string escaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view three = text.substr(i, 3);
    if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {
      result += '?';
      i += 2;
      continue;
    }
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\n':
      case '\r':
      case '\t':
        result += fmt::format("&#{};", static_cast<int>(c));
        break;
      default:
        result += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        break;
    }
  }
  return result;
}

std::string data(std::string_view key, std::string_view value) {
  return fmt::format("      <data key=\"{}\">{}</data>\n", key, escaped(value));
}

// fmt writes the shortest decimal number that reads as the same double.
std::string data(std::string_view key, const std::optional<double>& value) {
  return value ? data(key, fmt::format("{}", *value)) : std::string();
}

// Graphs that no file made have no ids; their names serve, which are always unique.
bool has_unique_ids(const Graph& graph) {
  std::unordered_set<std::string> ids;
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph)))
    if (graph[v].id.empty() || !ids.insert(escaped(graph[v].id)).second) return false;
  return true;
}

constexpr std::string_view kHead = R"(<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="network" for="graph" attr.name="label" attr.type="string"/>
  <key id="name" for="node" attr.name="name" attr.type="string"/>
  <key id="label" for="node" attr.name="label" attr.type="string"/>
  <key id="hyperedge" for="node" attr.name="hyperedge" attr.type="int"/>
  <key id="internal" for="node" attr.name="Internal" attr.type="int"/>
  <key id="latitude" for="node" attr.name="Latitude" attr.type="double"/>
  <key id="longitude" for="node" attr.name="Longitude" attr.type="double"/>
  <key id="x" for="node" attr.name="x" attr.type="double"/>
  <key id="y" for="node" attr.name="y" attr.type="double"/>
  <key id="link" for="edge" attr.name="name" attr.type="string"/>
  <key id="link-label" for="edge" attr.name="label" attr.type="string"/>
  <key id="rate" for="edge" attr.name="rate" attr.type="string"/>
  <key id="delay" for="edge" attr.name="delay" attr.type="string"/>
  <key id="queue" for="edge" attr.name="queue" attr.type="string"/>
  <key id="loss" for="edge" attr.name="loss" attr.type="string"/>
)";

}  // namespace

std::string write_graphml(const Graph& graph, std::string_view name) {
  std::string out(kHead);
  out += "  <graph edgedefault=\"undirected\">\n";
  if (!name.empty()) out += fmt::format("    <data key=\"network\">{}</data>\n", escaped(name));
  const bool keeps_ids = has_unique_ids(graph);
  const auto id = [&](Vertex v) { return escaped(keeps_ids ? graph[v].id : graph[v].name); };
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph))) {
    const Node& node = graph[v];
    out += fmt::format("    <node id=\"{}\">\n", id(v));
    out += data("name", node.name);
    if (!node.label.empty()) out += data("label", node.label);
    if (node.is_lan) out += data("hyperedge", "1");
    if (node.is_external) out += data("internal", "0");
    out += data("latitude", node.latitude) + data("longitude", node.longitude);
    out += data("x", node.x) + data("y", node.y);
    out += "    </node>\n";
  }
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) {
    const Link& link = graph[e];
    out += fmt::format("    <edge source=\"{}\" target=\"{}\">\n", id(boost::source(e, graph)),
                       id(boost::target(e, graph)));
    out += data("link", link.name);
    if (!link.label.empty()) out += data("link-label", link.label);
    if (link.rate_bps > 0) out += data("rate", format_rate(link.rate_bps));
    if (link.delay_ns >= 0) out += data("delay", format_duration(link.delay_ns));
    out += data("queue", format_packets(link.queue_packets));
    if (link.loss_per_billion > 0) out += data("loss", format_per_billion(link.loss_per_billion));
    out += "    </edge>\n";
  }
  return out + "  </graph>\n</graphml>\n";
}

}  // namespace mailroom::topology
