// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_pending.hpp"

#include <ns3/object-factory.h>
#include <ns3/simulator.h>

#include <limits>

namespace mailroom::net {
namespace {
Ns3Pending* g_current = nullptr;  // ns-3 makes it, and has but one
}

NS_OBJECT_ENSURE_REGISTERED(Ns3Pending);

ns3::TypeId Ns3Pending::GetTypeId() {
  static ns3::TypeId id =
      ns3::TypeId("mailroom::Ns3Pending").SetParent<ns3::MapScheduler>().AddConstructor<Ns3Pending>();
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
  return g_current == nullptr ? 0 : g_current->count_;
}

std::int64_t Ns3Pending::next_ns() {
  if (count() == 0) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(g_current->PeekNext().key.m_ts);
}

void Ns3Pending::Insert(const Event& event) {
  ++count_;
  ns3::MapScheduler::Insert(event);
}

ns3::Scheduler::Event Ns3Pending::RemoveNext() {
  --count_;
  return ns3::MapScheduler::RemoveNext();
}

void Ns3Pending::Remove(const Event& event) {
  --count_;
  ns3::MapScheduler::Remove(event);
}

}  // namespace mailroom::net
