// SPDX-License-Identifier: GPL-2.0-only
// Mail hosts on a network in memory, and questions about what they recorded.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/agents/directory.hpp"
#include "sim/agents/mta.hpp"
#include "sim/agents/user_agent.hpp"
#include "sim/trace/conservation.hpp"
#include "sim/trace/memory_sink.hpp"
#include "tests/sim/agents/support/fake_network.hpp"

namespace mailroom::test {

using trace::Kind;
using trace::StoredEvent;

// A mail host as most tests want it: serves one domain, with these users.
inline scenario::Host mail_host(const std::string& name, const std::string& domain,
                                const std::vector<std::string>& users = {}) {
  scenario::Host host;
  host.name = name;
  host.hostname = name + ".test";
  if (!domain.empty()) host.domains = {domain};
  for (const std::string& user : users) {
    scenario::User account;
    account.local_part = user;
    host.users.push_back(account);
  }
  host.receiver = true;
  return host;
}

inline scenario::Host as_rfc821(scenario::Host host) {
  host.smtp.extended = false;
  return host;
}

struct Letter {
  std::string text = "Hello.\r\n";
  std::optional<std::int64_t> size_bytes{};
  std::optional<std::string> eml{};
  std::optional<smtp::Notify> notify{};
  std::optional<smtp::Return> ret{};
  std::optional<std::string> envelope_id{};
};

// Finds next hops in the directory, except for those that a test names exchangers for, or why there are none.
class TestLocator final : public agents::Locator {
 public:
  TestLocator(const agents::Directory& directory, FakeClock& clock) : directory_(directory), clock_(clock) {}
  void locate(const agents::NextHop& next_hop, std::function<void(const agents::Located&)> found) override {
    const auto known = exchangers.find(next_hop.name);
    const auto none = unlocated.find(next_hop.name);
    if (known == exchangers.end() && none == unlocated.end()) return directory_.locate(next_hop, std::move(found));
    const agents::Located located =
        none == unlocated.end() ? agents::Located(known->second) : std::unexpected(none->second);
    if (delay_ns == 0) return found(located);
    clock_.after(delay_ns, [found = std::move(found), located] { found(located); });
  }
  std::map<std::string, std::vector<agents::Exchanger>> exchangers;  // by the next hop's name
  std::map<std::string, agents::Unlocated> unlocated;
  std::int64_t delay_ns = 0;

 private:
  agents::DirectoryLocator directory_;
  FakeClock& clock_;
};

class MailWorld {
 public:
  explicit MailWorld(trace::Level level = trace::Level::full)
      : recorder(sink, level), clock(recorder), fabric(recorder, clock) {}

  struct Site {
    scenario::Host config;
    std::unique_ptr<FakeHost> host;
    std::unique_ptr<agents::Mta> mta;
    std::unique_ptr<agents::UserAgent> user_agent;
    net::Address address() { return host->network().address(); }
    std::int64_t queued() const { return static_cast<std::int64_t>(mta->queue().recipients()); }
  };

  // Hosts that forward to others are added after those.
  Site& add(scenario::Host config) {
    auto made = std::make_unique<Site>();
    Site& site = *made;
    site.config = std::move(config);
    const trace::HostId id{static_cast<std::int64_t>(sites.size()) + 1};
    site.host = std::make_unique<FakeHost>(fabric, id, site.config.name, site.config.disk_bytes);
    directory.add_host(site.config.name, {site.address(), site.config.port}, site.config.hostname);
    if (site.config.receiver) {
      directory.add_domain(site.config.hostname, site.config.name);
      for (const std::string& domain : site.config.domains) directory.add_domain(domain, site.config.name);
    }
    directory.add_lists(site.config);
    site.mta = std::make_unique<agents::Mta>(*site.host, site.config, directory, locator);
    site.user_agent = std::make_unique<agents::UserAgent>(*site.mta);
    site.mta->start();
    sites.push_back(std::move(made));
    return site;
  }
  // As sim/main does for hosts that are set up to forward through each other.
  static void permit(Site& relay, Site& client) { relay.mta->relay().add_client(client.address()); }

