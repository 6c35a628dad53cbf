// SPDX-License-Identifier: GPL-2.0-only
// What originators are told, and when: RFC 3461's questions through the queues of several hosts, RFC 3464's
// answers.
#include "sim/agents/notifier.hpp"
#include "protocols/dsn/parse_report.hpp"
#include "sim/trace/discard_rules.hpp"
#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using dsn::Action;
using dsn::Status;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr smtp::Notify kSuccess{.success = true};
constexpr smtp::Notify kAll{.success = true, .failure = true, .delay = true};

// ann's host hands everything to a relay, which hands it to bob's.
struct Relayed : MailWorld {
  explicit Relayed(scenario::Host last = mail_host("c", "c.test", {"bob", "carol"}),
                   scenario::Host middle = mail_host("b", "b.test"))
      : c(add(std::move(last))), b(add(std::move(middle))) {
    permit(b, a);
  }
  bool send(const std::vector<std::string>& to, const Letter& letter = {}) {
    return MailWorld::send(a, "ann@a.test", to, letter);
  }
  std::vector<dsn::ParsedReport> reports(const std::string& mailbox = "ann@a.test") const {
    std::vector<dsn::ParsedReport> found;
    for (const std::string& octets : this->mailbox(mailbox)) {
      auto parsed = dsn::parse_report(octets);
      EXPECT_TRUE(parsed) << octets;
      if (parsed) found.push_back(std::move(*parsed));
    }
    return found;
  }
  Site& c;
  Site& b;
  Site& a = add([] {
    scenario::Host host = mail_host("a", "a.test", {"ann"});
    host.forward["*"] = "b";
    host.retry.intervals_ns = {10 * kMinute};
    host.retry.give_up_ns = kHour;
    return host;
  }());
};

TEST(Notifier, HasTheStatusOfTheReplyWhereTimeRanOutWithOne) {
  Scripted world(instead_of("RCPT TO:<bob", "451 4.7.1 not yet"));
  world.clock.run_until(kHour);
  ASSERT_TRUE(world.send());
  world.clock.run();
  const auto told = world.mailbox("ann@a.test");
  ASSERT_THAT(told, SizeIs(1));
  const auto parsed = dsn::parse_report(told[0]);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->report.recipients[0].status, (Status{4, 7, 1}));
  EXPECT_THAT(parsed->words, HasSubstr("until the time for it ran out"));
  ASSERT_TRUE(parsed->report.arrival_s && parsed->report.recipients[0].last_attempt_s);
  EXPECT_EQ(*parsed->report.recipients[0].last_attempt_s - *parsed->report.arrival_s, 3600) << "it was given an hour";
}

TEST(Notifier, TellsWhoNeverAskedOfFailuresOnly) {
  Relayed world;
  ASSERT_TRUE(world.send({"bob@c.test", "nobody@c.test"}));
  world.clock.run();
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(1));
  ASSERT_THAT(reports[0].report.recipients, SizeIs(1));
  const dsn::Recipient& told = reports[0].report.recipients[0];
  EXPECT_EQ(told.final_recipient, (dsn::Typed{"rfc822", "nobody@c.test"}));
  EXPECT_EQ(told.action, Action::failed);
  EXPECT_EQ(told.status, (Status{5, 1, 1}));
  EXPECT_EQ(told.remote_mta, (dsn::Typed{"dns", "c"}));
  EXPECT_THAT(told.diagnostic_code.value, HasSubstr("550 5.1.1"));
  EXPECT_TRUE(told.original_recipient.empty());
  EXPECT_EQ(reports[0].report.reporting_mta.value, "b.test");
  EXPECT_EQ(reports[0].report.received_from_mta.value, "a.test");
  EXPECT_EQ(world.sink.of(Kind::message_composed).back().detail,
            R"({"from":"","to":["ann@a.test"],"notifies":1,"action":"failed"})");
  world.expect_all_done();
}

