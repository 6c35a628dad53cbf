// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/directory.hpp"

#include <gtest/gtest.h>

namespace mailroom::agents {
namespace {

Directory network() {
  Directory directory;
  directory.add_host("mx", {{1}, 25});
  directory.add_host("hub", {{2}, 2525});
  directory.add_domain("B.test", "mx");
  directory.add_domain("hub.test", "hub");
  directory.add_domain("ghost.test", "no-such-host");
  return directory;
}

TEST(Directory, KnowsHostsByNameAndDomainsInAnyCase) {
  const Directory directory = network();
  EXPECT_EQ(directory.host("nobody"), nullptr);
  ASSERT_NE(directory.host("hub"), nullptr);
  EXPECT_EQ(directory.host("hub")->endpoint.port, 2525);
  ASSERT_NE(directory.serving("b.TEST"), nullptr);
  EXPECT_EQ(directory.serving("b.test")->host, "mx");
  EXPECT_EQ(directory.serving("c.test"), nullptr);
  EXPECT_EQ(directory.serving("ghost.test"), nullptr);
}

TEST(Addresses, SplitAtTheLastAt) {
  EXPECT_EQ(split_address("bob@b.test").local_part, "bob");
  EXPECT_EQ(split_address("\"odd@one\"@b.test").local_part, "\"odd@one\"");
  EXPECT_EQ(split_address("\"odd@one\"@b.test").domain, "b.test");
  EXPECT_EQ(split_address("Postmaster").local_part, "Postmaster");
  EXPECT_EQ(split_address("Postmaster").domain, "");
}

TEST(Addresses, GoFirstToTheHeadOfTheirSourceRoute) {
  EXPECT_EQ(first_hop_domain("u@d.test"), "d.test");
  EXPECT_EQ(first_hop_domain("@r1.test,@r2.test:u@d.test"), "r1.test");
  EXPECT_EQ(first_hop_domain("@r1.test:u@d.test"), "r1.test");
  EXPECT_EQ(without_first_hop("@r1.test,@r2.test:u@d.test"), "@r2.test:u@d.test");
  EXPECT_EQ(without_first_hop("@r2.test:u@d.test"), "u@d.test");
  EXPECT_EQ(without_first_hop("u@d.test"), "u@d.test");
  EXPECT_EQ(without_first_hop("@nothing"), "");
}

}  // namespace
}  // namespace mailroom::agents
