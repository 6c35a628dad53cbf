// SPDX-License-Identifier: GPL-2.0-only
// ns-3's list of events as a heap in one piece of memory: quicker than ns-3's own, which is a tree of nodes.
// Answers two more questions: how many events there are, and when the next is.
//
// Events come out in ns-3's order: by time, those of one time as they were scheduled. A removed event stays
// in the heap until its turn comes, or until half of the heap is such events.
#pragma once

#include <ns3/scheduler.h>

#include <cstdint>
#include <set>
#include <vector>

namespace mailroom::net {

class Ns3Pending : public ns3::Scheduler {
 public:
  static ns3::TypeId GetTypeId();
  Ns3Pending();
  ~Ns3Pending() override;

  // To be called before anything is scheduled.
  static void install();
  static std::int64_t count();
  static std::int64_t next_ns();  // the greatest there is, if there is none

  void Insert(const Event& event) override;
  bool IsEmpty() const override { return heap_.empty(); }
  Event PeekNext() const override { return heap_.front(); }
  Event RemoveNext() override;
  void Remove(const Event& event) override;

 private:
  void drop_first();
  void sink(std::size_t at, const Event& event);
  void skip_removed();
  void compact();

  std::vector<Event> heap_;     // four children a node; the first event is never a removed one
  std::set<EventKey> removed_;  // of those in the heap
};

}  // namespace mailroom::net
