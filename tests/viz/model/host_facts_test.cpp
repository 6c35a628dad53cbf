// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/host_facts.hpp"

#include <gtest/gtest.h>

#include "tests/viz/model/canvas_run.hpp"

namespace mailroom::viz {
namespace {

using tests::kMs;
using trace::Kind;

TEST(NodeFacts, SayWhatANodeIs) {
  trace::RunHeader header = tests::small_header();
  header.hosts.push_back({.name = "ns", .detail = R"({"domains":[],"zones":["."]})"});
  header.hosts.push_back({.name = "pc", .detail = R"({"domains":[],"submit_to":"ann","users":[]})"});
  const auto facts = facts_of(header);
  EXPECT_EQ(facts[0].role, NodeRole::mail_host);
  EXPECT_TRUE(facts[0].serves_names);
  EXPECT_EQ(facts[0].domains, std::vector<std::string>{"north.example"});
  EXPECT_EQ(facts[0].users, 1);
  EXPECT_EQ(facts[1].role, NodeRole::router);
  EXPECT_EQ(facts[3].role, NodeRole::lan);
  EXPECT_EQ(facts[4].role, NodeRole::name_server);
  EXPECT_EQ(facts[5].role, NodeRole::user_agents);
  EXPECT_EQ(facts[5].submits_to, "ann");
}

TEST(NodeFacts, SurviveADamagedDetail) {
  trace::RunHeader header;
  header.hosts = {{.name = "a", .detail = "{"},
                  {.name = "b", .detail = "[1,2]"},
                  {.name = "c", .detail = R"({"domains":7,"users":"x","zones":{},"submit_to":[]})"}};
  EXPECT_EQ(facts_of(header).size(), 3U);
}

// A host with three copies: one tried in vain, one held, one active.
class Loaded : public testing::Test {
 protected:
  Loaded() {
    for (int i = 1; i <= 3; ++i) {
      const std::string queue_id = "Q" + std::to_string(i);
      run_.happens(i * kMs, {.kind = Kind::message_queued,
                             .host = {1},
                             .message = {i},
                             .size = 100,
                             .value = 1,
                             .text = queue_id});
      run_.happens(i * kMs, {.kind = Kind::copy_created,
                             .host = {1},
                             .message = {i},
                             .copy = {i},
                             .recipient = {1},
                             .text = queue_id});
    }
    run_.happens(10 * kMs, {.kind = Kind::copy_deferred,
                            .host = {1},
                            .message = {1},
                            .copy = {1},
                            .code = 451,
                            .value = 900 * kMs});
    run_.happens(11 * kMs, {.kind = Kind::message_held, .host = {1}, .message = {2}, .text = "hold"});
  }
  NodeLoad load(std::int64_t time_ns, std::int64_t limit = 100) {
    return load_of(run_.world, {1}, tests::small_header().hosts[0], time_ns, limit);
  }
  tests::SmallRun run_;
};

TEST_F(Loaded, TellsActiveDeferredAndHeldCopies) {
  const NodeLoad now = load(20 * kMs);
  EXPECT_EQ(now.in_hand, 3);
  EXPECT_EQ(now.active, 1);
  EXPECT_EQ(now.deferred, 1);
  EXPECT_EQ(now.held, 1);
}

TEST_F(Loaded, CountsADeferredCopyAsActiveWhenItsTimeHasCome) {
  EXPECT_EQ(load(899 * kMs).deferred, 1);
  EXPECT_EQ(load(900 * kMs).deferred, 0);
  EXPECT_EQ(load(900 * kMs).active, 2);
}

TEST_F(Loaded, CountsExactlyWhateverTheLimit) {
  const NodeLoad some = load(20 * kMs, 1);
  EXPECT_EQ(some.in_hand, 3);
  EXPECT_EQ(some.active + some.deferred + some.held, 3);
}

TEST_F(Loaded, CountsMailboxesAndDisk) {
  EXPECT_EQ(load(20 * kMs).mails, 0);
  run_.happens(30 * kMs, {.kind = Kind::mailbox_appended,
                          .host = {1},
                          .message = {9},
                          .copy = {9},
                          .size = 200,
                          .value = 1,
                          .text = "ann"});
  EXPECT_EQ(load(30 * kMs).mailboxes, 1);
  EXPECT_EQ(load(30 * kMs).mails, 1);
  EXPECT_GT(load(30 * kMs).disk_share, 0.19);
}

TEST_F(Loaded, KnowsACrashedHost) {
  EXPECT_FALSE(load(20 * kMs).is_crashed);
  run_.happens(30 * kMs, {.kind = Kind::host_crashed, .host = {1}, .value = 0});
  EXPECT_TRUE(load(30 * kMs).is_crashed);
}

TEST(NodeLoad, IsNothingForAHostThatNothingHappenedAt) {
  const NodeLoad load = load_of(trace::World(), {3}, tests::small_header().hosts[1], 0, 100);
  EXPECT_EQ(load.in_hand, 0);
  EXPECT_EQ(load.disk_share, -1);
}

}  // namespace
}  // namespace mailroom::viz
