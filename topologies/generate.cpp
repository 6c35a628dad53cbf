// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/generate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "topologies/names.hpp"
#include "topologies/random_graphs.hpp"
#include "topologies/read.hpp"
#include "topologies/text.hpp"
#include "topologies/units.hpp"

namespace mailroom::topology {
namespace {

constexpr std::array<ParameterInfo, 5> kCommon{{{"prefix", "node names are this and a number from 1", "n"},
                                                {"rate", "of every link, such as 10Mbps", ""},
                                                {"delay", "of every link, such as 5ms", ""},
                                                {"queue", "packets that wait at each end of a link", "100p"},
                                                {"loss", "of every link, such as 0.1%", "0%"}}};

constexpr std::array<ParameterInfo, 1> kLine{{{"nodes", "how many", "5"}}};
constexpr std::array<ParameterInfo, 1> kRing{{{"nodes", "how many, at least 3", "5"}}};
constexpr std::array<ParameterInfo, 1> kStar{{{"nodes", "how many, the centre included", "5"}}};
constexpr std::array<ParameterInfo, 3> kTree{
    {{"arity", "children of each node", "2"},
     {"depth", "levels below the root", "3"},
     {"nodes", "how many, filled level by level; instead of depth", ""}}};
constexpr std::array<ParameterInfo, 4> kDumbbell{
    {{"left", "nodes on one side", "3"},
     {"right", "nodes on the other", "3"},
     {"bottleneck_rate", "of the link in the middle, if it differs", ""},
     {"bottleneck_delay", "of the link in the middle, if it differs", ""}}};
constexpr std::array<ParameterInfo, 2> kGrid{{{"rows", "how many", "3"}, {"columns", "how many", "3"}}};
constexpr std::array<ParameterInfo, 3> kWaxman{
    {{"nodes", "how many, at most 10000", "20"},
     {"alpha", "probability of a link at distance 0, above 0 and at most 1", "0.4"},
     {"beta", "how far links reach: e-fold distance over the square's diagonal, above 0", "0.2"}}};
constexpr std::array<ParameterInfo, 2> kBarabasiAlbert{
    {{"nodes", "how many", "20"}, {"links", "that each new node brings", "2"}}};

constexpr std::array<KindInfo, 8> kKinds{
    {{"line", "one node after the other", kLine},
     {"ring", "a line whose ends are joined", kRing},
     {"star", "a first node joined to all others", kStar},
     {"tree", "a first node, its children, their children", kTree},
     {"dumbbell", "two joined nodes (the first two) with nodes around each", kDumbbell},
     {"grid", "rows and columns, each node joined to its neighbours", kGrid},
     {"waxman", "random places in a square, near ones more likely joined (Waxman 1988); made connected",
      kWaxman},
     {"barabasi-albert", "each new node prefers well-connected ones (Barabasi and Albert 1999)",
      kBarabasiAlbert}}};

// The parameters of one call, and what is wrong with them.
class Reader {
 public:
  Reader(const Parameters& given, const KindInfo& kind) : given_(given), kind_(kind) {
    std::vector<std::string_view> known;
    for (const auto& info : kind.parameters) known.push_back(info.name);
    for (const auto& info : kCommon) known.push_back(info.name);
    for (const auto& [name, value] : given) {
      if (std::ranges::find(known, name) != known.end()) continue;
      const auto meant = nearest(name, known);
      wrong(
          name, fmt::format("{} has no parameter {}", kind.name, in_quotes(name)),
          meant ? fmt::format("did you mean {}?", *meant) : fmt::format("it has {}", fmt::join(known, ", ")));
    }
  }

  void wrong(std::string_view name, std::string what, std::string right) {
    errors_.push_back({std::string(name), std::move(what), std::move(right)});
  }
  bool has(std::string_view name) const { return given_.contains(name); }

  std::string_view text(std::string_view name) const {
    const auto found = given_.find(name);
    if (found != given_.end()) return trimmed(found->second);
    for (const auto infos : {kind_.parameters, std::span<const ParameterInfo>(kCommon)})
      for (const auto& info : infos)
        if (info.name == name) return info.initial;
    return {};
  }

