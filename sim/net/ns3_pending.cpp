// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_pending.hpp"

#include <ns3/object-factory.h>
#include <ns3/simulator.h>

#include <algorithm>
#include <cassert>
#include <limits>

namespace mailroom::net {
namespace {
constexpr std::size_t kChildren = 4;
Ns3Pending* g_current = nullptr;  // ns-3 makes it, and has but one
}  // namespace

NS_OBJECT_ENSURE_REGISTERED(Ns3Pending);

ns3::TypeId Ns3Pending::GetTypeId() {
  static ns3::TypeId id =
      ns3::TypeId("mailroom::Ns3Pending").SetParent<ns3::Scheduler>().AddConstructor<Ns3Pending>();
  return id;
}

Ns3Pending::Ns3Pending() {
  g_current = this;
}
Ns3Pending::~Ns3Pending() {
  if (g_current == this) g_current = nullptr;
}

void Ns3Pending::install() {
  ns3::Simulator::SetScheduler(ns3::ObjectFactory("mailroom::Ns3Pending"));
}

std::int64_t Ns3Pending::count() {
  return g_current == nullptr ? 0 : std::ssize(g_current->heap_) - std::ssize(g_current->removed_);
}

std::int64_t Ns3Pending::next_ns() {
  if (count() == 0) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(g_current->PeekNext().key.m_ts);
}

void Ns3Pending::Insert(const Event& event) {
  std::size_t at = heap_.size();
  heap_.push_back(event);
  while (at > 0) {
    const std::size_t parent = (at - 1) / kChildren;
    if (!(event.key < heap_[parent].key)) break;
    heap_[at] = heap_[parent];
    at = parent;
  }
  heap_[at] = event;
}

ns3::Scheduler::Event Ns3Pending::RemoveNext() {
  const Event next = heap_.front();
  drop_first();
  skip_removed();
  return next;
}

void Ns3Pending::Remove(const Event& event) {
  removed_.insert(event.key);
  skip_removed();
  if (2 * removed_.size() > heap_.size()) compact();
}

void Ns3Pending::drop_first() {
  const Event last = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) sink(0, last);
}

// Puts the event where it belongs at or below `at`, whose event is no more.
void Ns3Pending::sink(std::size_t at, const Event& event) {
  const std::size_t size = heap_.size();
  for (;;) {
    const std::size_t first = kChildren * at + 1;
    if (first >= size) break;
    std::size_t least = first;
    for (std::size_t child = first + 1; child < std::min(first + kChildren, size); ++child) {
      if (heap_[child].key < heap_[least].key) least = child;
    }
    if (!(heap_[least].key < event.key)) break;
    heap_[at] = heap_[least];
    at = least;
  }
  heap_[at] = event;
}

void Ns3Pending::skip_removed() {
  while (!removed_.empty() && *removed_.begin() == heap_.front().key) {
    removed_.erase(removed_.begin());
    drop_first();
  }
}

void Ns3Pending::compact() {
  std::erase_if(heap_, [this](const Event& event) { return removed_.contains(event.key); });
  removed_.clear();
  for (std::size_t at = heap_.size(); at-- > 0;) {
    const Event event = heap_[at];
    sink(at, event);
  }
}

}  // namespace mailroom::net
