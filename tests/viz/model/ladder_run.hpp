// SPDX-License-Identifier: GPL-2.0-only
// A run of two hosts and a router, written line by line as agents would record it, for the tests of the
// ladder and of the list of events:
//
//   1 s    north hands message 1 to south in session 1, with pipelining; RCPT to carol is refused by 550.
//   south commits
//          it for bob and says 250, which is lost: the connection is cut (fault 1).
//   31 s   north times out and re-queues bob; carol's copy bounces.
//   931 s  it is handed over again in session 2, whose dialogue is the lecture's. bob has it twice.
//   1000 s connection 3 is refused. The run ends.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sim/trace/recorder.hpp"
#include "sim/trace/run_file_writer.hpp"

namespace mailroom::viz::tests {

class LadderRun {
 public:
  static constexpr std::int64_t kMs = 1'000'000;
  static constexpr std::int64_t kS = 1'000'000'000;
  static constexpr trace::HostId kNorth{1}, kSouth{2}, kRouter{3};

  static trace::RunHeader header(trace::Level level) {
    trace::RunHeader header;
    header.scenario_name = "two-offices";
    header.level = level;
    header.epoch_unix_s = 946'728'000;
    for (const char* name : {"north", "south", "r"}) {
      trace::HostRow row;
      row.name = row.label = name;
      row.role = name[0] == 'r' ? trace::HostRow::Role::router : trace::HostRow::Role::host;
      row.x = name[0] == 'n' ? 0.1 : name[0] == 's' ? 0.9 : 0.5;
      row.y = 0.5;
      header.hosts.push_back(row);
    }
    for (const auto& [name, from, to] : {std::tuple{"north-r", 1, 3}, {"r-south", 3, 2}})
      header.links.push_back({.name = name,
                              .from = {from},
                              .to = {to},
                              .rate_bps = 1'000'000,
                              .delay_ns = 5 * kMs,
                              .queue_packets = 10});
    return header;
  }

  // `finish`: false leaves it as if it were still growing.
  static void write(const std::filesystem::path& path, trace::Level level = trace::Level::packets,
                    bool finish = true) {
    auto writer = trace::RunFileWriter::create(path, header(level));
    ASSERT_TRUE(writer) << writer.error().text;
    trace::Recorder recorder(**writer, level);
    LadderRun(recorder).play();
    (*writer)->commit();
    if (!finish) return;
    ASSERT_TRUE((*writer)->finish());
  }

 private:
  using Event = trace::Event;
  using EventId = trace::EventId;
  using Kind = trace::Kind;

  explicit LadderRun(trace::Recorder& recorder) : r_(recorder) {}

  EventId note(Event event) {
    event.connection = connection_;
    event.session = session_;
    return record(event);
  }
  EventId record(const Event& event) {
    const EventId id = r_.record(event);
    r_.context.event = id;
    return id;
  }
  void wait(std::int64_t by_ns) { r_.set_time(r_.time_ns() + by_ns); }

  EventId sends(const char* line, bool about_message = true) {
    return note(
        {.kind = Kind::command_sent, .host = kNorth, .message = message(about_message), .text = line});
  }
  void hears(EventId sent, const char* line, bool about_message = true) {
    r_.context.event = sent;
    note({.kind = Kind::command_received, .host = kSouth, .message = message(about_message), .text = line});
  }
  EventId answers(int code, const char* text, bool about_message = true) {
    return note({.kind = Kind::reply_sent,
                 .host = kSouth,
                 .message = message(about_message),
                 .code = code,
                 .text = text});
  }
  void reads(EventId sent, int code, const char* text, bool about_message = true) {
    r_.context.event = sent;
    note({.kind = Kind::reply_received,
          .host = kNorth,
          .message = message(about_message),
          .code = code,
          .text = text});
  }
  // One command and its reply, 10 ms each way.
  void turn(const char* line, int code, const char* text, bool about_message = true) {
    const EventId sent = sends(line, about_message);
    wait(10 * kMs);
    hears(sent, line, about_message);
    const EventId answered = answers(code, text, about_message);
    wait(10 * kMs);
    reads(answered, code, text, about_message);
  }
  trace::MessageId message(bool is_about_it) const {
    return is_about_it ? trace::MessageId{1} : trace::MessageId{};
  }

