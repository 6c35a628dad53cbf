// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/topology_verb.hpp"

#include "sim/main/cli_json.hpp"
#include "tests/sim/main/scripted_run.hpp"

namespace mailroom::tests {
namespace {

using testing::HasSubstr;

TEST(TopologyVerb, MakesANetworkByRule) {
  const Called called = call({"topology", "--generate", "kind=star,nodes=5"});
  EXPECT_EQ(called.exit_code, 0) << called.err;
  EXPECT_THAT(called.out, HasSubstr("n5"));
  EXPECT_EQ(call({"topology", "--generate", "star,nodes=5"}).out, called.out);
  const cli::Json json = cli::Json::parse(call({"topology", "--generate", "star,nodes=5", "--json"}).out);
  EXPECT_EQ(json["nodes"].size(), 5u);
  EXPECT_EQ(json["links"].size(), 4u);
}

TEST(TopologyVerb, MakesAnotherNetworkFromAnotherSeed) {
  const std::string one = call({"topology", "--generate", "waxman,nodes=12,seed=1"}).out;
  EXPECT_EQ(call({"topology", "--generate", "waxman,nodes=12,seed=1"}).out, one);
  EXPECT_NE(call({"topology", "--generate", "waxman,nodes=12,seed=2"}).out, one);
}

TEST(TopologyVerb, WritesGraphMlThatItReadsBack) {
  const TemporaryFolder folder;
  const std::string file = folder / "net.graphml";
  ASSERT_EQ(call({"topology", "--generate", "grid,rows=2,columns=3", "--out", file}).exit_code, 0);
  const Called read = call({"topology", file, "--json"});
  EXPECT_EQ(read.exit_code, 0) << read.err;
  const cli::Json json = cli::Json::parse(read.out);
  EXPECT_EQ(json["nodes"].size(), 6u);
  EXPECT_EQ(json["links"].size(), 7u);
}

TEST(TopologyVerb, ReadsTheNetworkOfAScenario) {
  const Called called = call({"topology", MAILROOM_SOURCE_DIR "/labs/demos/two-offices.yaml"});
  EXPECT_EQ(called.exit_code, 0) << called.err;
  EXPECT_THAT(called.out, HasSubstr("Links"));
}

TEST(TopologyVerb, ExplainsWhatIsWrong) {
  EXPECT_EQ(call({"topology"}).exit_code, 2);
  EXPECT_EQ(call({"topology", "/no/such.graphml"}).exit_code, 2);
  const Called kind = call({"topology", "--generate", "waxmann"});
  EXPECT_EQ(kind.exit_code, 2);
  EXPECT_THAT(kind.err, HasSubstr("did you mean"));
  EXPECT_THAT(kind.err, HasSubstr("dumbbell"));
  EXPECT_THAT(call({"topology", "--generate", "ring,nodes=5,nodes=6"}).err, HasSubstr("twice"));
  EXPECT_THAT(call({"topology", "--generate", "ring,nodes"}).err, HasSubstr("KEY=VALUE"));
  EXPECT_THAT(call({"topology", "--generate", "ring,seed=x"}).err, HasSubstr("whole number"));
}

}  // namespace
}  // namespace mailroom::tests
