// SPDX-License-Identifier: GPL-2.0-only
// The mail queue of one host: entries, and the index of what is due when. It knows no network and records no
// event; who uses it does. Order of calls: add(), then for each recipient activate() and one of settle() or
// defer(); deferred ones come back through take_due(). Finding the next due recipient is O(log n).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/queue/entry.hpp"

namespace mailroom::queue {

class Queue {
 public:
  // Takes the entry (its id and `open` are set here); all its recipients are ready (there may be none, if all
  // were expanded into other entries). The reference stays valid
  // until the entry is removed.
  Entry& add(Entry entry);

  EntryId next_id() const { return last_id_ + 1; }  // of the next add()
  Entry& at(EntryId id);                            // asserts that it is there
  std::size_t size() const { return entries_.size(); }
  std::size_t recipients() const { return recipients_; }

  // A ready recipient goes to a connection, or to local delivery.
  void activate(Entry& entry, std::size_t index);
  // An active one failed for now.
  void defer(Entry& entry, std::size_t index, std::int64_t next_try_ns);
  // An active one is done: off the list. True: the list is empty; the caller removes the entry.
  [[nodiscard]] bool settle(Entry& entry, std::size_t index);
  void remove(EntryId id);

  // The earliest time at which a deferred recipient is due.
  std::optional<std::int64_t> next_due_ns() const;
  // Takes the recipients of one entry that are due at now_ns and makes them ready: the entry and their
  // indices, those that waited longest first. Nothing when none is due.
  std::optional<std::pair<EntryId, std::vector<std::size_t>>> take_due(std::int64_t now_ns);

 private:
  struct Due {
    std::int64_t next_try_ns;
    EntryId entry;
    std::size_t index;
    friend auto operator<=>(const Due&, const Due&) = default;
  };
  std::unordered_map<EntryId, Entry> entries_;
  std::set<Due> due_;
  EntryId last_id_ = 0;
  std::size_t recipients_ = 0;
};

}  // namespace mailroom::queue