  void phase(trace::HostId host, const char* name) {
    note({.kind = Kind::session_phase_entered, .host = host, .message = {1}, .text = name});
  }

  void play() {
    record({.kind = Kind::run_began, .text = "0.1.0"});
    r_.set_time(kS);
    bob_ = r_.recipient("bob@south.example");
    carol_ = r_.recipient("carol@south.example");
    record({.kind = Kind::message_composed,
            .host = kNorth,
            .message = {1},
            .size = 489,
            .value = 2,
            .text = "<1@north.example>",
            .detail = R"({"from":"isg@north.example"})"});
    create(kNorth, 1, bob_, 0);
    create(kNorth, 2, carol_, 0);
    record({.kind = Kind::message_queued,
            .host = kNorth,
            .message = {1},
            .size = 489,
            .value = 2,
            .text = "Q1"});
    ask_for_name();
    connect(1);
    first_session();
    retry();
    connect(2);
    second_session();
    refused();
    connection_ = {};
    session_ = {};
    record({.kind = Kind::run_ended, .text = "idle"});
  }

  void create(trace::HostId host, std::int64_t copy, trace::RecipientId recipient, std::int64_t parent) {
    record({.kind = Kind::copy_created,
            .host = host,
            .message = {1},
            .copy = {copy},
            .parent = {parent},
            .recipient = recipient,
            .text = "Q1"});
  }

  void ask_for_name() {
    const EventId asked = record(
        {.kind = Kind::query_sent, .host = kNorth, .message = {1}, .size = 40, .text = "MX south.example"});
    wait(10 * kMs);
    record({.kind = Kind::query_received,
            .host = kSouth,
            .message = {1},
            .size = 40,
            .text = "MX south.example"});
    record({.kind = Kind::response_sent,
            .host = kSouth,
            .message = {1},
            .text = "MX south.example: 10 south.example"});
    wait(10 * kMs);
    record({.kind = Kind::response_received, .host = kNorth, .message = {1}});
    static_cast<void>(asked);
  }

  // A SYN over both links, as frames; the handshake takes 30 ms.
  void connect(std::int64_t number) {
    connection_ = {number};
    session_ = {};
    const EventId opened =
        note({.kind = Kind::connection_opened, .host = kNorth, .message = {1}, .value = 25, .text = "south"});
    frame(1, 100, 0, 0x02, "");
    wait(10 * kMs);
    frame(2, 700, 101, 0x12, "");
    wait(10 * kMs);
    r_.context.event = opened;
    note({.kind = Kind::connection_established, .host = kNorth});
    session_ = {number};
    const EventId established =
        note({.kind = Kind::session_opened, .host = kNorth, .message = {1}, .text = "SMTP sender"});
    phase(kNorth, "connection setup");
    wait(10 * kMs);
    r_.context.event = established;
    note({.kind = Kind::connection_established, .host = kSouth});
    note({.kind = Kind::session_opened, .host = kSouth, .message = {1}, .text = "SMTP receiver"});
    phase(kSouth, "connection setup");
  }

