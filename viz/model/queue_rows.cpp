// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/queue_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/story/copies.hpp"
#include "sim/story/printable.hpp"
#include "sim/story/words.hpp"

namespace mailroom::viz {
namespace {

using trace::Copy;
using trace::CopyId;

QueueRow row_of(CopyId id, const Copy& copy, story::Names& names) {
  QueueRow row{.message = copy.message, .copy = id};
  row.recipient = copy.recipient ? names.recipient(copy.recipient) : std::string("-");
  row.tries = copy.deferrals;
  row.next_try_ns = copy.next_try_ns;
  row.code = copy.last_code;
  if (copy.deferrals > 0) row.reply = story::quoted_reply(copy.last_code, copy.last_reply);
  return row;
}

}  // namespace

std::vector<QueueRow> queue_rows(const trace::World& world, story::Names& names, trace::HostId host,
                                 std::int64_t time_ns, std::size_t most) {
  std::vector<QueueRow> rows;
  const trace::HostState& state = world.host(host);
  for (const auto& [key, entry_id] : state.queue) {
    const trace::QueueEntry* entry = world.queue_entries.find(entry_id);
    if (entry == nullptr) continue;
    const std::string place(story::place_of(world, *entry, time_ns));
    for (const CopyId id : entry->copies) {
      if (rows.size() >= most) return rows;
      const Copy* copy = world.copies.find(id);
      if (copy == nullptr || !copy->open()) continue;
      QueueRow row = row_of(id, *copy, names);
      row.queue_id = story::printable(entry->queue_id);
      row.place = place;
      row.size_bytes = entry->size_bytes;
      rows.push_back(std::move(row));
    }
  }
  for (const auto& [message, id] : state.unqueued) {
    if (rows.size() >= most) return rows;
    const Copy* copy = world.copies.find(id);
    if (copy == nullptr || !copy->open()) continue;
    QueueRow row = row_of(id, *copy, names);
    row.queue_id = story::printable(copy->queue_id);
    row.place = copy->deferrals > 0 && copy->next_try_ns >= time_ns ? "deferred" : "active";
    if (const trace::Message* whole = world.messages.find(message)) row.size_bytes = whole->size_bytes;
    rows.push_back(std::move(row));
  }
  return rows;
}

void sort_rows(std::vector<QueueRow>& rows, QueueOrder order, bool is_down) {
  const auto by = [&](auto key) {
    std::ranges::stable_sort(rows, [&](const QueueRow& a, const QueueRow& b) {
      return is_down ? key(b) < key(a) : key(a) < key(b);
    });
  };
  switch (order) {
    case QueueOrder::id: return by([](const QueueRow& r) { return std::pair(r.message, r.copy); });
    case QueueOrder::recipient: return by([](const QueueRow& r) -> const std::string& { return r.recipient; });
    case QueueOrder::tries: return by([](const QueueRow& r) { return r.tries; });
    case QueueOrder::next: return by([](const QueueRow& r) { return r.next_try_ns; });
    case QueueOrder::reply: return by([](const QueueRow& r) -> const std::string& { return r.reply; });
    case QueueOrder::size: return by([](const QueueRow& r) { return r.size_bytes; });
  }
}

std::vector<WaitingFor> by_destination(const std::vector<QueueRow>& rows) {
  std::map<std::string, WaitingFor> domains;
  for (const QueueRow& row : rows) {
    const std::size_t at = row.recipient.rfind('@');
    const std::string domain = at == std::string::npos ? row.recipient : row.recipient.substr(at + 1);
    WaitingFor& waiting = domains[domain];
    waiting.domain = domain;
    ++waiting.copies;
    if (row.place == "deferred") ++waiting.deferred;
    if (row.next_try_ns >= 0 && (waiting.next_try_ns < 0 || row.next_try_ns < waiting.next_try_ns))
      waiting.next_try_ns = row.next_try_ns;
  }
  std::vector<WaitingFor> all;
  for (auto& [domain, waiting] : domains) all.push_back(std::move(waiting));
  std::ranges::stable_sort(all, std::ranges::greater(), &WaitingFor::copies);
  return all;
}

std::string from_now(std::int64_t then_ns, std::int64_t now_ns) {
  if (then_ns < 0) return {};
  if (then_ns <= now_ns) return "now";
  const std::int64_t seconds = (then_ns - now_ns) / 1'000'000'000;
  const std::int64_t minutes = (seconds + 30) / 60;
  if (seconds < 1) return "<1s";
  if (seconds < 60) return fmt::format("+{}s", seconds);
  if (minutes < 60) return fmt::format("+{}m", minutes);
  if (minutes < 60 * 48) return minutes % 60 == 0 ? fmt::format("+{}h", minutes / 60) : fmt::format("+{}h{}m", minutes / 60, minutes % 60);
  return fmt::format("+{}d", minutes / (60 * 24));
}

}  // namespace mailroom::viz
