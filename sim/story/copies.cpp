// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/copies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"

namespace mailroom::story {

using trace::Copy;
using trace::CopyEnd;
using trace::CopyId;
using trace::QueueEntry;
using trace::World;

namespace {

std::string requeued(const Copy& copy) {
  if (copy.deferrals == 0) return {};
  return copy.deferrals == 1 ? "re-queued once" : fmt::format("re-queued {} times", copy.deferrals);
}

// Of more copies side by side that went well than this, a few are shown.
constexpr std::size_t kMostAlike = 8;
constexpr std::size_t kExamples = 3;

// Whether nothing more is to be said of it than that it arrived: in a mailbox, at the first try of each host.
bool went_well(const World& world, const Copy& copy) {
  const Copy* at = &copy;
  // A damaged file may have a copy that is its own child.
  for (int hops = 0; hops < 1000; ++hops) {
    if (at->deferrals > 0) return false;
    if (at->end == CopyEnd::delivered) return at->children.empty();
    if (at->end != CopyEnd::relayed || at->children.size() != 1) return false;
    at = world.copies.find(at->children.front());
    if (at == nullptr || !at->created) return false;
  }
  return false;
}

}  // namespace

Tone tone_of(const Copy& copy) {
  switch (copy.end) {
    case CopyEnd::delivered:
      return Tone::good;
    case CopyEnd::none:
      return Tone::warn;
    case CopyEnd::bounced:
    case CopyEnd::discarded:
    case CopyEnd::destroyed:
      return Tone::bad;
    case CopyEnd::relayed:
    case CopyEnd::expanded:
      return Tone::plain;
  }
  return Tone::plain;
}

std::string end_words(const Copy& copy) {
  const std::string reply = quoted_reply(copy.last_code, copy.last_reply);
  const std::string after = copy.deferrals > 0 ? ", after it was " + requeued(copy) : std::string();
  const std::string at = fmt::format("{} at {}", name(copy.end), clock(copy.ended_ns));
  switch (copy.end) {
    case CopyEnd::none: {
      std::string text = "in the queue";
      if (copy.deferrals > 0) text += fmt::format(", {}, last because: {}", requeued(copy), reply);
      if (copy.next_try_ns >= 0) text += fmt::format("; next try at {}", clock(copy.next_try_ns));
      return text;
    }
    case CopyEnd::delivered:
      return fmt::format("{}: mailbox {}, UID {}{}", at, printable(copy.mailbox), copy.uid, after);
    case CopyEnd::relayed:
      return fmt::format("{}: {}{}", at, reply, after);
    case CopyEnd::bounced:
      return fmt::format("{}: {}{}; {}", at, reply, after,
                         copy.bounce ? fmt::format("message {} tells the originator", copy.bounce.value)
                                     : "nobody is told (null reverse-path)");
    case CopyEnd::expanded:
    case CopyEnd::discarded:
    case CopyEnd::destroyed:
      break;
  }
  return fmt::format("{}: {}{}", at, reply, after);
}

std::vector<CopyId> roots_of(const World& world, const trace::Message& message) {
  std::vector<CopyId> roots;
  for (const CopyId id : message.copies) {
    const Copy* copy = world.copies.find(id);
    const Copy* parent = copy != nullptr && copy->parent ? world.copies.find(copy->parent) : nullptr;
    const bool has_parent_here = parent != nullptr && parent->created && parent->message == copy->message;
    if (!has_parent_here) roots.push_back(id);
  }
  return roots;
}

Shown shown_of(const World& world, std::vector<CopyId> copies) {
  const auto is_well = [&](CopyId id) {
    const Copy* copy = world.copies.find(id);
    return copy != nullptr && copy->created && went_well(world, *copy);
  };
  const auto well = static_cast<std::size_t>(std::ranges::count_if(copies, is_well));
  if (well <= kMostAlike) return {std::move(copies)};
  Shown shown;
  std::size_t examples = 0;
  for (const CopyId id : copies) {
    if (is_well(id) && ++examples > kExamples)
      ++shown.left_out;
    else
      shown.copies.push_back(id);
  }
  return shown;
}

std::string_view place_of(const World& world, const QueueEntry& entry, std::int64_t time_ns) {
  const auto is_in_hand = [&](CopyId id) {
    const Copy* copy = world.copies.find(id);
    return copy != nullptr && copy->open() && copy->next_try_ns < time_ns;
  };
  switch (entry.waits) {
    case QueueEntry::Waits::incoming:
      return "incoming";
    case QueueEntry::Waits::held:
      return "held";
    case QueueEntry::Waits::no:
      break;
  }
  return std::ranges::any_of(entry.copies, is_in_hand) ? "active" : "deferred";
}

std::string waits_for(const World& world, const Copy& copy, std::int64_t time_ns) {
  std::string text;
  if (copy.deferrals > 0)
    text = fmt::format("{}: {}", requeued(copy), quoted_reply(copy.last_code, copy.last_reply));
  if (copy.next_try_ns >= time_ns)
    text += fmt::format("{}next try in {}", text.empty() ? "" : "; ", duration(copy.next_try_ns - time_ns));
  if (!text.empty()) return text;
  const QueueEntry* entry = world.queue_entries.find(copy.entry);
  if (entry != nullptr && entry->waits == QueueEntry::Waits::held) return "held";
  return entry != nullptr && entry->waits == QueueEntry::Waits::incoming ? "incoming" : "first try";
}

}  // namespace mailroom::story
