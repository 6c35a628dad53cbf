// SPDX-License-Identifier: GPL-2.0-only
// The lecture's picture "SMTP Mail Flow", drawn for one host at a moment.
#pragma once

#include <optional>

#include "viz/model/mail_flow.hpp"
#include "viz/panes/pieces.hpp"

namespace mailroom::viz {

class HostFlow {
 public:
  // Draws it at the cursor, as wide as the window. The part that was clicked; nullopt: none.
  std::optional<FlowPart> draw(Desk& desk, const MailFlow& flow);

  // What happened last here; the picture shows it as long as the moment stands at it, and for a moment after.
  void happened(const std::optional<FlowStep>& step, const Desk& desk);

 private:
  float light(const Desk& desk) const;  // 1: it happens now … 0: long ago

  std::optional<FlowStep> step_;
  double since_s_ = -100;
};

}  // namespace mailroom::viz
