// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/host_list.hpp"

#include "tests/sim/main/scripted_run.hpp"
#include "tests/viz/model/asking.hpp"

namespace mailroom::viz {
namespace {

using State = HostLine::State;

std::vector<std::string> names_of(const std::vector<HostLine>& lines, const trace::RunHeader& header) {
  std::vector<std::string> names;
  for (const HostLine& line : lines) names.push_back(header.hosts[static_cast<std::size_t>(line.host.value - 1)].name);
  return names;
}

TEST(HostList, TakesNumbersInNamesAsNumbers) {
  EXPECT_TRUE(before_by_name("mx2", "mx10"));
  EXPECT_FALSE(before_by_name("mx10", "mx2"));
  EXPECT_TRUE(before_by_name("a", "B"));
  EXPECT_TRUE(before_by_name("mx", "mx1"));
  EXPECT_TRUE(before_by_name("mx007", "mx8"));
  EXPECT_FALSE(before_by_name("same", "same"));
}

class HostLines : public testing::Test {
 protected:
  HostLines() { tests::write_scripted_run(path_); }
  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "run.mailroom";
};

TEST_F(HostLines, TellTheStateAtTheMoment) {
  Asked run(path_);
  const trace::RunHeader& header = run.reader().header();
  run.at(0);
  for (const HostLine& line : host_lines(run.world(), header, {})) EXPECT_EQ(line.state, State::idle);
  run.after(run.first(trace::Kind::copy_deferred).id);
  auto lines = host_lines(run.world(), header, {});
  EXPECT_EQ(lines[2].state, State::waiting);  // mx1
  EXPECT_EQ(lines[2].queued, 1);
  lines = host_lines(run.world(), header, {false, false, false, true});
  EXPECT_EQ(lines[3].state, State::trouble);
}

TEST_F(HostLines, AreArrangedAndLookedThrough) {
  Asked run(path_);
  const trace::RunHeader& header = run.reader().header();
  run.after(run.first(trace::Kind::copy_deferred).id);
  const auto lines = host_lines(run.world(), header, {false, false, false, true});
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_of(arranged(lines, header, HostOrder::name, ""), header), (Names{"mx1", "mx2", "pc1"}));
  EXPECT_EQ(names_of(arranged(lines, header, HostOrder::queue, ""), header).front(), "mx1");
  EXPECT_EQ(names_of(arranged(lines, header, HostOrder::trouble, ""), header).front(), "mx2");
  EXPECT_EQ(names_of(arranged(lines, header, HostOrder::name, "NOR"), header), (Names{"north"}));
  EXPECT_TRUE(arranged(lines, header, HostOrder::name, "nobody").empty());
}

}  // namespace
}  // namespace mailroom::viz
