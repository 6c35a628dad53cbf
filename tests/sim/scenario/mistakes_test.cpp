// SPDX-License-Identifier: GPL-2.0-only
// Every mistake is told, all at once, each with its place and what would be right.
#include <algorithm>

#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {

namespace {

using ::testing::HasSubstr;

const std::string kTwo = "mailroom: 1\ntopology: {links: [a -- b]}\n";

std::ptrdiff_t lines(const std::string& text) {
  return std::ranges::count(text, '\n');
}

// One faulty part, put behind a sound beginning, and the whole line that it must cause.
struct Case {
  std::string text;
  std::string told;
};

void expect_told(const std::string& before, const std::vector<Case>& cases) {
  ASSERT_EQ(mistakes_of(before), "") << "the beginning must be sound";
  for (const Case& one : cases) {
    const std::string told = mistakes_of(before + one.text);
    EXPECT_THAT(told, HasSubstr(one.told)) << one.text;
    EXPECT_EQ(lines(told), 1) << one.text << "\n" << told;
  }
}

}  // namespace

TEST(ScenarioMistakes, IsAHostnameThatAnotherHostHas) {
  const std::string head = "mailroom: 1\ntopology: {links: [a -- b, b -- c, c -- pc1, c -- pc2, c -- pc3]}\nhosts:\n";
  const std::string two = "  a: {domains: north.example, hostname: mail.example}\n";
  ASSERT_EQ(mistakes_of(head + two + "  b: {domains: south.example, hostname: mail2.example}\n"), "");
  const std::string right = "; give each host a 'hostname' of its own, such as mx2.north.example\n";
  EXPECT_EQ(mistakes_of(head + two + "  b: {domains: south.example, hostname: Mail.example}\n"),
            "s.yaml:5:41: the hostname 'mail.example' at 'b' and at 'a' (line 4)" + right);
  // Also where the other one has it by default, whichever of them stands first.
  EXPECT_EQ(mistakes_of(head + "  a: {domains: north.example}\n  b: {hostname: a.north.example}\n"),
            "s.yaml:5:17: the hostname 'a.north.example' at 'b' and at 'a' (line 4)" + right);
  EXPECT_EQ(mistakes_of(head + "  b: {hostname: a.north.example}\n  a: {domains: north.example}\n"),
            "s.yaml:4:17: the hostname 'a.north.example' at 'b' and at 'a' (line 5)" + right);
  EXPECT_EQ(mistakes_of(head + "  a: {domains: north.example}\n  b: {hostname: north.example}\n"),
            "s.yaml:5:17: the hostname 'north.example' of 'b' is a domain of 'a' (line 4)" + right);
  EXPECT_EQ(mistakes_of(head + "  a: {domains: north.example, hostname: north.example}\n"), "");
  // A template's is told once.
  EXPECT_EQ(mistakes_of(head + "  a: {domains: north.example}\n  pc*: {submit-to: a, hostname: pc.example}\n"),
            "s.yaml:5:33: the hostname 'pc.example' at 'pc2' and at 'pc1' (line 5)" + right);
}