TEST(Notifier, TellsOfDeliveryWhereItIsAskedTo) {
  Relayed world;
  ASSERT_TRUE(world.send({"bob@c.test", "carol@c.test"}, {.notify = kSuccess, .envelope_id = "four+2=six"}));
  world.clock.run();
  EXPECT_THAT(world.dialogue(), Contains(HasSubstr("ENVID=four+2B2+3Dsix")));
  EXPECT_THAT(world.dialogue(), Contains(HasSubstr("<bob@c.test> NOTIFY=SUCCESS ORCPT=rfc822;bob@c.test")));
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(1)) << "one for all that was delivered together";
  EXPECT_EQ(reports[0].report.original_envelope_id, "four+2=six");
  EXPECT_EQ(reports[0].report.reporting_mta.value, "c.test") << "at final delivery";
  ASSERT_THAT(reports[0].report.recipients, SizeIs(2));
  for (const dsn::Recipient& each : reports[0].report.recipients) {
    EXPECT_EQ(each.action, Action::delivered);
    EXPECT_EQ(each.status, (Status{2, 0, 0}));
    EXPECT_EQ(each.original_recipient, each.final_recipient);
  }
  world.expect_all_done();
}

TEST(Notifier, TellsOfRelayingToAHostThatWillNotTell) {
  Relayed world(as_rfc821(mail_host("c", "c.test", {"bob"})));
  ASSERT_TRUE(world.send({"bob@c.test"}, {.notify = kSuccess}));
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@c.test"), SizeIs(1));
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].report.reporting_mta.value, "b.test");
  EXPECT_EQ(reports[0].report.recipients.at(0).action, Action::relayed);
  EXPECT_EQ(reports[0].report.recipients.at(0).status, (Status{2, 1, 9}));
  EXPECT_THAT(world.sink.of(Kind::message_composed).back().detail, HasSubstr(R"("action":"relayed")"));
  world.expect_all_done();
}

TEST(Notifier, TellsNothingWhereItIsAskedNotTo) {
  for (const smtp::Notify notify : {smtp::Notify{}, kSuccess}) {
    Relayed world;
    ASSERT_TRUE(world.send({"nobody@c.test"}, {.notify = notify}));
    world.clock.run();
    EXPECT_THAT(world.mailbox("ann@a.test"), IsEmpty());
    EXPECT_THAT(world.of(Kind::copy_bounced), IsEmpty());
    ASSERT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
    EXPECT_EQ(world.of(Kind::copy_discarded)[0].text, trace::kNotifyRule);
    world.expect_all_done();
  }
}

TEST(Notifier, ReturnsTheWholeMessageWhereItIsAskedTo) {
  Relayed world;
  ASSERT_TRUE(world.send({"nobody@c.test"}, {.text = "the whole text\n", .ret = smtp::Return::full}));
  ASSERT_TRUE(world.send({"nobody@c.test"}, {.text = "the whole text\n", .ret = smtp::Return::headers}));
  world.clock.run();
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_TRUE(reports[0].returns_all);
  EXPECT_THAT(reports[0].returned, HasSubstr("the whole text\r\n"));
  EXPECT_FALSE(reports[1].returns_all);
  world.expect_all_done();
}

TEST(Notifier, ReturnsAsTheHostIsSetUpWhereNothingIsAsked) {
  scenario::Host middle = mail_host("b", "b.test");
  middle.bounces = {.ret = scenario::Bounces::Return::full, .size_limit_bytes = 2000};
  Relayed world(mail_host("c", "c.test"), middle);
  ASSERT_TRUE(world.send({"nobody@c.test"}));
  ASSERT_TRUE(world.send({"nobody@c.test"}, {.size_bytes = 3000}));
  world.clock.run();
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_TRUE(reports[0].returns_all);
  EXPECT_FALSE(reports[1].returns_all) << "it is over the limit";
}

TEST(Notifier, SaysHowLongItTriedWhereNobodyAnswered) {
  Relayed world;
  world.fabric.silence(world.b.address());
  ASSERT_TRUE(world.send({"bob@c.test"}, {.notify = kAll}));
  world.clock.run();
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].report.recipients.at(0).status, (Status{4, 4, 7}));
  EXPECT_EQ(reports[0].report.recipients.at(0).diagnostic_code.type, "x-mailroom");
  EXPECT_THAT(reports[0].words, HasSubstr("until the time for it ran out"));
  world.expect_all_done();
}

