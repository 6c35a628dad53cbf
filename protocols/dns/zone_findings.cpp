// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/zone_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace mailroom::dns {

namespace {

// Four numbers, as of an IPv4 address, with or without the origin behind.
bool looks_like_address(const Name& name) {
  std::string text;
  Name rest = name;
  for (int i = 0; i < 4; ++i, rest = rest.parent())
    text += (i == 0 ? "" : ".") + std::string(rest.first_label());
  return parse_ipv4(text).has_value();
}

class Inspection {
 public:
  explicit Inspection(const Zone& zone) : zone_(zone) {}

  std::vector<ZoneFinding> run() {
    apex();
    find_circles();
    for (const Record& record : zone_.outside())
      find(ZoneFault::outside_zone, record.owner, "\"{}\" is not within {}; it belongs into another zone",
           text(record), zone_.apex().absolute_text());
    for (const auto& [owner, node] : zone_.nodes()) {
      const auto cut = zone_.cut_above(owner);
      if (cut && *cut != owner) {
        hidden(owner, node, *cut);
        continue;
      }
      for (const auto& [type, set] : node)
        if (set.ttls_differed)
          find(ZoneFault::ttls_differ, owner,
               "the {} records of {} have different TTLs; {} s is used for all", name(type),
               owner.absolute_text(), set.ttl_s);
      if (const auto cname = node.find(Type::cname); cname != node.end()) alias(owner, node, cname->second);
      if (const auto mx = node.find(Type::mx); mx != node.end()) exchangers(owner, mx->second);
      if (const auto ns = node.find(Type::ns); ns != node.end()) servers(owner, ns->second);
    }
    return std::move(found_);
  }

 private:
  template <typename... Arguments>
  void find(ZoneFault fault, const Name& owner, fmt::format_string<Arguments...> format,
            Arguments&&... arguments) {
    found_.push_back({fault, owner, fmt::format(format, std::forward<Arguments>(arguments)...)});
  }

  void apex() {
    const Name& apex = zone_.apex();
    const RrSet* soa = zone_.set(apex, Type::soa);
    if (soa == nullptr) {
      find(ZoneFault::no_soa, apex,
           "the zone {} has no SOA record; without one nobody can cache that a name does not exist",
           apex.absolute_text());
    } else if (soa->data.size() > 1) {
      find(ZoneFault::several_soas, apex, "the zone {} has {} SOA records; it has one", apex.absolute_text(),
           soa->data.size());
    }
    if (zone_.set(apex, Type::ns) == nullptr)
      find(ZoneFault::no_ns, apex, "the zone {} has no NS records; they name its servers",
           apex.absolute_text());
  }

  // Addresses of a delegation's servers are glue; what else stands there is never answered.
  void hidden(const Name& owner, const Zone::Node& node, const Name& cut) {
    for (const auto& [type, set] : node)
      if (type != Type::a && type != Type::aaaa)
        find(ZoneFault::hidden_by_cut, owner,
             "the {} records of {} are never served, since {} is delegated; they belong into its own zone",
             name(type), owner.absolute_text(), cut.absolute_text());
  }

  void alias(const Name& owner, const Zone::Node& node, const RrSet& set) {
    const std::string owner_text = owner.absolute_text();
    if (node.size() > 1)
      find(ZoneFault::cname_with_other_data, owner,
           "{} has a CNAME record and others; the others are not seen, an alias has nothing else",
           owner_text);
    if (set.data.size() > 1)
      find(ZoneFault::several_cnames, owner, "{} has {} CNAME records; an alias has one", owner_text,
           set.data.size());
    const Name& target = std::get<Cname>(set.data.front()).target;
    if (is_ours(target) && !zone_.exists(target) && wildcard_of(target) == nullptr)
      find(ZoneFault::cname_to_nothing, owner, "{} is an alias of {}, which does not exist", owner_text,
           target.absolute_text());
    if (const auto circle = circles_.find(owner); circle != circles_.end())
      find(ZoneFault::cname_loop, owner, "{} is an alias of itself, by {} names; the last one must have data",
           owner_text, circle->second);
  }

  // The aliases that lead back to themselves, with how many names their circle has. Each name is walked over
  // once, however long the chains are.
  void find_circles() {
    std::map<Name, const Name*> walked;  // by the walk that began there
    for (const auto& [owner, node] : zone_.nodes()) {
      std::vector<const Name*> way;
      const Name* at = &owner;
      for (const RrSet* alias = zone_.set(*at, Type::cname); alias != nullptr;
           alias = is_ours(*at) ? zone_.set(*at, Type::cname) : nullptr) {
        if (!walked.emplace(*at, &owner).second) break;
        way.push_back(at);
        at = &std::get<Cname>(alias->data.front()).target;
      }
      const auto again = walked.find(*at);
      if (again == walked.end() || again->second != &owner) continue;  // nowhere, or into an earlier walk
      const auto begin = std::ranges::find(way, *at, [](const Name* name) -> const Name& { return *name; });
      const auto size = static_cast<std::size_t>(way.end() - begin);
      for (auto it = begin; it != way.end(); ++it) circles_.emplace(**it, size);
    }
  }

