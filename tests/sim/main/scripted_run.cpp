// SPDX-License-Identifier: GPL-2.0-only
#include "tests/sim/main/scripted_run.hpp"

#include <memory>
#include <stdexcept>

#include "sim/trace/recorder.hpp"
#include "sim/trace/run_file_writer.hpp"
#include "tests/sim/main/datagram.hpp"

namespace mailroom::tests {
namespace {

using namespace mailroom::trace;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kS = 1'000'000'000;
constexpr HostId kPc1{1}, kNorth{2}, kMx1{3}, kMx2{4};
constexpr LinkId kPc1North{1}, kNorthMx1{2}, kMx1Mx2{3};

RunHeader header_at(Level level) {
  RunHeader header;
  header.scenario_name = "two-hops";
  header.scenario_text = "mailroom: 1\n";
  header.seed = 7;
  header.level = level;
  header.program_version = "0.1.0";
  header.network_version = "scripted";
  header.epoch_unix_s = 946'728'000;
  const auto host = [&](const char* name, HostRow::Role role, const char* hostname, const char* address) {
    HostRow row;
    row.name = name;
    row.label = name;
    row.role = role;
    row.hostname = hostname;
    row.address = address;
    row.disk_bytes = role == HostRow::Role::host ? 1'000'000 : 0;
    header.hosts.push_back(row);
  };
  host("pc1", HostRow::Role::host, "pc1.north.example", "10.0.0.1");
  host("north", HostRow::Role::router, "", "10.0.0.2");
  host("mx1", HostRow::Role::host, "mx1.north.example", "10.0.0.3");
  host("mx2", HostRow::Role::host, "mx2.south.example", "10.0.0.4");
  const auto link = [&](const char* name, HostId from, HostId to) {
    header.links.push_back({.name = name,
                            .label = name,
                            .from = from,
                            .to = to,
                            .rate_bps = 10'000'000,
                            .delay_ns = 5 * kMs,
                            .queue_packets = 100,
                            .loss_per_billion = 0});
  };
  link("pc1-north", kPc1, kNorth);
  link("north-mx1", kNorth, kMx1);
  link("mx1-mx2", kMx1, kMx2);
  return header;
}

// As `mailroom run` says it of hosts with mail agents.
void add_details(RunHeader& header) {
  header.hosts[0].detail = R"({"domains":["pc1.example"],"users":[{"name":"alice"}]})";
  header.hosts[2].detail = R"({"domains":["north.example"],"users":[{"name":"alice"},{"name":"carol"}],"receiver_port":25})";
  header.hosts[3].detail = R"({"domains":["south.example"],"users":[{"name":"bob"},{"name":"dave"}],"receiver_port":25})";
}

class Script {
 public:
  Script(Recorder& recorder, bool chunks) : r_(recorder), chunks_(chunks) {}

  void at(std::int64_t time_ns) { r_.set_time(time_ns); }
  // Records with `cause`, and makes the event the cause of what follows.
  EventId note(const Event& event) {
    const EventId id = r_.record(event);
    r_.context.event = id;
    return id;
  }
  void after(EventId cause) { r_.context.event = cause; }

  void play() {
    at(0);
    began_ = note({.kind = Kind::run_began, .text = "0.1.0", .detail = R"({"seed":7,"level":"packets"})"});
    submit();
    first_try();
    second_try();
    late_message();
    at(1000 * kS);
    after(began_);
    note({.kind = Kind::run_ended, .text = "duration"});
  }

 private:
  EventId command(SessionId session, ConnectionId connection, HostId from, HostId to, const char* line) {
    const EventId sent = note({.kind = Kind::command_sent,
                               .host = from,
                               .connection = connection,
                               .session = session,
                               .text = line});
    at(r_.time_ns() + 6 * kMs);
    note({.kind = Kind::command_received, .host = to, .connection = connection, .session = session});
    return sent;
  }
  EventId reply(SessionId session, ConnectionId connection, HostId from, HostId to, int code,
                const char* text) {
    note({.kind = Kind::reply_sent,
          .host = from,
          .connection = connection,
          .session = session,
          .code = code,
          .text = text});
    at(r_.time_ns() + 6 * kMs);
    return note({.kind = Kind::reply_received,
                 .host = to,
                 .connection = connection,
                 .session = session,
                 .code = code});
  }
  void phase(SessionId session, HostId host, const char* name) {
    note({.kind = Kind::session_phase_entered, .host = host, .session = session, .text = name});
  }
  void frame(LinkId link, HostId from, HostId to, std::int64_t direction, const std::string& octets) {
    const Context before = r_.context;
    const auto size = static_cast<std::int64_t>(octets.size());
    const EventId sent = note({.kind = Kind::frame_sent,
                               .host = from,
                               .link = link,
                               .connection = c1_,
                               .size = size,
                               .value = direction});
    r_.record_frame(sent, octets);
    const std::int64_t now_ns = r_.time_ns();
    at(now_ns + 5 * kMs);
    note({.kind = Kind::frame_received,
          .host = to,
          .link = link,
          .connection = c1_,
          .size = size,
          .value = direction});
    at(now_ns);
    r_.context = before;
  }

