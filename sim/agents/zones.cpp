// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/zones.hpp"

#include <algorithm>
#include <cassert>
#include <set>

#include "sim/net/routes.hpp"
#include "topologies/analysis.hpp"
#include "topologies/center.hpp"

namespace mailroom::agents {
namespace {

using dns::Name;
using dns::Rdata;
using topology::Vertex;

constexpr std::uint16_t kMxPreference = 10;

Name name_of(std::string_view text) {
  return Name::parse(text).value_or(Name());
}

// a, b, … z, aa, ab, …
std::string letters(std::size_t number) {
  std::string made;
  for (++number; number > 0; number = (number - 1) / 26)
    made.insert(made.begin(), static_cast<char>('a' + (number - 1) % 26));
  return made;
}

class Builder {
 public:
  explicit Builder(const scenario::Scenario& scenario)
      : scenario_(scenario),
        graph_(scenario.topology),
        routes_(graph_),
        parts_(topology::components(graph_)) {
    for (const Vertex v : boost::make_iterator_range(vertices(graph_))) vertex_.emplace(graph_[v].name, v);
    for (const scenario::Host& host : scenario.hosts) host_.emplace(host.name, &host);
  }

  NameSystem build() {
    choose_roots();
    plan_zones();
    gather_records();
    NameSystem made;
    for (const auto& [apex, plan] : plans_) {
      // Whom the zone above names answers all the same: that it knows nothing of this.
      for (const Vertex server : plan.delegation) made.zones_at.try_emplace(node(server));
      if (is_unserved(apex, plan)) {
        made.unserved.push_back(make(apex, plan, root_near(plan.delegation.front())));
        continue;
      }
      if (plan.servers.empty()) {
        for (const auto& [part, root] : roots_)
          made.zones_at[node(root.vertex)].push_back(make(apex, plan, root));
        continue;
      }
      const dns::Zone zone = make(apex, plan, root_near(plan.servers.front()));
      for (const Vertex server : plan.servers) made.zones_at[node(server)].push_back(zone);
    }
    for (const scenario::Host& host : scenario_.hosts) {
      const Root& root = root_near(vertex_.at(host.name));
      made.hint_for.emplace(host.name, NameSystem::Hint{root.name, address(root.vertex)});
    }
    return made;
  }

 private:
  struct Root {  // of one part of the network
    Vertex vertex;
    Name name;
  };
  struct Plan {
    const scenario::DnsZone* said = nullptr;
    const scenario::Host* mail_host = nullptr;
    std::vector<Vertex> servers;     // none: the root's node, or nobody
    std::vector<Vertex> delegation;  // whom the zone above names
    std::vector<std::pair<Name, Rdata>> records;
    std::vector<Name> children;
  };

  // Delegated, and not to the root's nodes, which serve what nobody else does: a lame delegation.
  bool is_unserved(const Name& apex, const Plan& plan) const {
    return !apex.is_root() && plan.servers.empty() && !plan.delegation.empty() &&
           std::ranges::none_of(plan.delegation, [this](Vertex v) { return is_root(v); });
  }

  const std::string& node(Vertex v) const { return graph_[v].name; }
  net::Address address(Vertex v) const { return routes_.address(static_cast<net::Routes::Node>(v)); }
  const Root& root_near(Vertex v) const { return roots_.at(parts_.of[v]); }

  // Wherever a host, or a server that the scenario names, might ask.
  void choose_roots() {
    for (const scenario::Host& host : scenario_.hosts) choose_root(vertex_.at(host.name));
    for (const scenario::DnsZone& said : scenario_.dns.zones)
      for (const auto* nodes : {&said.servers, &said.delegation})
        for (const std::string& one : *nodes) choose_root(vertex_.at(one));
    if (!scenario_.dns.root) return;
    const Vertex wanted = vertex_.at(*scenario_.dns.root);
    if (const auto part = roots_.find(parts_.of[wanted]); part != roots_.end()) part->second.vertex = wanted;
  }

