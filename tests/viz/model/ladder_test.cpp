// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/ladder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/temporary_folder.hpp"
#include "tests/viz/model/ladder_run.hpp"
#include "viz/model/ladder_layout.hpp"
#include "viz/model/segment.hpp"

namespace mailroom::viz {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using tests::LadderRun;
using What = LadderRow::What;

class LadderTest : public testing::Test {
 protected:
  Ladder read(const LadderQuestion& question, trace::Level level = trace::Level::packets,
              bool finish = true) {
    const auto path = folder_ / (std::to_string(++files_) + ".mailroom");
    LadderRun::write(path, level, finish);
    auto reader = trace::RunFileReader::open(path);
    EXPECT_TRUE(reader);
    auto ladder = read_ladder(*reader, question);
    EXPECT_TRUE(ladder) << ladder.error().text;
    return std::move(*ladder);
  }
  static std::vector<std::string> texts(const Ladder& ladder, What what) {
    std::vector<std::string> result;
    for (const LadderRow& row : ladder.rows)
      if (row.what == what) result.push_back(row.text);
    return result;
  }
  static const LadderRow& find(const Ladder& ladder, std::string_view text) {
    const auto found =
        std::ranges::find_if(ladder.rows, [&](const LadderRow& row) { return row.text.contains(text); });
    EXPECT_NE(found, ladder.rows.end()) << text;
    static const LadderRow kNone;
    return found == ladder.rows.end() ? kNone : *found;
  }

  static const LadderRow& find_gap(const Ladder& ladder, std::string_view text) {
    const auto found = std::ranges::find_if(
        ladder.rows, [&](const LadderRow& row) { return row.what == What::gap && row.text == text; });
    EXPECT_NE(found, ladder.rows.end()) << text;
    return found == ladder.rows.end() ? find(ladder, "") : *found;
  }