  std::size_t integer(std::string_view name, std::size_t least, std::size_t most) {
    const std::string_view value = text(name);
    std::size_t result = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error == std::errc{} && end == value.data() + value.size() && result >= least && result <= most)
      return result;
    wrong(name, fmt::format("{} is {}", name, in_quotes(value)),
          fmt::format("write a whole number from {} to {}", least, most));
    return least;
  }

  double real(std::string_view name, double most) {
    const auto value = parse_double(text(name));
    if (value && *value > 0 && *value <= most) return *value;
    wrong(name, fmt::format("{} is {}", name, in_quotes(text(name))),
          fmt::format("write a number above 0 and at most {}", most));
    return most;
  }

  template <class Parser>
  void quantity(std::string_view name, Parser parse, std::int64_t& result) {
    if (text(name).empty() && !has(name)) return;
    if (const auto value = parse(text(name)))
      result = *value;
    else
      wrong(name, fmt::format("{}: {}", name, value.error().wrong), value.error().right);
  }

  std::vector<ParameterError> errors() && { return std::move(errors_); }
  bool failed() const { return !errors_.empty(); }

 private:
  const Parameters& given_;
  const KindInfo& kind_;
  std::vector<ParameterError> errors_;
};

Link read_link(Reader& reader) {
  Link link;
  reader.quantity("rate", parse_rate_bps, link.rate_bps);
  reader.quantity("delay", parse_duration_ns, link.delay_ns);
  reader.quantity("queue", parse_packets, link.queue_packets);
  reader.quantity("loss", parse_per_billion, link.loss_per_billion);
  if (link.queue_packets < 1) reader.wrong("queue", "queue is 0 packets", "write at least 1, such as 100p");
  return link;
}

Graph line(std::size_t nodes, const Link& link) {
  Graph graph(nodes);
  for (Vertex v = 1; v < nodes; ++v) boost::add_edge(v - 1, v, link, graph);
  return graph;
}

// Each node but the first hangs from (v - 1) / arity: level by level.
Graph tree(std::size_t nodes, std::size_t arity, const Link& link) {
  Graph graph(nodes);
  for (Vertex v = 1; v < nodes; ++v) boost::add_edge((v - 1) / arity, v, link, graph);
  return graph;
}

Graph read_tree(Reader& reader, const Link& link) {
  const std::size_t arity = reader.integer("arity", 1, kMaxNodes);
  if (reader.has("nodes")) {
    if (reader.has("depth")) reader.wrong("depth", "both depth and nodes are given", "give one of them");
    const std::size_t nodes = reader.integer("nodes", 1, kMaxNodes);
    return reader.failed() ? Graph() : tree(nodes, arity, link);
  }
  const std::size_t depth = reader.integer("depth", 0, kMaxNodes - 1);
  std::size_t nodes = 1;
  std::size_t level = 1;
  for (std::size_t d = 0; d < depth && nodes <= kMaxNodes; ++d) nodes += level *= arity;
  if (nodes > kMaxNodes)
    reader.wrong(
        "depth",
        fmt::format("a tree of arity {} and depth {} has more than {} nodes", arity, depth, kMaxNodes),
        "make one of them smaller");
  return reader.failed() ? Graph() : tree(nodes, arity, link);
}

Graph read_dumbbell(Reader& reader, const Link& link) {
  const std::size_t left = reader.integer("left", 1, kMaxNodes / 2 - 1);
  const std::size_t right = reader.integer("right", 1, kMaxNodes / 2 - 1);
  Link bottleneck = link;
  reader.quantity("bottleneck_rate", parse_rate_bps, bottleneck.rate_bps);
  reader.quantity("bottleneck_delay", parse_duration_ns, bottleneck.delay_ns);
  if (reader.failed()) return {};
  Graph graph(2 + left + right);
  boost::add_edge(0, 1, bottleneck, graph);
  for (Vertex v = 2; v < 2 + left + right; ++v) boost::add_edge(v < 2 + left ? 0 : 1, v, link, graph);
  return graph;
}

Graph read_grid(Reader& reader, const Link& link) {
  const std::size_t rows = reader.integer("rows", 1, kMaxNodes);
  const std::size_t columns = reader.integer("columns", 1, kMaxNodes);
  if (!reader.failed() && rows > kMaxNodes / columns)
    reader.wrong("rows", fmt::format("{} × {} is more than {} nodes", rows, columns, kMaxNodes),
                 "make one of them smaller");
  if (reader.failed()) return {};
  Graph graph(rows * columns);
  const auto longest = static_cast<double>(std::max<std::size_t>(1, std::max(rows, columns) - 1));
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      const Vertex v = r * columns + c;
      graph[v].x = static_cast<double>(c) / longest;
      graph[v].y = static_cast<double>(r) / longest;
      if (c > 0) boost::add_edge(v - 1, v, link, graph);
      if (r > 0) boost::add_edge(v - columns, v, link, graph);
    }
  }
  return graph;
}