  // From north (1) or south (2), over the router.
  void frame(unsigned from, std::uint32_t seq, std::uint32_t ack, std::uint8_t flags, const std::string& text,
             bool is_lost = false) {
    const EventId before = r_.context.event;
    const std::int64_t now_ns = r_.time_ns();
    const std::string octets = datagram(from, seq, ack, flags, text);
    const auto size = static_cast<std::int64_t>(octets.size());
    const bool there = from == 1;
    const EventId first = note({.kind = Kind::frame_sent,
                                .host = there ? kNorth : kSouth,
                                .link = {there ? 1 : 2},
                                .size = size,
                                .value = there ? 0 : 1});
    r_.record_frame(first, octets);
    wait(5 * kMs);
    note({.kind = Kind::frame_received, .host = kRouter, .link = {there ? 1 : 2}, .size = size});
    if (is_lost) {
      r_.context.event = before;
      note({.kind = Kind::frame_dropped,
            .host = kRouter,
            .link = {there ? 2 : 1},
            .size = size,
            .text = "loss"});
    } else {
      const EventId second =
          note({.kind = Kind::frame_sent, .host = kRouter, .link = {there ? 2 : 1}, .size = size});
      r_.record_frame(second, octets);
      r_.set_time(now_ns + 10 * kMs);
      note({.kind = Kind::frame_received,
            .host = there ? kSouth : kNorth,
            .link = {there ? 2 : 1},
            .size = size});
    }
    // Others go on meanwhile: events are in order, times as well.
    r_.context.event = before;
  }

  std::string datagram(unsigned from, std::uint32_t seq, std::uint32_t ack, std::uint8_t flags,
                       const std::string& text) {
    std::string octets(40, '\0');
    const auto put = [&](std::size_t at, std::uint32_t value, int count) {
      for (int i = count; i-- > 0; value >>= 8)
        octets[at + static_cast<std::size_t>(i)] = static_cast<char>(value & 0xFF);
    };
    octets[0] = 0x45;
    put(2, static_cast<std::uint32_t>(40 + text.size()), 2);
    put(4, ++datagrams_, 2);
    octets[8] = 64;
    octets[9] = 6;
    put(12, 0x0A000000U + from, 4);
    put(16, 0x0A000000U + 3 - from, 4);
    put(20, from == 1 ? 49152 : 25, 2);
    put(22, from == 1 ? 25 : 49152, 2);
    put(24, seq, 4);
    put(28, ack, 4);
    octets[32] = 0x50;
    put(33, flags, 1);
    put(34, 65535, 2);
    return octets + text;
  }

  void greet(const char* hello, const char* answer) {
    const EventId greeting = answers(220, "south.example Simple Mail Transfer Service Ready");
    wait(10 * kMs);
    reads(greeting, 220, "south.example Simple Mail Transfer Service Ready");
    turn(hello, 250, answer);
    phase(kNorth, "mail transfer");
  }

