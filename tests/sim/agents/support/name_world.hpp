// SPDX-License-Identifier: GPL-2.0-only
// Name servers and a resolver on the network in memory, and what they recorded.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/dns/master_reader.hpp"
#include "sim/agents/dns_server.hpp"
#include "sim/agents/name_resolver.hpp"
#include "sim/trace/memory_sink.hpp"
#include "tests/sim/agents/support/fake_network.hpp"

namespace mailroom::test {

using agents::NameAnswer;
using agents::RecordType;
using trace::Kind;
using trace::StoredEvent;

inline dns::Name dns_name(std::string_view text) {
  return *dns::Name::parse(text);
}

// A zone of these lines of a master file.
inline dns::Zone zone_of(std::string_view apex, const std::vector<std::string>& lines) {
  dns::Zone zone(dns_name(apex));
  dns::MasterReader reader(zone.apex(), 3600);
  for (const std::string& line : lines) {
    const auto record = reader.read_line(line);
    EXPECT_TRUE(record.has_value() && record->has_value()) << line;
    if (record && *record) zone.add(**record);
  }
  return zone;
}

// The root at host 1, example at host 2, a spare one at host 3; who asks is host 4.
class NameWorld {
 public:
  explicit NameWorld(trace::Level level = trace::Level::full) : recorder(sink, level) {
    for (const char* name : {"root", "example", "spare", "client"})
      hosts.push_back(
          std::make_unique<FakeHost>(fabric, trace::HostId{std::ssize(hosts) + 1}, name, 1'000'000));
  }
  FakeHost& client() { return *hosts[3]; }

  // Host `number` serves these.
  void serve(std::size_t number, std::vector<dns::Zone> zones, std::uint16_t udp_octets = 1232) {
    servers.push_back(std::make_unique<agents::DnsServer>(*hosts[number - 1], std::move(zones),
                                                          dns::AuthorityOptions{.udp_octets = udp_octets}));
    servers.back()->start();
  }
  // The usual: a root that delegates example, and example with these lines.
  void serve_example(const std::vector<std::string>& lines, std::uint16_t udp_octets = 1232) {
    serve(1, {zone_of(".", {"@ SOA a.root-servers.test. h. 1 1 1 1 300", "@ NS a.root-servers.test.",
                            "a.root-servers.test A 10.0.0.1", "example NS ns.example.",
                            "ns.example A 10.0.0.2"})});
    std::vector<std::string> all = {"@ SOA ns h 1 1 1 1 300", "@ NS ns", "ns A 10.0.0.2"};
    all.insert(all.end(), lines.begin(), lines.end());
    serve(2, {zone_of("example", all)}, udp_octets);
  }
  agents::NameResolver& resolver() {
    if (!resolver_)
      resolver_ = std::make_unique<agents::NameResolver>(
          client(), options, std::vector<dns::RootHint>{{dns_name("a.root-servers.test"), 0x0a000001}});
    return *resolver_;
  }
  // Asks and runs until all is quiet.
  NameAnswer ask(std::string_view name, RecordType type) {
    std::optional<NameAnswer> given;
    int times = 0;
    resolver().look_up(name, type, [&](const NameAnswer& answer) {
      given = answer;
      ++times;
    });
    clock.run();
    EXPECT_EQ(times, 1) << "every question is answered once";
    return given.value_or(NameAnswer{});
  }

  std::vector<std::string> texts(Kind kind) const {
    std::vector<std::string> found;
    for (const StoredEvent& event : sink.of(kind)) found.push_back(event.text);
    return found;
  }
  std::size_t count(Kind kind) const { return sink.of(kind).size(); }
  const StoredEvent* event(trace::EventId id) const {
    for (const StoredEvent& stored : sink.events)
      if (stored.id == id) return &stored;
    return nullptr;
  }
  // The kinds of what led to an event, itself first.
  std::vector<Kind> chain(const StoredEvent& of) const {
    std::vector<Kind> kinds{of.kind};
    for (const StoredEvent* at = event(of.cause); at != nullptr; at = event(at->cause))
      kinds.push_back(at->kind);
    return kinds;
  }

  trace::MemorySink sink;
  trace::Recorder recorder;
  FakeClock clock{recorder};
  FakeFabric fabric{recorder, clock};
  dns::ResolverOptions options;
  std::vector<std::unique_ptr<FakeHost>> hosts;
  std::vector<std::unique_ptr<agents::DnsServer>> servers;

 private:
  std::unique_ptr<agents::NameResolver> resolver_;
};

}  // namespace mailroom::test
