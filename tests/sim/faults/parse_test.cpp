// SPDX-License-Identifier: GPL-2.0-only
#include "sim/faults/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "sim/faults/words.hpp"

namespace mailroom::faults {
namespace {

using ::testing::HasSubstr;

Fault fault_of(std::string_view sentence) {
  auto fault = parse(sentence);
  EXPECT_TRUE(fault) << sentence << ": " << (fault ? "" : fault.error().wrong);
  return fault ? *fault : Fault{};
}

ParseError error_of(std::string_view sentence) {
  auto fault = parse(sentence);
  EXPECT_FALSE(fault) << sentence;
  return fault ? ParseError{} : fault.error();
}

// A form with a value for each slot, all that is optional there or left out.
std::string example_of(std::string form, bool with_options) {
  static const std::map<std::string, std::string> kValues = {
      {"<node>", "mx1"},   {"<host>", "mx1"},      {"<receiver>", "mx1"}, {"<name-server>", "ns1"}, {"<nodes>", "a, b"},
      {"<link>", "a-b"},   {"<rate>", "64kbps"},   {"<time>", "200ms"},   {"<share>", "30%"},       {"<count>", "4"},
      {"<code>", "451"},   {"<point>", "RCPT"},    {"<size>", "2kB"},     {"<record>", "\"a.example. 60 IN A 10.0.0.1\""},
      {"<address>", "bob@south.example"}};
  while (form.find('[') != std::string::npos) {
    const std::size_t open = form.find('['), close = form.find(']');
    const std::string group = form.substr(open + 1, close - open - 1);
    form.replace(open - (with_options ? 0 : 1), close - open + (with_options ? 1 : 2), with_options ? group : "");
  }
  for (const auto& [slot, value] : kValues)
    for (std::size_t at = form.find(slot); at != std::string::npos; at = form.find(slot)) form.replace(at, slot.size(), value);
  return form;
}

TEST(FaultSentence, OfEveryFormIsReadAndSaysItself) {
  for (std::size_t i = 0; i < kKindCount; ++i) {
    const Kind kind = static_cast<Kind>(i);
    for (const bool with_options : {false, true}) {
      const std::string sentence = example_of(std::string(info(kind).form), with_options);
      const Fault fault = fault_of(sentence);
      EXPECT_EQ(fault.kind, kind) << sentence;
      EXPECT_EQ(fault.what, sentence);
    }
  }
}

TEST(FaultSentence, HasItsTimeInOneSpelling) {
  const std::map<std::string, std::string> kSpellings = {
      {"link a-b down", "at 0s"},
      {"link a-b down at 10s for 5m", "at 10s for 5m"},
      {"LINK a-b DOWN For 300s At 10000ms", "at 10s for 5m"},
      {"link a-b flapping every 10s for 2s", "every 10s for 2s"},
      {"link a-b down at 1h every 10s for 2s", "at 1h every 10s for 2s"},
      {"link a-b down randomly every 1h for 5m", "randomly every 1h for 5m"},
      {"link a-b down when mx2 receives the final dot, for 1h", "when mx2 receives final dot for 1h"},
      {"link a-b down when mx1 sends the 3rd RCPT", "when mx1 sends the 3rd RCPT"},
      {"link a-b down whenever mx1 sends RCPT for 1s", "whenever mx1 sends RCPT for 1s"},
      {"link a-b down when mx2 sends 250, 5ms later, for 1s", "when mx2 sends 250, 5ms later, for 1s"},
      {"link a-b down when mx2 defers the 11th time", "when mx2 defers the 11th time"},
      {"link a-b down when mx2 sends the greeting", "when mx2 sends 220"},
  };
  for (const auto& [sentence, when] : kSpellings) {
    const Fault fault = fault_of(sentence);
    EXPECT_EQ(fault.what, "link a-b down") << sentence;
    EXPECT_EQ(format_when(fault.when), when) << sentence;
    const Fault again = fault_of(fault.what + " " + when);
    EXPECT_EQ(format_when(again.when), when) << sentence;
  }
}

TEST(FaultSentence, KeepsItsValues) {
  const Fault lossy = fault_of("link a -- b losing 5% in bursts of 4 at 1m");
  EXPECT_EQ(lossy.kind, Kind::link_losing_in_bursts);
  EXPECT_EQ(lossy.link, "a -- b");
  EXPECT_EQ(lossy.share_per_billion, 50'000'000);
  EXPECT_EQ(lossy.count, 4);
  EXPECT_EQ(lossy.when.at_ns, 60'000'000'000);
  const Fault answers = fault_of("smtp of mx2 answers 421 to the final dot for bob@x.example in 10% for 5m");
  EXPECT_EQ(answers.point, ".");
  EXPECT_EQ(answers.addresses, std::vector<std::string>{"bob@x.example"});
  EXPECT_EQ(answers.share_per_billion, 100'000'000);
  EXPECT_EQ(answers.when.lasts_ns, 300'000'000'000);
  const Fault parts = fault_of("partition a, b and c at 10s");
  EXPECT_EQ(parts.nodes, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(fault_of("partition a, b, at 10s").nodes, (std::vector<std::string>{"a", "b"}));
}

TEST(FaultSentence, ThatIsWrongSaysWhereAndWhatWouldBeRight) {
  struct Wrong {
    std::string sentence;
    std::size_t offset;
    std::string wrong, right;
  };
  const std::vector<Wrong> kWrong = {
      {"", 0, "no fault", "link a-b down"},
      {"lnk a-b down", 0, "'lnk'", "one of"},
      {"link a-b dwn", 9, "'dwn'", "'down'"},
      {"link a-b", 8, "too early", "'down'"},
      {"link a-b slow fast", 14, "fast", "64kbps"},
      {"link a-b down at -5s", 17, "negative", "0s"},
      {"link a-b down at", 16, "no time", "at 10s"},
      {"link a-b down at 5", 17, "5", "40ms"},
      {"link a-b down for 0s", 18, "no time at all", "0s"},
      {"link a-b down at 1s at 2s", 20, "second", "once"},
      {"link a-b down every 5s", 14, "not said to end", "for"},
      {"link a-b down every 5s for 5s", 14, "every 5s", "less"},
      {"link a-b down at 5s when b commits", 14, "both", "later"},
      {"link a-b down when b smiles", 21, "smiles", "receives"},
      {"link a-b down when b sends nonsense", 27, "no command", "RCPT"},
      {"link a-b down tomorrow", 14, "'tomorrow'", ""},
      {"tcp a -- b reset for 5m", 17, "instant", "leave out"},
      {"smtp of b answers 250", 18, "refuses", "421"},
      {"address bob faulty", 8, "no address", "bob@south.example"},
      {"smtp of b answers 451 in lots", 25, "lots", "%"},
  };
  for (const Wrong& one : kWrong) {
    const ParseError error = error_of(one.sentence);
    EXPECT_EQ(error.offset, one.offset) << one.sentence;
    EXPECT_THAT(error.wrong, HasSubstr(one.wrong)) << one.sentence;
    EXPECT_THAT(error.right, HasSubstr(one.right)) << one.sentence;
  }
  EXPECT_THAT(error_of(std::string(2000, 'x')).wrong, HasSubstr("1000"));
}

TEST(FaultSlot, IsTheSameForRivalsAlone) {
  EXPECT_EQ(slot(fault_of("link a-b slow 1Mbps")), slot(fault_of("link a-b slow 2Mbps")));
  EXPECT_EQ(slot(fault_of("smtp of b hung")), slot(fault_of("smtp of b stopped")));
  EXPECT_EQ(slot(fault_of("tcp a -- b cut")), slot(fault_of("tcp b -- a cut")));
  EXPECT_EQ(slot(fault_of("dns changed to \"A.example. 60 IN MX 10 b.example\"")),
            slot(fault_of("dns changed to \"a.example MX 20 c.example\"")));
  EXPECT_NE(slot(fault_of("dns changed to \"a.example. 60 IN MX 10 b.example\"")),
            slot(fault_of("dns changed to \"a.example. 60 IN A 10.0.0.1\"")));
  EXPECT_NE(slot(fault_of("link a-b down")), slot(fault_of("link a-c down")));
  EXPECT_NE(slot(fault_of("link a-b down")), slot(fault_of("link a-b slow 1Mbps")));
  EXPECT_NE(slot(fault_of("smtp of b answers 451 to RCPT")), slot(fault_of("smtp of b answers 451 to MAIL")));
}

}  // namespace
}  // namespace mailroom::faults
