// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/mystery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "sim/faults/parse.hpp"
#include "sim/scenario/fault_targets.hpp"
#include "topologies/units.hpp"

namespace mailroom::viz {

namespace {

using faults::Kind;
using scenario::Scenario;

// SplitMix64: the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return (z ^ (z >> 31)) % bound;
  }

 private:
  std::uint64_t state_;
};

struct Traffic {
  std::set<std::string> senders, receivers;  // hosts
  std::set<std::string> recipients;          // addresses
  std::int64_t first_ns = -1, last_ns = 0;
};

std::string host_of(const Scenario& scenario, std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return {};
  for (const scenario::Host& host : scenario.hosts)
    if (std::ranges::find(host.domains, address.substr(at + 1)) != host.domains.end()) return host.name;
  return {};
}

// Who sends mail to whom, and when.
Traffic traffic_of(const Scenario& scenario) {
  Traffic traffic;
  for (const scenario::Traffic& entry : scenario.traffic) {
    for (const std::string& from : entry.from.members) {
      const auto agent = scenario.agents.find(from);
      if (entry.host) traffic.senders.insert(*entry.host);
      else if (agent != scenario.agents.end()) traffic.senders.insert(agent->second);
    }
    for (const std::string& to : entry.to.members) {
      const std::string host = host_of(scenario, to);
      if (host.empty()) continue;
      traffic.receivers.insert(host);
      traffic.recipients.insert(to);
    }
    const std::int64_t first = entry.start_ns;
    const std::int64_t last = entry.start_ns + entry.interval_ns * std::max<std::int64_t>(entry.count - 1, 0);
    traffic.first_ns = traffic.first_ns < 0 ? first : std::min(traffic.first_ns, first);
    traffic.last_ns = std::max(traffic.last_ns, last);
  }
  return traffic;
}

// The names of the links on the shortest ways from the senders to the receivers.
std::set<std::string> links_on_the_way(const topology::Graph& graph, const Traffic& traffic) {
  std::map<std::string, topology::Vertex> by_name;
  for (std::size_t v = 0; v < num_vertices(graph); ++v) by_name.emplace(graph[v].name, v);
  std::set<std::string> names;
  for (const std::string& sender : traffic.senders) {
    const auto start = by_name.find(sender);
    if (start == by_name.end()) continue;
    std::vector<std::optional<topology::Edge>> came_by(num_vertices(graph));
    std::vector<bool> seen(num_vertices(graph));
    std::deque<topology::Vertex> next = {start->second};
    seen[start->second] = true;
    while (!next.empty()) {
      const topology::Vertex at = next.front();
      next.pop_front();
      for (auto [edge, last] = out_edges(at, graph); edge != last; ++edge) {
        const topology::Vertex to = target(*edge, graph);
        if (seen[to]) continue;
        seen[to] = true;
        came_by[to] = *edge;
        next.push_back(to);
      }
    }
    for (const std::string& receiver : traffic.receivers) {
      const auto goal = by_name.find(receiver);
      if (goal == by_name.end()) continue;
      for (topology::Vertex at = goal->second; came_by[at];) {
        const topology::Edge edge = *came_by[at];
        names.insert(graph[edge].name);
        at = source(edge, graph) == at ? target(edge, graph) : source(edge, graph);
      }
    }
  }
  return names;
}

bool is_attachment(const topology::Graph& graph, const std::string& link) {
  for (auto [edge, last] = edges(graph); edge != last; ++edge)
    if (graph[*edge].name == link) return graph[source(*edge, graph)].is_lan || graph[target(*edge, graph)].is_lan;
  return false;
}

// A group of what a fault may be guessed to be about.
std::string_view kind_words(Kind kind) {
  switch (group_of(kind)) {
    case FaultGroup::lecture:
      return kind == Kind::disk_full                                              ? "a host's disk"
             : kind == Kind::address_faulty || kind == Kind::address_moved        ? "an address"
             : kind == Kind::host_unreachable                                     ? "the way to a host"
                                                                                  : "a host as a whole";
    case FaultGroup::network:
      return "the network, not a host";
    case FaultGroup::services:
      return "a service of a host";
    case FaultGroup::disks:
      return "a disk or a mailbox";
    case FaultGroup::names:
      return "the names (DNS)";
    case FaultGroup::relays:
      return "the text of messages";
  }
  return {};
}

