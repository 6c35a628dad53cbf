// SPDX-License-Identifier: GPL-2.0-only
// Two worlds for tests of failures: a sender with a short schedule and an MTA to send to, or a scripted
// receiver there.
#pragma once

#include "tests/sim/agents/support/mail_world.hpp"
#include "tests/sim/agents/support/peers.hpp"

namespace mailroom::test {

// A sender with a short schedule, and the host that it sends to.
struct Sending : MailWorld {
  explicit Sending(scenario::Host to = mail_host("b", "b.test", {"bob", "carol"})) : b(add(std::move(to))) {}
  Site& b;
  Site& a = add([] {
    scenario::Host host = mail_host("a", "a.test", {"ann"});
    host.retry.intervals_ns = {10 * kMinute, 20 * kMinute, 30 * kMinute};
    host.retry.give_up_ns = 2 * kHour;
    return host;
  }());
  bool send(const std::vector<std::string>& to = {"bob@b.test"}) {
    return MailWorld::send(a, "ann@a.test", to);
  }
};

inline scenario::Host deaf(const std::string& name, const std::string& domain) {
  scenario::Host host = mail_host(name, domain, {"bob"});
  host.port = 2525;  // its receiver is not where it is looked for
  return host;
}

// A world in which a scripted receiver stands where b's MTA would.
struct Scripted : MailWorld {
  explicit Scripted(ScriptedReceiver::Answer answer = ScriptedReceiver::agree,
                    std::string greeting = "220 scripted.test ready")
      : host(fabric, {1}, "b", 1'000'000), peer(host, std::move(answer), std::move(greeting)) {
    directory.add_host("b", {host.address(), 25});
    directory.add_domain("b.test", "b");
    // Takes the number of the scripted host.
    sites.push_back(std::make_unique<Site>());
    sites[0]->host = std::make_unique<FakeHost>(fabric, trace::HostId{99}, "spare", 1);
    sites[0]->mta = std::make_unique<agents::Mta>(*sites[0]->host, sites[0]->config, directory, locator);
    a = &add([] {
      scenario::Host config = mail_host("a", "a.test", {"ann"});
      config.retry.intervals_ns = {10 * kMinute};
      config.retry.give_up_ns = kHour;
      return config;
    }());
  }
  bool send(const std::vector<std::string>& to = {"bob@b.test"}) {
    return MailWorld::send(*a, "ann@a.test", to);
  }
  FakeHost host;
  ScriptedReceiver peer;
  Site* a = nullptr;
};

inline ScriptedReceiver::Answer instead_of(std::string line, std::string reply) {
  return [line = std::move(line), reply = std::move(reply)](const std::string& heard) {
    return heard.starts_with(line) ? reply : ScriptedReceiver::agree(heard);
  };
}

}  // namespace mailroom::test
