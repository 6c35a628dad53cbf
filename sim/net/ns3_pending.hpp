// SPDX-License-Identifier: GPL-2.0-only
// ns-3's list of events, with two questions it does not answer by itself: how many there are, and when the
// next is.
#pragma once

#include <ns3/map-scheduler.h>

#include <cstdint>

namespace mailroom::net {

class Ns3Pending : public ns3::MapScheduler {
 public:
  static ns3::TypeId GetTypeId();
  Ns3Pending();
  ~Ns3Pending() override;

  // To be called before anything is scheduled.
  static void install();
  static std::int64_t count();
  static std::int64_t next_ns();  // the greatest there is, if there is none

  void Insert(const Event& event) override;
  Event RemoveNext() override;
  void Remove(const Event& event) override;

 private:
  std::int64_t count_ = 0;
};

}  // namespace mailroom::net