// What is seen of it.
std::string_view symptom_of(Kind kind) {
  switch (kind) {
    case Kind::host_unreachable:
    case Kind::link_down:
      return "Look at how connections end: is there an answer at once, or none at all?";
    case Kind::host_out_of_operation:
      return "Look at how connections end: who answers nothing, and what comes back later?";
    case Kind::link_losing:
    case Kind::link_delayed:
    case Kind::link_slow:
      return "Compare how long the same exchange takes at different times, and count what TCP sends twice.";
    case Kind::smtp_stopped:
      return "Look at how connections end: is somebody there who refuses?";
    case Kind::smtp_hung:
    case Kind::smtp_slow:
      return "Look at the time between a command and its reply.";
    case Kind::smtp_answers:
    case Kind::disk_full:
    case Kind::mailbox_over_quota:
    case Kind::address_faulty:
      return "Look at the first digit of the replies, and at which command gets it.";
    default:
      return kind == Kind::dns_stopped || kind == Kind::dns_servfail || kind == Kind::dns_hung
                 ? "Look at what happens before a connection is opened at all."
                 : "Compare a message as it was sent with what lies in the mailbox.";
  }
}

// What a sentence is about, as a person names it.
std::string place_of(const faults::Fault& fault) {
  if (!fault.link.empty()) return fault.link;
  if (!fault.nodes.empty()) return fault.nodes.front();
  return fault.addresses.empty() ? std::string() : fault.addresses.front();
}

}  // namespace

std::vector<std::string> Mystery::candidates(const Scenario& scenario) {
  const Traffic traffic = traffic_of(scenario);
  std::vector<std::string> list;
  const auto add = [&](std::string sentence) {
    if (check_fault(sentence, &scenario).fault) list.push_back(std::move(sentence));
  };
  // A host that crashes is no mystery: everybody sees it lie there.
  for (const std::string& host : traffic.receivers) {
    for (const char* form : {"host {} unreachable", "disk of {} full", "smtp of {} stopped", "smtp of {} hung",
                             "smtp of {} slow 40s", "smtp of {} answers 451", "smtp of {} answers 550 to MAIL", "smtp of {} answers 421 to greeting"})
      add(fmt::format(fmt::runtime(form), host));
  }
  for (const std::string& link : links_on_the_way(scenario.topology, traffic)) {
    add(fmt::format("link {} down", link));
    add(fmt::format("link {} losing 30%", link));
    if (!is_attachment(scenario.topology, link)) add(fmt::format("link {} delayed 3s", link));
    if (!is_attachment(scenario.topology, link)) add(fmt::format("link {} slow 1200bps", link));
  }
  std::size_t addresses = 0;
  for (const std::string& address : traffic.recipients) {
    if (++addresses > 20) break;
    add(fmt::format("address {} faulty", address));
    add(fmt::format("mailbox {} over quota", address));
  }
  if (scenario.dns.mode == scenario::Dns::Mode::servers) {
    // Where the scenario says who serves; elsewhere it is decided when the run begins.
    std::set<std::string> servers;
    if (scenario.dns.root) servers.insert(*scenario.dns.root);
    for (const scenario::DnsZone& zone : scenario.dns.zones) servers.insert(zone.servers.begin(), zone.servers.end());
    for (const std::string& server : servers) {
      add(fmt::format("dns of {} stopped", server));
      add(fmt::format("dns of {} answers servfail", server));
    }
  }
  return list;
}

