// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/routes.hpp"

#include <algorithm>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <cassert>
#include <deque>

namespace mailroom::net {
namespace {

struct CoreLink {
  std::int64_t weight;
  std::uint32_t edge;
};

// Which edge each node was best reached by.
class EdgeNote : public boost::dijkstra_visitor<> {
 public:
  explicit EdgeNote(std::vector<std::uint32_t>& edge_to) : edge_to_(edge_to) {}
  template <class Edge, class G>
  void edge_relaxed(Edge edge, const G& graph) const {
    edge_to_[target(edge, graph)] = graph[edge].edge;
  }

 private:
  std::vector<std::uint32_t>& edge_to_;
};

// 10.0.0.0/8, without last octets 0 and 255, which readers take for networks and broadcasts.
constexpr std::uint32_t kFirst = 10u << 24;
constexpr std::uint32_t kPerBlock = 254;

}  // namespace

struct Routes::CoreGraph {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, CoreLink> graph;
};

Routes::Routes(const topology::Graph& graph) {
  read(graph);
  peel();
  number();
  make_core();
}

void Routes::read(const topology::Graph& graph) {
  const std::size_t nodes = num_vertices(graph);
  assert(nodes < kPerBlock * 65536);
  is_lan_.resize(nodes);
  for (std::size_t v = 0; v < nodes; ++v) is_lan_[v] = graph[v].is_lan;
  component_.resize(nodes);
  boost::connected_components(graph, component_.data());

  // A segment has one delay, the longest of its attachments. It is crossed over two of them, so each counts
  // once and a link of its own twice; one nanosecond more for each hop lets fewer hops win among equal
  // delays.
  std::vector<std::int64_t> lan_delay_ns(nodes, 0);
  edges_of_.resize(nodes);
  const auto [first, last] = edges(graph);
  for (auto e = first; e != last; ++e) {
    const auto index = static_cast<std::uint32_t>(source_.size());
    const auto from = static_cast<Node>(source(*e, graph)), to = static_cast<Node>(target(*e, graph));
    source_.push_back(from);
    target_.push_back(to);
    edges_of_[from].push_back(index);
    if (to != from) edges_of_[to].push_back(index);
    for (const Node end : {from, to}) lan_delay_ns[end] = std::max(lan_delay_ns[end], graph[*e].delay_ns);
  }
  for (auto e = first; e != last; ++e) {
    const Node from = source_[weight_.size()], to = target_[weight_.size()];
    const Node lan = is_lan_[from] ? from : is_lan_[to] ? to : kNone;
    weight_.push_back(lan == kNone ? 2 * (graph[*e].delay_ns + 1) : lan_delay_ns[lan] + 1);
  }
}

void Routes::peel() {
  const std::size_t nodes = is_lan_.size();
  parent_.assign(nodes, kNone);
  parent_edge_.assign(nodes, kNone);
  std::vector<bool> gone(nodes, false);
  std::vector<std::size_t> degree(nodes);
  std::deque<Node> leaves;
  for (Node v = 0; v < nodes; ++v) {
    degree[v] = edges_of_[v].size();
    if (degree[v] == 1) leaves.push_back(v);
  }
  while (!leaves.empty()) {
    const Node leaf = leaves.front();
    leaves.pop_front();
    if (degree[leaf] != 1) continue;  // the last of its tree: the root
    for (const std::uint32_t edge : edges_of_[leaf]) {
      const Node other = source_[edge] == leaf ? target_[edge] : source_[edge];
      if (gone[other] || other == leaf) continue;
      parent_[leaf] = other;
      parent_edge_[leaf] = edge;
      if (--degree[other] == 1) leaves.push_back(other);
    }
    degree[leaf] = 0;
    gone[leaf] = true;
  }
}

void Routes::number() {
  const std::size_t nodes = is_lan_.size();
  children_.resize(nodes);
  place_.resize(nodes);
  after_.resize(nodes);
  core_of_.resize(nodes);
  for (Node v = 0; v < nodes; ++v) {
    if (parent_[v] != kNone) children_[parent_[v]].push_back(v);
  }
  for (Node v = 0; v < nodes; ++v) {
    if (parent_[v] == kNone) number_tree(v);
  }
}

void Routes::number_tree(Node root) {
  const auto core = static_cast<std::uint32_t>(core_.size());
  core_.push_back(root);
  std::vector<std::pair<Node, std::size_t>> path = {{root, 0}};  // node, next child
  while (!path.empty()) {
    auto& [node, child] = path.back();
    if (child == 0) {
      place_[node] = static_cast<std::uint32_t>(node_at_.size());
      node_at_.push_back(node);
      core_of_[node] = core;
    }
    if (child < children_[node].size()) {
      const Node down = children_[node][child++];
      path.emplace_back(down, 0);
    } else {
      after_[node] = static_cast<std::uint32_t>(node_at_.size());
      path.pop_back();
    }
  }
}

void Routes::make_core() {
  core_graph_ = std::make_shared<CoreGraph>();
  core_graph_->graph = decltype(core_graph_->graph)(core_.size());
  core_edge_.resize(core_.size());
  for (std::uint32_t e = 0; e < source_.size(); ++e) {
    const Node from = source_[e], to = target_[e];
    if (parent_[from] != kNone || parent_[to] != kNone || from == to) continue;
    add_edge(core_of_[from], core_of_[to], CoreLink{weight_[e], e}, core_graph_->graph);
  }
}

const std::vector<std::uint32_t>& Routes::core_table(std::uint32_t core) {
  std::vector<std::uint32_t>& table = core_edge_[core];
  if (table.empty()) {
    const auto& graph = core_graph_->graph;
    table.assign(core_.size(), kNone);
    std::vector<std::int64_t> distance(core_.size());
    boost::dijkstra_shortest_paths(graph, core,
                                   boost::weight_map(get(&CoreLink::weight, graph))
                                       .distance_map(distance.data())
                                       .visitor(EdgeNote(table)));
  }
  return table;
}

Address Routes::address(Node node) const {
  if (is_lan_[node]) return {};
  return {kFirst + place_[node] / kPerBlock * 256 + place_[node] % kPerBlock + 1};
}

std::optional<Routes::Node> Routes::node_with(Address address) const {
  const std::uint32_t offset = address.value - kFirst, low = offset % 256;
  if (address.value < kFirst || low == 0 || low > kPerBlock) return std::nullopt;
  const std::uint64_t place = std::uint64_t{offset / 256} * kPerBlock + low - 1;
  if (place >= node_at_.size() || is_lan_[node_at_[place]]) return std::nullopt;
  return node_at_[place];
}

Routes::Step Routes::step(Node at, Node to) {
  const std::uint32_t place = place_[to];
  if (place > place_[at] && place < after_[at]) {
    const std::vector<Node>& down = children_[at];
    auto child = std::upper_bound(down.begin(), down.end(), place,
                                  [this](std::uint32_t p, Node node) { return p < place_[node]; });
    --child;
    return {parent_edge_[*child], *child};
  }
  if (parent_[at] != kNone) return {parent_edge_[at], parent_[at]};
  const std::uint32_t edge = core_table(core_of_[to])[core_of_[at]];
  if (edge == kNone) return {};
  return {edge, source_[edge] == at ? target_[edge] : source_[edge]};
}

Routes::Hop Routes::next(Node at, Node to) {
  if (at == to || !connected(at, to)) return {};
  const Step first = step(at, to);
  if (first.node == kNone || !is_lan_[first.node]) return {first.edge, first.node};
  return {first.edge, step(first.node, to).node};
}

}  // namespace mailroom::net
