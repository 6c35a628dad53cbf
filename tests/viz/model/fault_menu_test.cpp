// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/fault_menu.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sim/faults/parse.hpp"
#include "sim/scenario/load.hpp"

namespace mailroom::viz {
namespace {

using faults::Kind;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using Of = FaultPlace::Of;

constexpr const char* kScenario = R"(mailroom: 1
topology:
  links:
    - pc -- r: {rate: 1Mbps, delay: 1ms}
    - r -- mx1: {rate: 1Mbps, delay: 1ms}
    - r -- mx2: {rate: 1Mbps, delay: 1ms}
  lans:
    - {name: lan, hosts: [mx2, ns], rate: 10Mbps, delay: 1us}
hosts:
  pc: {domains: home.example, users: [ann], receiver: false}
  mx1: {domains: south.example, users: [bob, carol]}
  mx2: {domains: west.example, users: [dave]}
)";

// The header that a run of the scenario has, as far as faults go.
trace::RunHeader header() {
  const auto host = [](const char* name, const char* detail) {
    return trace::HostRow{.name = name, .role = trace::HostRow::Role::host, .detail = detail};
  };
  trace::RunHeader header;
  header.hosts = {
      host("pc", R"({"domains":["home.example"],"users":[{"name":"ann"}]})"),
      {.name = "r", .role = trace::HostRow::Role::router},
      host("mx1", R"({"domains":["south.example"],"users":[{"name":"bob"},{"name":"carol"}],"receiver_port":25})"),
      host("mx2", R"({"domains":["west.example"],"users":[{"name":"dave"}],"receiver_port":25,"zones":["."]})"),
      {.name = "lan", .role = trace::HostRow::Role::lan},
      {.name = "ns", .role = trace::HostRow::Role::router},
  };
  header.links = {{.name = "pc-r", .from = {1}, .to = {2}}, {.name = "r-mx1", .from = {2}, .to = {3}},
                  {.name = "r-mx2", .from = {2}, .to = {4}}, {.name = "lan-mx2", .from = {5}, .to = {4}},
                  {.name = "lan-ns", .from = {5}, .to = {6}}};
  return header;
}

const scenario::Scenario& scenario_of_it() {
  static const auto loaded = scenario::load_text(kScenario, "s.yaml", {});
  EXPECT_TRUE(loaded) << (loaded ? "" : scenario::to_string(loaded.error()));
  return loaded->scenario;
}

std::vector<FaultPlace> places() {
  return {{},
          {.of = Of::host, .name = "mx1"},
          {.of = Of::host, .name = "mx2"},
          {.of = Of::host, .name = "pc"},
          {.of = Of::host, .name = "r"},
          {.of = Of::link, .name = "r-mx1"},
          {.of = Of::link, .name = "lan-mx2"},
          {.of = Of::conversation, .name = "pc", .other = "mx1"},
          {.of = Of::address, .name = "bob@south.example"}};
}

TEST(FaultMenu, EveryFaultOfTheProgramCanBeMadeFromIt) {
  const FaultGround ground = ground_of(header());
  std::set<Kind> made;
  for (const FaultPlace& place : places()) {
    for (const Kind kind : kinds_for(place, ground)) {
      FaultForm form = make_form(kind, place, ground);
      for (const bool with_options : {false, true}) {
        for (FaultForm::Option& option : form.options) option.is_said = with_options;
        const FaultCheck check = check_fault(form.sentence(), &scenario_of_it());
        ASSERT_TRUE(check.fault) << form.sentence() << ": " << check.wrong << "; " << check.right;
        EXPECT_EQ(check.fault->kind, kind) << form.sentence();
        made.insert(kind);
      }
    }
  }
  EXPECT_EQ(made.size(), faults::kKindCount);
}

TEST(FaultMenu, EveryWayToSayWhenIsReadBack) {
  const FaultGround ground = ground_of(header());
  using Begins = FaultTiming::Begins;
  for (std::size_t i = 0; i < faults::kKindCount; ++i) {
    const auto kind = static_cast<Kind>(i);
    FaultForm form = make_form(kind, {}, ground);
    for (const Begins begins : {Begins::now, Begins::at, Begins::when, Begins::every}) {
      for (const std::string_view act : kConditionActs) {
        form.timing.begins = begins;
        form.timing.act = act;
        form.timing.nth = "3";
        form.timing.later = "5ms";
        form.timing.is_random = true;
        form.timing.has_first = true;
        const FaultCheck check = check_fault(form.sentence(), &scenario_of_it());
        ASSERT_TRUE(check.fault) << form.sentence() << ": " << check.wrong << "; " << check.right;
        const auto again = form_of(form.sentence(), ground);
        ASSERT_TRUE(again);
        const auto same = faults::parse(again->sentence());
        ASSERT_TRUE(same) << again->sentence();
        EXPECT_EQ(same->what, check.fault->what);
        EXPECT_EQ(faults::format_when(same->when), faults::format_when(check.fault->when)) << again->sentence();
      }
    }
  }
}

TEST(FaultMenu, OffersWhatApplies) {
  const FaultGround ground = ground_of(header());
  EXPECT_THAT(kinds_for({.of = Of::link, .name = "r-mx1"}, ground), Contains(Kind::link_slow));
  EXPECT_THAT(kinds_for({.of = Of::link, .name = "r-mx1"}, ground), Not(Contains(Kind::host_unreachable)));
  EXPECT_THAT(kinds_for({.of = Of::link, .name = "lan-mx2"}, ground), Contains(Kind::link_down));
  EXPECT_THAT(kinds_for({.of = Of::link, .name = "lan-mx2"}, ground), Not(Contains(Kind::link_slow)));
  EXPECT_THAT(kinds_for({.of = Of::host, .name = "r"}, ground), Contains(Kind::host_unreachable));
  EXPECT_THAT(kinds_for({.of = Of::host, .name = "r"}, ground), Not(Contains(Kind::disk_full)));
  EXPECT_THAT(kinds_for({.of = Of::host, .name = "pc"}, ground), Not(Contains(Kind::smtp_hung))) << "it has no receiver";
  EXPECT_THAT(kinds_for({.of = Of::host, .name = "mx1"}, ground), Not(Contains(Kind::dns_hung))) << "it serves no zone";
  EXPECT_THAT(kinds_for({.of = Of::host, .name = "mx2"}, ground), Contains(Kind::dns_hung));
  EXPECT_THAT(kinds_for({.of = Of::address, .name = "bob@south.example"}, ground), Contains(Kind::mailbox_over_quota));
  EXPECT_THAT(kinds_for({.of = Of::host, .name = "nobody"}, ground), testing::IsEmpty());
  trace::RunHeader alone;
  alone.hosts = {{.name = "a", .role = trace::HostRow::Role::router}};
  EXPECT_THAT(kinds_for({}, ground_of(alone)), Not(Contains(Kind::link_down)));
  EXPECT_TRUE(kinds_for({}, ground_of({})).empty());
}

TEST(FaultMenu, DefaultsAreAboutWhatWasPointedAt) {
  const FaultGround ground = ground_of(header());
  EXPECT_EQ(make_form(Kind::link_losing, {.of = Of::link, .name = "r-mx2"}, ground).what(), "link r-mx2 losing 5%");
  EXPECT_EQ(make_form(Kind::smtp_answers, {.of = Of::host, .name = "mx2"}, ground).sentence(), "smtp of mx2 answers 451 for 5m");
  EXPECT_EQ(make_form(Kind::tcp_cut, {.of = Of::conversation, .name = "pc", .other = "mx1"}, ground).what(), "tcp pc -- mx1 cut");
  EXPECT_EQ(make_form(Kind::tcp_reset, {.of = Of::host, .name = "mx1"}, ground).sentence(), "tcp mx1 -- pc reset");
  EXPECT_EQ(make_form(Kind::address_faulty, {.of = Of::address, .name = "carol@south.example"}, ground).what(),
            "address carol@south.example faulty");
  EXPECT_EQ(make_form(Kind::smtp_answers, {.of = Of::address, .name = "carol@south.example"}, ground).what(),
            "smtp of mx1 answers 451 for carol@south.example");
  EXPECT_EQ(make_form(Kind::address_faulty, {.of = Of::host, .name = "mx2"}, ground).what(), "address dave@west.example faulty");
}

TEST(FaultMenu, SaysWhatIsWrongWithAValue) {
  const FaultGround ground = ground_of(header());
  FaultForm form = make_form(Kind::link_losing, {.of = Of::link, .name = "r-mx2"}, ground);
  ASSERT_TRUE(check_fault(form.sentence(), nullptr).fault);
  form.fields[1].value = "many";
  EXPECT_THAT(check_fault(form.sentence(), nullptr).wrong, HasSubstr("many"));
  form.fields[1].value = "5%";
  form.fields[0].value = "r-mx3";
  EXPECT_TRUE(check_fault(form.sentence(), nullptr).fault) << "the words alone are right";
  EXPECT_THAT(check_fault(form.sentence(), &scenario_of_it()).wrong, HasSubstr("there is no link"));
  form.fields[0].value = "r-mx2";
  form.timing.lasts_for = "";
  EXPECT_FALSE(check_fault(form.sentence(), &scenario_of_it()).fault);
}

TEST(FaultMenu, ASentenceBecomesTheFormThatSaysIt) {
  const FaultGround ground = ground_of(header());
  for (const char* sentence : {"smtp of mx1 answers 550 to final dot for bob@south.example in 30% at 10s for 5m",
                               "link r-mx1 losing 5% in bursts of 4 randomly every 1h for 5m", "spool of mx2 corrupted",
                               "partition pc, mx1 whenever mx1 sends the 3rd 250, 5ms later, for 1s",
                               "address bob@south.example moved to x@west.example", "relay mx1 truncates at 2kB",
                               "dns of mx2 lying \"a.example. 60 IN A 10.0.0.1\" for 1h", "tcp pc -- mx1 reset every 10s"}) {
    const auto form = form_of(sentence, ground);
    ASSERT_TRUE(form) << sentence;
    EXPECT_EQ(form->sentence(), sentence);
  }
  EXPECT_FALSE(form_of("the dog ate it", ground));
}

TEST(FaultMenu, HostileHeadersMakeNoMenuAndNoCrash) {
  std::string long_name = " \n\"";
  long_name.append(500, 'x');
  trace::RunHeader odd;
  odd.hosts = {{.name = long_name, .role = trace::HostRow::Role::host, .detail = R"({"domains":7,"users":[1,{"name":2}]})"},
               {.name = "", .role = trace::HostRow::Role::host, .detail = "[["},
               {.name = "b", .role = trace::HostRow::Role::host, .detail = R"({"domains":["d.example",3],"users":{"a":1},"receiver_port":"x","zones":1})"}};
  odd.links = {{.name = "l", .from = {99}, .to = {-4}}};
  const FaultGround ground = ground_of(odd);
  EXPECT_EQ(ground.nodes.size(), 3u);
  for (const Kind kind : kinds_for({}, ground)) static_cast<void>(check_fault(make_form(kind, {}, ground).sentence(), nullptr));
}

}  // namespace
}  // namespace mailroom::viz
