// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/machine.hpp"

#include <algorithm>
#include <set>

#include "protocols/smtp/command_table.hpp"
#include "tests/sim/main/scripted_run.hpp"
#include "tests/viz/model/asking.hpp"

namespace mailroom::viz {
namespace {

TEST(Machine, HasAPlaceOfItsOwnForEveryState) {
  for (const Side side : {Side::receiver, Side::sender}) {
    const Machine& machine = machine_of(side);
    ASSERT_GE(machine.states.size(), 12u);
    std::set<std::pair<int, int>> places;
    for (const MachineState& state : machine.states) {
      EXPECT_TRUE(places.insert({state.row, state.column}).second) << state.name;
      EXPECT_EQ(machine.find(state.state), &state);
    }
    for (const MachineArrow& arrow : machine.arrows) {
      EXPECT_LT(static_cast<std::size_t>(arrow.from), machine.states.size());
      EXPECT_LT(static_cast<std::size_t>(arrow.to), machine.states.size());
    }
  }
  EXPECT_EQ(machine_of(Side::receiver).find(99), nullptr);
}

TEST(Machine, TellsWhatIsLegalAsTheTableHasIt) {
  const auto legal = legal_in(static_cast<std::int64_t>(smtp::ServerState::ready));
  const auto mail = std::ranges::find(legal, "MAIL", &Legal::command);
  ASSERT_NE(mail, legal.end());
  EXPECT_EQ(mail->leads_to, "sender known");
  EXPECT_EQ(mail->code, 250);
  EXPECT_EQ(std::ranges::find(legal, "DATA", &Legal::command), legal.end());
  EXPECT_TRUE(legal_in(-1).empty());
  EXPECT_TRUE(legal_in(1000).empty());
  EXPECT_TRUE(legal_in(static_cast<std::int64_t>(smtp::ServerState::ended)).empty());
}

TEST(Machine, ShowsBothSidesOfASessionWhileItIsOpen) {
  const tests::TemporaryFolder folder;
  const auto path = folder / "run.mailroom";
  tests::write_scripted_run(path);
  Asked run(path);
  const auto opened = run.first(trace::Kind::session_opened);
  run.after({opened.id.value - 1});
  EXPECT_TRUE(sessions_at(run.world(), opened.host).empty());
  run.after(run.first(trace::Kind::content_sent).id);
  const trace::HostId sender = run.first(trace::Kind::content_sent).host;
  const auto sending = sessions_at(run.world(), sender);
  ASSERT_EQ(sending.size(), 1u);
  EXPECT_EQ(sending[0].side, Side::sender);
  EXPECT_EQ(sending[0].other, opened.host);
  EXPECT_TRUE(sending[0].is_open);
  const auto receiving = sessions_at(run.world(), opened.host);
  ASSERT_EQ(receiving.size(), 1u);
  EXPECT_EQ(receiving[0].side, Side::receiver);
  EXPECT_FALSE(receiving[0].phase.empty());
  EXPECT_FALSE(session_view(run.world(), opened.session, {2}));
}

}  // namespace
}  // namespace mailroom::viz
