// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/plots.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "sim/trace/replay.hpp"
#include "tests/viz/model/hand_made_run.hpp"
#include "viz/model/event_test.hpp"
#include "viz/model/plot_columns.hpp"
#include "viz/model/plot_pass.hpp"

namespace mailroom::viz {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using trace::Kind;

// Delivered after 1, 2, 3 and 10 seconds.
void four_deliveries(HandMadeRun& run) {
  const double delays[] = {3, 1, 10, 2};
  for (int i = 0; i < 4; ++i) {
    run.at(100 * i);
    const auto message = run.compose(1, 1000 + i);
    run.queue(message, 1);
    const auto copy = run.create(message, 1);
    run.at(100 * i + delays[i]);
    run.end(copy, Kind::copy_delivered, message, 1);
    run.unqueue(message, 1);
  }
}

TEST(DelayPlot, IsTheDistributionWithItsStatistics) {
  HandMadeRun run;
  four_deliveries(run);
  auto reader = run.finish();
  const Plot plot = answer_plots(reader, {})->plots.delay;
  EXPECT_TRUE(plot.empty.empty());
  ASSERT_EQ(plot.series.size(), 1U);
  const auto& points = plot.series[0].points;
  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[0].x, 1);
  EXPECT_EQ(points[0].y, 0.25);
  EXPECT_EQ(points[0].message.value, 2);
  EXPECT_EQ(points[3].x, 10);
  EXPECT_EQ(points[3].y, 1);
  EXPECT_EQ(plot.statistics,
            (Statistics{.n = 4, .min = 1, .mean = 4, .median = 2, .p95 = 10, .p99 = 10, .max = 10}));
}

TEST(DelayPlot, CountsWhatWasDeliveredInTheRange) {
  HandMadeRun run;
  four_deliveries(run);
  auto reader = run.finish();
  const auto plot =
      answer_plots(reader, {.range = {.from_ns = 101 * kSecond, .until_ns = 210 * kSecond}})->plots.delay;
  ASSERT_TRUE(plot.statistics);
  EXPECT_EQ(plot.statistics->n, 2);
  EXPECT_EQ(plot.statistics->min, 1);
  EXPECT_EQ(plot.statistics->max, 10);
}

TEST(DelayPlot, SaysWhyItIsEmpty) {
  HandMadeRun run;
  run.compose(1);
  auto reader = run.finish();
  const PlotSet plots = answer_plots(reader, {})->plots;
  EXPECT_THAT(plots.delay.empty, HasSubstr("when a message is in a mailbox"));
  EXPECT_THAT(plots.queue.empty, HasSubstr("No message"));
  EXPECT_THAT(plots.hops.empty, HasSubstr("No delivery"));
  EXPECT_THAT(plots.replies.empty, HasSubstr("No SMTP reply"));
  EXPECT_THAT(plots.messages.empty, HasSubstr("No delivery"));
}

TEST(Plots, OfASummaryRunSayWhatWasLeftOut) {
  HandMadeRun run(trace::Level::summary);
  four_deliveries(run);
  auto reader = run.finish();
  const PlotSet plots = answer_plots(reader, {})->plots;
  EXPECT_EQ(plots.delay.statistics->n, 4);
  EXPECT_THAT(plots.queue.empty, HasSubstr("--record mail"));
  EXPECT_THAT(plots.hops.empty, HasSubstr("--record mail"));
  EXPECT_THAT(plots.replies.empty, HasSubstr("--record full"));
}

TEST(QueuePlot, StepsAtTheVeryMoments) {
  HandMadeRun run;
  run.at(1);
  const auto one = run.compose(1);
  run.queue(one, 1);
  run.at(2);
  const auto two = run.compose(1);
  run.queue(two, 1);
  run.at(4);
  run.unqueue(one, 1);
  run.queue(one, 2);
  run.at(10);
  run.record({.kind = Kind::run_ended, .text = "idle"});
  auto reader = run.finish();
  const Plot plot = answer_plots(reader, {})->plots.queue;
  ASSERT_EQ(plot.series.size(), 3U);
  const auto at = [&](std::size_t series) {
    std::vector<std::pair<double, double>> found;
    for (const PlotPoint& point : plot.series[series].points) found.emplace_back(point.x, point.y);
    return found;
  };
  using P = std::pair<double, double>;
  EXPECT_EQ(plot.series[0].name, "all hosts");
  EXPECT_THAT(at(0), ElementsAre(P{0, 0}, P{1, 1}, P{2, 2}, P{10, 2}));
  EXPECT_EQ(plot.series[1].name, "h1");
  EXPECT_THAT(at(1), ElementsAre(P{0, 0}, P{1, 1}, P{2, 2}, P{4, 1}, P{10, 1}));
  EXPECT_THAT(at(2), ElementsAre(P{0, 0}, P{4, 1}, P{10, 1}));
  // 1 s of nothing, 1 s of one, 8 s of two.
  EXPECT_EQ(plot.statistics,
            (Statistics{.n = 3, .min = 0, .mean = 1.7, .median = 2, .p95 = 2, .p99 = 2, .max = 2}));
}

