// SPDX-License-Identifier: GPL-2.0-only
// Faults by hand: control lines "fault link a-b down for 5m", "mend link a-b down", and "forget link a-b down" for what
// has not come yet. Times in a sentence are counted from the line.
#pragma once

#include <expected>

#include "sim/faults/parse.hpp"
#include "sim/main/control_target.hpp"
#include "sim/main/fault_schedule.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom {

class FaultControl final : public control::ControlTarget {
 public:
  // Both must outlive it.
  FaultControl(const scenario::Scenario& scenario, FaultSchedule& schedule) : scenario_(scenario), schedule_(schedule) {}

  bool takes(std::string_view first_word) const override { return first_word == "fault" || first_word == "mend" || first_word == "forget"; }
  std::optional<std::string> objection(std::string_view line) const override;
  void obey(std::string_view line) override;

 private:
  std::expected<faults::Fault, faults::ParseError> read(std::string_view line) const;

  const scenario::Scenario& scenario_;
  FaultSchedule& schedule_;
};

}  // namespace mailroom
