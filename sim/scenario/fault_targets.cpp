// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/fault_targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <boost/range/iterator_range.hpp>
#include <iterator>
#include <set>

#include "protocols/dns/master_reader.hpp"
#include "sim/scenario/addresses.hpp"
#include "sim/scenario/report.hpp"

namespace mailroom::scenario {

namespace {

using faults::Fault;
using faults::ParseError;
using Kind = faults::Kind;
using Mistake = std::optional<ParseError>;
using topology::Graph;

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

bool is_between(const Graph& graph, const topology::Edge& edge, std::string_view a, std::string_view b) {
  const std::string& from = graph[source(edge, graph)].name;
  const std::string& to = graph[target(edge, graph)].name;
  return (from == a && to == b) || (from == b && to == a);
}

// "a-b" said the other way round, where names have hyphens of their own.
bool is_reversed(const Graph& graph, const topology::Edge& edge, std::string_view name) {
  const std::string& from = graph[source(edge, graph)].name;
  const std::string& to = graph[target(edge, graph)].name;
  return name == to + "-" + from;
}

template <class Predicate>
std::vector<std::size_t> edges_where(const Graph& graph, const Predicate& predicate) {
  std::vector<std::size_t> found;
  std::size_t index = 0;
  for (auto [e, last] = edges(graph); e != last; ++e, ++index)
    if (predicate(*e)) found.push_back(index);
  return found;
}

std::vector<std::size_t> named_links(const std::string& name, const Graph& graph) {
  const std::size_t chain = name.find(" -- ");
  if (chain != std::string::npos) {
    const std::string a = name.substr(0, chain), b = name.substr(chain + 4);
    return edges_where(graph, [&](const topology::Edge& e) { return is_between(graph, e, a, b); });
  }
  auto exact = edges_where(graph, [&](const topology::Edge& e) { return graph[e].name == name; });
  if (!exact.empty()) return exact;
  return edges_where(graph, [&](const topology::Edge& e) { return is_reversed(graph, e, name); });
}

class Check {
 public:
  Check(const Fault& fault, const Graph& graph, std::span<const Host> hosts, const Dns& dns)
      : fault_(fault), form_(faults::info(fault.kind).form), graph_(graph), hosts_(hosts), dns_(dns) {}

  Mistake run() const {
    const bool wants_receiver = form_.find("<receiver>") != std::string_view::npos;
    const bool wants_host = wants_receiver || form_.find("<host>") != std::string_view::npos;
    for (const std::string& node : fault_.nodes) {
      if (auto mistake = wants_host ? check_host(node, wants_receiver) : check_node(node)) return mistake;
    }
    if (fault_.nodes.size() == 2 && form_.starts_with("tcp") && fault_.nodes[0] == fault_.nodes[1])
      return ParseError{0, fmt::format("{} twice", shown(fault_.nodes[0])), "name the hosts at both ends"};
    if (!fault_.link.empty())
      if (auto mistake = check_link()) return mistake;
    if (fault_.kind == Kind::partition && links_of(fault_, graph_).empty())
      return ParseError{0, "no link joins these nodes to the rest", "name some of the nodes, but not all"};
    for (const std::string& address : fault_.addresses)
      if (auto mistake = check_address(address)) return mistake;
    if (form_.starts_with("dns") && dns_.mode == Dns::Mode::static_table)
      return ParseError{0, "there are no name servers here: 'dns: {mode: static}'", "leave out the mode, so that names are asked for"};
    if (!fault_.record.empty())
      if (auto record = record_of(fault_, dns_.ttl_s); !record) return std::move(record.error());
    if (fault_.kind == Kind::smtp_answers)
      if (auto mistake = check_answer()) return mistake;
    if (fault_.when.condition)
      if (auto mistake = check_host(fault_.when.condition->host, false)) return mistake;
    return std::nullopt;
  }

 private:
  Mistake check_node(const std::string& name) const {
    std::vector<std::string> names;
    for (std::size_t v = 0; v < num_vertices(graph_); ++v) {
      if (graph_[v].name != name) {
        if (!graph_[v].is_lan) names.push_back(graph_[v].name);
      } else if (graph_[v].is_lan) {
        return ParseError{0, fmt::format("{} is a LAN segment, not a host", shown(name)), "name one of its hosts"};
      } else {
        return std::nullopt;
      }
    }
    return ParseError{0, fmt::format("there is no host {}", shown(name)), suggest(name, names)};
  }

  Mistake check_host(const std::string& name, bool wants_receiver) const {
    std::vector<std::string> names;
    for (const Host& host : hosts_) {
      if (!wants_receiver || host.receiver) names.push_back(host.name);
      if (host.name == name && (host.receiver || !wants_receiver)) return std::nullopt;
    }
    if (auto mistake = check_node(name)) return mistake;
    return ParseError{0, fmt::format("{} is no mail host{}", shown(name), wants_receiver ? " with an SMTP receiver" : ""),
                      suggest(name, names)};
  }