TEST(ScenarioMistakes, AreToldAllAtOnceByLine) {
  const std::string told = mistakes_of(R"yaml(mailroom: 1
sed: 2
record: everything
topology:
  links:
    - a -- a
    - {between: [a, b], rate: 0bps}
    - b -- c: {dealy: 1ms}
hosts:
  lonely: {}
  a: {domains: x.example, users: [u, u], disk: -1}
  b: {domains: x.example, submit-to: z}
  b: {}
traffic:
  - {from: q@z.example, to: "each(*@q.example)", at: 1}
  - {to: u@x.example, every: 1s, poisson: 1s}
)yaml");
  EXPECT_EQ(told,
            "s.yaml:2:1: unknown key 'sed'; did you mean 'seed'?\n"
            "s.yaml:3:9: 'everything' for 'record'; one of: summary, mail, full, packets\n"
            "s.yaml:6:7: a link of 'a' to itself; a link joins two nodes\n"
            "s.yaml:7:31: \"0bps\" is not a rate: nothing passes at rate 0; write a number and a unit, such "
            "as 64kbps, 10Mbps or 2.5Gbps\n"
            "s.yaml:8:16: unknown key 'dealy'; did you mean 'delay'?\n"
            "s.yaml:10:3: the host 'lonely' is in no network; name it in topology.links or topology.lans; "
            "one of: a, b, c\n"
            "s.yaml:11:38: the user 'u' twice; name each once\n"
            "s.yaml:11:48: \"-1\" is not a size: it is negative; write octets, such as 4096, 10MB or 4KiB\n"
            "s.yaml:12:16: the domain 'x.example' at 'b' and at 'a' (line 11); one host delivers its mail; "
            "others can 'forward' to it\n"
            "s.yaml:12:38: 'submit-to' names 'z', which is no host of 'hosts'; did you mean 'a'?\n"
            "s.yaml:13:3: 'b' is here twice: it stands in line 12 already; give each name once\n"
            "s.yaml:15:12: no host has the domain of the sender 'q@z.example'; say which host sends it "
            "(host: …), or list them in a host's 'agents'; domains: did you mean 'x.example'?\n"
            "s.yaml:15:29: '*@q.example' matches no user of any host; a user is for example u@x.example\n"
            "s.yaml:15:54: \"1\" is not a duration: its unit is missing; write a number and a unit, such as "
            "40ms, 1.5s, 1h30m or 2d\n"
            "s.yaml:16:5: 'from' is missing; add 'from: …'\n"
            "s.yaml:16:43: both 'every' and 'poisson'; keep one of them\n");
}

TEST(ScenarioMistakes, OfTheHeadAreTold) {
  expect_told(
      kTwo,
      {
          {"seed: -1\n", "s.yaml:3:7: '-1' for 'seed'; a whole number from 0 on"},
          {"seed: 99999999999999999999\n", "s.yaml:3:7: '99999999999999999999' for 'seed'"},
          {"seed: [1]\n", "s.yaml:3:7: a list for 'seed'; a whole number from 0 on"},
          {"epoch: yesterday\n", "s.yaml:3:8: 'yesterday' for 'epoch'; a time such as 2000-01-01T12:00:00Z"},
          {"epoch: 2001-02-29\n", "'2001-02-29' for 'epoch'"},
          {"epoch: 2001-02-28T24:00:00Z\n", "for 'epoch'"},
          {"duration: 0s\n", "'0s' is too little; at least 1ns"},
          {"duration: 300000d\n", "is not a duration"},
          {"duration: {}\n", "a map for a duration"},
          {"name: [x]\n", "a list for 'name'; a text is wanted"},
          {"topologie: {}\n", "unknown key 'topologie'; did you mean 'topology'?"},
          {"zzz: 1\n", "unknown key 'zzz'; one of: mailroom, name,"},
          {"seed: 1\nseed: 2\n",
           "s.yaml:4:1: 'seed' is here twice: it stands in line 3 already; give each name once"},
      });
  EXPECT_THAT(mistakes_of("topology: {links: [a -- b]}\n"), HasSubstr("'mailroom: 1' is missing"));
  EXPECT_THAT(mistakes_of("mailroom: 2\n"), HasSubstr("s.yaml:1:11: mailroom: '2' is a version"));
  EXPECT_THAT(mistakes_of("mailroom: 1\n"), HasSubstr("'topology' is missing"));
}

