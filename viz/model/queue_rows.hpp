// SPDX-License-Identifier: GPL-2.0-only
// The queue of a host, a row for each destination of each message in it; and the same by destination domain.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/story/names.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::viz {

struct QueueRow {
  trace::MessageId message{};
  trace::CopyId copy{};
  std::string queue_id{};
  std::string recipient{};
  std::string place{};  // "active", "deferred", "held", "incoming"
  int tries = 0;        // that failed
  std::int64_t next_try_ns = -1;
  int code = 0;         // of the last reply
  std::string reply{};  // "451 try later"; empty: not tried yet
  std::int64_t size_bytes = 0;
};

// The open copies at a host, in the order of its queue: at most `most`.
std::vector<QueueRow> queue_rows(const trace::World& world, story::Names& names, trace::HostId host,
                                 std::int64_t time_ns, std::size_t most = 2000);

enum class QueueOrder : std::uint8_t { id, recipient, tries, next, reply, size };
void sort_rows(std::vector<QueueRow>& rows, QueueOrder order, bool is_down);

struct WaitingFor {
  std::string domain{};
  std::int64_t copies = 0;
  std::int64_t deferred = 0;
  std::int64_t next_try_ns = -1;  // the first; -1: none planned
};
// What waits for each domain, the most first.
std::vector<WaitingFor> by_destination(const std::vector<QueueRow>& rows);

// "+15m", "now", "+1h20m"; empty for none.
std::string from_now(std::int64_t then_ns, std::int64_t now_ns);

}  // namespace mailroom::viz