  void wire() {  // the beginning of connection 1, over both of its links, each frame twice
    const auto both = [&](bool there, const std::string& octets) {
      const std::int64_t now_ns = r_.time_ns();
      if (there) {
        frame(kPc1North, kPc1, kNorth, 0, octets);
        at(now_ns + 5 * kMs);
        frame(kNorthMx1, kNorth, kMx1, 0, octets);
      } else {
        frame(kNorthMx1, kMx1, kNorth, 1, octets);
        at(now_ns + 5 * kMs);
        frame(kPc1North, kNorth, kPc1, 1, octets);
      }
      at(now_ns + 10 * kMs);
    };
    both(true, datagram(1, 3, 49152, 25, 100, 0, 0x02, ""));
    both(false, datagram(3, 1, 25, 49152, 500, 101, 0x12, ""));
    both(true, datagram(1, 3, 49152, 25, 101, 501, 0x10, ""));
    both(false, datagram(3, 1, 25, 49152, 501, 101, 0x18, "220 mx1.north.example ready\r\n"));
    both(true, datagram(1, 3, 49152, 25, 101, 530, 0x18, "EHLO pc1.north.example\r\n"));
  }

  void submit() {
    at(12 * kS);
    after(began_);
    body_ = r_.content(
        "From: Alice <alice@north.example>\r\nTo: bob@south.example, nobody@south.example\r\nSubject: Lunch, "
        "and "
        "\"more\"\r\nDate: Sat, 01 Jan 2000 12:00:12 +0000\r\nMessage-ID: <1@pc1.north.example>\r\n\r\nFrom "
        "here "
        "on,\r\n>From nowhere.\r\n");
    const auto size = static_cast<std::int64_t>(body_->octets.size());
    m1_ = r_.next_message();
    bob_ = r_.recipient("bob@south.example");
    nobody_ = r_.recipient("nobody@south.example");
    note({.kind = Kind::message_composed,
          .host = kPc1,
          .message = m1_,
          .content = body_->id,
          .size = size,
          .value = 2,
          .text = "<1@pc1.north.example>",
          .detail = R"({"from":"alice@north.example","to":["bob@south.example","nobody@south.example"]})"});
    pc1_bob_ = create(kPc1, m1_, bob_, {}, "A1");
    pc1_nobody_ = create(kPc1, m1_, nobody_, {}, "A1");
    note({.kind = Kind::message_queued,
          .host = kPc1,
          .message = m1_,
          .content = body_->id,
          .size = size,
          .value = 2,
          .text = "A1"});
    const AttemptId attempt = r_.next_attempt();
    note({.kind = Kind::attempt_began,
          .host = kPc1,
          .message = m1_,
          .attempt = attempt,
          .value = 2,
          .text = "mx1"});
    c1_ = r_.next_connection();
    s1_ = r_.next_session();
    note({.kind = Kind::connection_opened, .host = kPc1, .connection = c1_, .value = 25, .text = "mx1"});
    wire();
    note({.kind = Kind::connection_established, .host = kPc1, .connection = c1_});
    dialogue_to_mx1(attempt, size);
  }

  CopyId create(HostId host, MessageId message, RecipientId recipient, CopyId parent, const char* queue_id) {
    const CopyId copy = r_.next_copy();
    note({.kind = Kind::copy_created,
          .host = host,
          .message = message,
          .copy = copy,
          .parent = parent,
          .recipient = recipient,
          .text = queue_id});
    return copy;
  }

