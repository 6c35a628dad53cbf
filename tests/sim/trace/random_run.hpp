// SPDX-License-Identifier: GPL-2.0-only
// Makes up consistent runs for tests: messages are composed, relayed, deferred, expanded, delivered, bounced
// and lost, over connections that sometimes break, with flights and frames. The same seed makes the same run.
#pragma once

#include <fmt/format.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "sim/trace/recorder.hpp"
#include "sim/trace/run_file.hpp"

namespace mailroom::trace {

inline constexpr int kRandomHosts = 5;

inline RunHeader random_run_header(Level level = Level::packets) {
  RunHeader header;
  header.scenario_name = "random";
  header.scenario_text = "mailroom: 1\n# made up\n";
  header.seed = 18'446'744'073'709'551'615U;
  header.level = level;
  header.program_version = "0.1.0";
  header.network_version = "none";
  header.epoch_unix_s = 946'728'000;
  header.only_host = {2};
  for (int i = 1; i <= kRandomHosts; ++i) {
    HostRow host{.name = fmt::format("h{}", i), .label = fmt::format("Host {}", i)};
    host.hostname = fmt::format("h{}.example", i);
    host.address = fmt::format("10.0.0.{}", i);
    host.x = 0.125 * i;
    host.y = 0.5;
    host.disk_bytes = 1'000'000;
    host.detail = R"({"domains":["example"]})";
    header.hosts.push_back(host);
  }
  header.hosts[4].role = HostRow::Role::router;
  header.hosts[4].hostname.clear();
  for (int i = 1; i < kRandomHosts; ++i) {
    header.links.push_back({.name = fmt::format("h{}-h{}", i, i + 1),
                            .label = "",
                            .from = {i},
                            .to = {i + 1},
                            .rate_bps = 64'000,
                            .delay_ns = 10'000'000,
                            .queue_packets = 100,
                            .loss_per_billion = 0});
  }
  return header;
}

class RandomRun {
 public:
  RandomRun(Recorder& recorder, std::uint32_t seed) : recorder_(recorder), random_(seed) {
    recorder_.context.event = recorder_.record({.kind = Kind::run_began, .text = "0.1.0"});
  }

  // One thing happens: some ten events.
  void step() {
    time_ns_ += 1 + below(50'000'000);
    recorder_.set_time(time_ns_);
    if (open_.empty() || below(4) == 0) {
      compose(CopyId{}, 1 + below(3));
    } else {
      attempt(static_cast<std::size_t>(below(std::ssize(open_))));
    }
  }
  void end() { recorder_.record({.kind = Kind::run_ended, .text = "idle"}); }

