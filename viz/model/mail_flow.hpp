// SPDX-License-Identifier: GPL-2.0-only
// A host as the lecture's picture "SMTP Mail Flow": user agent -> outgoing queue -> SMTP sender -> port 25, and
// port 25 -> SMTP receiver -> user mailboxes, or the queue again. What is in each part at a moment, and which part an
// event is about.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/story/words.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::viz {

enum class FlowPart : std::uint8_t { agent, queue, sender, receiver, mailboxes };
inline constexpr int kFlowPartCount = 5;
std::string_view name(FlowPart part);  // "user agent", "outgoing queue", …
std::string_view id(FlowPart part);    // "agent", "queue", …

// Ways between the parts, and to and from the network.
enum class FlowWay : std::uint8_t {
  none,     // something within a part
  submit,   // user agent -> queue
  send,     // queue -> sender
  out,      // sender -> a receiver elsewhere, port 25
  requeue,  // sender -> queue: not now
  in,       // a sender elsewhere -> port 25 -> receiver
  deliver,  // receiver -> mailboxes
  forward,  // receiver -> queue
  local     // queue -> mailboxes, of mail that did not come from outside
};
inline constexpr int kFlowWayCount = 9;

struct MailFlow {
  std::int64_t users = 0;     // that have a mailbox or a user agent here
  std::int64_t queued = 0;    // messages in the queue
  std::int64_t in_hand = 0;   // copies that it is responsible for
  std::int64_t active = 0;
  std::int64_t deferred = 0;
  std::int64_t held = 0;
  std::int64_t attempts = 0;  // under way
  std::int64_t sending = 0;   // open sessions of its senders …
  std::int64_t receiving = 0; // … and of its receiver
  std::int64_t out_connections = 0;
  std::int64_t in_connections = 0;
  std::int64_t mailboxes = 0;
  std::int64_t mails = 0;
  bool is_crashed = false;
  bool takes_mail = true;  // a receiver runs here
};
MailFlow mail_flow(const trace::World& world, const trace::RunHeader& header, trace::HostId host,
                   std::int64_t time_ns);

// What an event means in the picture of its host.
struct FlowStep {
  trace::EventId event{};
  std::int64_t time_ns = 0;
  FlowPart part{};
  FlowWay way = FlowWay::none;
  story::Tone tone = story::Tone::plain;
};
// nullopt: it is about none of its parts. `world` is that after the event.
std::optional<FlowStep> flow_step(const trace::StoredEvent& event, const trace::World& world);

}  // namespace mailroom::viz