  void greet(SessionId s, ConnectionId c, HostId client, HostId server, const char* greeting,
             const char* hello, const char* answer) {
    note({.kind = Kind::session_opened,
          .host = server,
          .connection = c,
          .session = s,
          .text = "SMTP receiver"});
    phase(s, server, "connection setup");
    reply(s, c, server, client, 220, greeting);
    note(
        {.kind = Kind::session_opened, .host = client, .connection = c, .session = s, .text = "SMTP sender"});
    phase(s, client, "connection setup");
    command(s, c, client, server, hello);
    reply(s, c, server, client, 250, answer);
    phase(s, client, "mail transfer");
  }
  void part(SessionId s, ConnectionId c, HostId client, HostId server, const char* farewell) {
    phase(s, client, "closing");
    command(s, c, client, server, "QUIT");
    reply(s, c, server, client, 221, farewell);
    note({.kind = Kind::session_closed, .host = client, .connection = c, .session = s, .text = "closed"});
    note({.kind = Kind::session_closed, .host = server, .connection = c, .session = s, .text = "closed"});
    note({.kind = Kind::connection_closed, .host = client, .connection = c});
    note({.kind = Kind::connection_closed, .host = server, .connection = c});
  }

  void dialogue_to_mx1(AttemptId attempt, std::int64_t size) {
    greet(s1_, c1_, kPc1, kMx1, "220 mx1.north.example ready", "EHLO pc1.north.example",
          "250-mx1.north.example\n250 SIZE 10240000");
    command(s1_, c1_, kPc1, kMx1, "MAIL FROM:<alice@north.example>");
    reply(s1_, c1_, kMx1, kPc1, 250, "250 OK");
    command(s1_, c1_, kPc1, kMx1, "RCPT TO:<bob@south.example>");
    reply(s1_, c1_, kMx1, kPc1, 250, "250 OK");
    command(s1_, c1_, kPc1, kMx1, "RCPT TO:<nobody@south.example>");
    reply(s1_, c1_, kMx1, kPc1, 250, "250 OK");
    command(s1_, c1_, kPc1, kMx1, "DATA");
    reply(s1_, c1_, kMx1, kPc1, 354, "354 Start mail input; end with .");
    const std::int64_t out_ns = r_.time_ns();
    note({.kind = Kind::content_sent,
          .host = kPc1,
          .connection = c1_,
          .session = s1_,
          .message = m1_,
          .size = size});
    r_.record(Flight{.message = m1_,
                     .connection = c1_,
                     .link = kPc1North,
                     .from = kPc1,
                     .to = kNorth,
                     .first_bit_out_ns = out_ns,
                     .last_bit_in_ns = out_ns + 5 * kMs,
                     .bytes = size});
    r_.record(Flight{.message = m1_,
                     .connection = c1_,
                     .link = kNorthMx1,
                     .from = kNorth,
                     .to = kMx1,
                     .first_bit_out_ns = out_ns + 5 * kMs,
                     .last_bit_in_ns = out_ns + 10 * kMs,
                     .bytes = size,
                     .drops = 1});
    at(out_ns + 10 * kMs);
    note({.kind = Kind::content_received,
          .host = kMx1,
          .connection = c1_,
          .session = s1_,
          .message = m1_,
          .size = size});
    mx1_bob_ = create(kMx1, m1_, bob_, pc1_bob_, "B1");
    mx1_nobody_ = create(kMx1, m1_, nobody_, pc1_nobody_, "B1");
    queued_at_mx1_ = note({.kind = Kind::message_queued,
                           .host = kMx1,
                           .message = m1_,
                           .content = body_->id,
                           .size = size,
                           .value = 2,
                           .text = "B1"});
    reply(s1_, c1_, kMx1, kPc1, 250, "250 OK, queued as B1");
    for (const CopyId copy : {pc1_bob_, pc1_nobody_})
      note({.kind = Kind::copy_relayed,
            .host = kPc1,
            .connection = c1_,
            .session = s1_,
            .message = m1_,
            .copy = copy,
            .attempt = attempt,
            .code = 250,
            .text = "250 OK, queued as B1"});
    note({.kind = Kind::attempt_ended,
          .host = kPc1,
          .connection = c1_,
          .message = m1_,
          .attempt = attempt,
          .code = 250,
          .value = 2,
          .text = "250 OK, queued as B1"});
    note({.kind = Kind::message_removed, .host = kPc1, .message = m1_, .text = "A1"});
    part(s1_, c1_, kPc1, kMx1, "221 mx1.north.example closing");
  }