 private:
  struct Open {
    CopyId copy;
    MessageId message;
    HostId host;
    RecipientId recipient;
    std::string queue_id;
  };

  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint32_t>(bound));
  }
  void tick() { recorder_.set_time(time_ns_ += below(3) * 1000); }

  CopyId own(HostId host, MessageId message, RecipientId recipient, CopyId parent,
             const std::string& queue_id) {
    const CopyId copy = recorder_.next_copy();
    recorder_.record({.kind = Kind::copy_created,
                      .host = host,
                      .message = message,
                      .copy = copy,
                      .parent = parent,
                      .recipient = recipient,
                      .text = below(2) == 0 ? std::string_view(queue_id) : std::string_view()});
    open_.push_back({copy, message, host, recipient, queue_id});
    return copy;
  }

  std::string queue(HostId host, MessageId message, std::int64_t recipients) {
    std::string queue_id = fmt::format("Q{}", ++last_queue_id_);
    recorder_.record({.kind = Kind::message_queued,
                      .host = host,
                      .message = message,
                      .size = 500 + message.value,
                      .value = recipients,
                      .text = queue_id});
    return queue_id;
  }

  MessageId compose(CopyId bounce_of, std::int64_t recipients) {
    const HostId host{1 + below(kRandomHosts - 1)};
    const MessageId message = recorder_.next_message();
    const ContentPtr content = recorder_.content(fmt::format("Subject: {}\r\n\r\nHello\r\n", below(40)));
    recorder_.record({.kind = Kind::message_composed,
                      .host = host,
                      .message = message,
                      .copy = bounce_of,
                      .content = content->id,
                      .size = std::ssize(content->octets),
                      .value = recipients,
                      .text = fmt::format("<{}@example>", message.value),
                      .detail = R"({"from":"a@example"})"});
    const bool queue_first = below(2) == 0;
    std::string queue_id = queue_first ? queue(host, message, recipients) : "";
    for (std::int64_t i = 0; i < recipients; ++i) {
      own(host, message, recorder_.recipient(fmt::format("u{}@example", below(20))), {}, queue_id);
    }
    if (!queue_first) queue_id = queue(host, message, recipients);
    for (Open& open : open_) {
      if (open.message == message) open.queue_id = queue_id;
    }
    return message;
  }

  void end_copy(std::size_t index, Event event) {
    const Open open = open_[index];
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
    event.host = open.host;
    event.message = open.message;
    event.copy = open.copy;
    event.recipient = open.recipient;
    recorder_.record(event);
    for (const Open& other : open_) {
      if (other.host == open.host && other.queue_id == open.queue_id) return;
    }
    recorder_.record(
        {.kind = Kind::message_removed, .host = open.host, .message = open.message, .text = open.queue_id});
  }

  void attempt(std::size_t index) {
    const Open open = open_[index];
    const std::int64_t what = below(10);
    if (what <= 1) return deliver(index);
    if (what == 2) return end_copy(index, {.kind = Kind::copy_discarded, .text = "rule"});
    if (what == 3 && below(3) == 0)
      return end_copy(index, {.kind = Kind::copy_destroyed, .fault = {1}, .text = "disk"});
    if (what == 4) {
      const MessageId bounce = below(3) == 0 ? MessageId{} : compose(open.copy, 1);
      return end_copy(index,
                      {.kind = Kind::copy_bounced, .code = 550, .value = bounce.value, .text = "550 no"});
    }
    if (what == 5) {
      const std::string queue_id = queue(open.host, open.message, 2);
      own(open.host, open.message, open.recipient, open.copy, queue_id);
      own(open.host, open.message, recorder_.recipient("list@example"), open.copy, queue_id);
      return end_copy(index, {.kind = Kind::copy_expanded, .text = "list"});
    }
    relay(index);
  }

  void deliver(std::size_t index) {
    const Open open = open_[index];
    const std::string mailbox = fmt::format("u{}", open.recipient.value);
    recorder_.record({.kind = Kind::mailbox_appended,
                      .host = open.host,
                      .message = open.message,
                      .copy = open.copy,
                      .size = 520,
                      .value = ++last_uid_,
                      .text = mailbox,
                      .detail = R"({"trace":"Received: x"})"});
    end_copy(index, {.kind = Kind::copy_delivered, .value = last_uid_, .text = mailbox});
  }

  // A session with another host; sometimes it breaks, and sometimes the 250 is lost.
  void relay(std::size_t index) {
    const Open open = open_[index];
    const HostId next{1 + (open.host.value + below(kRandomHosts - 2)) % (kRandomHosts - 1)};
    const ConnectionId connection = recorder_.next_connection();
    const SessionId session = recorder_.next_session();
    const AttemptId attempt = recorder_.next_attempt();
    const ContextScope scope(recorder_, {.event = recorder_.record({.kind = Kind::attempt_began,
                                                                    .host = open.host,
                                                                    .message = open.message,
                                                                    .attempt = attempt,
                                                                    .value = 1,
                                                                    .text = fmt::format("h{}", next.value)}),
                                         .message = open.message,
                                         .copy = open.copy});
    const auto say = [&](Event event, HostId host) {
      tick();
      event.host = host;
      event.connection = connection;
      recorder_.context.event = recorder_.record(event);
    };
    say({.kind = Kind::connection_opened, .value = 25, .text = "next"}, open.host);
    bool relayed = false;
    if (below(6) == 0) {
      say({.kind = Kind::connection_refused}, open.host);
    } else {
      say({.kind = Kind::connection_established}, open.host);
      say({.kind = Kind::connection_established}, next);
      say({.kind = Kind::session_opened, .session = session, .text = "SMTP receiver"}, next);
      say({.kind = Kind::session_opened, .session = session, .text = "SMTP sender"}, open.host);
      say({.kind = Kind::session_phase_entered, .session = session, .text = "mail transfer"}, open.host);
      say({.kind = Kind::command_sent, .session = session, .text = "MAIL FROM:<a@example>"}, open.host);
      say({.kind = Kind::command_received, .session = session, .value = below(6)}, next);
      say({.kind = Kind::reply_sent, .session = session, .code = 250, .text = "250 ok"}, next);
      say({.kind = Kind::reply_received, .session = session, .code = 250, .value = below(6)}, open.host);
      fly(open.message, connection, open.host, next);
      relayed = transfer(index, next, below(5) == 0);
      say({.kind = Kind::session_closed, .session = session, .text = "quit"}, open.host);
      say({.kind = Kind::session_closed, .session = session, .text = "quit"}, next);
      const Kind end = relayed ? Kind::connection_closed : Kind::connection_reset;
      if (!relayed) say({.kind = Kind::connection_disturbed, .link = {1}, .text = "reset"}, open.host);
      say({.kind = end}, open.host);
      say({.kind = Kind::connection_closed}, next);
    }
    if (!relayed) {
      recorder_.record({.kind = Kind::copy_deferred,
                        .host = open.host,
                        .message = open.message,
                        .copy = open.copy,
                        .code = 451,
                        .value = time_ns_ + 900'000'000'000,
                        .text = "451 later"});
    }
    recorder_.record({.kind = Kind::attempt_ended,
                      .host = open.host,
                      .message = open.message,
                      .attempt = attempt,
                      .code = relayed ? 250 : 451,
                      .value = relayed ? 1 : 0,
                      .text = relayed ? "accepted" : "deferred"});
  }

  // The receiver takes its copy; the sender's ends, unless the 250 is lost.
  bool transfer(std::size_t index, HostId next, bool reply_is_lost) {
    const Open open = open_[index];
    const std::string queue_id = queue(next, open.message, 1);
    own(next, open.message, open.recipient, open.copy, queue_id);
    if (reply_is_lost) return false;
    end_copy(index, {.kind = Kind::copy_relayed, .code = 250, .text = "250 ok"});
    return true;
  }

  void fly(MessageId message, ConnectionId connection, HostId from, HostId to) {
    const EventId frame = recorder_.record({.kind = Kind::frame_sent,
                                            .link = {1 + below(3)},
                                            .connection = connection,
                                            .size = 540,
                                            .value = below(2)});
    recorder_.record_frame(frame, fmt::format("frame {}", recorder_.last_event().value));
    for (int hop = 0; hop < 3; ++hop) {
      const bool lost = below(8) == 0;
      const std::int64_t start_ns = time_ns_ + hop * 5'000'000;
      recorder_.record(Flight{.message = message,
                              .connection = connection,
                              .link = {1 + below(kRandomHosts - 1)},
                              .from = from,
                              .to = to,
                              .first_bit_out_ns = start_ns,
                              .last_bit_in_ns = lost ? -1 : start_ns + 1 + below(40'000'000),
                              .bytes = lost ? 0 : 500,
                              .drops = lost ? 1 : 0});
    }
  }

  Recorder& recorder_;
  std::mt19937 random_;
  std::int64_t time_ns_ = 0;
  std::int64_t last_queue_id_ = 0;
  std::int64_t last_uid_ = 0;
  std::vector<Open> open_;
};

// A whole run of `steps` steps into `sink`.
inline void make_random_run(Sink& sink, std::uint32_t seed, int steps, Level level = Level::packets) {
  Recorder recorder(sink, level);
  RandomRun run(recorder, seed);
  for (int i = 0; i < steps; ++i) run.step();
  run.end();
}

}  // namespace mailroom::trace