Graph read_waxman(Reader& reader, const Link& link, std::uint64_t seed) {
  const std::size_t nodes = reader.integer("nodes", 1, 10'000);
  const double alpha = reader.real("alpha", 1);
  const double beta = reader.real("beta", 1000);
  if (reader.failed()) return {};
  auto graph = waxman(nodes, alpha, beta, link, seed);
  if (graph) return *std::move(graph);
  reader.wrong("alpha", fmt::format("the graph would have more than {} links", kMaxLinks),
               "make alpha or beta smaller");
  return {};
}

Graph read_barabasi_albert(Reader& reader, const Link& link, std::uint64_t seed) {
  const std::size_t nodes = reader.integer("nodes", 2, kMaxNodes);
  const std::size_t links = reader.integer("links", 1, 1000);
  if (!reader.failed() && links >= nodes)
    reader.wrong("links", fmt::format("links is {} with {} nodes", links, nodes),
                 "write fewer links than nodes");
  if (!reader.failed() && links * nodes > kMaxLinks)
    reader.wrong("links", fmt::format("the graph would have more than {} links", kMaxLinks),
                 "make links or nodes smaller");
  return reader.failed() ? Graph() : barabasi_albert(nodes, links, link, seed);
}

Graph make(Reader& reader, std::string_view kind, const Link& link, std::uint64_t seed) {
  if (kind == "tree") return read_tree(reader, link);
  if (kind == "dumbbell") return read_dumbbell(reader, link);
  if (kind == "grid") return read_grid(reader, link);
  if (kind == "waxman") return read_waxman(reader, link, seed);
  if (kind == "barabasi-albert") return read_barabasi_albert(reader, link, seed);
  const std::size_t nodes = reader.integer("nodes", kind == "ring" ? 3 : 1, kMaxNodes);
  if (reader.failed()) return {};
  if (kind == "star") return tree(nodes, nodes, link);
  Graph graph = line(nodes, link);
  if (kind == "ring") boost::add_edge(nodes - 1, 0, link, graph);
  return graph;
}

void name_all(Graph& graph, std::string_view prefix) {
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph)))
    graph[v].name = graph[v].id = fmt::format("{}{}", prefix, v + 1);
  name_links(graph);
}

}  // namespace

std::span<const KindInfo> kinds() {
  return kKinds;
}
std::span<const ParameterInfo> common_parameters() {
  return kCommon;
}

std::expected<Graph, std::vector<ParameterError>> generate(std::string_view kind,
                                                           const Parameters& parameters, std::uint64_t seed) {
  std::string wanted = lower_ascii(trimmed(kind));
  std::replace(wanted.begin(), wanted.end(), '_', '-');
  const auto info = std::ranges::find(kKinds, wanted, &KindInfo::name);
  if (info == kKinds.end()) {
    std::vector<std::string_view> names;
    for (const auto& known : kKinds) names.push_back(known.name);
    const auto meant = nearest(wanted, names);
    return std::unexpected(
        std::vector<ParameterError>{{"", fmt::format("{} is no kind of generated network", in_quotes(kind)),
                                     meant ? fmt::format("did you mean {}?", *meant)
                                           : fmt::format("write one of {}", fmt::join(names, ", "))}});
  }
  Reader reader(parameters, *info);
  const std::string prefix(reader.text("prefix"));
  // A name must stay one with every number after it.
  if (prefix.size() > 40 || name_from_label(prefix + "1", "") != prefix + "1")
    reader.wrong("prefix", fmt::format("prefix is {}", in_quotes(prefix)),
                 "write at most 40 of a-z, 0-9, - and ., beginning with a letter or digit");
  const Link link = read_link(reader);
  Graph graph = make(reader, info->name, link, seed);
  if (reader.failed()) return std::unexpected(std::move(reader).errors());
  name_all(graph, prefix);
  return graph;
}

}  // namespace mailroom::topology
