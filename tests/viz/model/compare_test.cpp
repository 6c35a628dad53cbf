// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/viz/model/hand_made_run.hpp"
#include "viz/model/plot_csv.hpp"
#include "viz/model/plot_pass.hpp"

namespace mailroom::viz {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using trace::Kind;

DeliveryRow delivery(std::string message_id, std::string recipient, MailFate fate,
                     std::int64_t delay_ns = -1) {
  return {.message_id = std::move(message_id),
          .recipient = std::move(recipient),
          .fate = fate,
          .delay_ns = delay_ns};
}

TEST(Deliveries, HaveNamesFateAndDelay) {
  HandMadeRun run;
  run.at(10);
  const auto message = run.compose(1, 700, "<one@example>");
  const auto bob = run.create(message, 1, {}, "bob@example");
  const auto carol = run.create(message, 1, {}, "carol@example");
  run.at(12);
  const auto there = run.create(message, 3, bob, "bob@example");
  run.end(bob, Kind::copy_relayed, message, 1, 250);
  run.at(15);
  const auto delivered = run.end(there, Kind::copy_delivered, message, 3);
  const auto bounced = run.end(carol, Kind::copy_bounced, message, 1, 550);
  auto reader = run.finish();
  const auto found = *read_deliveries(reader, answer_plots(reader, {})->facts);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], (DeliveryRow{.message = message,
                                   .event = delivered,
                                   .message_id = "<one@example>",
                                   .from = "h1",
                                   .recipient = "bob@example",
                                   .fate = MailFate::delivered,
                                   .composed_ns = 10 * kSecond,
                                   .ended_ns = 15 * kSecond,
                                   .delay_ns = 5 * kSecond,
                                   .hops = 1,
                                   .size_bytes = 700}));
  EXPECT_EQ(found[1].fate, MailFate::bounced);
  EXPECT_EQ(found[1].event, bounced);
  EXPECT_EQ(found[1].delay_ns, -1);
  EXPECT_EQ(csv_of(found),
            "message,message_id,from,recipient,outcome,composed_ns,ended_ns,delay_ns,hops,octets,"
            "notification,event\r\n"
            "1,<one@example>,h1,bob@example,delivered,10000000000,15000000000,5000000000,1,700,0,6\r\n"
            "1,<one@example>,h1,carol@example,bounced,10000000000,15000000000,,,700,0,7\r\n");
}

TEST(Comparison, MatchesByMessageIdAndRecipientWhateverTheNumbers) {
  const std::vector<DeliveryRow> a = {
      delivery("<1>", "bob", MailFate::delivered, 5), delivery("<1>", "carol", MailFate::delivered, 7),
      delivery("<2>", "bob", MailFate::bounced), delivery("<3>", "bob", MailFate::delivered, 9)};
  const std::vector<DeliveryRow> b = {
      delivery("<4>", "bob", MailFate::delivered, 1), delivery("<2>", "bob", MailFate::delivered, 3),
      delivery("<1>", "carol", MailFate::delivered, 6), delivery("<1>", "bob", MailFate::delivered, 5)};
  const Comparison found = compare(a, b);
  ASSERT_EQ(found.pairs.size(), 5U);
  EXPECT_EQ(found.pairs[0].difference_ns(), 0);
  EXPECT_EQ(found.pairs[1].difference_ns(), -1);
  EXPECT_EQ(found.pairs[2].difference_ns(), std::nullopt);
  EXPECT_TRUE(found.pairs[2].differs_in_fate());
  EXPECT_FALSE(found.pairs[1].differs_in_fate());
  EXPECT_FALSE(found.pairs[3].b);
  EXPECT_FALSE(found.pairs[4].a);
  EXPECT_EQ(found.pairs[4].any().message_id, "<4>");
  EXPECT_EQ(found.same, 1);
  EXPECT_EQ(found.faster, 1);
  EXPECT_EQ(found.slower, 0);
  EXPECT_EQ(found.delivered_only_in_a, 1);
  EXPECT_EQ(found.delivered_only_in_b, 2);
  EXPECT_EQ(found.only_in_one, 2);
}

TEST(Comparison, TheSecondOfTheSameMessageIsMatchedByItsOrder) {
  const std::vector<DeliveryRow> a = {delivery("<1>", "bob", MailFate::delivered, 5),
                                      delivery("<1>", "bob", MailFate::delivered, 8)};
  const std::vector<DeliveryRow> b = {delivery("<1>", "bob", MailFate::delivered, 6),
                                      delivery("<1>", "bob", MailFate::delivered, 7)};
  const Comparison found = compare(a, b);
  ASSERT_EQ(found.pairs.size(), 2U);
  EXPECT_EQ(found.pairs[0].difference_ns(), 1);
  EXPECT_EQ(found.pairs[1].difference_ns(), -1);
}

TEST(Comparison, SaysWhatElseDiffers) {
  trace::RunHeader a = {.scenario_name = "s", .scenario_text = "x", .seed = 1};
  trace::RunHeader b = a;
  EXPECT_THAT(differences(a, b), IsEmpty());
  b.seed = 2;
  b.scenario_text = "y";
  EXPECT_THAT(differences(a, b), ElementsAre("The seeds differ: 1 and 2.", "The scenario files differ."));
}

TEST(Csv, QuotesWhatMustBeQuoted) {
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"hi\"\r\n"), "\"say \"\"hi\"\"\r\n\"");
}

TEST(Csv, OfPlotsHasUnitsInItsFirstLine) {
  Plot steps = {.x = {.name = "delay", .unit = "s"}, .y = {.name = "share of deliveries"}};
  steps.series.push_back({.name = "a,b", .points = {{.x = 0.5, .y = 1, .event = {7}, .message = {3}}}});
  EXPECT_EQ(csv_of(steps), "series,delay (s),share of deliveries,message,event\r\n\"a,b\",0.5,1,3,7\r\n");
  Plot bars = {.form = Plot::Form::bars, .x = {.name = "hop"}, .y = {.name = "share", .unit = "s"}};
  bars.part_names = {"connect", "queue"};
  bars.bars.push_back({.name = "a → b", .parts = {0.25, 2}});
  EXPECT_EQ(csv_of(bars), "hop,connect (s),queue (s)\r\na → b,0.25,2\r\n");
}

TEST(Csv, OfEventsHasThoseThatPass) {
  HandMadeRun run;
  run.at(1);
  const auto message = run.compose(1, 700, "<say \"hi\"@example>");
  run.create(message, 2);
  auto reader = run.finish();
  std::string text;
  ASSERT_TRUE(write_events_csv(
      reader, [](const trace::StoredEvent& event) { return event.kind == Kind::message_composed; },
      [&](std::string_view piece) { text += piece; }));
  EXPECT_THAT(
      text,
      HasSubstr(
          "\r\n1,1000000000,message.composed,h1,,,,1,,,,,,,,700,1,\"<say \"\"hi\"\"@example>\",,,\r\n"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 2);
}

}  // namespace
}  // namespace mailroom::viz