  void first_session() {
    greet("EHLO north.example", "south.example\nSIZE 1000000\nPIPELINING");
    const char* const lines[] = {"MAIL FROM:<isg@north.example> SIZE=489", "RCPT TO:<bob@south.example>",
                                 "RCPT TO:<carol@south.example>", "DATA"};
    EventId sent[4];
    for (int i = 0; i < 4; ++i) sent[i] = sends(lines[i]);
    wait(10 * kMs);
    const std::pair<int, const char*> replies[] = {
        {250, "2.1.0 OK"}, {250, "2.1.5 OK"}, {550, "5.1.1 no such user"}, {354, "go ahead"}};
    EventId answered[4];
    for (int i = 0; i < 4; ++i) {
      hears(sent[i], lines[i]);
      answered[i] = answers(replies[i].first, replies[i].second);
    }
    wait(10 * kMs);
    for (int i = 0; i < 4; ++i) reads(answered[i], replies[i].first, replies[i].second);
    const EventId go_ahead = r_.context.event;
    note({.kind = Kind::content_sent, .host = kNorth, .message = {1}, .size = 489});
    wait(20 * kMs);
    r_.context.event = go_ahead;
    note({.kind = Kind::content_received, .host = kSouth, .message = {1}, .size = 489});
    const trace::ConnectionId connection = connection_;
    const trace::SessionId session = session_;
    connection_ = {};
    session_ = {};
    create(kSouth, 3, bob_, 1);
    const EventId began = note({.kind = Kind::fault_began, .fault = {1}, .text = "tcp north -- south cut"});
    note({.kind = Kind::copy_delivered,
          .host = kSouth,
          .message = {1},
          .copy = {3},
          .recipient = bob_,
          .value = 1,
          .text = "bob@south.example"});
    connection_ = connection;
    session_ = session;
    answers(250, "2.0.0 OK, queued as Q1");
    frame(2, 800, 600, 0x18, "250 2.0.0 OK, queued as Q1\r\n", true);
    note({.kind = Kind::connection_disturbed,
          .host = kRouter,
          .link = {1},
          .message = {1},
          .fault = {1},
          .text = "connection cut",
          .because = began});
    wait(30 * kS);
    note({.kind = Kind::connection_timed_out, .host = kNorth, .message = {1}, .text = "an acknowledgement"});
    record({.kind = Kind::copy_deferred,
            .host = kNorth,
            .message = {1},
            .copy = {1},
            .recipient = bob_,
            .value = r_.time_ns() + 900 * kS,
            .text = "4.4.2 connection lost: timed out"});
    retry_ = r_.context.event;
    record({.kind = Kind::copy_bounced,
            .host = kNorth,
            .message = {1},
            .copy = {2},
            .recipient = carol_,
            .code = 550,
            .value = 0,
            .text = "5.1.1 no such user"});
    note({.kind = Kind::session_closed, .host = kNorth, .message = {1}, .text = "timed out"});
    note({.kind = Kind::session_closed, .host = kSouth, .message = {1}, .text = "timed out"});
  }

  void retry() {
    wait(900 * kS);
    r_.context.event = retry_;
  }

  void second_session() {
    greet("HELO north.example", "south.example");
    turn("MAIL FROM: <isg@north.example>", 250, "OK");
    turn("RCPT TO: <bob@south.example>", 250, "OK");
    turn("DATA", 354, "Start mail input; end with (.)");
    note({.kind = Kind::content_sent, .host = kNorth, .message = {1}, .size = 489});
    wait(20 * kMs);
    note({.kind = Kind::content_received, .host = kSouth, .message = {1}, .size = 489});
    create(kSouth, 4, bob_, 1);
    const EventId answered = answers(250, "OK");
    record({.kind = Kind::copy_delivered,
            .host = kSouth,
            .message = {1},
            .copy = {4},
            .recipient = bob_,
            .value = 2,
            .text = "bob@south.example"});
    wait(10 * kMs);
    reads(answered, 250, "OK");
    record({.kind = Kind::copy_relayed,
            .host = kNorth,
            .message = {1},
            .copy = {1},
            .recipient = bob_,
            .code = 250,
            .text = "OK"});
    record({.kind = Kind::message_removed, .host = kNorth, .message = {1}, .text = "Q1"});
    phase(kNorth, "closing");
    turn("QUIT", 221, "south.example Service closing transmission channel", false);
    note({.kind = Kind::session_closed, .host = kNorth, .text = "closed"});
    note({.kind = Kind::session_closed, .host = kSouth, .text = "closed"});
    note({.kind = Kind::connection_closed, .host = kSouth});
    note({.kind = Kind::connection_closed, .host = kNorth});
  }

  void refused() {
    r_.set_time(1000 * kS);
    connection_ = {3};
    session_ = {};
    note({.kind = Kind::connection_opened, .host = kNorth, .value = 25, .text = "south"});
    wait(20 * kMs);
    note({.kind = Kind::connection_refused, .host = kNorth});
  }

  trace::Recorder& r_;
  trace::ConnectionId connection_{};
  trace::SessionId session_{};
  trace::RecipientId bob_{};
  trace::RecipientId carol_{};
  EventId retry_{};
  std::uint32_t datagrams_ = 0;
};

}  // namespace mailroom::viz::tests