TEST(Notifier, WarnsOfADelayAsOftenAsItIsCalledAndWanted) {
  Relayed world;
  agents::Notifier notifier(*world.a.mta);
  queue::Entry entry{.id = 7, .reverse_path = "ann@a.test"};
  entry.text = {trace::MessageId{1}, {}, world.recorder.content("Subject: late\r\n\r\nx\r\n")};
  entry.recipients.resize(2);
  entry.recipients[0].forward_path = "bob@c.test";
  entry.recipients[1].forward_path = "carol@c.test";
  entry.recipients[1].asked = std::make_shared<const smtp::RcptParameters>(
      smtp::RcptParameters{.notify = smtp::Notify{.failure = true}});
  const std::vector<agents::Outcome> delayed = {{.index = 0, .enhanced_code = "4.4.1", .text = "no answer"},
                                                {.index = 1, .enhanced_code = "4.4.1", .text = "no answer"}};
  notifier.warn_delayed(entry, delayed, kHour);
  world.clock.run();
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(1));
  ASSERT_THAT(reports[0].report.recipients, SizeIs(1)) << "carol's sender wants to hear of failures only";
  const dsn::Recipient& told = reports[0].report.recipients[0];
  EXPECT_EQ(told.action, Action::delayed);
  EXPECT_EQ(told.status, (Status{4, 4, 1}));
  EXPECT_EQ(*told.will_retry_until_s - *told.last_attempt_s, 3600);
}

// A notification that comes back from where it should go to.
struct DoubleBounce : Relayed {
  explicit DoubleBounce(scenario::Bounces::DoubleBounce rule)
      : Relayed(mail_host("c", "c.test"), [rule] {
          scenario::Host host = mail_host("b", "b.test");
          host.bounces.double_bounce = rule;
          return host;
        }()) {
    EXPECT_TRUE(MailWorld::send(a, "ghost@c.test", {"nobody@c.test"}));
    clock.run();
  }
};

TEST(Notifier, OfANotificationTellsNobody) {
  DoubleBounce world(scenario::Bounces::DoubleBounce::discard);
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  ASSERT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_discarded)[0].text, trace::kNullReversePathRule);
  world.expect_all_done();
}

TEST(Notifier, OfANotificationTellsThePostmaster) {
  DoubleBounce world(scenario::Bounces::DoubleBounce::postmaster);
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(2));
  EXPECT_THAT(world.of(Kind::copy_discarded), IsEmpty());
  const auto reports = world.reports("postmaster@b.test");
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].report.recipients.at(0).final_recipient.value, "ghost@c.test");
  EXPECT_THAT(reports[0].words, HasSubstr("postmaster"));
  world.expect_all_done();
}

TEST(Notifier, OfThePostmastersReportTellsNobody) {
  MailWorld world;
  scenario::Host host = mail_host("b", "b.test", {"postmaster"});
  host.users[0].quota_bytes = 10;
  host.bounces.double_bounce = scenario::Bounces::DoubleBounce::postmaster;
  auto& b = world.add(host);
  ASSERT_TRUE(world.send(b, "", {"nobody@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  ASSERT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_discarded)[0].text, trace::kNullReversePathRule);
  world.expect_all_done();
}

TEST(Notifier, OfANotificationThatItsPostmasterHasElsewhereTellsNobody) {
  scenario::Host host = mail_host("b", "b.test", {});
  host.aliases.push_back({"postmaster", {"nobody@c.test"}});
  MailWorld world;
  world.add(mail_host("c", "c.test", {"bob"}));
  auto& b = world.add(host);
  ASSERT_TRUE(world.send(b, "", {"nobody@c.test"}));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1)) << "of the notification; and no further one";
  ASSERT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_discarded)[0].text, trace::kNullReversePathRule);
  world.expect_all_done();
}

