// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/statistics.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/trace/run_file_writer.hpp"
#include "tests/sim/trace/random_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mailroom::trace {

using tests::TemporaryFolder;
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Writes a run by hand: each call is an event a second after the one before.
class HandMadeRun {
 public:
  HandMadeRun() : writer_(std::move(*RunFileWriter::create(folder_ / "run.mailroom", random_run_header()))) {}

  MessageId compose(std::int64_t recipients) {
    const MessageId message = recorder_.next_message();
    record({.kind = Kind::message_composed, .host = {1}, .message = message, .value = recipients});
    return message;
  }
  MessageId compose_with(std::string_view detail) {
    const MessageId message = recorder_.next_message();
    record({.kind = Kind::message_composed, .host = {1}, .message = message, .value = 1, .detail = detail});
    return message;
  }
  CopyId create(MessageId message, CopyId parent, std::int64_t host = 1) {
    const CopyId copy = recorder_.next_copy();
    record({.kind = Kind::copy_created,
            .host = {host},
            .message = message,
            .copy = copy,
            .parent = parent,
            .recipient = recorder_.recipient("ann@example")});
    return copy;
  }
  void end(CopyId copy, Kind kind, MessageId message = {}, std::string_view mailbox = {},
           MessageId bounce = {}) {
    record({.kind = kind,
            .host = {2},
            .message = message,
            .copy = copy,
            .value = bounce.value,
            .text = mailbox});
  }
  Summary summary() {
    EXPECT_TRUE(writer_->finish());
    auto reader = RunFileReader::open(folder_ / "run.mailroom");
    EXPECT_TRUE(reader) << reader.error().text;
    const auto summary = summarize(*reader);
    EXPECT_TRUE(summary);
    return *summary;
  }

 private:
  void record(const Event& event) {
    recorder_.set_time(time_ns_);
    time_ns_ += kSecond;
    recorder_.record(event);
  }
  TemporaryFolder folder_;
  std::unique_ptr<RunFileWriter> writer_;
  Recorder recorder_{*writer_, Level::summary};
  std::int64_t time_ns_ = 0;
};

TEST(Summary, CountsNotificationsApartAndBackscatterAmongThem) {
  HandMadeRun run;
  const MessageId honest = run.compose_with(R"({"from":"a,\"notifies\":1","to":["b"]})");
  const MessageId forged = run.compose_with(R"({"from":"a","to":["b"],"traffic":"t","forged":true})");
  for (const MessageId about : {honest, forged, forged})
    run.compose_with(R"({"from":"","to":["a"],"notifies":)" + std::to_string(about.value) + R"(,"action":"delayed"})");
  const Summary summary = run.summary();
  EXPECT_EQ(summary.mail.messages, 2);
  EXPECT_EQ(summary.bounces.messages, 3);
  EXPECT_EQ(summary.backscatter, 2);
  EXPECT_EQ(nlohmann::json::parse(to_json(summary)).at("backscatter"), 2);
}

TEST(Summary, OfNothingIsAllZero) {
  HandMadeRun run;
  const Summary summary = run.summary();
  EXPECT_EQ(summary, (Summary{.complete = true}));
  const auto json = nlohmann::json::parse(to_json(summary));
  EXPECT_EQ(json["messages"], 0);
  EXPECT_TRUE(json["delay_s"]["p50"].is_null());
}

TEST(Summary, FollowsARelayedCopyToItsMailbox) {
  HandMadeRun run;
  const MessageId message = run.compose(1);  // 0 s
  const CopyId sender = run.create(message, {});
  const CopyId relay = run.create(message, sender);
  run.end(sender, Kind::copy_relayed);
  const CopyId receiver = run.create(message, relay, 2);
  run.end(relay, Kind::copy_relayed);
  run.end(receiver, Kind::copy_delivered, message, "ann");  // 6 s
  const Summary summary = run.summary();
  EXPECT_EQ(summary.mail, (Outcomes{.messages = 1, .recipients = 1, .accepted = 1, .delivered = 1}));
  EXPECT_EQ(summary.bounces, Outcomes());
  EXPECT_EQ(summary.events, 7);
  EXPECT_EQ(summary.simulated_ns, 6 * kSecond);
  EXPECT_EQ(summary.delay_p50_ns, 6 * kSecond);
  EXPECT_EQ(summary.delay_p95_ns, 6 * kSecond);
  EXPECT_EQ(summary.delay_max_ns, 6 * kSecond);
}

