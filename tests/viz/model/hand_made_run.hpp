// SPDX-License-Identifier: GPL-2.0-only
// A run written by hand, event by event, at the times that a test says.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <string_view>

#include "sim/trace/recorder.hpp"
#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/run_file_writer.hpp"
#include "tests/sim/trace/random_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mailroom::viz {

inline constexpr std::int64_t kSecond = 1'000'000'000;

// Hosts h1 … h5 of trace::random_run_header(); h1 is host 1.
class HandMadeRun {
 public:
  explicit HandMadeRun(trace::Level level = trace::Level::packets)
      : writer_(std::move(*trace::RunFileWriter::create(path(), trace::random_run_header(level)))),
        recorder_(*writer_, level) {}

  std::filesystem::path path() const { return folder_ / "run.mailroom"; }
  void at(double seconds) { recorder_.set_time(std::llround(seconds * 1e9)); }
  trace::EventId record(const trace::Event& event) { return recorder_.record(event); }
  trace::RecipientId recipient(std::string_view address) { return recorder_.recipient(address); }

  trace::MessageId compose(std::int64_t host, std::int64_t size = 1000, std::string_view text = "<m@example>",
                           std::string_view detail = "") {
    const trace::MessageId message = recorder_.next_message();
    record({.kind = trace::Kind::message_composed,
            .host = {host},
            .message = message,
            .size = size,
            .value = 1,
            .text = text,
            .detail = detail});
    return message;
  }
  trace::CopyId create(trace::MessageId message, std::int64_t host, trace::CopyId parent = {},
                       std::string_view address = "bob@example") {
    const trace::CopyId copy = recorder_.next_copy();
    record({.kind = trace::Kind::copy_created,
            .host = {host},
            .message = message,
            .copy = copy,
            .parent = parent,
            .recipient = recipient(address)});
    return copy;
  }
  void queue(trace::MessageId message, std::int64_t host, std::string_view queue_id = "Q") {
    record({.kind = trace::Kind::message_queued,
            .host = {host},
            .message = message,
            .size = 1000,
            .text = queue_id});
  }
  void unqueue(trace::MessageId message, std::int64_t host, std::string_view queue_id = "Q") {
    record({.kind = trace::Kind::message_removed, .host = {host}, .message = message, .text = queue_id});
  }
  trace::AttemptId begin(trace::MessageId message, std::int64_t host, trace::ConnectionId open = {}) {
    const trace::AttemptId attempt = recorder_.next_attempt();
    record({.kind = trace::Kind::attempt_began,
            .host = {host},
            .connection = open,
            .message = message,
            .attempt = attempt,
            .value = 1,
            .text = "next"});
    return attempt;
  }
  void connect(trace::AttemptId attempt, trace::MessageId message, std::int64_t host) {
    record({.kind = trace::Kind::session_opened,
            .host = {host},
            .session = recorder_.next_session(),
            .message = message,
            .attempt = attempt,
            .text = "SMTP sender"});
  }
  void end(trace::AttemptId attempt, trace::MessageId message, std::int64_t host, int code = 250) {
    record({.kind = trace::Kind::attempt_ended,
            .host = {host},
            .message = message,
            .attempt = attempt,
            .code = code});
  }
  trace::EventId end(trace::CopyId copy, trace::Kind kind, trace::MessageId message, std::int64_t host,
                     int code = 0, std::int64_t value = 0) {
    return record({.kind = kind,
                   .host = {host},
                   .message = message,
                   .copy = copy,
                   .code = code,
                   .value = value,
                   .text = "bob@example"});
  }
  void reply(trace::SessionId session, int code, trace::Kind kind = trace::Kind::reply_sent) {
    record({.kind = kind, .host = {1}, .session = session, .code = code, .text = "ok"});
  }
  trace::SessionId session() { return recorder_.next_session(); }

  void commit() { writer_->commit(); }
  // Nothing can be recorded afterwards.
  trace::RunFileReader finish() {
    EXPECT_TRUE(writer_->finish());
    return reader();
  }
  trace::RunFileReader reader() {
    auto reader = trace::RunFileReader::open(path());
    EXPECT_TRUE(reader) << reader.error().text;
    return std::move(*reader);
  }

 private:
  tests::TemporaryFolder folder_;
  std::unique_ptr<trace::RunFileWriter> writer_;
  trace::Recorder recorder_;
};

}  // namespace mailroom::viz
