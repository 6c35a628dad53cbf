// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/mail_flow.hpp"

#include "tests/sim/main/scripted_run.hpp"
#include "tests/viz/model/asking.hpp"

namespace mailroom::viz {
namespace {

using trace::Kind;
using trace::StoredEvent;

class TheMailFlow : public testing::Test {
 protected:
  TheMailFlow() { tests::write_scripted_run(path_); }

  // The step of the first event of a kind at a host, as seen right after it.
  std::optional<FlowStep> step(Asked& run, Kind kind, const char* host) {
    const trace::HostId id = run.reader().host_named(host);
    const auto events = run.reader().events({.kinds = {kind}, .host = id, .limit = 1});
    EXPECT_TRUE(events && !events->empty()) << info(kind).name << " at " << host;
    if (!events || events->empty()) return std::nullopt;
    run.after(events->front().id);
    return flow_step(events->front(), run.world());
  }

  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "run.mailroom";
};

TEST_F(TheMailFlow, FollowsAMessageThroughItsParts) {
  Asked run(path_);
  const auto is = [&](Kind kind, const char* host, FlowPart part, FlowWay way) {
    const auto found = step(run, kind, host);
    ASSERT_TRUE(found) << info(kind).name;
    EXPECT_EQ(found->part, part) << info(kind).name << " at " << host;
    EXPECT_EQ(found->way, way) << info(kind).name << " at " << host;
  };
  is(Kind::message_composed, "pc1", FlowPart::agent, FlowWay::submit);
  is(Kind::message_queued, "pc1", FlowPart::queue, FlowWay::submit);
  is(Kind::attempt_began, "pc1", FlowPart::sender, FlowWay::send);
  is(Kind::command_sent, "pc1", FlowPart::sender, FlowWay::out);
  is(Kind::reply_received, "pc1", FlowPart::sender, FlowWay::none);
  is(Kind::command_received, "mx1", FlowPart::receiver, FlowWay::in);
  is(Kind::reply_sent, "mx1", FlowPart::receiver, FlowWay::none);
  is(Kind::copy_created, "mx1", FlowPart::queue, FlowWay::forward);
  is(Kind::message_queued, "mx1", FlowPart::queue, FlowWay::forward);
  is(Kind::copy_deferred, "mx1", FlowPart::queue, FlowWay::requeue);
  is(Kind::copy_delivered, "mx2", FlowPart::mailboxes, FlowWay::deliver);
  is(Kind::copy_delivered, "mx1", FlowPart::mailboxes, FlowWay::local);
}

TEST_F(TheMailFlow, LeavesOutWhatIsNoPartOfIt) {
  Asked run(path_);
  EXPECT_FALSE(step(run, Kind::frame_sent, "pc1"));
  EXPECT_FALSE(flow_step(run.first(Kind::run_began), run.world()));
  StoredEvent wild{.id = {1}, .kind = Kind::command_received, .host = {77}};
  wild.session = {1'000'000};
  EXPECT_TRUE(flow_step(wild, run.world()));
}

TEST_F(TheMailFlow, CountsWhatIsInEachPart) {
  Asked run(path_);
  const trace::HostId mx1 = run.reader().host_named("mx1");
  run.at(0);
  MailFlow flow = mail_flow(run.world(), run.reader().header(), mx1, 0);
  EXPECT_EQ(flow.queued, 0);
  EXPECT_EQ(flow.mails, 0);
  const auto deferred = run.first(Kind::copy_deferred);
  run.after(deferred.id);
  flow = mail_flow(run.world(), run.reader().header(), mx1, deferred.time_ns);
  EXPECT_EQ(flow.queued, 1);
  EXPECT_EQ(flow.deferred, 1);
  EXPECT_EQ(flow.active, 1);
  run.at(1'000'000'000'000);
  flow = mail_flow(run.world(), run.reader().header(), mx1, 1'000'000'000'000);
  EXPECT_EQ(flow.mails, 1);  // the notification for alice
  flow = mail_flow(run.world(), run.reader().header(), {99}, 0);
  EXPECT_EQ(flow.queued, 0);
}

}  // namespace
}  // namespace mailroom::viz