  bool send(Site& at, const std::string& from, const std::vector<std::string>& to,
            const Letter& letter = {}) {
    scenario::Traffic& traffic = traffic_.emplace_back();
    traffic.name = "t" + std::to_string(traffic_.size());
    traffic.subject = "Test";
    traffic.text = letter.text;
    traffic.size_bytes = letter.size_bytes;
    traffic.eml = letter.eml;
    traffic.notify = letter.notify;
    traffic.ret = letter.ret;
    traffic.envelope_id = letter.envelope_id;
    return at.user_agent->send(traffic, from, to);
  }

  // ---- what happened
  std::vector<StoredEvent> of(Kind kind) const { return sink.of(kind); }
  std::size_t count(Kind kind) const { return sink.of(kind).size(); }
  const StoredEvent* event(trace::EventId id) const {
    for (const StoredEvent& stored : sink.events) {
      if (stored.id == id) return &stored;
    }
    return nullptr;
  }
  // The kinds of what led to an event, itself first.
  std::vector<Kind> chain(const StoredEvent& of) const {
    std::vector<Kind> kinds{of.kind};
    for (const StoredEvent* at = event(of.cause); at != nullptr; at = event(at->cause)) {
      EXPECT_LT(at->id, of.id) << "a cause comes before its effect";
      kinds.push_back(at->kind);
    }
    return kinds;
  }
  std::vector<std::int64_t> times(Kind kind) const {
    std::vector<std::int64_t> found;
    for (const StoredEvent& stored : sink.of(kind)) found.push_back(stored.time_ns);
    return found;
  }
  // The lines of a connection as its two ends recorded them: "C: MAIL FROM:<…>", "S: 250 OK".
  std::vector<std::string> dialogue(std::int64_t connection = 1) const {
    std::vector<std::string> lines;
    for (const StoredEvent& stored : sink.events) {
      if (stored.connection.value != connection) continue;
      if (stored.kind == Kind::command_sent) lines.push_back("C: " + stored.text);
      if (stored.kind == Kind::reply_received)
        lines.push_back("S: " + std::to_string(stored.code) + " " + stored.text);
    }
    return lines;
  }
  // Whole messages as appended to a mailbox, in order.
  std::vector<std::string> mailbox(const std::string& name) const {
    std::vector<std::string> found;
    for (const StoredEvent& stored : sink.of(Kind::mailbox_appended)) {
      if (stored.text == name) found.push_back(prefix_of(stored) + sink.contents.at(stored.content));
    }
    return found;
  }
  // The trace fields that an appended message has before its content.
  static std::string prefix_of(const StoredEvent& appended) {
    return nlohmann::json::parse(appended.detail).at("trace_fields").get<std::string>();
  }

  // Nothing was lost, doubled in the books, or left without an owner.
  void expect_conserved() const {
    trace::Conservation conservation(trace::Level::full);
    for (const StoredEvent& event : sink.events) conservation.read(event);
    for (const auto& site : sites) {
      const auto owned = conservation.owned().find(site->host->id());
      EXPECT_EQ(owned == conservation.owned().end() ? 0 : owned->second, site->queued()) << site->config.name;
    }
    for (const trace::Violation& wrong : conservation.finish().violations)
      ADD_FAILURE() << "event " << wrong.event.value << ": " << wrong.text;
  }
  // And all is done: no queue holds anything, no disk block is lost.
  void expect_all_done() const {
    expect_conserved();
    for (const auto& site : sites) {
      EXPECT_EQ(site->queued(), 0) << site->config.name;
      std::int64_t stored = 0;
      for (const StoredEvent& event : sink.of(Kind::mailbox_appended)) {
        if (event.host == site->host->id()) stored += event.size.value_or(0);
      }
      EXPECT_EQ(site->host->disk().used_bytes(), stored)
          << site->config.name << ": the spool gave back what it took";
    }
  }

  trace::MemorySink sink;
  trace::Recorder recorder;
  FakeClock clock;
  FakeFabric fabric;
  agents::Directory directory;
  TestLocator locator{directory, clock};
  std::vector<std::unique_ptr<Site>> sites;

 private:
  std::deque<scenario::Traffic> traffic_;
};

}  // namespace mailroom::test