TEST(ScenarioMistakes, OfTheTopologyAreTold) {
  expect_told(
      "mailroom: 1\ntopology:\n  links:\n    - a -- b\n",
      {
          {"    - c\n", "s.yaml:5:7: 'c' is no link; write 'a -- b', with blanks around the dashes"},
          {"    - [a, b]\n", "a list for a link"},
          {"    - {between: [a]}\n", "1 nodes in 'between'; a link has two ends"},
          {"    - {between: [a, b, c]}\n", "3 nodes in 'between'"},
          {"    - {rate: 1Mbps}\n", "'between' is missing"},
          {"    - a -- B1\n",
           "'B1' is no name for a node; names are made of a-z, 0-9, '.' and '-', at most 63 of them, such as "
           "'b1'"},
          {"    - {between: [a, a]}\n", "a link of 'a' to itself"},
          {"    - a -- b: {rate: 0kbps}\n", "is not a rate"},
          {"    - a -- b: {rate: 10MB/s}\n", "rates are in bits; write 80Mbps"},
          {"    - a -- b: {delay: -1ms}\n", "is not a duration: it is negative"},
          {"    - a -- b: {loss: 200%}\n", "s.yaml:5:22: \"200%\" is not a probability"},
          {"    - a -- b: {queue: 0}\n", "s.yaml:5:23: '0' is too little; at least 1 packet"},
          {"    - a -- b -- c: {name: x}\n", "one name for several links"},
          {"    - a -- b: {between: [a, b]}\n", "'between' in the chain form"},
          {"    - a -- b: {name: a-b}\n", "two links of the name 'a-b'"},
          {"  lans: {}\n", "a map for 'lans'; write a list"},
          {"  lans: [{hosts: [a]}]\n", "'name' is missing"},
          {"  lans: [{name: l}]\n", "'hosts' is missing"},
          {"  lans: [{name: a, hosts: [b]}]\n", "two nodes of the name 'a'"},
          {"  lans: [{name: l, hosts: [a, a]}]\n", "'a' is twice on 'l'"},
          {"  lans: [{name: l, hosts: [l]}]\n", "the LAN 'l' on a LAN"},
          {"  defaults: {rate: fast}\n", "is not a rate"},
          {"  generate: {kind: star, nodes: 3}\n  file: triangle.dot\n", "both 'file' and 'generate'"},
          {"  generate: {kind: blob}\n", "s.yaml:5:20:"},
          {"  generate: {kind: ring, nodes: many}\n", "s.yaml:5:33:"},
          {"  generate: {kind: ring, noodles: 4}\n", "noodles"},
          {"  generate: {}\n", "'kind' is missing"},
      });
  const std::string missing =
      mistakes_of("mailroom: 1\ntopology: {file: nowhere.graphml}\nhosts: {any: {}}\n");
  EXPECT_THAT(missing,
              ::testing::StartsWith(
                  "s.yaml:2:18: the network of 'nowhere.graphml': it cannot be opened: No such file or "
                  "directory; name a GraphML or DOT file that can be read; the path is relative to the "
                  "scenario's folder\n"));
  EXPECT_EQ(lines(missing), 1);
  EXPECT_THAT(missing, Not(HasSubstr("'any'"))) << "what is not known is not judged";
}

