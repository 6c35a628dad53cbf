// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "protocols/dns/zone_findings.hpp"
#include "sim/agents/zones.hpp"

namespace mailroom::agents {
namespace {

using scenario::Diagnostic;
using scenario::DnsZone;
using scenario::Place;

class Warnings {
 public:
  Warnings(const scenario::Scenario& scenario, const std::string& file)
      : scenario_(scenario), file_(file), names_(make_name_system(scenario)), table_(table_of(names_)) {
    for (const auto& [node, zones] : names_.zones_at)
      for (const dns::Zone& zone : zones) zones_.emplace(zone.apex(), &zone);
    for (const dns::Zone& zone : names_.unserved) zones_.emplace(zone.apex(), &zone);
    for (const scenario::Host& host : scenario.hosts)
      hostnames_.emplace(host.name, dns::Name::parse(host.hostname).value_or(dns::Name()));
  }

  std::vector<Diagnostic> take() {
    for (const DnsZone& said : scenario_.dns.zones) {
      for (const dns::ZoneFinding& finding : dns::findings(*zones_.at(said.apex))) {
        // "what is wrong; what would be right"
        const std::size_t end = finding.text.rfind("; ");
        add(place_of(finding, said), finding.text.substr(0, end),
            end == std::string::npos ? "" : finding.text.substr(end + 2));
      }
      look_for_exchangers(said);
      look_at_delegation(said);
    }
    std::ranges::stable_sort(made_, {},
                             [](const Diagnostic& one) { return std::pair(one.line, one.column); });
    return std::move(made_);
  }

 private:
  void add(Place at, std::string wrong, std::string right) {
    made_.push_back({file_, at.line, at.column, std::move(wrong), std::move(right)});
  }

  const dns::Name& exchange(const scenario::DnsExchanger& one) const {
    return one.host ? hostnames_.at(*one.host) : one.name;
  }

  // The line of the scenario that the finding is about: one about its owner, of those the one whose data it
  // names, if there is any; else the zone's.
  Place place_of(const dns::ZoneFinding& finding, const DnsZone& said) {
    std::optional<Place> same_owner;
    const auto consider = [&](const dns::Name& owner, const dns::Name* target, Place at) {
      if (owner != finding.owner) return false;
      if (!same_owner) same_owner = at;
      if (target == nullptr) return false;
      const std::string name = " " + target->absolute_text();
      return finding.text.find(name + ",") != std::string::npos ||
             finding.text.find(name + " ") != std::string::npos;
    };
    for (const scenario::DnsExchanger& one : said.mx)
      if (consider(said.apex, &exchange(one), one.at)) return one.at;
    for (const scenario::DnsRecord& one : said.records)
      if (consider(one.record.owner, dns::named_host(one.record.data), one.at)) return one.at;
    return same_owner.value_or(said.at);
  }

  // The zone's own findings tell of names within it.
  void look_for_exchangers(const DnsZone& said) {
    for (const scenario::DnsExchanger& one : said.mx) {
      const dns::Name& name = exchange(one);
      if (name.is_root() || name.is_within(said.apex) || dns::parse_ipv4(name.text())) continue;
      table_.look_up(name.text(), RecordType::a, [&](const NameAnswer& answer) {
        if (answer.status == NameAnswer::Status::found) return;
        add(one.at,
            fmt::format("the MX of {} points to {}, which has no address", said.apex.absolute_text(),
                        name.absolute_text()),
            "name a host, or give its zone an A record");
      });
    }
  }

  void look_at_delegation(const DnsZone& said) {
    for (const std::string& node : said.delegation) {
      const auto zones = names_.zones_at.find(node);
      if (zones != names_.zones_at.end() &&
          std::ranges::any_of(zones->second, [&](const dns::Zone& one) { return one.apex() == said.apex; }))
        continue;
      add(said.at,
          fmt::format("{} is delegated to {}, which does not serve it: a lame delegation",
                      said.apex.absolute_text(), node),
          "name it in 'servers', too");
    }
  }

  const scenario::Scenario& scenario_;
  const std::string& file_;
  const NameSystem names_;
  StaticNames table_;
  std::map<dns::Name, const dns::Zone*> zones_;  // of one of the servers of each
  std::map<std::string, dns::Name> hostnames_;
  std::vector<Diagnostic> made_;
};

}  // namespace

std::vector<Diagnostic> zone_warnings(const scenario::Scenario& scenario, const std::string& file) {
  if (scenario.dns.zones.empty() || scenario.hosts.empty()) return {};
  return Warnings(scenario, file).take();
}

}  // namespace mailroom::agents
