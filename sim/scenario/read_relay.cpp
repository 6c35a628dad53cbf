// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_relay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "sim/scenario/addresses.hpp"
#include "sim/scenario/pattern.hpp"

namespace mailroom::scenario {

namespace {

// A domain, or with a dot in front all below it.
std::optional<std::string> domain_or_below(std::string_view text) {
  if (!text.starts_with('.')) return domain_name(text);
  const std::optional<std::string> above = domain_name(text.substr(1));
  return above ? std::optional("." + *above) : std::nullopt;
}

// "5.1.2 closed": the code, or nothing.
std::string_view take_enhanced_code(std::string_view& text) {
  const std::size_t space = std::min(text.find(' '), text.size());
  const std::string_view code = text.substr(0, space);
  if (!code.starts_with("5.") || code.size() < 5 ||
      code.find_first_not_of("0123456789.") != std::string_view::npos || std::ranges::count(code, '.') != 2 ||
      code.ends_with('.') || code.find("..") != std::string_view::npos)
    return {};
  text.remove_prefix(std::min(space + 1, text.size()));
  return code;
}

std::optional<ForwardTo> read_next_hop(const Value& value, Report& report) {
  std::string_view text = value.text;
  ForwardTo to;
  if (text.starts_with("mx:")) {
    const std::optional<std::string> domain = domain_name(text.substr(3));
    if (!domain) {
      report.mistake(value.at, fmt::format("{} is no domain", shown(text.substr(3))),
                     "write the domain whose exchangers take the mail: mx:south.example");
      return std::nullopt;
    }
    to.kind = ForwardTo::Kind::exchangers;
    to.name = *domain;
  } else if (text.starts_with("error:")) {
    text.remove_prefix(6);
    to.kind = ForwardTo::Kind::refuse;
    to.enhanced_code = "5.1.2";
    if (const std::string_view code = take_enhanced_code(text); !code.empty()) to.enhanced_code = code;
    to.text = text;
    const bool is_speakable = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    if (text.find_first_not_of(' ') == std::string_view::npos || text.size() > 400 || !is_speakable) {
      report.mistake(value.at, "'error:' without a text that a reply can have",
                     "say why in a line of US-ASCII: \"error:5.1.2 this domain was closed\"");
      return std::nullopt;
    }
  } else {
    to.name = text;
  }
  return to;
}

}  // namespace

std::vector<ForwardEntry> read_forward(const Value& value, Report& report) {
  std::vector<ForwardEntry> read;
  if (value.kind == Value::Kind::scalar) {
    if (auto to = read_next_hop(value, report)) read.push_back({"*", std::move(*to), value.at});
    return read;
  }
  if (value.kind != Value::Kind::map) {
    report.mistake(value.at, fmt::format("{} for 'forward'", describe(value)),
                   "write {south.example: relay} or one host for all");
    return read;
  }
  std::unordered_set<std::string> known;
  for (const Value::Entry& entry : value.entries) {
    const std::optional<std::string> domain =
        entry.key == "*" ? std::optional(entry.key) : domain_or_below(entry.key);
    if (!domain)
      report.mistake(entry.key_at, fmt::format("{} is no domain", shown(entry.key)),
                     "write one such as south.example, .example for all below it, or \"*\" for all others");
    else if (!known.insert(*domain).second)
      report.mistake(entry.key_at, fmt::format("two next hops for {}", shown(*domain)), "give one");
    else if (entry.value->kind != Value::Kind::scalar)
      report.mistake(entry.value->at, fmt::format("{} for a next hop", describe(*entry.value)),
                     "name a host");
    else if (auto to = read_next_hop(*entry.value, report))
      read.push_back({*domain, std::move(*to), entry.value->at});
  }
  return read;
}

std::vector<Word> read_relay(const Value& value, RelayPolicy& relay, Report& report) {
  const Fields fields(value, object("relay"), report);
  std::vector<Word> names;
  if (fields.has("clients")) {
    relay.clients.emplace();
    for (const Word& word : fields.texts("clients")) {
      if (const std::optional<Network> known = network(word.text))
        relay.clients->networks.push_back(*known);
      else
        names.push_back(word);
    }
  }
  if (fields.has("domains")) {
    relay.domains.emplace();
    for (const Word& word : fields.texts("domains")) {
      if (const std::optional<std::string> domain = domain_or_below(word.text))
        relay.domains->push_back(*domain);
      else
        report.mistake(word.at, fmt::format("{} is no domain", shown(word.text)),
                       "write one such as south.example, or .example for all below it");
    }
  }
  if (fields.flag("open", relay.open) && relay.open)
    report.warning(fields.at("open"), "an open relay: strangers can send through it to strangers",
                   "name whose mail it passes on instead: relay: {clients: […]}");
  fields.flag("authenticated", relay.authenticated);
  return names;
}

void resolve_relay_clients(const std::vector<Word>& names, const Topology& topology,
                           const std::unordered_map<std::string, std::size_t>& hosts, RelayPolicy& relay,
                           Report& report) {
  std::vector<std::string> found;
  const auto add_lan = [&](topology::Vertex lan) {
    for (const topology::Vertex v : boost::make_iterator_range(adjacent_vertices(lan, topology.graph)))
      if (hosts.contains(topology.graph[v].name)) found.push_back(topology.graph[v].name);
  };
  for (const Word& word : names) {
    const std::size_t before = found.size();
    const auto vertex = topology.vertices.find(word.text);
    if (hosts.contains(word.text)) {
      found.push_back(word.text);
    } else if (vertex != topology.vertices.end() && topology.graph[vertex->second].is_lan) {
      add_lan(vertex->second);
    } else if (is_pattern(word.text) && word.text.size() <= 320) {
      for (const auto& [name, host] : hosts)
        if (matches(word.text, name)) found.push_back(name);
    }
    if (found.size() > before) continue;
    std::vector<std::string> known;
    if (!report.is_full())
      for (const auto& [name, host] : hosts) known.push_back(name);
    std::ranges::sort(known);
    report.mistake(word.at, fmt::format("{} among relay.clients is no host of 'hosts', LAN or network", shown(word.text)),
                   known.empty() ? "write a network such as 10.1.0.0/16" : suggest(word.text, known));
  }
  std::ranges::sort(found);
  const auto repeated = std::ranges::unique(found);
  found.erase(repeated.begin(), repeated.end());
  if (relay.clients) relay.clients->hosts = std::move(found);
}

}  // namespace mailroom::scenario