TEST(QueuePlot, IsTheWorldsAtAnyMoment) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    tests::TemporaryFolder folder;
    auto writer = std::move(*trace::RunFileWriter::create(folder / "r.mailroom", trace::random_run_header()));
    trace::make_random_run(*writer, seed, 300);
    ASSERT_TRUE(writer->finish());
    auto replay = std::move(*trace::Replay::open(folder / "r.mailroom"));
    const Plot plot = answer_plots(replay.reader(), {})->plots.queue;
    std::mt19937 random(seed);
    std::size_t most = 0;
    for (int i = 0; i < 50; ++i) {
      const auto time_ns = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(replay.end_ns()));
      ASSERT_TRUE(replay.seek_time(time_ns));
      std::size_t all = 0;
      for (std::int64_t host = 1; host <= trace::kRandomHosts; ++host) {
        const std::size_t there = replay.world().host({host}).queue.size();
        all += there;
        for (const PlotSeries& series : plot.series) {
          if (series.name != "h" + std::to_string(host)) continue;
          EXPECT_EQ(value_at(series, static_cast<double>(time_ns) / 1e9), static_cast<double>(there));
        }
      }
      EXPECT_EQ(value_at(plot.series.front(), static_cast<double>(time_ns) / 1e9), static_cast<double>(all));
      most = std::max(most, all);
    }
    EXPECT_GT(most, 3U);
  }
}

TEST(RepliesPlot, CountsEachOnce) {
  HandMadeRun run;
  const auto inside = run.session();
  const auto outside = run.session();
  run.reply(inside, 250);
  run.reply(inside, 250, Kind::reply_received);
  run.reply(inside, 451);
  run.reply(outside, 550, Kind::reply_received);
  run.reply(outside, 250, Kind::reply_received);
  auto reader = run.finish();
  const Plot plot = answer_plots(reader, {})->plots.replies;
  ASSERT_EQ(plot.bars.size(), 3U);
  EXPECT_EQ(plot.bars[0].name, "250");
  EXPECT_THAT(plot.bars[0].parts, ElementsAre(2));
  EXPECT_EQ(plot.bars[1].name, "451");
  EXPECT_EQ(plot.bars[1].meaning, "transient negative completion");
  EXPECT_EQ(plot.bars[2].name, "550");
  EXPECT_THAT(plot.bars[2].parts, ElementsAre(1));
}

TEST(Throughput, CountsInWindowsOfARoundLength) {
  HandMadeRun run;
  four_deliveries(run);  // at 3, 101, 210 and 302 s
  auto reader = run.finish();
  const PlotSet plots = answer_plots(reader, {})->plots;
  // 302 s / 60 is 5.03 s: windows of 10 s.
  EXPECT_THAT(plots.messages.notes, ElementsAre("Counted in windows of 10 s."));
  EXPECT_EQ(plots.messages.y.unit, "deliveries/min");
  const auto& points = plots.messages.series.at(0).points;
  EXPECT_EQ(points[0].y, 6);  // one in 10 s
  EXPECT_EQ(points[1].y, 0);
  EXPECT_EQ(points[10].y, 6);  // from 100 s on
  EXPECT_EQ(points[30].y, 6);  // the last, though the run ends within it
  EXPECT_EQ(plots.octets.y.unit, "octets/s");
  EXPECT_EQ(plots.octets.series.at(0).points[0].y, 100);
}