TEST(Notifier, OfTwoHostsWhosePostmastersAreEachOtherComesToAnEnd) {
  MailWorld world;
  for (const char* name : {"b", "c"}) {
    scenario::Host host = mail_host(name, std::string(name) + ".test", {});
    host.aliases.push_back({"postmaster", {std::string("postmaster@") + (*name == 'b' ? "c" : "b") + ".test"}});
    world.add(host);
  }
  ASSERT_TRUE(world.send(*world.sites[0], "", {"nobody@c.test"}));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  world.expect_all_done();
}

TEST(Notifier, OfANotificationIsDroppedOnAHostWithoutADomain) {
  Sending world(mail_host("b", "b.test", {"bob"}));
  scenario::Host desk = mail_host("desk", "");
  desk.receiver = false;
  auto& pc = world.add(desk);
  ASSERT_TRUE(world.MailWorld::send(pc, "", {"nobody@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_bounced), IsEmpty());
  EXPECT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
  world.expect_all_done();
}

// RFC 3461 §5.2.7: ann asks to be told of everything; c has names that stand for others.
struct Standing : Relayed {
  Standing() : Relayed(standing()) {}
  static scenario::Host standing() {
    scenario::Host host = mail_host("c", "c.test", {"bob", "carol", "dave"});
    host.aliases = {{"both", {"bob@c.test", "carol@c.test"}},
                    {"one", {"bob@c.test"}},
                    {"deep", {"both@c.test", "dave@c.test"}},
                    {"broken", {"bob@c.test", "nobody@c.test"}}};
    host.lists.push_back({"staff", {"bob@c.test", "nobody@c.test"}, "dave@c.test"});
    return host;
  }
};

TEST(Notifier, TellsThatAnAddressStandsForSeveralAndNotOfEachOfThem) {
  Standing world;
  ASSERT_TRUE(world.send({"both@c.test"}, {.notify = kAll, .envelope_id = "e1"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@c.test"), SizeIs(1));
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].report.original_envelope_id, "e1");
  ASSERT_THAT(reports[0].report.recipients, SizeIs(1));
  const dsn::Recipient& told = reports[0].report.recipients[0];
  EXPECT_EQ(told.action, Action::expanded);
  EXPECT_EQ(told.status, (Status{2, 0, 0}));
  EXPECT_EQ(told.final_recipient.value, "both@c.test");
  EXPECT_EQ(told.diagnostic_code.value, "alias both@c.test: 2 addresses");
  EXPECT_EQ(world.event(world.of(Kind::message_composed).back().cause)->kind, Kind::copy_expanded);
  world.expect_all_done();
}

TEST(Notifier, TellsOnceWhereWhatAnAddressStandsForIsSpreadFurther) {
  Standing world;
  ASSERT_TRUE(world.send({"deep@c.test"}, {.notify = kSuccess}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("carol@c.test"), SizeIs(1));
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].report.recipients.at(0).final_recipient.value, "deep@c.test");
  world.expect_all_done();
}

TEST(Notifier, TellsOfDeliveryWhereAnAddressStandsForOneOther) {
  Standing world;
  ASSERT_TRUE(world.send({"one@c.test"}, {.notify = kSuccess}));
  world.clock.run();
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].report.recipients.at(0).action, Action::delivered);
  EXPECT_EQ(reports[0].report.recipients.at(0).original_recipient.value, "one@c.test");
}

TEST(Notifier, StillTellsOfFailureBehindAnAddressThatStandsForSeveral) {
  Standing world;
  ASSERT_TRUE(world.send({"broken@c.test"}, {.notify = kAll}));
  world.clock.run();
  std::vector<Action> actions;
  for (const auto& one : world.reports()) actions.push_back(one.report.recipients.at(0).action);
  EXPECT_THAT(actions, testing::UnorderedElementsAre(Action::expanded, Action::failed));
  world.expect_all_done();
}

TEST(Notifier, TellsThatAListHasItAndNothingOfItsMembers) {
  Standing world;
  ASSERT_TRUE(world.send({"staff@c.test"}, {.notify = kAll}));
  world.clock.run();
  const auto reports = world.reports();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].report.recipients.at(0).action, Action::delivered);
  EXPECT_EQ(reports[0].report.recipients.at(0).final_recipient.value, "staff@c.test");
  EXPECT_THAT(reports[0].words, HasSubstr("list staff@c.test: 2 members"));
  EXPECT_THAT(world.reports("dave@c.test"), SizeIs(1)) << "the owner hears of the dead member";
  world.expect_all_done();
}

