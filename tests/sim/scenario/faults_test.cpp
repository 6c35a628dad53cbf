// SPDX-License-Identifier: GPL-2.0-only
#include "sim/faults/parse.hpp"
#include "sim/scenario/fault_targets.hpp"
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {
namespace {

using ::testing::HasSubstr;

// Line 12 is the first fault.
std::string world(const std::string& faults, const std::string& more = "") {
  return "mailroom: 1\n"
         "topology:\n"
         "  links: [mx1 -- r, r -- mx2, mx2 -- lone.pc]\n"
         "  lans: [{name: lan, hosts: [r, ws]}]\n"
         "hosts:\n"
         "  mx1: {domains: north.example, users: [ann]}\n"
         "  mx2: {domains: south.example, users: [bob]}\n"
         "  lone.pc: {submit-to: mx2}\n" +
         more + "faults:\n" + faults;
}

std::vector<std::string> whats(const Scenario& scenario) {
  std::vector<std::string> list;
  for (const faults::Fault& fault : scenario.faults) list.push_back(fault.what + " " + faults::format_when(fault.when));
  return list;
}

TEST(ScenarioFaults, AreReadInTheirOrderThenThoseOfTheCommandLine) {
  EXPECT_EQ(scenario_of(world("")).faults.size(), 0u);
  const Scenario scenario = scenario_of(world("  - mx1 of nothing\n").replace(world("").size(), std::string::npos,
                                                                               "  - link mx1-r down at 10s for 5m\n"
                                                                               "  - disk of mx2 full\n"),
                                        {"faults+=host r unreachable at 1h"});
  EXPECT_EQ(whats(scenario), (std::vector<std::string>{"link mx1-r down at 10s for 5m", "disk of mx2 full at 0s",
                                                       "host r unreachable at 1h"}));
  EXPECT_EQ(scenario.faults[0].line, 10);
}

TEST(ScenarioFaults, NameLinksInEitherDirection) {
  const topology::Graph graph = scenario_of(world("")).topology;
  const auto links = [&graph](const std::string& sentence) { return links_of(*faults::parse(sentence), graph); };
  EXPECT_EQ(links("link mx1-r down"), std::vector<std::size_t>{0});
  EXPECT_EQ(links("link r-mx1 down"), std::vector<std::size_t>{0});
  EXPECT_EQ(links("link r -- mx2 down"), std::vector<std::size_t>{1});
  EXPECT_EQ(links("host r unreachable"), (std::vector<std::size_t>{0, 1, 3}));
  EXPECT_EQ(links("partition mx1, r at 1s"), (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(links("partition mx1, r, ws"), std::vector<std::size_t>{1});  // with their segment
  EXPECT_EQ(links("disk of mx1 full"), std::vector<std::size_t>{});
}

struct Wrong {
  std::string fault, wrong, right;
};

TEST(ScenarioFaults, ThatAreWrongAreToldByLine) {
  for (const Wrong& one : std::vector<Wrong>{
           {"link mx1-mx9 down", "there is no link 'mx1-mx9'", "mx1-r"},
           {"host mx3 unreachable", "there is no host 'mx3'", "mx"},
           {"host lan out of operation", "LAN segment", "one of its hosts"},
           {"smtp of r hung", "'r' is no mail host", "mx"},
           {"smtp of lone.pc hung", "no mail host with an SMTP receiver", "mx"},
           {"disk of r full", "'r' is no mail host", "mx"},
           {"tcp mx1 -- mx1 cut", "'mx1' twice", "both ends"},
           {"link r -- lan slow 64kbps", "cannot fail so", "down"},
           {"partition mx1, mx2, lone.pc, r, ws, lan", "LAN segment", ""},
           {"partition mx1, mx2, lone.pc, r, ws", "no link joins", "not all"},
           {"address bob@nowhere.example faulty", "no host has the domain", "did you mean"},
           {"link mx1-r down when r commits", "'r' is no mail host", "mx"},
           {"link mx1-r down at -5s", "negative", "0s"},
           {"link mx1-r dwn", "'dwn'", "'down'"},
       }) {
    const std::string mistakes = mistakes_of(world("  - " + one.fault + "\n"));
    EXPECT_THAT(mistakes, ::testing::StartsWith("s.yaml:10:5: ")) << one.fault;
    EXPECT_THAT(mistakes, HasSubstr(one.wrong)) << one.fault;
    EXPECT_THAT(mistakes, HasSubstr(one.right)) << one.fault;
    EXPECT_EQ(std::ranges::count(mistakes, '\n'), 1) << mistakes;
  }
  EXPECT_THAT(mistakes_of(world("  - dns of mx1 hung\n", "dns: {mode: static}\n")), HasSubstr("no name servers"));
  EXPECT_THAT(mistakes_of(world("  - {at: 5s}\n")), HasSubstr("s.yaml:10:5"));
  EXPECT_THAT(mistakes_of(world(""), {"faults+=link a-b down"}), HasSubstr("--fault link a-b down"));
}

TEST(ScenarioFaults, ThatContradictEachOtherAreTold) {
  const auto both = [](const std::string& one, const std::string& other) {
    return mistakes_of(world("  - " + one + "\n  - " + other + "\n"));
  };
  EXPECT_THAT(both("link mx1-r slow 1Mbps at 10s for 1m", "link mx1-r slow 2Mbps at 30s for 1m"),
              HasSubstr("s.yaml:11:5: 'link mx1-r slow 2Mbps' contradicts line 10, which is in force from 10s to 1m10s"));
  EXPECT_THAT(both("smtp of mx2 hung at 10s", "smtp of mx2 stopped at 1h for 5s"), HasSubstr("to the end of the run"));
  EXPECT_THAT(both("address bob@south.example faulty", "address bob@south.example moved to ann@north.example"),
              HasSubstr("contradicts line 10"));
  EXPECT_THAT(both("link mx1 -- r slow 1Mbps", "link r-mx1 slow 2Mbps"), HasSubstr("contradicts line 10"))
      << "the same link, spelled in another way";
  // One after the other, or of different things.
  EXPECT_EQ(both("link mx1-r slow 1Mbps at 10s for 1m", "link mx1-r slow 2Mbps at 70s for 1m"), "");
  EXPECT_EQ(both("link mx1-r slow 1Mbps", "link mx1-r down"), "");
  EXPECT_EQ(both("smtp of mx1 hung", "smtp of mx2 hung"), "");
  // What is not known beforehand is decided in the run.
  EXPECT_EQ(both("smtp of mx2 hung randomly every 1h for 5m", "smtp of mx2 stopped at 1h for 5s"), "");
}

}  // namespace
}  // namespace mailroom::scenario
