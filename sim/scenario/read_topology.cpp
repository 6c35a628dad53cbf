// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_topology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <unordered_set>

#include "sim/scenario/fields.hpp"
#include "topologies/delays.hpp"
#include "topologies/generate.hpp"
#include "topologies/names.hpp"
#include "topologies/read.hpp"

namespace mailroom::scenario {

namespace {

namespace topo = mailroom::topology;

struct Attributes {
  std::optional<std::int64_t> rate_bps, delay_ns, queue_packets, loss_per_billion;
};

Attributes read_attributes(const Fields& fields) {
  Attributes read;
  std::int64_t value = 0;
  if (fields.rate("rate", value)) read.rate_bps = value;
  if (fields.duration("delay", value)) read.delay_ns = value;
  if (fields.packets("queue", value)) read.queue_packets = value;
  if (fields.share("loss", value)) read.loss_per_billion = value;
  return read;
}

void apply(const Attributes& attributes, topo::Link& link) {
  link.rate_bps = attributes.rate_bps.value_or(link.rate_bps);
  link.delay_ns = attributes.delay_ns.value_or(link.delay_ns);
  link.queue_packets = attributes.queue_packets.value_or(link.queue_packets);
  link.loss_per_billion = attributes.loss_per_billion.value_or(link.loss_per_billion);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<Word> split_chain(std::string_view text, const Position& at) {
  std::vector<Word> nodes;
  while (true) {
    const std::size_t dashes = text.find(kChain);
    nodes.push_back({std::string(trimmed(text.substr(0, dashes))), at});
    if (dashes == std::string_view::npos) return nodes;
    text.remove_prefix(dashes + kChain.size());
  }
}

class Builder {
 public:
  Builder(const Value& value, const std::filesystem::path& folder, std::uint64_t seed, Report& report)
      : fields_(value, object("topology"), report), folder_(folder), seed_(seed), report_(report) {}

  Topology build() {
    if (const Value* defaults = fields_.find("defaults"))
      defaults_ = read_attributes(Fields(*defaults, object("defaults"), report_));
    if (fields_.has("file") && fields_.has("generate"))
      report_.mistake(fields_.at("generate"), "both 'file' and 'generate'",
                      "keep one of them; links and lans add to it");
    read_file();
    generate();
    add_all("links", [&](const Value& item) { add_link(item); });
    add_all("lans", [&](const Value& item) { add_lan(item); });
    finish();
    return std::move(made_);
  }

 private:
  void read_file() {
    std::string name;
    if (!fields_.text("file", name)) return;
    topo::ReadOutcome outcome = topo::read_file(folder_ / name);
    const auto pass_on = [&](const topo::Diagnostic& one, bool is_mistake) {
      const Position at{std::make_shared<std::string>(one.file), static_cast<int>(one.line),
                        static_cast<int>(one.column)};
      if (is_mistake)
        report_.mistake(at, one.wrong, one.right);
      else
        report_.warning(at, one.wrong, one.right);
    };
    if (!outcome) {
      made_.is_complete = false;
      const bool is_about_a_line =
          std::ranges::any_of(outcome.error(), [](const auto& one) { return one.line > 0; });
      if (is_about_a_line)
        report_.mistake(fields_.at("file"), fmt::format("the network of {} cannot be used", shown(name)),
                        "see what is said of that file");
      for (const topo::Diagnostic& one : outcome.error()) {
        if (one.line > 0)
          pass_on(one, true);
        else  // of the file as a whole, such as that it is not there
          report_.mistake(fields_.at("file"), fmt::format("the network of {}: {}", shown(name), one.wrong),
                          one.right + "; the path is relative to the scenario's folder");
      }
      return;
    }
    for (const topo::Diagnostic& one : outcome->warnings) pass_on(one, false);
    take(std::move(outcome->graph));
  }

  void generate() {
    const Value* value = fields_.find("generate");
    if (value == nullptr || fields_.has("file")) return;
    // The kinds' parameters are the generators' own: unknown ones come back from there.
    const Fields fields(*value, object("generate"), report_, true);
    std::int64_t seed = 0;
    const bool has_seed = fields.count("seed", seed, 0, INT64_MAX);
    std::string kind;
    topo::Parameters parameters;
    bool is_readable = fields.require("kind");
    for (const Value::Entry& entry : value->entries) {
      if (entry.key == "seed" || entry.value->kind == Value::Kind::null) continue;
      if (entry.value->kind != Value::Kind::scalar) {
        report_.mistake(entry.value->at, fmt::format("{} for {}", describe(*entry.value), shown(entry.key)),
                        "a plain value is wanted");
        is_readable = false;
      } else if (entry.key == "kind") {
        kind = entry.value->text;
      } else {
        parameters[entry.key] = entry.value->text;
      }
    }
    made_.is_complete = false;
    if (!is_readable) return;
    auto graph = topo::generate(kind, parameters, has_seed ? static_cast<std::uint64_t>(seed) : seed_);
    if (graph) {
      made_.is_complete = true;
      return take(std::move(*graph));
    }
    for (const topo::ParameterError& wrong : graph.error())
      report_.mistake(parameter_at(*value, wrong.parameter.empty() ? "kind" : wrong.parameter), wrong.wrong,
                      wrong.right);
  }

  static Position parameter_at(const Value& value, std::string_view name) {
    for (const Value::Entry& entry : value.entries)
      if (entry.key == name) return entry.value->at;
    return value.at;
  }

  // A read or generated graph; its links that say nothing have the defaults' queue and loss.
  void take(topo::Graph graph) {
    made_.graph = std::move(graph);
    for (const topo::Vertex v : boost::make_iterator_range(vertices(made_.graph)))
      made_.vertices.emplace(made_.graph[v].name, v);
    const topo::Link silent;
    for (const topo::Edge e : boost::make_iterator_range(edges(made_.graph))) {
      topo::Link& link = made_.graph[e];
      if (defaults_.queue_packets && link.queue_packets == silent.queue_packets)
        link.queue_packets = *defaults_.queue_packets;
      if (defaults_.loss_per_billion && link.loss_per_billion == silent.loss_per_billion)
        link.loss_per_billion = *defaults_.loss_per_billion;
    }
  }

  template <class Add>
  void add_all(std::string_view key, Add add) {
    const Value* list = fields_.find(key);
    if (list == nullptr) return;
    if (list->kind != Value::Kind::list)
      report_.mistake(list->at, fmt::format("{} for '{}'", describe(*list), key),
                      "write a list: each item on a line after '- '");
    for (const ValuePtr& item : list->items) add(*item);
  }

  std::optional<topo::Vertex> node(const Word& word) {
    if (const auto found = made_.vertices.find(word.text); found != made_.vertices.end())
      return found->second;
    if (!is_node_name(word.text)) {
      std::string right = "names are made of a-z, 0-9, '.' and '-', at most 63 of them";
      const std::string near = topo::name_from_label(word.text.substr(0, 256), "node");
      if (!word.text.empty()) right += fmt::format(", such as {}", shown(near));
      report_.mistake(word.at, fmt::format("{} is no name for a node", shown(word.text)), right);
      made_.is_complete = false;
      return std::nullopt;
    }
    const topo::Vertex v = add_vertex(made_.graph);
    made_.graph[v].name = made_.graph[v].label = word.text;
    made_.vertices.emplace(word.text, v);
    return v;
  }

  void add_link(const Value& item) {
    if (item.kind == Value::Kind::scalar) return add_chain(item.text, item.at, nullptr);
    if (item.kind == Value::Kind::map && item.entries.size() == 1 &&
        item.entries[0].key.find(kChain) != std::string::npos)
      return add_chain(item.entries[0].key, item.entries[0].key_at, item.entries[0].value.get());
    if (item.kind != Value::Kind::map)
      return unreadable(item.at, fmt::format("{} for a link", describe(item)),
                        "write {between: [a, b]} or 'a -- b'");
    const Fields fields(item, object("link"), report_);
    const Value* between = fields.find("between");
    std::vector<Word> ends;
    if (fields.require("between")) ends = read_texts(*between, "between", report_);
    if (between == nullptr) made_.is_complete = false;
    if (between != nullptr && ends.size() != 2)
      unreadable(between->at, fmt::format("{} nodes in 'between'", ends.size()),
                 "a link has two ends: [a, b]");
    join(ends.size() == 2 ? ends : std::vector<Word>{}, fields);
  }

  // Which nodes were meant is unknown.
  void unreadable(const Position& at, std::string wrong, std::string right) {
    report_.mistake(at, std::move(wrong), std::move(right));
    made_.is_complete = false;
  }

  void add_chain(std::string_view chain, const Position& at, const Value* attributes) {
    const std::vector<Word> nodes = split_chain(chain, at);
    if (nodes.size() < 2)
      return unreadable(at, fmt::format("{} is no link", shown(chain)),
                        "write 'a -- b', with blanks around the dashes");
    static const Value kNothing{};
    const Fields fields(attributes != nullptr ? *attributes : kNothing, object("link"), report_);
    if (fields.has("between"))
      report_.mistake(fields.at("between"), "'between' in the chain form",
                      "the nodes stand in the key already");
    if (nodes.size() > 2 && fields.has("name")) {
      report_.mistake(fields.at("name"), "one name for several links", "write a link of its own to name it");
      return;
    }
    join(nodes, fields);
  }

  void join(const std::vector<Word>& nodes, const Fields& fields) {
    Attributes attributes = read_attributes(fields);
    Word name{"", fields.at("name")};
    fields.text("name", name.text);
    std::optional<topo::Vertex> before;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::optional<topo::Vertex> here = node(nodes[i]);
      if (i > 0 && before && here) {
        if (*before == *here)
          report_.mistake(nodes[i].at, fmt::format("a link of {} to itself", shown(nodes[i].text)),
                          "a link joins two nodes");
        else if (made_.graph[*before].is_lan && made_.graph[*here].is_lan)
          report_.mistake(nodes[i].at, "a link between two LANs", "put a router between them");
        else
          wire(*before, *here, attributes, name);
      }
      before = here;
    }
  }

  void wire(topo::Vertex a, topo::Vertex b, const Attributes& attributes, const Word& name) {
    const topo::Edge e = add_edge(a, b, made_.graph).first;
    apply(defaults_, made_.graph[e]);
    apply(attributes, made_.graph[e]);
    if (!name.text.empty()) names_.emplace_back(e, name);
  }

  void add_lan(const Value& item) {
    const Fields fields(item, object("lan"), report_);
    Word name{"", fields.at("name")};
    const bool is_named = fields.require("name") && fields.text("name", name.text);
    Attributes attributes = read_attributes(fields);
    const std::vector<Word> hosts = fields.require("hosts") ? fields.texts("hosts") : std::vector<Word>{};
    if (item.kind != Value::Kind::map || !is_named) return;
    if (made_.vertices.contains(name.text))
      return report_.mistake(name.at, fmt::format("two nodes of the name {}", shown(name.text)),
                             "a LAN has a name of its own");
    const std::optional<topo::Vertex> lan = node(name);
    if (!lan) return;
    made_.graph[*lan].is_lan = true;
    std::unordered_set<std::string> attached;
    for (const Word& host : hosts) {
      const std::optional<topo::Vertex> v = node(host);
      if (!v) continue;
      if (made_.graph[*v].is_lan)
        report_.mistake(host.at, fmt::format("the LAN {} on a LAN", shown(host.text)),
                        "put a router on both");
      else if (!attached.insert(host.text).second)
        report_.mistake(host.at, fmt::format("{} is twice on {}", shown(host.text), shown(name.text)),
                        "name each host once");
      else
        apply(attributes, made_.graph[add_edge(*v, *lan, made_.graph).first]);
    }
  }

  void finish() {
    topo::LinkDefaults defaults;
    defaults.rate_bps = defaults_.rate_bps.value_or(defaults.rate_bps);
    defaults.delay_ns = defaults_.delay_ns.value_or(defaults.delay_ns);
    topo::fill_defaults(made_.graph, defaults);
    topo::name_links(made_.graph);
    if (names_.empty()) return;
    std::unordered_set<std::string> taken;
    std::unordered_set<const topo::Link*> own;
    for (const auto& [e, name] : names_) own.insert(&made_.graph[e]);
    for (const topo::Edge e : boost::make_iterator_range(edges(made_.graph)))
      if (!own.contains(&made_.graph[e])) taken.insert(made_.graph[e].name);
    for (const auto& [e, name] : names_) {
      if (!taken.insert(name.text).second)
        report_.mistake(name.at, fmt::format("two links of the name {}", shown(name.text)),
                        "give each link its own");
      made_.graph[e].name = name.text;
    }
  }

  Fields fields_;
  const std::filesystem::path& folder_;
  std::uint64_t seed_;
  Report& report_;
  Attributes defaults_;
  std::vector<std::pair<topo::Edge, Word>> names_;
  Topology made_;
};

}  // namespace

bool is_node_name(std::string_view name) {
  const auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 63 && is_alphanumeric(name.front()) &&
         is_alphanumeric(name.back()) && name.find("..") == std::string_view::npos &&
         std::ranges::all_of(name, [&](char c) { return is_alphanumeric(c) || c == '.' || c == '-'; });
}

Topology read_topology(const Value* value, const Position& whole, const std::filesystem::path& folder,
                       std::uint64_t seed, Report& report) {
  if (value == nullptr || value->kind == Value::Kind::null) {
    report.mistake(whole, "'topology' is missing", "say what the network is: topology: {links: [a -- b]}");
    return {.graph = {}, .vertices = {}, .is_complete = false};
  }
  return Builder(*value, folder, seed, report).build();
}

}  // namespace mailroom::scenario
