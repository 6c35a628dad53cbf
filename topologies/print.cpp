// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/print.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "topologies/analysis.hpp"
#include "topologies/text.hpp"
#include "topologies/units.hpp"

namespace mailroom::topology {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kIndent = 26;

// Columns that UTF-8 text takes on a terminal, near enough: one for each code point.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// In at most `width` columns, with "…" where something was cut; control characters become '?'.
std::string cut(std::string_view text, std::size_t width) {
  std::string kept;
  std::size_t used = 0;
  const bool fits = columns(text) <= width;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if ((octet & 0xC0) != 0x80 && ++used > (fits ? width : width - 1)) break;
    kept += octet < 0x20 || octet == 0x7F ? '?' : c;
  }
  return fits ? kept : kept + "…";
}

// `text` cut and filled up with blanks to `width` columns.
std::string column(std::string_view text, std::size_t width) {
  std::string result = cut(text, width);
  result.append(width - columns(result), ' ');
  return result;
}

std::string row(std::string_view title, std::string_view value) {
  if (value.empty()) return fmt::format("{}\n", title);
  return fmt::format("{}{}\n", column(title, kIndent), value);
}

// "a, b, c" over as many lines as it takes, each behind the indent; `most` names at most.
std::string listed(const std::vector<std::string>& names, std::size_t most = 200) {
  std::string result;
  std::size_t used = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string word = cut(names[i], kColumns - kIndent - 1);
    if (i == most) word = fmt::format("and {} more", names.size() - most);
    const bool is_last = i + 1 == names.size() || i == most;
    if (!is_last) word += ',';
    if (used > 0 && kIndent + used + 1 + columns(word) > kColumns) {
      result += "\n" + std::string(kIndent, ' ');
      used = 0;
    }
    if (used > 0) result += ' ', ++used;
    result += word;
    used += columns(word);
    if (i == most) break;
  }
  return result;
}

std::string rate_text(std::int64_t rate_bps) {
  return rate_bps > 0 ? format_rate(rate_bps) : "not given";
}
std::string delay_text(std::int64_t delay_ns) {
  if (delay_ns < 0) return "not given";
  // Nanoseconds matter to no reader of a table.
  const std::int64_t unit = delay_ns >= 1'000'000 ? 10'000 : delay_ns >= 10'000 ? 100 : 1;
  return format_duration((delay_ns + unit / 2) / unit * unit);
}

std::string figures(const Summary& s) {
  std::string out = s.name.empty() ? "" : row("Network", cut(s.name, kColumns - kIndent));
  out += row("Nodes", fmt::format("{} ({} with coordinates, {} outside the mapped network)", s.nodes,
                                  s.with_coordinates, s.external));
  out += row("Links", fmt::format("{}", s.links));
  for (const auto& [rate, count] : s.rates)
    out += row("  at " + rate_text(rate), fmt::format("{} {}", count, count == 1 ? "link" : "links"));
  out += row("Components",
             fmt::format("{}{}", s.components.size(), s.components.size() == 1 ? " (connected)" : ""));
  if (s.components.size() > 1)
    for (std::size_t i = 0; i < std::min<std::size_t>(s.components.size(), 20); ++i)
      out += row(fmt::format("  {}: {} {}", i + 1, s.components[i].size(),
                             s.components[i].size() == 1 ? "node" : "nodes"),
                 listed(s.components[i], 12));
  if (s.components.size() > 20) out += row("", fmt::format("and {} smaller ones", s.components.size() - 20));
  out += row("Diameter", fmt::format("{}{} hops", s.diameter_is_exact ? "" : "at least ", s.diameter_hops));
  out += "Single points of failure\n";
  const auto critical = [](std::size_t count, std::string_view noun) {
    return fmt::format("  {} {}{}", count, noun, count == 1 ? "" : "s");
  };
  out += row(critical(s.critical_nodes.size(), "node"), listed(s.critical_nodes));
  out += row(critical(s.critical_links.size(), "link"), listed(s.critical_links));
  std::vector<std::string> pairs;
  for (const auto& [a, b, count] : s.parallel) pairs.push_back(fmt::format("{} x {} - {}", count, a, b));
  out += row("Parallel links", pairs.empty() ? "none" : listed(pairs));
  out += row("LANs", s.lans.empty() ? "none" : listed(s.lans));
  return out;
}

