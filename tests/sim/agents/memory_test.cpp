// SPDX-License-Identifier: GPL-2.0-only
// What a queued message costs in memory beyond its content: at most 4 KiB, and at most 600 octets for each
// further recipient. Every allocation of this program is counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "tests/sim/agents/support/mail_world.hpp"

namespace mailroom::test {
namespace {

// Octets in use on the heap, with malloc's own overhead; 0 where the allocator does not tell (sanitizers).
std::int64_t heap_octets() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}
bool heap_is_known() {
  const std::int64_t before = heap_octets();
  const std::vector<char> some(100'000);
  return heap_octets() > before;
}

constexpr std::int64_t kContentBytes = 20'000;

// A sink that keeps nothing, so that only the agents are measured.
struct NoSink final : trace::Sink {
  void write(trace::EventId, std::int64_t, trace::EventId, const trace::Event&) override {}
  void write(const trace::Flight&) override {}
  void write(const trace::Content&) override {}
  void write(trace::RecipientId, std::string_view) override {}
  void write_frame(trace::EventId, std::string_view) override {}
};

// Messages that came in over SMTP, through a relay before, and wait at a host whose next hop is unreachable.
std::int64_t octets_per_message(int messages, int recipients) {
  NoSink sink;
  trace::Recorder recorder(sink, trace::Level::mail);
  FakeClock clock(recorder);
  FakeFabric fabric(recorder, clock);
  agents::Directory directory;
  struct Node {
    Node(FakeFabric& of, std::int64_t id, scenario::Host with, agents::Directory& known)
        : locator(known), config(std::move(with)), host(of, {id}, config.name, 1'000'000'000'000) {
      known.add_host(config.name, {host.address(), 25});
      for (const std::string& domain : config.domains) known.add_domain(domain, config.name);
      mta.emplace(host, config, known, locator);
      mta->start();
    }
    agents::DirectoryLocator locator;
    scenario::Host config;
    FakeHost host;
    std::optional<agents::Mta> mta;
  };
  Node gone(fabric, 1, mail_host("gone", "b.test"), directory);
  scenario::Host relay = mail_host("relay", "r.test");
  relay.forward["b.test"] = "gone";
  Node near(fabric, 2, relay, directory);
  scenario::Host hub = mail_host("hub", "h.test");
  hub.forward["*"] = "relay";
  Node first(fabric, 3, hub, directory);
  fabric.unreachable.insert(gone.host.address());
  agents::UserAgent user_agent(*first.mta);
  std::vector<std::string> to;
  for (int i = 0; i < recipients; ++i) to.push_back("recipient-number-" + std::to_string(i) + "@b.test");
  scenario::Traffic traffic{.name = "t", .subject = "s", .text = "x", .size_bytes = kContentBytes};
  const auto send = [&](int count) {
    for (int i = 0; i < count; ++i) EXPECT_TRUE(user_agent.send(traffic, "ann@a.test", to));
    clock.run_until(clock.now_ns() + kMinute);
  };
  send(20);  // what is there once, is there now
  fabric.sent = {};
  fabric.pipes = {};
  const std::int64_t before = heap_octets();
  send(messages);
  fabric.sent = {};
  fabric.pipes = {};
  const std::int64_t after = heap_octets();
  EXPECT_EQ(near.mta->queue().size(), static_cast<std::size_t>(messages) + 20);
  EXPECT_EQ(near.mta->queue().recipients(), static_cast<std::size_t>((messages + 20) * recipients));
  EXPECT_EQ(first.mta->queue().size(), 0u);
  return (after - before) / messages - kContentBytes;
}

TEST(Memory, OfAQueuedMessageIsAtMostFourKibibytesBeyondItsContent) {
  if (!heap_is_known()) GTEST_SKIP() << "this allocator does not tell";
  const std::int64_t one = octets_per_message(2000, 1);
  RecordProperty("octets_per_message", static_cast<int>(one));
  EXPECT_GT(one, 200) << "or nothing was measured";
  EXPECT_LT(one, 4096);
}

TEST(Memory, OfAQueuedRecipientIsAtMostSixHundredOctets) {
  if (!heap_is_known()) GTEST_SKIP() << "this allocator does not tell";
  const std::int64_t one = octets_per_message(500, 1);
  const std::int64_t fifty = octets_per_message(500, 50);
  const std::int64_t each = (fifty - one) / 49;
  RecordProperty("octets_per_recipient", static_cast<int>(each));
  EXPECT_GT(each, 50) << "or nothing was measured";
  EXPECT_LT(each, 600);
}

}  // namespace
}  // namespace mailroom::test