  void exchangers(const Name& owner, const RrSet& set) {
    const std::string owner_text = owner.absolute_text();
    for (const Rdata& data : set.data) {
      const auto& [preference, exchange] = std::get<Mx>(data);
      if (exchange.is_root()) {
        if (set.data.size() > 1)
          find(ZoneFault::null_mx_with_others, owner,
               "{} says that it takes no mail (MX 0 .) and has other MX records; one or the other",
               owner_text);
        if (preference != 0)
          find(ZoneFault::null_mx_preference, owner,
               "the null MX of {} has the preference {}; it should be 0", owner_text, preference);
      } else if (looks_like_address(exchange)) {
        find(ZoneFault::mx_to_address, owner,
             "the MX of {} points to {}, which is a name of numbers and no address; name a host", owner_text,
             exchange.absolute_text());
      } else if (zone_.set(exchange, Type::cname) != nullptr) {
        find(ZoneFault::mx_to_cname, owner,
             "the MX of {} points to {}, which is an alias; name the host itself", owner_text,
             exchange.absolute_text());
      } else if (is_ours(exchange) && !has_address(exchange)) {
        find(ZoneFault::mx_without_address, owner, "the MX of {} points to {}, which has no address",
             owner_text, exchange.absolute_text());
      }
    }
  }

  void servers(const Name& owner, const RrSet& set) {
    const std::string owner_text = owner.absolute_text();
    const bool is_cut = owner != zone_.apex();
    for (const Rdata& data : set.data) {
      const Name& server = std::get<Ns>(data).server;
      if (is_cut && server.is_within(owner)) {
        if (!has_address(server))
          find(ZoneFault::missing_glue, owner,
               "{} is delegated to {}, which lies in it and whose address is not given here; nobody can find "
               "it",
               owner_text, server.absolute_text());
      } else if (zone_.set(server, Type::cname) != nullptr) {
        find(ZoneFault::ns_to_cname, owner, "the server {} of {} is an alias; name the host itself",
             server.absolute_text(), owner_text);
      } else if (is_ours(server) && !has_address(server)) {
        find(ZoneFault::ns_without_address, owner, "the server {} of {} has no address",
             server.absolute_text(), owner_text);
      }
    }
  }

  // This zone, and no delegated one, says what it has.
  bool is_ours(const Name& name) const { return name.is_within(zone_.apex()) && !zone_.cut_above(name); }

  const Zone::Node* wildcard_of(const Name& name) const {
    Name encloser = name;
    while (!zone_.exists(encloser)) encloser = encloser.parent();
    const auto wildcard = encloser == name ? std::nullopt : encloser.child("*");
    return wildcard ? zone_.node(*wildcard) : nullptr;
  }

  bool has_address(const Name& name) const {
    const Zone::Node* node = zone_.node(name);
    if (node == nullptr && name.is_within(zone_.apex())) node = wildcard_of(name);
    return node != nullptr && (node->contains(Type::a) || node->contains(Type::aaaa));
  }

  const Zone& zone_;
  std::map<Name, std::size_t> circles_;
  std::vector<ZoneFinding> found_;
};

constexpr std::pair<ZoneFault, std::string_view> kNames[] = {
    {ZoneFault::no_soa, "no_soa"},
    {ZoneFault::several_soas, "several_soas"},
    {ZoneFault::no_ns, "no_ns"},
    {ZoneFault::outside_zone, "outside_zone"},
    {ZoneFault::ttls_differ, "ttls_differ"},
    {ZoneFault::cname_with_other_data, "cname_with_other_data"},
    {ZoneFault::several_cnames, "several_cnames"},
    {ZoneFault::cname_loop, "cname_loop"},
    {ZoneFault::cname_to_nothing, "cname_to_nothing"},
    {ZoneFault::mx_to_cname, "mx_to_cname"},
    {ZoneFault::ns_to_cname, "ns_to_cname"},
    {ZoneFault::mx_to_address, "mx_to_address"},
    {ZoneFault::mx_without_address, "mx_without_address"},
    {ZoneFault::ns_without_address, "ns_without_address"},
    {ZoneFault::null_mx_with_others, "null_mx_with_others"},
    {ZoneFault::null_mx_preference, "null_mx_preference"},
    {ZoneFault::missing_glue, "missing_glue"},
    {ZoneFault::hidden_by_cut, "hidden_by_cut"},
};

}  // namespace

std::string_view name(ZoneFault fault) {
  return std::ranges::find(kNames, fault, &std::pair<ZoneFault, std::string_view>::first)->second;
}

std::vector<ZoneFinding> findings(const Zone& zone) {
  return Inspection(zone).run();
}

}  // namespace mailroom::dns