TEST(ScenarioMistakes, OfHostsAreTold) {
  expect_told(
      "mailroom: 1\ntopology: {links: [a -- b -- c], lans: [{name: l, hosts: [a, b]}]}\nhosts:\n  b: "
      "{domains: b.example}\n",
      {
          {"  d: {}\n", "s.yaml:5:3: the host 'd' is in no network"},
          {"  l: {}\n", "'l' is a LAN"},
          {"  b: {}\n", "'b' is here twice"},
          {"  a: {domains: b.example}\n", "the domain 'b.example' at 'a' and at 'b' (line 4)"},
          {"  a: {domains: B.Example}\n", "the domain 'b.example' at 'a' and at 'b' (line 4)"},
          {"  a: {domains: [a.example, a.example]}\n", "the domain 'a.example' twice at one host"},
          {"  a: {domains: -a.example}\n", "'-a.example' is no domain"},
          {"  a: {domains: {x: y}}\n", "a map for 'domains'"},
          {"  a: {users: [u]}\n", "users of 'a', which has no domain"},
          {"  a: {domains: a.example, users: [{u: {quota: 1kB}}]}\n",
           "a map in the list 'users'; users that have settings are a map: users: {ann: {quota: 1kB}, bob: "
           "{}}"},
          {"  a: {domains: a.example, users: [u, u]}\n", "the user 'u' twice"},
          {"  a: {domains: a.example, users: {u: {}, u: {}}}\n", "'u' is here twice"},
          {"  a: {domains: a.example, users: [u@a.example]}\n", "'u@a.example' is no user name"},
          {"  a: {domains: a.example, users: [a b]}\n", "'a b' is no user name"},
          {"  a: {domains: a.example, users: {u: {qouta: 1}}}\n",
           "unknown key 'qouta'; did you mean 'quota'?"},
          {"  a: {domains: a.example, users: {u: {moved: {}}}}\n", "'to' is missing"},
          {"  a: {domains: a.example, users: {u: {moved: {to: x}}}}\n", "'x' is no address"},
          {"  a: {domains: a.example, users: {u: {moved: {to: u@a.example}}}}\n",
           "'u' moved to where they are"},
          {"  a: {domains: a.example, users: {u: {moved: {to: v@a.example, answer: no}}}}\n",
           "'no' for 'answer'; one of: refuse, forward"},
          {"  a: {forward: {b.example: d}}\n",
           "'forward' names 'd', which is no host of 'hosts'; did you mean 'b'?"},
          {"  a: {forward: a}\n", "'forward' names the host itself"},
          {"  a: {forward: {x_: b}}\n", "'x_' is no domain"},
          {"  a: {forward: {..example: b}}\n", "'..example' is no domain"},
          {"  a: {forward: {x.example: \"mx:x y\"}}\n", "'x y' is no domain"},
          {"  a: {forward: {x.example: \"error:5.1.2 \"}}\n", "'error:' without a text that a reply can have"},
          {"  a: {relay: {clients: [10.0.0.0/33]}}\n",
           "'10.0.0.0/33' among relay.clients is no host of 'hosts', LAN or network"},
          {"  a: {relay: {clients: [bb]}}\n", "did you mean 'b'?"},
          {"  a: {relay: {domains: [x_]}}\n", "'x_' is no domain"},
          {"  a: {smtp: {source-routes: obey}}\n", "one of: honour, ignore, refuse"},
          {"  a: {smtp: {hop-limit: 0}}\n", "'hop-limit'"},
          {"  a: {forward: {x.example: b, X.example: b}}\n", "two next hops for 'x.example'"},
          {"  a: {submit-to: r}\n", "'submit-to' names 'r'"},
          {"  a: {submit-to: b}\n  c: {submit-to: a}\n", "'submit-to' names 'a', which has no SMTP receiver"},
          {"  a: {port: 0}\n", "'0' for 'port'; a whole number from 1 to 65535"},
          {"  a: {receiver: maybe}\n", "'maybe' for 'receiver'; true or false"},
          {"  a: {retry: {intervals: []}}\n", "no interval"},
          {"  a: {retry: {intervals: [0s]}}\n", "'0s' is too little"},
          {"  a: {retry: {give-up: soon}}\n", "is not a duration"},
          {"  a: {smtp: {size-limit: 99999999999GB}}\n", "is not a size"},
          {"  a: {smtp: {recipient-limit: 0}}\n", "'0' for 'recipient-limit'"},
          {"  a: {smtp: yes}\n", "'yes' where a map of keys is wanted"},
          {"  a: 7\n", "'7' where a map of keys is wanted"},
          {"  a: {hostname: a_b}\n", "'a_b' is no host name"},
          {"  a: {agents: [x]}\n  c: {submit-to: a}\n", "'x' without a domain"},
      });
}

TEST(ScenarioMistakes, OfATemplateAreToldOnce) {
  EXPECT_EQ(mistakes_of("mailroom: 1\ntopology: {links: [a -- b -- c]}\nhosts: {'*': {dsk: 1MB, domains: "
                        "'{name}.example'}}\n"),
            "s.yaml:3:15: unknown key 'dsk'; did you mean 'disk'?\n");
}