  Mistake check_link() const {
    const auto links = named_links(fault_.link, graph_);
    std::vector<std::string> names;
    std::size_t index = 0;
    for (auto [e, last] = edges(graph_); e != last; ++e, ++index) {
      names.push_back(graph_[*e].name);
      if (std::ranges::find(links, index) == links.end()) continue;
      const bool is_attachment = graph_[source(*e, graph_)].is_lan || graph_[target(*e, graph_)].is_lan;
      const bool can_fail = fault_.kind == Kind::link_down || fault_.kind == Kind::link_losing ||
                            fault_.kind == Kind::link_losing_in_bursts || fault_.kind == Kind::link_corrupting;
      if (is_attachment && !can_fail)
        return ParseError{0, fmt::format("{} joins a host to a LAN segment, which cannot fail so", shown(fault_.link)),
                          "it can be down, losing or corrupting"};
    }
    if (!links.empty()) return std::nullopt;
    return ParseError{0, fmt::format("there is no link {}", shown(fault_.link)), suggest(fault_.link, names)};
  }

  // Whom a command is about is known of some only.
  Mistake check_answer() const {
    const bool is_asked_421_only = fault_.point == "QUIT" && fault_.code != 421;
    if (is_asked_421_only)
      return ParseError{0, fmt::format("QUIT is not answered {}", fault_.code), "no host refuses to say good-bye; 421 is what it might say"};
    if (fault_.addresses.empty()) return std::nullopt;
    constexpr std::string_view kAbout[] = {"", "MAIL", "RCPT", "DATA", "BDAT", "VRFY", "EXPN", "."};
    if (std::ranges::find(kAbout, fault_.point) != std::end(kAbout)) return std::nullopt;
    return ParseError{0, fmt::format("{} is about no address", fault_.point),
                      "leave out 'for', or answer MAIL, RCPT, DATA, VRFY or the final dot"};
  }

  // Its owner has a mailbox: nobody else can have too much in it.
  Mistake check_mailbox(std::string_view local_part, std::string_view domain) const {
    std::vector<std::string> names;
    for (const Host& host : hosts_) {
      if (std::ranges::find(host.domains, domain) == host.domains.end()) continue;
      for (const User& user : host.users) {
        if (lower_case(user.local_part) == lower_case(local_part)) return std::nullopt;
        names.push_back(user.local_part);
      }
    }
    if (lower_case(local_part) == "postmaster") return std::nullopt;
    return ParseError{0, fmt::format("there is no user {} at {}", shown(local_part), domain), suggest(std::string(local_part), names)};
  }

  // It need not be anybody's; but where its mail goes must be known.
  Mistake check_address(const std::string& address) const {
    const auto read = mailbox_address(address);
    if (!read) return ParseError{0, fmt::format("{} is no address: {}", shown(address), read.error()), "write for example bob@south.example"};
    std::vector<std::string> domains;
    for (const Host& host : hosts_) domains.insert(domains.end(), host.domains.begin(), host.domains.end());
    const bool is_own = fault_.kind != Kind::smtp_answers && &address == &fault_.addresses.front();
    const std::string domain(domain_of(*read));
    if (fault_.kind == Kind::mailbox_over_quota && std::ranges::find(domains, domain) != domains.end())
      return check_mailbox(std::string_view(*read).substr(0, read->rfind('@')), domain);
    if (!is_own || std::ranges::find(domains, domain) != domains.end()) return std::nullopt;
    return ParseError{0, fmt::format("no host has the domain of {}", shown(address)), suggest(domain, domains)};
  }

  const Fault& fault_;
  std::string_view form_;
  const Graph& graph_;
  std::span<const Host> hosts_;
  const Dns& dns_;
};

}  // namespace

std::vector<std::size_t> links_of(const Fault& fault, const Graph& graph) {
  if (!fault.link.empty()) return named_links(fault.link, graph);
  if (fault.kind != Kind::host_unreachable && fault.kind != Kind::host_out_of_operation && fault.kind != Kind::partition)
    return {};
  std::set<std::string> inside(fault.nodes.begin(), fault.nodes.end());
  // A segment that none of the rest is on goes with them.
  for (std::size_t v = 0; v < num_vertices(graph); ++v) {
    const auto stations = boost::make_iterator_range(adjacent_vertices(v, graph));
    if (graph[v].is_lan && std::ranges::all_of(stations, [&](std::size_t one) { return inside.contains(graph[one].name); }))
      inside.insert(graph[v].name);
  }
  return edges_where(graph, [&](const topology::Edge& e) {
    return inside.contains(graph[source(e, graph)].name) != inside.contains(graph[target(e, graph)].name);
  });
}

void settle_link(Fault& fault, const Graph& graph) {
  if (fault.link.empty()) return;
  const std::vector<std::size_t> links = named_links(fault.link, graph);
  if (links.size() != 1) return;
  const std::string& name = graph[*std::next(edges(graph).first, static_cast<std::ptrdiff_t>(links.front()))].name;
  fault.what.replace(fault.what.find(fault.link, 5), fault.link.size(), name);  // behind "link "
  fault.link = name;
}

std::optional<ParseError> fault_mistake(const Fault& fault, const Graph& graph, std::span<const Host> hosts,
                                        const Dns& dns) {
  return Check(fault, graph, hosts, dns).run();
}

std::expected<dns::Record, ParseError> record_of(const Fault& fault, std::uint32_t ttl_s) {
  auto record = dns::MasterReader(dns::Name(), ttl_s).read_line(fault.record);
  const std::string example = "write a line of a master file: 'south.example. 300 IN MX 10 mx2.south.example.'";
  if (!record) return std::unexpected(ParseError{0, fmt::format("in the record \"{}\": {}", fault.record, record.error().expected), example});
  if (!*record) return std::unexpected(ParseError{0, fmt::format("\"{}\" is no record", fault.record), example});
  return **record;
}

}  // namespace mailroom::scenario
