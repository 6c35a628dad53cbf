// SPDX-License-Identifier: GPL-2.0-only
// What `mailroom check` says of names that lead nowhere, and of settings without effect.
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {

namespace {

using ::testing::HasSubstr;

const std::string kHead = R"(mailroom: 1
topology: {links: [pc -- north -- south]}
hosts:
  pc: {submit-to: north}
  south: {domains: south.example, users: [carol]}
  north:
    domains: [north.example, n.example]
)";

}  // namespace

TEST(ScenarioTargets, ThatSomebodyHasAreNotTold) {
  EXPECT_EQ(warnings_of(kHead + R"(    subaddress: "+"
    fold-case: true
    users: {ann: {}, bob: {forward: [bob, BOB@n.example], keep: true}, cid: {moved: {to: carol@south.example}}}
    aliases:
      info: [Ann+x, carol@south.example, somebody@elsewhere.example, PostMaster]
      ann: [ann, info]
      boss: [staff-owner, staff-request, "staff+detail@n.example", cid]
    lists: {staff: {members: [ann, info, staff]}}
    catch-all: info
)"),
            "s.yaml:15:30: the list 'staff' contains itself; it is not expanded twice; its other members get the "
            "message once\n");
}

TEST(ScenarioTargets, ThatNobodyHasAreToldWhereTheyStand) {
  const std::string right = "; name a user, an alias or a list of that host\n";
  EXPECT_EQ(warnings_of(kHead + R"(    users: {ann: {forward: gone@south.example}}
    aliases: {info: [ann, Ann, nobody@n.example]}
    lists: {staff: {members: [ann, staff+x]}}
    catch-all: ghost
)"),
            "s.yaml:8:13: the redirection of 'ann' leads to 'gone@south.example', and there is no such name" + right +
                "s.yaml:9:15: the alias 'info' leads to 'Ann@north.example' and 1 like it, and there is no such name" +
                right +
                "s.yaml:10:13: the list 'staff' leads to 'staff+x@north.example', and there is no such name" + right +
                "s.yaml:11:16: 'catch-all' leads to 'ghost@north.example', and there is no such name" + right);
}

TEST(ScenarioTargets, InACircleAreTold) {
  const std::string told = warnings_of(kHead + R"(    users: {ann: {moved: {to: ring@north.example, answer: forward}}, bob: {}}
    aliases: {ring: [ann], into: ring, good: [ring, bob]}
)");
  const std::string circle = " leads in a circle, or to those that do; let one of them lead to a mailbox";
  EXPECT_THAT(told, HasSubstr("s.yaml:8:13: the user 'ann', who has moved," + circle));
  EXPECT_THAT(told, HasSubstr("s.yaml:9:15: the alias 'ring'" + circle));
  EXPECT_THAT(told, HasSubstr("the alias 'into'" + circle));
  EXPECT_EQ(std::ranges::count(told, '\n'), 3) << told;
}

TEST(ScenarioTargets, OfATemplateAreToldOnce) {
  const std::string text = R"(mailroom: 1
topology: {links: [m1 -- m2]}
hosts:
  m*: {domains: "{name}.example", users: [ann], aliases: {info: nobody}}
)";
  EXPECT_EQ(warnings_of(text),
            "s.yaml:4:59: the alias 'info' leads to 'nobody@m1.example', and there is no such name; name a user, an "
            "alias or a list of that host\n");
}

TEST(ScenarioEffects, AreMissedOnlyWhereThereAreNone) {
  EXPECT_EQ(mistakes_of(kHead), "");
  const std::string top = "mailroom: 1\ntopology: {links: [pc -- north -- south]}\nhosts:\n  north: {domains: north.example}\n";
  EXPECT_EQ(mistakes_of(top + "  south: {}\n  pc: {submit-to: north, forward: {south.example: south}}\n"), "");
  EXPECT_EQ(mistakes_of(top + "  south: {}\n  pc: {submit-to: north, forward: {\"*\": south}}\n"),
            "s.yaml:6:41: 'forward' of all mail beside 'submit-to', which names who takes it; keep one of them\n");
  EXPECT_EQ(mistakes_of(top + "  pc: {}\n  south: {domains: south.example, forward: {south.example: north}}\n"),
            "s.yaml:6:60: 'forward' of 'south.example', whose mail this host delivers itself; leave it out, or take "
            "the domain out of 'domains'\n");
  EXPECT_EQ(warnings_of(kHead + "dns: {zones: {north.example: {mx: [10 south, 20 pc]}}}\n"),
            "s.yaml:8:46: the MX 'pc' has no SMTP receiver; name a host that has, or set 'receiver: true' there\n");
}

TEST(ScenarioEffects, OfAskingForDelayNeedAHostThatWarns) {
  const std::string traffic =
      "traffic:\n  - {from: carol@south.example, to: carol@south.example, dsn: {notify: [delay]}}\n";
  EXPECT_EQ(warnings_of(kHead + traffic),
            "s.yaml:9: 'notify: delay', and no host warns of delay; set 'retry: {delay-warning: 4h}' for all hosts "
            "or for one\n");
  EXPECT_EQ(warnings_of(kHead + "    retry: {delay-warning: 1h}\n" + traffic), "");
}

}  // namespace mailroom::scenario