TEST(Throughput, WindowsAreRound) {
  EXPECT_EQ(nice_window_ns(0), 1'000'000);
  EXPECT_EQ(nice_window_ns(1'000'001), 2'000'000);
  EXPECT_EQ(nice_window_ns(2'000'000'000), 2'000'000'000);
  EXPECT_EQ(nice_window_ns(30'000'000'000), 50'000'000'000);
}

TEST(Throughput, TakesTimesBeforeTheBeginningForNone) {
  MailFacts facts;
  facts.end_ns = -500'000'000 * kSecond;
  EXPECT_FALSE(throughput_plots(facts, {}).messages.empty.empty());
}

TEST(PlotColumns, LoseNoPeak) {
  PlotSeries series;
  std::mt19937 random(7);
  for (int i = 0; i < 5000; ++i)
    series.points.push_back({.x = i + 0.5, .y = static_cast<double>(random() % 1000)});
  const PlotColumns columns(series);
  for (const auto& [from, to, count] : {std::tuple{0.0, 5000.0, 37}, std::tuple{-10.0, 6000.0, 200},
                                        std::tuple{100.0, 103.0, 50}, std::tuple{4999.0, 9000.0, 5}}) {
    const auto found = columns.over(from, to, count);
    ASSERT_EQ(found.size(), static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      const double begin = from + (to - from) * i / count;
      const double end = from + (to - from) * (i + 1) / count;
      PlotColumn expected;
      for (const PlotPoint& point : series.points) {
        if (point.x >= end) break;
        if (!expected.has || point.x < begin) {
          expected.min = expected.max = expected.first = point.y;
        }
        expected.has = true;
        expected.min = std::min(expected.min, point.y);
        expected.max = std::max(expected.max, point.y);
        expected.last = point.y;
      }
      EXPECT_EQ(found[static_cast<std::size_t>(i)], expected) << from << " " << i;
    }
  }
}

TEST(PlotPass, AnswersInTheBackgroundAndAnewForAnotherRange) {
  HandMadeRun run;
  four_deliveries(run);
  run.finish();
  PlotPass pass;
  EXPECT_EQ(pass.result(), nullptr);
  EXPECT_FALSE(pass.busy());
  pass.ask({.path = run.path()});
  pass.wait();
  EXPECT_FALSE(pass.busy());
  ASSERT_NE(pass.result(), nullptr);
  EXPECT_TRUE(pass.result()->complete);
  EXPECT_EQ(pass.result()->plots.delay.statistics->n, 4);
  const auto before = pass.result();
  pass.ask({.path = run.path()});
  pass.wait();
  EXPECT_EQ(pass.result(), before);
  pass.ask({.path = run.path(), .range = {.from_ns = 200 * kSecond}});
  pass.wait();
  EXPECT_EQ(pass.result()->plots.delay.statistics->n, 2);
}

TEST(PlotPass, FollowsARunThatGrows) {
  HandMadeRun run;
  const auto message = run.compose(1);
  const auto copy = run.create(message, 1);
  run.commit();
  PlotPass pass;
  pass.ask({.path = run.path(), .up_to = {2}});
  pass.wait();
  EXPECT_FALSE(pass.result()->plots.delay.statistics);
  run.at(5);
  const auto delivered = run.end(copy, Kind::copy_delivered, message, 1);
  run.commit();
  pass.ask({.path = run.path(), .up_to = delivered});
  pass.wait();
  ASSERT_TRUE(pass.result()->plots.delay.statistics);
  EXPECT_EQ(pass.result()->plots.delay.statistics->max, 5);
}

TEST(PlotPass, KeepsTheQueueLengthsOfItsFilterWhileTheRunGrows) {
  HandMadeRun run;
  const auto first = run.compose(1);
  run.queue(first, 1, "Q1");
  const auto second = run.compose(1);
  run.queue(second, 1, "Q2");
  run.commit();
  PlotPass pass;
  PlotQuestion question = {.path = run.path(),
                           .filter = "queue>1 rcpt:carol",
                           .test_maker = event_test_of(*Filter::parse("queue>1 rcpt:carol")),
                           .up_to = {4}};
  pass.ask(question);
  pass.wait();
  ASSERT_TRUE(pass.result()->complete);
  ASSERT_FALSE(pass.result()->plots.delay.statistics);
  const auto copy = run.create(second, 1, {}, "carol@example");  // an address that was not known
  run.at(5);
  question.up_to = run.end(copy, Kind::copy_delivered, second, 1);
  run.commit();
  pass.ask(question);
  pass.wait();
  ASSERT_TRUE(pass.result()->plots.delay.statistics) << "two are in the queue still";
  EXPECT_EQ(pass.result()->plots.delay.statistics->n, 1);
}

TEST(PlotPass, CountsWhatPassesTheFilterAndStartsOverForAnother) {
  HandMadeRun run;
  four_deliveries(run);
  run.finish();
  const auto only = [](std::int64_t message) {
    return [message](trace::RunFileReader&) -> EventTest {
      return [message](const trace::StoredEvent& event) { return event.message.value == message; };
    };
  };
  PlotPass pass;
  pass.ask({.path = run.path(), .filter = "msg:3", .test_maker = only(3)});
  pass.wait();
  EXPECT_EQ(pass.result()->filter, "msg:3");
  EXPECT_EQ(pass.result()->plots.delay.statistics->n, 1);
  EXPECT_EQ(pass.result()->plots.delay.statistics->max, 10);
  EXPECT_EQ(pass.result()->plots.queue.statistics->max, 1);
  EXPECT_EQ(pass.result()->plots.queue.series[0].points.at(1).x, 200);
  pass.ask({.path = run.path(), .filter = "msg:2", .test_maker = only(2)});
  pass.wait();
  EXPECT_EQ(pass.result()->plots.delay.statistics->max, 1);
}

// Of a message to Bob and Carol, what is about Bob's copy counts Bob's alone; what is about the message,
// both.
TEST(PlotPass, AFilterOfOneRecipientCountsNoOther) {
  HandMadeRun run;
  const auto message = run.compose(1);
  const auto bob = run.create(message, 1, {}, "bob@example");
  const auto carol = run.create(message, 1, {}, "carol@example");
  run.at(1);
  run.end(bob, Kind::copy_delivered, message, 1);
  run.at(2);
  run.end(carol, Kind::copy_delivered, message, 1);
  auto reader = run.finish();
  const auto count = [&](auto test) {
    const auto answer = answer_plots(
        reader, {.filter = "f", .test_maker = [&](trace::RunFileReader&) -> EventTest { return test; }});
    return answer->plots.delay.statistics ? answer->plots.delay.statistics->n : 0;
  };
  EXPECT_EQ(count([&](const trace::StoredEvent& event) { return event.copy == bob || !event.copy; }), 1);
  EXPECT_EQ(count([&](const trace::StoredEvent& event) { return !event.copy; }), 2);
  EXPECT_EQ(count([&](const trace::StoredEvent&) { return false; }), 0);
}

TEST(PlotPass, UnderstandsTheFilterLanguage) {
  HandMadeRun run;
  const auto message = run.compose(1);
  run.queue(message, 1);
  const auto bob = run.create(message, 1, {}, "bob@example");
  const auto carol = run.create(message, 1, {}, "carol@example");
  run.at(1);
  run.end(bob, Kind::copy_deferred, message, 1, 451);
  run.end(carol, Kind::copy_delivered, message, 1);
  run.at(40);
  run.end(bob, Kind::copy_delivered, message, 1);
  auto reader = run.finish();
  const auto delays = [&](std::string_view text) {
    const auto answer = answer_plots(
        reader, {.filter = std::string(text), .test_maker = event_test_of(*Filter::parse(text))});
    std::vector<double> found;
    if (!answer->plots.delay.series.empty())
      for (const PlotPoint& point : answer->plots.delay.series[0].points) found.push_back(point.x);
    return found;
  };
  EXPECT_THAT(delays(""), ElementsAre(1, 40));
  EXPECT_THAT(delays("rcpt:bob"), ElementsAre(40));
  EXPECT_THAT(delays("rcpt:carol"), ElementsAre(1));
  EXPECT_THAT(delays("reply:4xx"), ElementsAre(40));
  EXPECT_THAT(delays("t>30"), ElementsAre(40));
  EXPECT_THAT(delays("host:h2"), ElementsAre());
}

TEST(PlotPass, TellsWhatIsWrongWithTheFile) {
  PlotPass pass;
  pass.ask({.path = "/nowhere/at/all.mailroom"});
  pass.wait();
  ASSERT_NE(pass.result(), nullptr);
  EXPECT_FALSE(pass.result()->complete);
  EXPECT_THAT(pass.result()->error, HasSubstr("/nowhere/at/all.mailroom"));
}

TEST(PlotPass, CanBeCancelled) {
  HandMadeRun run;
  four_deliveries(run);
  run.finish();
  PlotPass pass;
  pass.ask({.path = run.path(), .test_maker = [](trace::RunFileReader&) -> EventTest {
              return [](const trace::StoredEvent&) {
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
                return true;
              };
            }});
  EXPECT_TRUE(pass.busy());
  pass.cancel();
  EXPECT_FALSE(pass.busy());
  pass.wait();
}

}  // namespace
}  // namespace mailroom::viz