std::string node_table(const Graph& graph, const std::vector<std::string>& critical) {
  std::string out = fmt::format("\n{}{}{}{}{}\n", column("Node", 30), column("Label", 30), column("Links", 7),
                                column("Place", 18), "Remarks");
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph))) {
    const Node& node = graph[v];
    std::string place = "-";
    if (node.latitude && node.longitude)
      place = fmt::format("{:.2f} {:.2f}", *node.latitude, *node.longitude);
    std::string remarks;
    if (std::ranges::binary_search(critical, node.name)) remarks += " critical";
    if (node.is_lan) remarks += " LAN";
    if (node.is_external) remarks += " ext";
    std::string line = column(node.name, 29) + ' ' + column(node.label.empty() ? "-" : node.label, 29) + ' ' +
                       column(fmt::format("{}", boost::out_degree(v, graph)), 7) + column(place, 17) +
                       remarks;
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string link_table(const Graph& graph, const std::vector<std::string>& critical) {
  std::string out = fmt::format("\n{}{}{}{}{}{}\n", column("Link", 46), column("Rate", 12),
                                column("Delay", 13), column("Queue", 8), column("Loss", 12), "Remarks");
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) {
    const Link& link = graph[e];
    std::string line = column(link.name, 45) + ' ' + column(rate_text(link.rate_bps), 11) + ' ' +
                       column(delay_text(link.delay_ns), 12) + ' ' +
                       column(format_packets(link.queue_packets), 7) + ' ' +
                       column(format_per_billion(link.loss_per_billion), 11) +
                       (std::ranges::binary_search(critical, link.name) ? " critical" : "");
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

template <class Value>
nlohmann::json or_null(const std::optional<Value>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

}  // namespace

Summary summarize(const Graph& graph, std::string name) {
  Summary s;
  s.name = std::move(name);
  s.nodes = boost::num_vertices(graph);
  s.links = boost::num_edges(graph);
  const Components parts = components(graph);
  s.components.resize(parts.count());
  for (Vertex v = 0; v < s.nodes; ++v) {
    const Node& node = graph[v];
    s.with_coordinates += node.latitude && node.longitude;
    s.external += node.is_external;
    if (node.is_lan) s.lans.push_back(node.name);
    s.components[parts.of[v]].push_back(node.name);
  }
  std::stable_sort(s.components.begin(), s.components.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::map<std::int64_t, std::size_t> rates;
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) ++rates[graph[e].rate_bps];
  for (const auto& [rate, count] : rates) s.rates.push_back({rate, count});
  const Diameter d = diameter(graph);
  s.diameter_hops = d.hops;
  s.diameter_is_exact = d.is_exact;
  for (const Vertex v : articulation_points(graph)) s.critical_nodes.push_back(graph[v].name);
  for (const Edge e : bridges(graph)) s.critical_links.push_back(graph[e].name);
  for (const auto& [a, b, count] : parallel_links(graph))
    s.parallel.push_back({graph[a].name, graph[b].name, count});
  return s;
}

std::string print_summary(const Graph& graph, const std::string& name, bool tables) {
  Summary s = summarize(graph, name);
  std::string out = figures(s);
  if (!tables) return out;
  std::ranges::sort(s.critical_nodes);
  std::ranges::sort(s.critical_links);
  return out + node_table(graph, s.critical_nodes) + link_table(graph, s.critical_links);
}

nlohmann::json summary_json(const Graph& graph, const std::string& name) {
  using nlohmann::json;
  const Summary s = summarize(graph, name);
  json out{{"name", s.name},
           {"nodes", json::array()},
           {"links", json::array()},
           {"rates", json::array()},
           {"components", s.components},
           {"diameter_hops", s.diameter_hops},
           {"diameter_is_exact", s.diameter_is_exact},
           {"single_points_of_failure", {{"nodes", s.critical_nodes}, {"links", s.critical_links}}},
           {"parallel_links", json::array()},
           {"lans", s.lans}};
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph))) {
    const Node& node = graph[v];
    out["nodes"].push_back({{"name", node.name},
                            {"label", node.label},
                            {"id", node.id},
                            {"links", boost::out_degree(v, graph)},
                            {"lan", node.is_lan},
                            {"external", node.is_external},
                            {"latitude", or_null(node.latitude)},
                            {"longitude", or_null(node.longitude)},
                            {"x", or_null(node.x)},
                            {"y", or_null(node.y)}});
  }
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) {
    const Link& link = graph[e];
    out["links"].push_back({{"name", link.name},
                            {"label", link.label},
                            {"from", graph[boost::source(e, graph)].name},
                            {"to", graph[boost::target(e, graph)].name},
                            {"rate_bps", link.rate_bps > 0 ? json(link.rate_bps) : json(nullptr)},
                            {"delay_ns", link.delay_ns >= 0 ? json(link.delay_ns) : json(nullptr)},
                            {"queue_packets", link.queue_packets},
                            {"loss_per_billion", link.loss_per_billion}});
  }
  for (const auto& [rate, count] : s.rates)
    out["rates"].push_back({{"rate_bps", rate > 0 ? json(rate) : json(nullptr)}, {"links", count}});
  for (const auto& [a, b, count] : s.parallel)
    out["parallel_links"].push_back({{"a", a}, {"b", b}, {"links", count}});
  return out;
}

}  // namespace mailroom::topology
