// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_dns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "protocols/dns/master_reader.hpp"
#include "sim/scenario/fields.hpp"

namespace mailroom::scenario {
namespace {

// RFC 2181 §8: 31 bits.
constexpr std::int64_t kMostTtl_s = std::numeric_limits<std::int32_t>::max();

Place place_of(const Position& at) {
  return {at.line, at.column};
}

class Reader {
 public:
  Reader(const Topology& topology, const Hosts& hosts, Report& report)
      : topology_(topology), hosts_(hosts), report_(report) {}

  Dns read(const Value& value) {
    const Fields fields(value, object("dns"), report_);
    if (const auto mode = fields.choice("mode"))
      made_.mode = *mode == 0 ? Dns::Mode::servers : Dns::Mode::static_table;
    if (const auto ttl_s = read_ttl(fields, "ttl")) made_.ttl_s = *ttl_s;
    if (const auto ttl_s = read_ttl(fields, "negative-ttl")) made_.negative_ttl_s = *ttl_s;
    std::int64_t udp_octets = made_.udp_octets;
    fields.count("udp-size", udp_octets, 512, 65'507);
    made_.udp_octets = static_cast<std::uint16_t>(udp_octets);
    if (std::string root; fields.text("root", root) && is_node({root, fields.at("root")}, "'root'"))
      made_.root = root;
    if (const Value* zones = fields.find("zones")) read_zones(*zones);
    return std::move(made_);
  }

 private:
  std::optional<std::uint32_t> read_ttl(const Fields& fields, std::string_view key) {
    std::int64_t ttl_ns = 0;
    if (!fields.duration(key, ttl_ns)) return std::nullopt;
    if (ttl_ns % kSecond != 0 || ttl_ns / kSecond > kMostTtl_s) {
      report_.mistake(fields.at(key), fmt::format("'{}' is no time to live", key),
                      "write whole seconds, at most 68 years (RFC 2181 §8)");
      return std::nullopt;
    }
    return static_cast<std::uint32_t>(ttl_ns / kSecond);
  }

  bool is_node(const Word& word, std::string_view what) {
    const auto found = topology_.vertices.find(word.text);
    if (found == topology_.vertices.end()) {
      if (!topology_.is_complete) return false;
      std::vector<std::string> names;
      for (const topology::Vertex v : boost::make_iterator_range(vertices(topology_.graph)))
        if (!topology_.graph[v].is_lan) names.push_back(topology_.graph[v].name);
      report_.mistake(
          word.at, fmt::format("{} names {}, which is no node", what, shown(word.text)),
          report_.is_full() || names.empty() ? "name a host or router" : suggest(word.text, names));
      return false;
    }
    if (!topology_.graph[found->second].is_lan) return true;
    report_.mistake(word.at, fmt::format("{} names {}, which is a LAN", what, shown(word.text)),
                    "name a host or router on it");
    return false;
  }

  std::vector<std::string> read_nodes(const Fields& fields, std::string_view key) {
    std::vector<std::string> nodes;
    for (const Word& word : fields.texts(key)) {
      if (!is_node(word, fmt::format("'{}'", key))) continue;
      if (std::ranges::find(nodes, word.text) == nodes.end())
        nodes.push_back(word.text);
      else
        report_.mistake(word.at, fmt::format("{} twice", shown(word.text)), "name it once");
    }
    return nodes;
  }

  void read_zones(const Value& value) {
    if (value.kind != Value::Kind::map)
      return report_.mistake(value.at, fmt::format("{} for 'zones'", describe(value)),
                             "write a map: a zone's name, a colon, what it has");
    std::set<dns::Name> known;
    for (const Value::Entry& entry : value.entries) {
      const auto apex = dns::Name::parse(entry.key);
      if (!apex)
        report_.mistake(entry.key_at, fmt::format("{} is no domain name", shown(entry.key)),
                        "write one such as north.example");
      else if (!known.insert(*apex).second)
        report_.mistake(entry.key_at, fmt::format("the zone {} twice", shown(entry.key)), "describe it once");
      else
        read_zone(*apex, entry);
    }
  }

  void read_zone(const dns::Name& apex, const Value::Entry& entry) {
    DnsZone zone;
    zone.apex = apex;
    zone.at = place_of(entry.key_at);
    const Fields fields(*entry.value, object("zone"), report_);
    zone.servers = read_nodes(fields, "servers");
    zone.delegation = read_nodes(fields, "delegation");
    zone.ttl_s = read_ttl(fields, "ttl");
    fields.flag("null-mx", zone.null_mx);
    for (const Word& word : fields.texts("mx")) read_exchanger(word, zone);
    if (zone.null_mx && !zone.mx.empty())
      report_.mistake(fields.at("mx"), "'mx' and 'null-mx' at one zone",
                      "a domain that takes no mail has no other MX (RFC 7505 §3)");
    read_records(fields, zone);
    made_.zones.push_back(std::move(zone));
  }

  // "10 mx1.north"
  void read_exchanger(const Word& word, DnsZone& zone) {
    constexpr std::string_view kRight = "write a preference and a host, such as \"10 mx1\"";
    const std::size_t blank = word.text.find(' ');
    const std::size_t rest = blank == std::string::npos ? blank : word.text.find_first_not_of(' ', blank);
    DnsExchanger exchanger;
    const char* const end = word.text.data() + std::min(blank, word.text.size());
    const auto number = std::from_chars(word.text.data(), end, exchanger.preference);
    if (rest == std::string::npos || number.ec != std::errc() || number.ptr != end)
      return report_.mistake(word.at, fmt::format("{} is no MX", shown(word.text)), std::string(kRight));
    const std::string who = word.text.substr(rest);
    if (const auto host = hosts_.index.find(who); host != hosts_.index.end()) {
      exchanger.host = who;
      if (!hosts_.hosts[host->second].receiver)
        report_.warning(word.at, fmt::format("the MX {} has no SMTP receiver", shown(who)),
                        "name a host that has, or set 'receiver: true' there");
    } else if (const auto name = dns::Name::parse(who); name && who.find(' ') == std::string::npos) {
      exchanger.name = *name;
    } else {
      return report_.mistake(word.at, fmt::format("{} is neither a host nor a domain name", shown(who)),
                             std::string(kRight));
    }
    exchanger.at = place_of(word.at);
    zone.mx.push_back(std::move(exchanger));
  }

  void read_records(const Fields& fields, DnsZone& zone) {
    dns::MasterReader reader(zone.apex, zone.ttl_s.value_or(made_.ttl_s));
    for (const Word& word : fields.texts("records")) {
      const auto record = reader.read_line(word.text);
      if (!record) {
        const dns::ParseError& error = record.error();
        const std::string there = shown(word.text.substr(std::min(error.offset, word.text.size())));
        report_.mistake(word.at,
                        error.offset >= word.text.size()
                            ? fmt::format("the record {} ends too early", shown(word.text))
                            : fmt::format("the record {} cannot be read from {} on", shown(word.text), there),
                        fmt::format("{} is expected there ({})", error.expected, error.section));
      } else if (record->has_value()) {
        zone.records.push_back({**record, place_of(word.at)});
      }
    }
  }

  const Topology& topology_;
  const Hosts& hosts_;
  Report& report_;
  Dns made_;
};

}  // namespace

Dns read_dns(const Value* value, const Topology& topology, const Hosts& hosts, Report& report) {
  if (value == nullptr) return {};
  return Reader(topology, hosts, report).read(*value);
}

}  // namespace mailroom::scenario
