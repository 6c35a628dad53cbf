// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/relay_permission.hpp"

#include <gtest/gtest.h>

namespace mailroom::agents {
namespace {

using Because = RelayPermission::Because;

scenario::Host with(scenario::RelayPolicy policy) {
  scenario::Host host;
  host.forward = {{"B.test", "mx"}, {"*", "hub"}};
  host.relay = std::move(policy);
  return host;
}

std::optional<Because> asked(const RelayPermission& relay, std::string_view domain, std::uint32_t client,
                             bool is_authenticated = false) {
  return relay.permits({domain, {client}, is_authenticated});
}

TEST(RelayPermission, IsGivenForDomainsOfTheTableAndToClients) {
  RelayPermission relay(with({}));
  EXPECT_EQ(asked(relay, "b.TEST", 9), Because::domain);
  EXPECT_EQ(asked(relay, "c.test", 9), std::nullopt) << "\"*\" says where, not for whom";
  relay.add_client({9});
  EXPECT_EQ(asked(relay, "c.test", 9), Because::client);
  EXPECT_EQ(asked(relay, "c.test", 8), std::nullopt);
}

TEST(RelayPermission, IsGivenByNetworkByDomainAndBelowADomain) {
  const scenario::RelayPolicy::Clients clients{.hosts = {}, .networks = {{0x0a010000, 16}}};
  const RelayPermission relay(
      with({.clients = clients, .domains = std::vector<std::string>{"Backup.test", ".below.test"}}));
  EXPECT_EQ(asked(relay, "c.test", 0x0a01ffff), Because::client);
  EXPECT_EQ(asked(relay, "c.test", 0x0a020001), std::nullopt);
  EXPECT_EQ(asked(relay, "backup.test", 1), Because::domain);
  EXPECT_EQ(asked(relay, "x.backup.test", 1), std::nullopt);
  EXPECT_EQ(asked(relay, "x.BELOW.test", 1), Because::domain);
  EXPECT_EQ(asked(relay, "below.test", 1), std::nullopt);
  EXPECT_EQ(asked(relay, "b.test", 1), std::nullopt) << "a list of domains stands instead of the table's";
}

TEST(RelayPermission, IsGivenToWhoHasLoggedInUnlessThatIsOff) {
  EXPECT_EQ(asked(RelayPermission(with({})), "c.test", 1, true), Because::authenticated);
  EXPECT_EQ(asked(RelayPermission(with({.authenticated = false})), "c.test", 1, true), std::nullopt);
}

TEST(RelayPermission, OfAnOpenRelayIsForEveryoneAndItsFirstStrangerIsNoticed) {
  RelayPermission relay(with({.open = true}));
  EXPECT_EQ(asked(relay, "b.test", 1), Because::domain) << "it need not be open for that";
  EXPECT_EQ(asked(relay, "c.test", 1), Because::open);
  EXPECT_TRUE(relay.first_stranger());
  EXPECT_FALSE(relay.first_stranger());
}

TEST(RelayPermission, RefusesInWordsThatNameBoth) {
  EXPECT_EQ(RelayPermission::refusal({"c.test", {0x0a000009}, false}),
            "Relaying denied: mail for c.test does not end here, and 10.0.0.9 is no host that I pass mail on for");
}

}  // namespace
}  // namespace mailroom::agents
