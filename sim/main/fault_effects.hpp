// SPDX-License-Identifier: GPL-2.0-only
// What each fault does to a simulation, and how it is undone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/main/fault_schedule.hpp"
#include "sim/net/ns3_network.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom {

class Simulation;

class FaultEffects final : public FaultTarget {
 public:
  // Both must outlive it.
  FaultEffects(const scenario::Scenario& scenario, Simulation& simulation)
      : scenario_(scenario), simulation_(simulation) {}

  void begin(const faults::Fault& fault, trace::Blame blame, trace::ConnectionId connection) override;
  void end(const faults::Fault& fault, trace::FaultId id) override;
  Place place_of(const faults::Fault& fault) const override;

 private:
  std::vector<trace::LinkId> links_of(const faults::Fault& fault) const;
  // Faults of the network; false: it is none.
  bool begin_in_network(const faults::Fault& fault, trace::Blame blame, trace::ConnectionId connection);
  bool end_in_network(const faults::Fault& fault, trace::FaultId id);
  // All others come and go by the same way: with whom to blame, or undone with nobody. False: it is none of these.
  using Blame = std::optional<trace::Blame>;
  void change(const faults::Fault& fault, const Blame& blame);
  bool change_service(const faults::Fault& fault, const Blame& blame);
  bool change_address(const faults::Fault& fault, const Blame& blame);
  bool change_names(const faults::Fault& fault, const Blame& blame);
  bool change_relay(const faults::Fault& fault, const Blame& blame);
  bool change_host(const faults::Fault& fault, const Blame& blame);

  const scenario::Scenario& scenario_;
  Simulation& simulation_;
};

}  // namespace mailroom