  mailroom::tests::TemporaryFolder folder_;
  int files_ = 0;
};

LadderQuestion session(std::int64_t id) {
  return {.subject = {.session = {id}}};
}
LadderQuestion message(std::int64_t id) {
  return {.subject = {.message = {id}}};
}

TEST_F(LadderTest, ASessionIsWrittenAsInTheLecture) {
  const Ladder ladder = read(session(2));
  EXPECT_EQ(as_text(ladder), R"(
connection setup
(north to south: TCP connection to port 25)
(session 2: C is north, S is south)
S: 220 south.example Simple Mail Transfer Service Ready
C: HELO north.example
S: 250 south.example

mail transfer
C: MAIL FROM: <isg@north.example>
S: 250 OK
C: RCPT TO: <bob@south.example>
S: 250 OK
C: DATA
S: 354 Start mail input; end with (.)
C: ... actual contents of the message (489 octets) ...
C: .
(south: south is responsible now)
S: 250 OK
(south: in the mailbox bob@south.example)
(north: confirmed: deleted from the list)

closing
C: QUIT
S: 221 south.example Service closing transmission channel
(south: TCP connection closed)
(north: TCP connection closed)
)");
}

TEST_F(LadderTest, ArrowsHaveTheTimesOfBothTheirEnds) {
  const Ladder ladder = read(session(2));
  const LadderRow& helo = find(ladder, "HELO");
  EXPECT_EQ(ladder.lanes[static_cast<std::size_t>(helo.from)].name, "north");
  EXPECT_EQ(ladder.lanes[static_cast<std::size_t>(helo.to)].name, "south");
  EXPECT_EQ(helo.received_ns - helo.sent_ns, 10 * LadderRun::kMs);
  EXPECT_LT(helo.event, helo.received);
  const LadderRow& connect = find(ladder, "TCP connection to port 25");
  EXPECT_EQ(connect.received_ns - connect.sent_ns, 50 * LadderRun::kMs);  // until south has it, not north
  const LadderRow& text = find(ladder, "message text");
  EXPECT_EQ(text.octets, 489);
  EXPECT_EQ(text.received_ns - text.sent_ns, 20 * LadderRun::kMs);
}

TEST_F(LadderTest, RepliesKnowWhatTheyAnswer) {
  const Ladder ladder = read(session(1));
  EXPECT_EQ(find(ladder, "220").answers, smtp::Verb::unknown);
  EXPECT_EQ(find(ladder, "250 south").answers, smtp::Verb::ehlo);
  EXPECT_EQ(find(ladder, "250 2.1.0").answers, smtp::Verb::mail);
  EXPECT_EQ(find(ladder, "550 ").answers, smtp::Verb::rcpt);
  EXPECT_EQ(find(ladder, "354").answers, smtp::Verb::data);
  EXPECT_FALSE(find(ladder, "354").confirms);
  EXPECT_TRUE(find(ladder, "250 2.0.0").confirms);
  EXPECT_EQ(find(ladder, "250 south").full, "250-south.example\n250-SIZE 1000000\n250 PIPELINING");
}

TEST_F(LadderTest, AConfirmationThatIsLostNeverArrives) {
  const Ladder ladder = read(session(1));
  const LadderRow& confirmation = find(ladder, "250 2.0.0");
  EXPECT_TRUE(confirmation.is_lost);
  EXPECT_EQ(confirmation.received_ns, -1);
  EXPECT_FALSE(find(ladder, "354").is_lost);
  EXPECT_THAT(texts(ladder, What::mark),
              testing::IsSupersetOf({"fault: tcp north -- south cut", "disturbed: connection cut",
                                     "timed out: no answer to an acknowledgement"}));
}

TEST_F(LadderTest, ThatALineIsLostIsKnownWhenSomebodyNotices) {
  const Ladder ladder = read(session(1));
  const LadderRow& confirmation = find(ladder, "250 2.0.0");
  const auto row = static_cast<std::size_t>(&confirmation - ladder.rows.data());
  ASSERT_TRUE(confirmation.is_lost);
  EXPECT_FALSE(ladder.is_known_lost(row, confirmation.event));
  EXPECT_TRUE(ladder.is_known_lost(row, find(ladder, "disturbed").event));
  EXPECT_FALSE(ladder.is_known_lost(row - 1, {1'000'000}));
}

TEST_F(LadderTest, WhatIsStillOnItsWayInALiveRunIsNotLost) {
  trace::RunHeader header = LadderRun::header(trace::Level::full);
  const auto path = folder_ / "live.mailroom";
  auto writer = trace::RunFileWriter::create(path, header);
  ASSERT_TRUE(writer);
  trace::Recorder recorder(**writer, trace::Level::full);
  recorder.record(
      {.kind = trace::Kind::command_sent, .host = {1}, .connection = {1}, .session = {1}, .text = "NOOP"});
  (*writer)->commit();
  auto reader = trace::RunFileReader::open(path);
  ASSERT_TRUE(reader);
  auto ladder = read_ladder(*reader, session(1));
  ASSERT_TRUE(ladder);
  ASSERT_EQ(ladder->rows.size(), 1U);
  EXPECT_FALSE(ladder->rows[0].is_lost);
  recorder.context.event = {1};
  recorder.set_time(5);
  recorder.record({.kind = trace::Kind::command_received,
                   .host = {2},
                   .connection = {1},
                   .session = {1},
                   .text = "NOOP"});
  (*writer)->commit();
  ladder = read_ladder(*reader, session(1));
  ASSERT_TRUE(ladder);
  ASSERT_EQ(ladder->rows.size(), 1U);
  EXPECT_EQ(ladder->rows[0].received_ns, 5);
  EXPECT_EQ(ladder->up_to.value, 2);
}

TEST_F(LadderTest, AMessageIsFollowedOverItsSessionsWithTheWaitsBetween) {
  const Ladder ladder = read(message(1));
  EXPECT_THAT(texts(ladder, What::gap), ElementsAre("30 s", "15 min"));
  const LadderRow& wait = find_gap(ladder, "15 min");
  EXPECT_EQ(wait.lasts_ns, 15 * 60 * LadderRun::kS);
  EXPECT_THAT(texts(ladder, What::mark),
              testing::IsSupersetOf({"message 1 is made", "north is responsible now (2 recipients)",
                                     "re-queued: 4.4.2 connection lost: timed out; next try in 15 min",
                                     "given up: 550 5.1.1 no such user"}));
  EXPECT_EQ(std::ranges::count(texts(ladder, What::command), "QUIT"),
            1);  // about no message, but of its session
  std::vector<std::string> phases;
  for (const LadderPhase& phase : ladder.phases) {
    phases.push_back(phase.name);
    EXPECT_LE(phase.first, phase.last);
    EXPECT_LT(phase.last, ladder.rows.size());
  }
  EXPECT_THAT(phases, ElementsAre("connection setup", "mail transfer", "connection setup", "mail transfer",
                                  "closing"));
}

TEST_F(LadderTest, QuestionsToNameServersAreShownWhenWanted) {
  LadderQuestion question = message(1);
  EXPECT_THAT(texts(read(question), What::question), testing::IsEmpty());
  question.names = true;
  const Ladder ladder = read(question);
  EXPECT_THAT(texts(ladder, What::question), ElementsAre("MX south.example"));
  EXPECT_THAT(texts(ladder, What::answer), ElementsAre("MX south.example: 10 south.example"));
  EXPECT_NE(find(ladder, "MX south.example").to, find(ladder, "MX south.example").from);
}

TEST_F(LadderTest, SegmentsAreOneRowOverAllTheirLinks) {
  LadderQuestion question = session(1);
  EXPECT_THAT(texts(read(question), What::segment), testing::IsEmpty());
  question.segments = true;
  const Ladder ladder = read(question);
  EXPECT_THAT(texts(ladder, What::segment),
              ElementsAre("SYN seq 0", "SYN, ACK seq 0 ack 1", "PSH, ACK seq 100 ack 500, 28 octets"));
  const LadderRow& syn = find(ladder, "SYN seq 0");
  EXPECT_EQ(syn.received_ns - syn.sent_ns, 10 * LadderRun::kMs);
  EXPECT_FALSE(syn.is_lost);
  EXPECT_TRUE(find(ladder, "PSH").is_lost);
  EXPECT_EQ(ladder.lacks, "");
  for (const LadderLane& lane : ladder.lanes) EXPECT_NE(lane.name, "r");
}

TEST_F(LadderTest, SaysWhatTheRunsLevelLeftOut) {
  LadderQuestion question = session(1);
  question.segments = true;
  EXPECT_THAT(read(question, trace::Level::full).lacks, HasSubstr("--record packets"));
  EXPECT_THAT(texts(read(question, trace::Level::full), What::command), testing::SizeIs(5));
  EXPECT_THAT(read(message(1), trace::Level::mail).lacks, HasSubstr("--record full"));
  EXPECT_FALSE(read(message(1), trace::Level::summary).rows.empty());
}

TEST_F(LadderTest, ARefusedConnectionHasALadderWithoutASession) {
  const Ladder ladder = read({.subject = {.connection = {3}}});
  ASSERT_EQ(ladder.rows.size(), 2U);
  EXPECT_EQ(ladder.rows[0].what, What::connect);
  EXPECT_FALSE(ladder.rows[0].is_lost);
  EXPECT_EQ(ladder.rows[1].text, "refused (reset)");
  EXPECT_EQ(ladder.rows[1].to, ladder.rows[0].from);
}

TEST_F(LadderTest, KnowsTheRowOfAMoment) {
  const Ladder ladder = read(session(2));
  EXPECT_EQ(ladder.row_at({1}), -1);
  const LadderRow& helo = find(ladder, "HELO");
  const std::ptrdiff_t at = ladder.row_at(helo.event);
  EXPECT_EQ(&ladder.rows[static_cast<std::size_t>(at)], &helo);
  EXPECT_EQ(ladder.row_at(helo.received), at);
  EXPECT_EQ(ladder.row_at({1'000'000}), std::ssize(ladder.rows) - 1);
}

TEST_F(LadderTest, UnknownSubjectsHaveNoRows) {
  EXPECT_TRUE(read(session(99)).rows.empty());
  EXPECT_TRUE(read(message(99)).rows.empty());
  EXPECT_TRUE(read({}).rows.empty());
}

TEST_F(LadderTest, OfAnOutsiderItShowsWhatCame) {
  const auto path = folder_ / "outside.mailroom";
  auto writer = trace::RunFileWriter::create(path, LadderRun::header(trace::Level::full));
  ASSERT_TRUE(writer);
  trace::Recorder recorder(**writer, trace::Level::full);
  const auto say = [&](trace::Event event) {
    event.host = {2};
    event.connection = {1};
    recorder.set_time(recorder.time_ns() + 1000);
    recorder.context.event = recorder.record(event);
  };
  say({.kind = trace::Kind::connection_established});
  say({.kind = trace::Kind::session_opened, .session = {1}, .text = "SMTP receiver"});
  say({.kind = trace::Kind::session_phase_entered, .session = {1}, .text = "connection setup"});
  say({.kind = trace::Kind::reply_sent, .session = {1}, .code = 220, .text = "ready"});
  say({.kind = trace::Kind::command_received, .session = {1}, .text = "AUTH PLAIN"});
  say({.kind = trace::Kind::reply_sent, .session = {1}, .code = 334, .text = ""});
  say({.kind = trace::Kind::command_received, .session = {1}, .text = "AGIAYwBk"});
  say({.kind = trace::Kind::reply_sent, .session = {1}, .code = 235, .text = "2.7.0 ok"});
  ASSERT_TRUE((*writer)->finish());
  auto reader = trace::RunFileReader::open(path);
  ASSERT_TRUE(reader);
  const auto ladder = read_ladder(*reader, session(1));
  ASSERT_TRUE(ladder);
  EXPECT_THAT(texts(*ladder, What::command), ElementsAre("AUTH PLAIN", "AGIAYwBk"));
  EXPECT_TRUE(find(*ladder, "AGIA").is_response);
  EXPECT_EQ(find(*ladder, "235").answers, smtp::Verb::auth);
  ASSERT_EQ(ladder->lanes.size(), 2U);
  EXPECT_EQ(ladder->lanes[0].name, "outside");
  EXPECT_EQ(find(*ladder, "AUTH").from, 0);
  EXPECT_EQ(ladder->phases.size(), 1U);
}

// --- where rows stand

TEST_F(LadderTest, RowsAreAtEqualDistancesAndArrowsDoNotPassWhatCameLater) {
  const Ladder ladder = read(message(1));
  const LadderLayout layout = lay_out(ladder, LadderAxis::rows);
  ASSERT_EQ(layout.places.size(), ladder.rows.size());
  for (std::size_t i = 0; i < ladder.rows.size(); ++i) {
    const auto heads =
        std::ranges::count_if(ladder.phases, [&](const LadderPhase& p) { return p.first <= i; });
    EXPECT_NEAR(layout.places[i].top, static_cast<double>(i) + kPhaseHead * static_cast<double>(heads), 1e-9);
    EXPECT_GE(layout.places[i].bottom, layout.places[i].top);
    for (std::size_t j = i + 1; j < ladder.rows.size(); ++j) {
      const bool is_later = ladder.rows[i].received && ladder.rows[j].event > ladder.rows[i].received;
      if (is_later && ladder.rows[j].what != What::gap) {
        EXPECT_LE(layout.places[i].bottom, layout.places[j].top + 1e-9) << i << " " << j;
      }
    }
  }
  // Four pipelined commands arrive when their replies begin: they slope more than one that waits for its
  // reply.
  const auto place = [&](std::string_view text) {
    return layout.places[static_cast<std::size_t>(&find(ladder, text) - ladder.rows.data())];
  };
  EXPECT_GT(place("MAIL FROM:<").bottom - place("MAIL FROM:<").top, 2);
  EXPECT_LT(place("HELO").bottom - place("HELO").top, 1);
}

TEST_F(LadderTest, TrueTimeKeepsProportionsAndCutsWaits) {
  const Ladder ladder = read(message(1));
  const LadderLayout layout = lay_out(ladder, LadderAxis::time, 100);  // 10 ms a row
  const auto place = [&](const LadderRow& row) {
    return layout.places[static_cast<std::size_t>(&row - ladder.rows.data())];
  };
  const LadderRow& helo = find(ladder, "HELO");
  EXPECT_NEAR(place(helo).bottom - place(helo).top, 1, 1e-9);
  const LadderRow& text = find(ladder, "message text");
  EXPECT_NEAR(place(text).bottom - place(text).top, 2, 1e-9);
  const LadderRow& gap = find_gap(ladder, "15 min");
  EXPECT_NEAR(place(gap).bottom - place(gap).top, 1, 1e-9);
  for (std::size_t i = 1; i < ladder.rows.size(); ++i)
    EXPECT_GE(layout.places[i].top, layout.places[i - 1].top - 1e-9);
  const LadderLayout chosen = lay_out(ladder, LadderAxis::time);
  EXPECT_GT(chosen.height, 10);
  EXPECT_EQ(lay_out({}, LadderAxis::time).height, 0);
}

TEST_F(LadderTest, AMomentStandsBetweenItsRows) {
  const Ladder ladder = read(message(1));
  const LadderLayout layout = lay_out(ladder, LadderAxis::rows);
  EXPECT_EQ(layout.at(ladder, 0, {1}), 0);
  const LadderRow& helo = find(ladder, "HELO");
  const auto i = static_cast<std::size_t>(&helo - ladder.rows.data());
  EXPECT_EQ(layout.at(ladder, helo.sent_ns, helo.event), layout.places[i].top);
  const double between = layout.at(ladder, helo.sent_ns + 5 * LadderRun::kMs, helo.event);
  EXPECT_NEAR(between, (layout.places[i].top + layout.places[i + 1].top) / 2, 1e-6);
  const LadderRow& gap = find_gap(ladder, "15 min");
  const auto g = static_cast<std::size_t>(&gap - ladder.rows.data());
  const double waiting = layout.at(ladder, gap.sent_ns + gap.lasts_ns / 2, ladder.rows[g - 1].event);
  EXPECT_NEAR(waiting, (layout.places[g].top + layout.places[g].bottom) / 2, 1e-6);
  double before = 0;
  for (std::int64_t time_ns = 0; time_ns < 1000 * LadderRun::kS; time_ns += LadderRun::kS / 3) {
    trace::EventId event{};
    for (const LadderRow& row : ladder.rows)
      if (row.what != What::gap && row.sent_ns <= time_ns) event = std::max(event, row.event);
    const double at = layout.at(ladder, time_ns, event);
    EXPECT_GE(at, before);
    before = at;
  }
}

// --- hostile

TEST_F(LadderTest, EventsInAnyDisorderMakeSomeLadder) {
  std::mt19937 random(5);
  for (int round = 0; round < 40; ++round) {
    const auto path = folder_ / ("odd" + std::to_string(round) + ".mailroom");
    auto writer = trace::RunFileWriter::create(path, LadderRun::header(trace::Level::packets));
    ASSERT_TRUE(writer);
    std::vector<std::string> kept;
    kept.reserve(200);
    for (int i = 1; i <= 200; ++i) {
      kept.push_back(std::string(random() % 4 == 0 ? 500 : random() % 5, static_cast<char>(random())));
      trace::Event event{.kind = static_cast<trace::Kind>(random() % trace::kKindCount)};
      const auto number = [&]() -> std::int64_t { return static_cast<std::int64_t>(random() % 5) - 1; };
      event.host = {number()};
      event.link = {number()};
      event.connection = {number()};
      event.session = {number()};
      event.message = {number()};
      event.copy = {number()};
      event.code = static_cast<int>(number()) * 250;
      if (random() % 2 == 0) event.size = number();
      if (random() % 2 == 0) event.value = number();
      event.text = kept.back();
      (*writer)->write({i}, i, {static_cast<std::int64_t>(random() % 200)}, event);
      if (event.kind == trace::Kind::frame_sent) (*writer)->write_frame({i}, kept.back());
    }
    ASSERT_TRUE((*writer)->finish());
    auto reader = trace::RunFileReader::open(path);
    ASSERT_TRUE(reader);
    for (int id = 1; id < 4; ++id)
      for (const LadderSubject& subject : {LadderSubject{.session = {id}}, LadderSubject{.message = {id}},
                                           LadderSubject{.connection = {id}}}) {
        const auto ladder = read_ladder(*reader, {.subject = subject, .names = true, .segments = true});
        ASSERT_TRUE(ladder);
        as_text(*ladder);
        for (const LadderAxis axis : {LadderAxis::rows, LadderAxis::time})
          EXPECT_EQ(lay_out(*ladder, axis).places.size(), ladder->rows.size());
        for (const LadderRow& row : ladder->rows) {
          EXPECT_GE(row.from, 0);
          EXPECT_LT(row.from, std::ssize(ladder->lanes));
          EXPECT_GE(row.to, 0);
          EXPECT_LT(row.to, std::ssize(ladder->lanes));
        }
        for (const LadderPhase& phase : ladder->phases) EXPECT_LT(phase.last, ladder->rows.size());
      }
  }
}

TEST(Segment, RandomOctetsAreNoSegmentOrOne) {
  std::mt19937 random(6);
  int parsed = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string octets(random() % 80, '\0');
    for (char& c : octets) c = static_cast<char>(random());
    if (octets.size() > 20 && i % 2 == 0) {
      octets[0] = 0x45;
      octets[9] = 6;
      octets[6] = octets[7] = 0;  // no fragment
      if (octets.size() > 33) octets[32] = 0x50;
    }
    if (const auto segment = parse_segment(octets)) {
      ++parsed;
      EXPECT_LE(segment->octets, 65535U);
      EXPECT_FALSE(flag_names(segment->flags).empty());
    }
  }
  EXPECT_GT(parsed, 10);
  EXPECT_FALSE(parse_segment(""));
}

}  // namespace
}  // namespace mailroom::viz