  void choose_root(Vertex vertex) {
    if (roots_.contains(parts_.of[vertex])) return;
    const std::string name = letters(roots_.size()) + ".root-servers.test";
    roots_[parts_.of[vertex]] = {topology::center(graph_, vertex), name_of(name)};
  }

  // The name that a node has as a name server.
  Name server_name(Vertex v) const {
    if (const auto host = host_.find(node(v)); host != host_.end()) return name_of(host->second->hostname);
    return is_root(v) ? root_near(v).name : name_of(node(v) + ".routers.test");
  }

  Plan& plan(const Name& apex) {
    if (apex.label_count() > 1) plan_above(apex);
    return plans_[apex];
  }

  void plan_zones() {
    plan({});
    plan(name_of("10.in-addr.arpa"));  // sim/net/routes.hpp takes addresses from there
    for (const auto& [part, root] : roots_) plan_above(root.name);
    for (const scenario::Host& host : scenario_.hosts) {
      plan_above(name_of(host.hostname));
      for (const std::string& domain : host.domains) {
        const Name apex = name_of(domain);
        if (apex.is_root()) continue;  // SMTP lets a domain have two octets more than the DNS
        Plan& zone = plan(apex);
        zone.mail_host = &host;
        zone.servers = {vertex_.at(host.name)};
      }
    }
    for (const scenario::DnsZone& said : scenario_.dns.zones) {
      Plan& zone = plan(said.apex);
      zone.said = &said;
      if (!said.servers.empty()) zone.servers = vertices_of(said.servers);
      zone.delegation = vertices_of(said.delegation);
    }
    for (auto& [apex, zone] : plans_) {
      if (zone.delegation.empty()) zone.delegation = zone.servers;
      for (const Vertex server : zone.servers) all_servers_.insert(server);
      for (const Vertex server : zone.delegation) all_servers_.insert(server);
    }
    for (const Vertex server : all_servers_) plan_above(server_name(server));
    for (const auto& [apex, zone] : plans_)
      if (!apex.is_root()) plans_.at(zone_of(apex.parent())).children.push_back(apex);
  }

  // The zone of a name's last label, unless that is all there is to it; arpa's only one is the root's own
  // child.
  void plan_above(Name name) {
    if (name.label_count() < 2) return;
    while (name.label_count() > 1) name = name.parent();
    if (name != kArpa) plans_.try_emplace(name);
  }

  std::vector<Vertex> vertices_of(const std::vector<std::string>& nodes) const {
    std::vector<Vertex> found;
    for (const std::string& one : nodes) found.push_back(vertex_.at(one));
    return found;
  }

  // The zone that a name is in.
  Name zone_of(Name name) const {
    while (!plans_.contains(name)) name = name.parent();
    return name;
  }

  void add(const Name& owner, Rdata data) {
    plans_.at(zone_of(owner)).records.emplace_back(owner, std::move(data));
  }

  // What hosts and servers are called, and what their addresses are called.
  void gather_records() {
    for (const scenario::Host& host : scenario_.hosts) {
      const net::Address where = address(vertex_.at(host.name));
      const Name hostname = name_of(host.hostname);
      if (hostname.is_root()) continue;
      add(hostname, dns::A{where.value});
      add(dns::reverse_name(where.value), dns::Ptr{hostname});
    }
    for (const auto& [part, root] : roots_) add(root.name, dns::A{address(root.vertex).value});
    for (const Vertex server : all_servers_)
      if (!host_.contains(node(server)) && !is_root(server))
        add(server_name(server), dns::A{address(server).value});
  }
  bool is_root(Vertex v) const {
    const auto root = roots_.find(parts_.of[v]);
    return root != roots_.end() && root->second.vertex == v;
  }

