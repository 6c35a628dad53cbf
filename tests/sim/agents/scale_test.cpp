// SPDX-License-Identifier: GPL-2.0-only
// Time grows with the mail, not with its square. Of the processor, not of the clock on the wall.
#include <gtest/gtest.h>

#include <ctime>

#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

// To queue one message for a recipient in each of so many domains.
double seconds_for(int domains) {
  struct AtMail : MailWorld {
    AtMail() : MailWorld(trace::Level::mail) {}
  } world;
  const net::Address nobody{0x0A000099};
  world.fabric.unreachable.insert(nobody);
  std::vector<std::string> to;
  for (int i = 0; i < domains; ++i) {
    const std::string domain = "d" + std::to_string(i) + ".test";
    world.directory.add_host("h" + std::to_string(i), {nobody, 25});
    world.directory.add_domain(domain, "h" + std::to_string(i));
    to.push_back("bob@" + domain);
  }
  scenario::Host sender = mail_host("a", "a.test", {"ann"});
  auto& a = world.add(sender);
  const std::clock_t before = std::clock();
  EXPECT_TRUE(world.send(a, "ann@a.test", to));
  world.clock.run_until(kSecond);
  EXPECT_EQ(world.count(Kind::attempt_began), to.size());
  return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
}

TEST(Scale, OfAMessageToManyDomainsIsItsRecipients) {
  const double few = seconds_for(2500);
  const double many = seconds_for(20'000);
  EXPECT_LT(many, 25 * few) << "eight times the recipients: " << few << " s and " << many << " s";
}

}  // namespace
}  // namespace mailroom::test