TEST(Summary, CountsEachRootRecipientOnce) {
  HandMadeRun run;
  const MessageId message = run.compose(9);
  // Delivered, bounced, discarded, destroyed, and still there: one each.
  run.end(run.create(message, {}), Kind::copy_delivered, message, "ann");
  const CopyId refused = run.create(message, {});
  const MessageId bounce = run.compose(1);
  const CopyId bounce_copy = run.create(bounce, {});
  run.end(refused, Kind::copy_bounced, message, "550", bounce);
  run.end(bounce_copy, Kind::copy_delivered, bounce, "sender");
  run.end(run.create(message, {}), Kind::copy_discarded);
  run.end(run.create(message, {}), Kind::copy_destroyed);
  run.create(message, {});
  // A list: delivered to one member, refused by another. And one that nobody took over.
  const CopyId list = run.create(message, {});
  run.end(list, Kind::copy_expanded);
  run.end(run.create(message, list), Kind::copy_delivered, message, "bob");
  run.end(run.create(message, list), Kind::copy_bounced);
  run.end(run.create(message, {}), Kind::copy_relayed);
  const Summary summary = run.summary();
  EXPECT_EQ(summary.mail, (Outcomes{.messages = 1,
                                    .recipients = 9,
                                    .accepted = 7,
                                    .delivered = 2,
                                    .bounced = 1,
                                    .discarded = 1,
                                    .destroyed = 1,
                                    .queued = 1,
                                    .unaccounted = 1}));
  EXPECT_EQ(summary.bounces, (Outcomes{.messages = 1, .recipients = 1, .accepted = 1, .delivered = 1}));
  EXPECT_EQ(summary.duplicates, 0);
}

// The 250 was lost: the receiver has the message and delivers it, the sender tries again, or gives up.
TEST(Summary, TakesOverlappingOwnersForOneRecipient) {
  HandMadeRun run;
  const MessageId message = run.compose(2);
  const CopyId twice = run.create(message, {});
  run.end(run.create(message, twice, 2), Kind::copy_delivered, message, "ann");
  run.end(run.create(message, twice, 2), Kind::copy_delivered, message, "ann");
  run.end(twice, Kind::copy_relayed);
  const CopyId given_up = run.create(message, {});
  run.end(run.create(message, given_up, 2), Kind::copy_delivered, message, "bob");
  run.end(given_up, Kind::copy_bounced);
  // Still being tried again although it has arrived: delivered, too.
  const MessageId other = run.compose(1);
  const CopyId still_trying = run.create(other, {});
  run.end(run.create(other, still_trying, 2), Kind::copy_delivered, other, "ann");
  const Summary summary = run.summary();
  // copy.delivered is at host 2, whose mailbox "ann" got the first message twice and the other once. The
  // copies are owned by host 2 throughout.
  EXPECT_EQ(summary.mail, (Outcomes{.messages = 2, .recipients = 3, .accepted = 3, .delivered = 3}));
  EXPECT_EQ(summary.duplicates, 1);
}

TEST(Summary, TakesDelaysByNearestRank) {
  HandMadeRun run;
  for (int i = 0; i < 20; ++i) {
    // Three events each, so every delay is 2 s; the last message waits behind ten more events.
    const MessageId message = run.compose(1);
    const CopyId copy = run.create(message, {});
    if (i == 19) {
      for (int j = 0; j < 10; ++j) run.compose(0);
    }
    run.end(copy, Kind::copy_delivered, message, "ann");
  }
  const Summary summary = run.summary();
  EXPECT_EQ(summary.mail.messages, 30);
  EXPECT_EQ(summary.delay_p50_ns, 2 * kSecond);
  EXPECT_EQ(summary.delay_p95_ns, 2 * kSecond);  // the 19th of 20
  EXPECT_EQ(summary.delay_max_ns, 12 * kSecond);
  const auto json = nlohmann::json::parse(to_json(summary));
  EXPECT_EQ(json["delay_s"]["max"], 12.0);
  EXPECT_EQ(json["simulated_s"], 69.0);
  for (const char* key : {"messages", "recipients", "accepted", "delivered", "bounced", "discarded",
                          "destroyed", "queued", "unaccounted", "events"}) {
    EXPECT_TRUE(json[key].is_number_integer()) << key;
  }
}

TEST(Summary, AddsUpOnRandomRuns) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    const TemporaryFolder folder;
    for (const Level level : {Level::summary, Level::packets}) {
      auto writer =
          RunFileWriter::create(folder / "run.mailroom", random_run_header(level), {.overwrite = true});
      ASSERT_TRUE(writer);
      make_random_run(**writer, seed, 200, level);
      ASSERT_TRUE((*writer)->finish());
      auto reader = RunFileReader::open(folder / "run.mailroom");
      ASSERT_TRUE(reader);
      const auto summary = summarize(*reader);
      ASSERT_TRUE(summary);
      for (const Outcomes& all : {summary->mail, summary->bounces}) {
        EXPECT_GT(all.accepted, 0);
        EXPECT_EQ(all.unaccounted, 0);
        EXPECT_EQ(all.accepted, all.delivered + all.bounced + all.discarded + all.destroyed + all.queued);
        EXPECT_EQ(all.recipients, all.accepted);
      }
      EXPECT_GT(summary->mail.delivered, 10);
    }
  }
}

}  // namespace
}  // namespace mailroom::trace