TEST(Notifier, TellsNothingOfAnAddressThatStandsForSeveralWhereNobodyAsked) {
  Standing world;
  ASSERT_TRUE(world.send({"both@c.test", "staff@c.test"}));
  world.clock.run();
  EXPECT_THAT(world.reports(), IsEmpty());
}

TEST(Notifier, HoldsANotificationForTwoDays) {
  DoubleBounce world(scenario::Bounces::DoubleBounce::hold);
  const auto deferred = world.of(Kind::copy_deferred);
  ASSERT_THAT(deferred, SizeIs(1));
  ASSERT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_discarded)[0].text, trace::kHeldRule);
  EXPECT_GE(world.of(Kind::copy_discarded)[0].time_ns - deferred[0].time_ns, 48 * kHour);
  EXPECT_EQ(deferred[0].value, deferred[0].time_ns + 48 * kHour);
  EXPECT_THAT(deferred[0].detail, HasSubstr("double-bounce: hold"));
  world.expect_all_done();
}

TEST(Notifier, DropsAHeldNotificationWhateverTheFailureOfItsLastTry) {
  Scripted world(instead_of("RCPT", "550 5.1.1 no such user"));
  scenario::Host host = mail_host("h", "h.test");
  host.bounces.double_bounce = scenario::Bounces::DoubleBounce::hold;
  host.retry.intervals_ns = {kHour};
  host.retry.give_up_ns = 5 * 24 * kHour;
  auto& holder = world.add(host);
  ASSERT_TRUE(world.MailWorld::send(holder, "", {"bob@b.test"}));
  world.clock.run_until(kHour);
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  world.fabric.unreachable.insert(world.host.address());
  world.clock.run();
  EXPECT_THAT(world.of(Kind::attempt_began), SizeIs(2));
  ASSERT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_discarded)[0].text, trace::kHeldRule);
  EXPECT_LT(world.of(Kind::copy_discarded)[0].time_ns, 49 * kHour);
  EXPECT_EQ(holder.queued(), 0);
}

// Whose notification fails for now until its time is over: then it is held, tried once more, and dropped.
TEST(Notifier, HoldsANotificationForTwoDaysWhoseTimeIsOver) {
  for (const bool fails_again : {true, false}) {
    Scripted world(ScriptedReceiver::agree);
    scenario::Host host = mail_host("h", "h.test");
    host.bounces.double_bounce = scenario::Bounces::DoubleBounce::hold;
    host.retry.intervals_ns = {kHour};
    host.retry.give_up_ns = 5 * kHour;
    auto& holder = world.add(host);
    world.fabric.unreachable.insert(world.host.address());
    ASSERT_TRUE(world.MailWorld::send(holder, "", {"bob@b.test"}));
    world.clock.run_until(52 * kHour);
    ASSERT_THAT(world.of(Kind::attempt_began), SizeIs(6)) << "at 0, 1 … 5 hours";
    const auto deferred = world.of(Kind::copy_deferred);
    ASSERT_THAT(deferred, SizeIs(6));
    EXPECT_EQ(deferred[5].value, 53 * kHour) << "held";
    if (!fails_again) world.fabric.unreachable.clear();
    world.clock.run();
    EXPECT_THAT(world.of(Kind::attempt_began), SizeIs(7)) << "once more";
    EXPECT_THAT(world.of(Kind::copy_discarded), SizeIs(fails_again ? 1 : 0));
    EXPECT_THAT(world.peer.messages, SizeIs(fails_again ? 0 : 1));
    if (fails_again) {
      EXPECT_EQ(world.of(Kind::copy_discarded)[0].text, trace::kHeldRule);
      EXPECT_EQ(world.of(Kind::copy_discarded)[0].time_ns, 53 * kHour);
    }
    EXPECT_EQ(holder.queued(), 0);
  }
}

}  // namespace
}  // namespace mailroom::test