  void first_try() {
    at(13 * kS);
    after(queued_at_mx1_);
    const AttemptId attempt = r_.next_attempt();
    note({.kind = Kind::attempt_began,
          .host = kMx1,
          .message = m1_,
          .attempt = attempt,
          .value = 2,
          .text = "mx2"});
    const ConnectionId c = r_.next_connection();
    static_cast<void>(r_.next_session());
    note({.kind = Kind::connection_opened, .host = kMx1, .connection = c, .value = 25, .text = "mx2"});
    const EventId opened = r_.context.event;
    const EventId cut = note({.kind = Kind::connection_disturbed,
                              .host = kMx1,
                              .link = kMx1Mx2,
                              .connection = c,
                              .text = "the link is cut"});
    after(opened);
    at(13 * kS + 20 * kMs);
    note({.kind = Kind::connection_refused, .host = kMx1, .connection = c, .because = cut});
    for (const CopyId copy : {mx1_bob_, mx1_nobody_})
      retry_ = note({.kind = Kind::copy_deferred,
                     .host = kMx1,
                     .message = m1_,
                     .copy = copy,
                     .attempt = attempt,
                     .value = 913 * kS,
                     .text = "connection refused"});
    note({.kind = Kind::attempt_ended,
          .host = kMx1,
          .connection = c,
          .message = m1_,
          .attempt = attempt,
          .value = 0,
          .text = "connection refused"});
  }

  void second_try() {
    at(913 * kS);
    after(retry_);
    const AttemptId attempt = r_.next_attempt();
    note({.kind = Kind::attempt_began,
          .host = kMx1,
          .message = m1_,
          .attempt = attempt,
          .value = 2,
          .text = "mx2"});
    const ConnectionId c = r_.next_connection();
    const SessionId s = r_.next_session();
    note({.kind = Kind::connection_opened, .host = kMx1, .connection = c, .value = 25, .text = "mx2"});
    note({.kind = Kind::connection_established, .host = kMx1, .connection = c});
    greet(s, c, kMx1, kMx2, "mx2.south.example ready", "HELO mx1.north.example", "mx2.south.example");
    command(s, c, kMx1, kMx2, "MAIL FROM:<alice@north.example>");
    reply(s, c, kMx2, kMx1, 250, "OK");
    command(s, c, kMx1, kMx2, "RCPT TO:<bob@south.example>");
    reply(s, c, kMx2, kMx1, 250, "OK");
    command(s, c, kMx1, kMx2, "RCPT TO:<nobody@south.example>");
    const EventId refused = reply(s, c, kMx2, kMx1, 550, "no such user here");
    const auto size = static_cast<std::int64_t>(body_->octets.size());
    if (chunks_) {
      command(s, c, kMx1, kMx2, "BDAT 100");
      reply(s, c, kMx2, kMx1, 250, "100 octets received");
      command(s, c, kMx1, kMx2, "BDAT 115 LAST");
    } else {
      command(s, c, kMx1, kMx2, "DATA");
      reply(s, c, kMx2, kMx1, 354, "go ahead");
    }
    note({.kind = Kind::content_sent,
          .host = kMx1,
          .connection = c,
          .session = s,
          .message = m1_,
          .size = size});
    r_.record(Flight{.message = m1_,
                     .connection = c,
                     .link = kMx1Mx2,
                     .from = kMx1,
                     .to = kMx2,
                     .first_bit_out_ns = r_.time_ns(),
                     .last_bit_in_ns = r_.time_ns() + 6 * kMs,
                     .bytes = size});
    at(r_.time_ns() + 6 * kMs);
    note({.kind = Kind::content_received,
          .host = kMx2,
          .connection = c,
          .session = s,
          .message = m1_,
          .size = size});
    const CopyId end = create(kMx2, m1_, bob_, mx1_bob_, "");
    deliver(kMx2, m1_, end, bob_, "bob@south.example", body_, "alice@north.example");
    reply(s, c, kMx2, kMx1, 250, "OK");
    note({.kind = Kind::copy_relayed,
          .host = kMx1,
          .connection = c,
          .session = s,
          .message = m1_,
          .copy = mx1_bob_,
          .attempt = attempt,
          .code = 250,
          .text = "OK"});
    bounce(refused);
    note({.kind = Kind::attempt_ended,
          .host = kMx1,
          .connection = c,
          .message = m1_,
          .attempt = attempt,
          .code = 250,
          .value = 1,
          .text = "OK"});
    note({.kind = Kind::message_removed, .host = kMx1, .message = m1_, .text = "B1"});
    part(s, c, kMx1, kMx2, "closing");
  }

