// SPDX-License-Identifier: GPL-2.0-only
#include "tests/viz/ui/odd_runs.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "sim/trace/recorder.hpp"
#include "sim/trace/run_file_writer.hpp"

namespace mailroom::tests {
namespace {

using namespace mailroom::trace;

constexpr std::int64_t kMs = 1'000'000;

RunHeader header_of(const OddRun& options) {
  RunHeader header;
  header.scenario_name = "odd";
  header.scenario_text = "mailroom: 1\n";
  header.level = Level::full;
  header.program_version = "0.1.0";
  header.network_version = "scripted";
  const std::string name = options.name.empty() ? "host" : options.name;
  for (int i = 0; i < options.hosts; ++i) {
    HostRow row;
    row.name = name + std::to_string(i + 1);
    row.label = row.name;
    row.hostname = row.name + ".example";
    row.address = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
    if (options.has_coordinates) {
      // Rows of a field, so that many have room.
      const int wide = std::max(1, static_cast<int>(options.hosts > 100 ? 80 : 4));
      row.x = (i % wide + 0.5) / wide;
      row.y = (i / wide + 0.5) / std::max(1, (options.hosts + wide - 1) / wide);
    }
    row.disk_bytes = 1'000'000;
    header.hosts.push_back(row);
  }
  for (int i = 0; i < std::min(options.links, options.hosts - 1); ++i)
    header.links.push_back({.name = header.hosts[static_cast<std::size_t>(i)].name + "-" +
                                    header.hosts[static_cast<std::size_t>(i) + 1].name,
                            .label = "",
                            .from = {i + 1},
                            .to = {i + 2},
                            .rate_bps = 1'000'000,
                            .delay_ns = 10 * kMs,
                            .queue_packets = 100});
  return header;
}

class Play {
 public:
  Play(Recorder& recorder, const OddRun& options)
      : r_(recorder), text_(options.text), hops_(std::min(options.hosts - 1, options.links)) {}

  EventId note(const Event& event) {
    const EventId id = r_.record(event);
    r_.context.event = id;
    r_.set_time(r_.time_ns() + kMs);
    return id;
  }

  void begin() { note({.kind = Kind::run_began, .text = "0.1.0"}); }
  void more(int messages) {
    for (int i = 0; i < messages; ++i) message(number_++);
  }