std::optional<Mystery> Mystery::choose(const Scenario& scenario, std::uint64_t seed) {
  const std::vector<std::string> list = candidates(scenario);
  if (list.empty()) return std::nullopt;
  Dice dice(seed);
  const Traffic traffic = traffic_of(scenario);
  Mystery mystery;
  mystery.seed_ = seed;
  const std::string& what = list[dice.below(list.size())];
  // In the first third of the traffic, so that some of it went well before; and for long enough to be met.
  const std::int64_t span_s = std::max<std::int64_t>(traffic.last_ns - traffic.first_ns, 0) / 1'000'000'000;
  const std::int64_t at_s = traffic.first_ns / 1'000'000'000 +
                            (span_s < 3 ? 0 : static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(span_s / 3))));
  const std::int64_t lasts_s = std::max<std::int64_t>(span_s, 600);
  mystery.sentence_ = fmt::format("{} at {} for {}", what, topology::format_duration(at_s * 1'000'000'000),
                                  topology::format_duration(lasts_s * 1'000'000'000));
  auto fault = faults::parse(mystery.sentence_);
  if (!fault) return std::nullopt;
  scenario::settle_link(*fault, scenario.topology);
  mystery.fault_ = std::move(*fault);
  mystery.id_ = {static_cast<std::int64_t>(scenario.faults.size()) + 1};  // what --fault adds comes behind the scenario's own
  const topology::Graph& graph = scenario.topology;
  for (auto [edge, last] = edges(graph); edge != last; ++edge) {
    mystery.edges_.emplace_back(graph[source(*edge, graph)].name, graph[target(*edge, graph)].name);
    mystery.link_names_.push_back(graph[*edge].name);
  }
  for (const scenario::Host& host : scenario.hosts)
    for (const std::string& domain : host.domains) mystery.domain_hosts_.emplace_back(domain, host.name);
  return mystery;
}

std::string Mystery::solution() const {
  return fmt::format("{}: {}.", sentence_, faults::info(fault_.kind).meaning);
}

bool Mystery::hides(const trace::StoredEvent& event) const {
  using trace::Kind;
  if (is_revealed_) return false;
  // A connection that was disturbed says by what; a rule of a receiver says whose.
  const bool is_named = event.kind == Kind::fault_began || event.kind == Kind::fault_ended || event.kind == Kind::connection_disturbed;
  return (is_named && event.fault == id_) || tells(event.text);
}

bool Mystery::tells(std::string_view text) const { return !is_revealed_ && text.find(fault_.what) != std::string_view::npos; }

int Mystery::distance(std::string_view from, std::string_view to) const {
  // A link is as near as the nearer of its ends; an address is at its host.
  const auto nodes_of = [this](std::string_view place) -> std::vector<std::string> {
    if (const std::size_t at = place.rfind('@'); at != std::string_view::npos) {
      for (const auto& [domain, host] : domain_hosts_)
        if (domain == place.substr(at + 1)) return {host};
      return {};
    }
    const auto link = std::ranges::find(link_names_, place);
    if (link == link_names_.end()) return {std::string(place)};
    const auto& ends = edges_[static_cast<std::size_t>(link - link_names_.begin())];
    return {ends.first, ends.second};
  };
  std::map<std::string, int, std::less<>> reached;
  std::deque<std::string> next;
  for (std::string& node : nodes_of(from)) {
    reached.emplace(node, 0);
    next.push_back(std::move(node));
  }
  std::multimap<std::string, std::string> neighbours;
  for (const auto& [a, b] : edges_) {
    neighbours.emplace(a, b);
    neighbours.emplace(b, a);
  }
  while (!next.empty()) {
    const std::string at = next.front();
    next.pop_front();
    for (auto [one, last] = neighbours.equal_range(at); one != last; ++one)
      if (reached.emplace(one->second, reached[at] + 1).second) next.push_back(one->second);
  }
  int nearest = -1;
  for (const std::string& node : nodes_of(to))
    if (const auto found = reached.find(node); found != reached.end())
      nearest = nearest < 0 ? found->second : std::min(nearest, found->second);
  return nearest;
}

std::string Mystery::next_hint() const {
  switch (tries_) {
    case 1:
      return std::string(symptom_of(fault_.kind));
    case 2:
      return fmt::format("It began between {} and {}.", topology::format_duration(fault_.when.at_ns / 60'000'000'000 * 60'000'000'000),
                         topology::format_duration((fault_.when.at_ns / 60'000'000'000 + 1) * 60'000'000'000));
    case 3:
      return fmt::format("It is about {}.", kind_words(fault_.kind));
    case 4:
      return fmt::format("What it does: {}.", faults::info(fault_.kind).meaning);
    default:
      return fmt::format("It is at {}.", place_of(fault_));
  }
}

Mystery::Verdict Mystery::judge(const Guess& guess) {
  ++tries_;
  Verdict verdict;
  verdict.is_right_kind = guess.kind == fault_.kind;
  verdict.is_right_group = kind_words(guess.kind) == kind_words(fault_.kind);
  verdict.is_right_place = guess.where == place_of(fault_) || (!fault_.link.empty() && guess.where == fault_.link);
  verdict.is_right = verdict.is_right_kind && verdict.is_right_place;
  if (verdict.is_right) {
    verdict.words = fmt::format("Right, at the {} try.", tries_ == 1 ? "first" : fmt::format("{}", ordinal(tries_)));
    return verdict;
  }
  const int how_far = distance(guess.where, place_of(fault_));
  std::string words;
  if (verdict.is_right_place) words = "The place is right; what fails there is something else. ";
  else if (verdict.is_right_kind) words = "That is what fails, but not there. ";
  else if (verdict.is_right_group) words = "Something of this sort, yes. ";
  else words = "No. ";
  if (!verdict.is_right_place && how_far >= 0) {
    if (last_distance_ && how_far != *last_distance_) words += how_far < *last_distance_ ? "Warmer. " : "Colder. ";
    else words += how_far <= 1 ? "Warm. " : "Cold. ";
  }
  if (how_far >= 0) last_distance_ = how_far;
  verdict.words = words + next_hint();
  return verdict;
}

}  // namespace mailroom::viz