  dns::Zone make(const Name& apex, const Plan& plan, const Root& root) const {
    const scenario::DnsZone* const said = plan.said;
    const std::uint32_t ttl_s =
        said != nullptr ? said->ttl_s.value_or(scenario_.dns.ttl_s) : scenario_.dns.ttl_s;
    dns::Zone zone(apex);
    const auto put = [&](const Name& owner, Rdata data) {
      zone.add({owner, dns::Class::in, ttl_s, std::move(data)});
    };
    const std::vector<Name> servers = server_names(plan.servers, root);
    if (said == nullptr || !says(*said, apex, dns::Type::soa)) put(apex, soa(apex, servers.front()));
    for (const Name& server : servers) put(apex, dns::Ns{server});
    put_exchangers(plan, [&](dns::Mx mx) { put(apex, std::move(mx)); });
    for (const auto& [owner, data] : plan.records) put(owner, data);
    for (const Name& child : plan.children) {
      const Plan& below = plans_.at(child);
      for (const Name& server : server_names(below.delegation, root)) {
        put(child, dns::Ns{server});
        put_glue(zone, server, put);
      }
    }
    if (said != nullptr)
      for (const scenario::DnsRecord& one : said->records) zone.add(one.record);
    return zone;
  }

  std::vector<Name> server_names(const std::vector<Vertex>& servers, const Root& root) const {
    if (servers.empty()) return {root.name};
    std::vector<Name> names;
    for (const Vertex server : servers) names.push_back(server_name(server));
    return names;
  }

  static bool says(const scenario::DnsZone& said, const Name& owner, dns::Type type) {
    return std::ranges::any_of(said.records, [&](const scenario::DnsRecord& one) {
      return one.record.type() == type && one.record.owner == owner;
    });
  }

  Rdata soa(const Name& apex, const Name& primary) const {
    dns::Soa soa;
    soa.primary = primary;
    soa.responsible = apex.child("hostmaster").value_or(apex);
    soa.minimum_s = scenario_.dns.negative_ttl_s;
    return soa;
  }

  template <class Put>
  void put_exchangers(const Plan& plan, Put&& put) const {
    if (plan.said != nullptr && plan.said->null_mx) return put(dns::Mx{0, Name()});
    if (plan.said != nullptr && !plan.said->mx.empty()) {
      for (const scenario::DnsExchanger& one : plan.said->mx)
        put(dns::Mx{one.preference, one.host ? name_of(host_.at(*one.host)->hostname) : one.name});
    } else if (plan.mail_host != nullptr) {
      put(dns::Mx{kMxPreference, name_of(plan.mail_host->hostname)});
    }
  }

  // RFC 1034 §4.2.1: the address of a server whose name is below a cut of this zone.
  template <class Put>
  void put_glue(const dns::Zone& zone, const Name& server, Put&& put) const {
    const Name home = zone_of(server);
    if (home == zone.apex() || !server.is_within(zone.apex())) return;
    for (const auto& [owner, data] : plans_.at(home).records)
      if (owner == server && std::holds_alternative<dns::A>(data)) put(owner, data);
  }

  const Name kArpa = name_of("arpa");
  const scenario::Scenario& scenario_;
  const topology::Graph& graph_;
  net::Routes routes_;
  topology::Components parts_;
  std::map<std::string, Vertex, std::less<>> vertex_;
  std::map<std::string, const scenario::Host*, std::less<>> host_;
  std::map<std::size_t, Root> roots_;  // by part of the network
  std::map<Name, Plan> plans_;
  std::set<Vertex> all_servers_;  // named by some zone, but for the root's nodes
};

}  // namespace

NameSystem make_name_system(const scenario::Scenario& scenario) {
  return Builder(scenario).build();
}

StaticNames table_of(const NameSystem& names) {
  StaticNames table;
  std::set<Name> done;
  const auto add = [&](const dns::Zone& zone) {
    if (!done.insert(zone.apex()).second) return;
    for (const auto& [owner, sets] : zone.nodes()) {
      if (zone.cut_above(owner)) continue;  // its own zone says it
      for (const auto& [type, set] : sets)
        for (const Rdata& data : set.data) table.add(owner.text(), data);
    }
  };
  for (const auto& [node, zones] : names.zones_at)
    for (const dns::Zone& zone : zones) add(zone);
  for (const dns::Zone& zone : names.unserved) add(zone);
  return table;
}

}  // namespace mailroom::agents