 private:
  void message(int number) {
    const ContentPtr content = r_.content("Subject: " + text_ + "\r\n\r\nbody " + std::to_string(number) + "\r\n");
    const MessageId message = r_.next_message(content);
    const RecipientId to = r_.recipient("bob" + text_ + "@host.example");
    const std::string queue_id = "Q" + std::to_string(number) + text_;
    note({.kind = Kind::message_composed, .host = {1}, .message = message, .content = content->id, .size = 100,
          .value = 1, .text = "<m@host.example>", .detail = R"({"from":"ann@host.example","to":["bob@host.example"]})"});
    CopyId copy = r_.next_copy();
    note({.kind = Kind::message_queued, .host = {1}, .message = message, .content = content->id, .size = 100, .value = 1,
          .text = queue_id});
    note({.kind = Kind::copy_created, .host = {1}, .message = message, .copy = copy, .recipient = to, .text = queue_id});
    note({.kind = Kind::copy_deferred, .host = {1}, .message = message, .copy = copy, .recipient = to, .code = 451,
          .value = r_.time_ns() + 60'000 * kMs, .text = "451 4.3.0 later " + text_});
    r_.set_time(r_.time_ns() + 60'000 * kMs);
    for (int hop = 1; hop <= hops_; ++hop) copy = relay(message, copy, to, {hop}, {hop + 1}, queue_id);
    const HostId last{hops_ + 1};
    note({.kind = Kind::mailbox_appended, .host = last, .message = message, .copy = copy, .content = content->id,
          .size = 100, .value = number + 1, .text = "bob" + text_ + "@host.example"});
    note({.kind = Kind::copy_delivered, .host = last, .message = message, .copy = copy, .recipient = to,
          .value = number + 1, .text = "bob" + text_ + "@host.example"});
  }

  CopyId relay(MessageId message, CopyId copy, RecipientId to, HostId from, HostId next, const std::string& queue_id) {
    const ConnectionId connection = r_.next_connection();
    const SessionId session = r_.next_session();
    const AttemptId attempt = r_.next_attempt();
    note({.kind = Kind::attempt_began, .host = from, .connection = connection, .message = message, .attempt = attempt,
          .value = 1, .text = "next" + text_});
    note({.kind = Kind::connection_opened, .host = from, .connection = connection, .value = 25, .text = "10.0.0.2"});
    note({.kind = Kind::connection_established, .host = next, .connection = connection});
    note({.kind = Kind::session_opened, .host = next, .connection = connection, .session = session,
          .text = "SMTP receiver"});
    note({.kind = Kind::reply_sent, .host = next, .connection = connection, .session = session, .code = 220,
          .text = "host" + text_});
    note({.kind = Kind::session_opened, .host = from, .connection = connection, .session = session, .text = "SMTP sender"});
    const std::int64_t out_ns = r_.time_ns();
    for (const char* line : {"EHLO ", "MAIL FROM:", "RCPT TO:", "DATA"}) {
      note({.kind = Kind::command_sent, .host = from, .connection = connection, .session = session,
            .text = line + text_});
      note({.kind = Kind::command_received, .host = next, .connection = connection, .session = session,
            .text = line + text_});
      note({.kind = Kind::reply_sent, .host = next, .connection = connection, .session = session, .code = 250,
            .text = "OK " + text_});
      note({.kind = Kind::reply_received, .host = from, .connection = connection, .session = session, .code = 250,
            .text = "OK " + text_});
    }
    r_.record(Flight{.message = message, .connection = connection, .link = {from.value}, .from = from, .to = next,
                     .first_bit_out_ns = out_ns, .last_bit_in_ns = r_.time_ns() + 20 * kMs, .bytes = 100});
    const CopyId child = r_.next_copy();
    note({.kind = Kind::message_queued, .host = next, .message = message, .size = 100, .value = 1, .text = queue_id});
    note({.kind = Kind::copy_created, .host = next, .message = message, .copy = child, .parent = copy, .recipient = to,
          .text = queue_id});
    note({.kind = Kind::copy_relayed, .host = from, .message = message, .copy = copy, .recipient = to, .code = 250,
          .text = "250 OK " + text_});
    note({.kind = Kind::message_removed, .host = from, .message = message, .text = queue_id});
    note({.kind = Kind::attempt_ended, .host = from, .connection = connection, .message = message, .attempt = attempt,
          .code = 250, .value = 1, .text = "delivered"});
    note({.kind = Kind::session_closed, .host = from, .connection = connection, .session = session, .text = "QUIT"});
    note({.kind = Kind::connection_closed, .host = from, .connection = connection});
    return child;
  }

  Recorder& r_;
  std::string text_;
  int hops_;
  int number_ = 0;
};

}  // namespace

struct GrowingRun::Parts {
  Parts(std::unique_ptr<RunFileWriter> file, const OddRun& options)
      : writer(std::move(file)), recorder(*writer, Level::full), play(recorder, options) {}
  std::unique_ptr<RunFileWriter> writer;
  Recorder recorder;
  Play play;
};

GrowingRun::GrowingRun(const std::filesystem::path& path, const OddRun& options) {
  auto writer = RunFileWriter::create(path, header_of(options), {.overwrite = true});
  if (!writer) throw std::runtime_error(writer.error().text);
  parts_ = std::make_unique<Parts>(std::move(*writer), options);
  parts_->play.begin();
  more(options.messages);
}

GrowingRun::~GrowingRun() = default;

void GrowingRun::more(int messages) {
  parts_->play.more(messages);
  parts_->writer->commit();
}

void GrowingRun::finish() {
  parts_->play.note({.kind = Kind::run_ended, .text = "idle"});
  if (const auto done = parts_->writer->finish(); !done) throw std::runtime_error(done.error().text);
}

void write_odd_run(const std::filesystem::path& path, const OddRun& options) {
  GrowingRun(path, options).finish();
}

}  // namespace mailroom::tests