TEST(ScenarioMistakes, OfTrafficAreTold) {
  const std::string to = "to: ann@north.example";
  expect_told(
      kBase + "traffic:\n",
      {
          {"  - {from: ann@north.example}\n", "s.yaml:11:5: 'to' is missing"},
          {"  - {" + to + "}\n", "'from' is missing"},
          {"  - {from: ann@nroth.example, " + to + "}\n",
           "no host has the domain of the sender 'ann@nroth.example'; say which host sends it (host: …), or "
           "list them in a host's 'agents'; domains: did you mean 'north.example'?"},
          {"  - {from: <>, " + to + "}\n",
           "the sender '<>' has no host; say which user agent sends it: host: …"},
          {"  - {from: ann@north.example, to: <>}\n", "'<>' as a recipient"},
          {"  - {from: ann@north.example, to: []}\n", "a set without addresses"},
          {"  - {from: ann@north.example, to: x}\n", "'x' is no address"},
          {"  - {from: ann@north.example, to: '@r1.example'}\n", "a source route ends in ':' and the mailbox"},
          {"  - {from: ann@north.example, to: '@r1.example,r2.example:x@y.example'}\n",
           "'r2.example' is no '@host' of a source route"},
          {"  - {from: ann@north.example, to: '@r1.example:x'}\n", "is no address"},
          {"  - {from: '@r1.example:ann@north.example', to: x@y.example}\n",
           "a source route for the sender '@r1.example:ann@north.example'"},
          {"  - {from: ann@north.example, to: each(*@nowhere.example)}\n",
           "'*@nowhere.example' matches no user of any host; a user is for example ann@north.example"},
          {"  - {from: ann@north.example, to: every(*@*)}\n",
           "'every' before '('; write all(…), each(…) or any(…)"},
          {"  - {from: ann@north.example, to: 'each(*@*'}\n", "'each(' without its ')'"},
          {"  - {from: ann@north.example, to: ['each(*@*)']}\n", "'each(…)' in a list"},
          {"  - {from: ann@north.example, to: '*@* - *@*'}\n", "a set without addresses"},
          {"  - {from: ann@north.example, " + to + ", at: -1s}\n", "it is negative"},
          {"  - {from: ann@north.example, " + to + ", at: 1s, every: 1s}\n",
           "'at' together with start, every or poisson"},
          {"  - {from: ann@north.example, " + to + ", every: 0s}\n", "'0s' is too little"},
          {"  - {from: ann@north.example, " + to + ", every: 100d, count: 1000000}\n", "after 292 years"},
          {"  - {from: ann@north.example, " + to + ", count: 0}\n", "'0' for 'count'"},
          {"  - {from: ann@north.example, " + to + ", size: 2GB}\n", "a message of more than 1 GB"},
          {"  - {from: ann@north.example, " + to + ", eml: none.eml}\n", "there is no such file"},
          {"  - {from: ann@north.example, " + to + ", eml: 'none*.eml'}\n", "'none*.eml' matches no file"},
          {"  - {from: ann@north.example, " + to + ", eml: .}\n", "it is a directory"},
          {"  - {from: ann@north.example, " + to + ", eml: mail-1.eml, size: 1kB}\n",
           "'size' together with 'eml'"},
          {"  - {from: ann@north.example, eml: mail-2.eml}\n",
           "the header of 'mail-2.eml' names no recipient"},
          {"  - {" + to + ", eml: mail-2.eml}\n", "the header of 'mail-2.eml' names no sender"},
          {"  - {from: ann@north.example, " + to + ", host: pcc}\n",
           "'pcc' is no host of 'hosts'; did you mean 'pc'?"},
          {"  - {from: ann@north.example, " + to + ", name: x}\n  - {from: ann@north.example, " + to +
               ", name: x}\n",
           "two entries of the name 'x'"},
          {"  - 7\n", "'7' where a map of keys is wanted"},
          {"  -\n", "an entry with nothing in it"},
      });
  EXPECT_THAT(mistakes_of(kBase + "traffic: {}\n"), HasSubstr("a map for 'traffic'; write a list"));
}

}  // namespace mailroom::scenario