  void deliver(HostId host, MessageId message, CopyId copy, RecipientId recipient, const char* mailbox,
               const ContentPtr& content, const std::string& path) {
    const std::string detail = R"({"trace_fields":"Return-Path: <)" + path + R"(>\r\n"})";
    const auto size = static_cast<std::int64_t>(content->octets.size() + path.size() + 17);
    note({.kind = Kind::mailbox_appended,
          .host = host,
          .message = message,
          .copy = copy,
          .content = content->id,
          .size = size,
          .value = 1,
          .text = mailbox,
          .detail = detail});
    note({.kind = Kind::copy_delivered,
          .host = host,
          .message = message,
          .copy = copy,
          .recipient = recipient,
          .value = 1,
          .text = mailbox});
  }

  void bounce(EventId refused) {
    const MessageId notice = r_.next_message();
    const auto content =
        r_.content("From: <>\r\nSubject: Not delivered\r\n\r\nnobody@south.example: 550\r\n");
    const RecipientId alice = r_.recipient("alice@north.example");
    note({.kind = Kind::copy_bounced,
          .host = kMx1,
          .message = m1_,
          .copy = mx1_nobody_,
          .code = 550,
          .value = notice.value,
          .text = "no such user here",
          .because = refused});
    note({.kind = Kind::message_composed,
          .host = kMx1,
          .message = notice,
          .content = content->id,
          .size = static_cast<std::int64_t>(content->octets.size()),
          .value = 1,
          .text = "<b1@mx1.north.example>",
          .detail = R"({"from":"","to":["alice@north.example"]})"});
    const CopyId copy = create(kMx1, notice, alice, {}, "");
    deliver(kMx1, notice, copy, alice, "alice@north.example", content, "");
  }

  void late_message() {
    at(990 * kS);
    after(began_);
    const MessageId m3 = r_.next_message();
    const auto content = r_.content("From: carol@north.example\r\n\r\nwait\x1b[31m\r\n");
    const RecipientId dave = r_.recipient("dave@south.example");
    const auto size = static_cast<std::int64_t>(content->octets.size());
    note({.kind = Kind::message_composed,
          .host = kMx1,
          .message = m3,
          .content = content->id,
          .size = size,
          .value = 1,
          .text = "<3@mx1.north.example>",
          .detail = R"({"from":"carol@north.example","to":["dave@south.example"]})"});
    const CopyId copy = create(kMx1, m3, dave, {}, "B3");
    note({.kind = Kind::message_queued,
          .host = kMx1,
          .message = m3,
          .content = content->id,
          .size = size,
          .value = 1,
          .text = "B3"});
    note({.kind = Kind::copy_deferred,
          .host = kMx1,
          .message = m3,
          .copy = copy,
          .code = 421,
          .value = 1890 * kS,
          .text = "421 4.3.2 not available\x1b[2J"});
  }

  Recorder& r_;
  EventId began_, queued_at_mx1_, retry_;
  MessageId m1_;
  bool chunks_;
  RecipientId bob_, nobody_;
  CopyId pc1_bob_, pc1_nobody_, mx1_bob_, mx1_nobody_;
  ConnectionId c1_;
  SessionId s1_;
  ContentPtr body_;
};

}  // namespace

void write_scripted_run(const std::filesystem::path& path, const ScriptedRun& options) {
  RunHeader header = header_at(options.level);
  if (options.details) add_details(header);
  auto writer = RunFileWriter::create(path, header);
  if (!writer) throw std::runtime_error(writer.error().text);
  Recorder recorder(**writer, options.level);
  Script(recorder, options.chunks).play();
  if (options.finish) {
    if (const auto finished = (*writer)->finish(); !finished) throw std::runtime_error(finished.error().text);
  } else {
    (*writer)->commit();
    static std::vector<std::unique_ptr<RunFileWriter>> growing;  // kept open until the program ends
    growing.push_back(std::move(*writer));
  }
}

}  // namespace mailroom::tests
