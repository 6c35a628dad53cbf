// SPDX-License-Identifier: GPL-2.0-only
// What became of each root recipient (a recipient that a message was addressed to, with all copies that
// descend from it), and where the time of a delivery went: connect, transfer, queue and retry on each hop,
// which sum to the delay to the nanosecond. Counted as trace::summarize() counts (docs/RUN_FILE.md,
// 'Summary').
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "viz/model/mail_facts.hpp"

namespace mailroom::viz {

enum class MailFate : std::uint8_t { delivered, queued, bounced, destroyed, discarded, unaccounted };
inline constexpr int kFateCount = 6;
std::string_view name(MailFate fate);  // "delivered", …

struct RootOutcome {
  trace::CopyId root{};
  trace::MessageId message{};
  trace::RecipientId recipient{};
  bool is_notification = false;
  MailFate fate = MailFate::unaccounted;
  std::int64_t composed_ns = 0;
  trace::CopyId leaf{};    // of delivered: the copy that was first in a mailbox; else the last one that ended
  trace::EventId event{};  // that decided it; 0: undecided
  std::int64_t ended_ns = -1;
  std::int64_t delay_ns() const { return fate == MailFate::delivered ? ended_ns - composed_ns : -1; }
};

// Those that count, by message, then copy.
std::vector<RootOutcome> outcomes_of(const MailFacts& facts);

// Where the time of a hop goes.
enum class DelayPart : std::uint8_t {
  connect,   // the attempt that handed it over looks for the host and waits for the TCP connection
  transfer,  // the dialogue and the text, until the next host is responsible
  queue,     // before the first attempt; of the last host also until it is in the mailbox
  retry      // attempts that failed and the waits after them
};
inline constexpr int kPartCount = 4;
std::string_view name(DelayPart part);

struct HopShare {
  trace::HostId from{};
  trace::HostId to{};  // 0: into a mailbox of `from`
  std::array<std::int64_t, kPartCount> parts_ns{};
  std::int64_t total_ns() const;
};

// The hops of a delivered one, in order; their parts sum to delay_ns(). At level `mail` nobody recorded when
// a connection was there: connecting is in the transfer.
std::vector<HopShare> hops_of(const MailFacts& facts, const RootOutcome& delivered);

}  // namespace mailroom::viz
