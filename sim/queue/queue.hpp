// SPDX-License-Identifier: GPL-2.0-only
// The mail queue of one host: entries, and the index of what is due when. It knows no network and records no
// event; who uses it does. Order of calls: add(), take() (or hold()), then for each recipient activate() and one of
// settle(), defer() or put_back(); deferred ones come back through take_due(). Finding the next due recipient is O(log n).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/queue/entry.hpp"

namespace mailroom::queue {

class Queue {
 public:
  // Takes the entry as incoming (its id, if it is 0, its counts and its place are set here); all its recipients are
  // ready (there may be none, if all were expanded into other entries). The reference stays valid until the entry is
  // removed.
  Entry& add(Entry entry);
  // An incoming entry becomes active.
  void take(Entry& entry);
  // An incoming entry is held; a held one is incoming again.
  void hold(Entry& entry);
  void release(Entry& entry);
  // Entries in one of the queues.
  std::size_t count(Place place) const { return counts_[static_cast<std::size_t>(place)]; }

  EntryId next_id() const { return last_id_ + 1; }  // of the next entry
  EntryId reserve_id() { return ++last_id_; }       // for an entry that is added later
  Entry& at(EntryId id);                            // asserts that it is there
  std::size_t size() const { return entries_.size(); }
  std::size_t recipients() const { return recipients_; }  // not done, of all entries

  // A ready recipient goes to a connection, or to local delivery.
  void activate(Entry& entry, std::size_t index);
  // An active one is ready again: it was not its turn yet.
  void put_back(Entry& entry, std::size_t index);
  // An active one failed for now.
  void defer(Entry& entry, std::size_t index, std::int64_t next_try_ns);
  // A deferred one is due at now_ns, whatever was said before; false: it was due already.
  bool expedite(Entry& entry, std::size_t index, std::int64_t now_ns);
  // An active one is done: off the list, but still known until mark().
  void settle(Entry& entry, std::size_t index);
  // The disk knows that it is done. When nothing is open and nothing unmarked, the caller removes the entry.
  void mark(Entry& entry, std::size_t index);
  void remove(EntryId id);
  bool contains(EntryId id) const { return entries_.contains(id); }
  // Nobody can read it any more: nothing is left on its list, and it is to be removed.
  void lose(Entry& entry);

  // After a crash, from what the disk has: what was incoming or active is incoming; what is done, but not marked, is
  // on the list again. The latter, in the order of entries.
  std::vector<std::pair<EntryId, std::size_t>> recover();
  std::vector<EntryId> ids(Place place) const;  // in order

  // The earliest time at which a deferred recipient is due.
  std::optional<std::int64_t> next_due_ns();
  // Takes the recipients of one entry that are due at now_ns and makes them ready: the entry and their
  // indices, those that waited longest first. Nothing when none is due.
  std::optional<std::pair<EntryId, std::vector<std::size_t>>> take_due(std::int64_t now_ns);

 private:
  void put(Entry& entry, Place place);
  void let_go(Entry& entry);

  struct Due {
    std::int64_t next_try_ns;
    EntryId entry;
    std::size_t index;
    friend auto operator<=>(const Due&, const Due&) = default;
  };
  bool is_stale(const Due& due) const;
  void drop_stale();

  std::unordered_map<EntryId, Entry> entries_;
  // A heap in one piece of memory: a set would take three times as much for each. What was expedited leaves a
  // stale one behind.
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  EntryId last_id_ = 0;
  std::size_t recipients_ = 0;
  std::array<std::size_t, kPlaces> counts_{};
};

}  // namespace mailroom::queue
