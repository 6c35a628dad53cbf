// SPDX-License-Identifier: GPL-2.0-only
// What is wrong with a link at the moment, in both directions alike, and which fault is to blame for each of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "sim/trace/event.hpp"

namespace mailroom::net {

struct LinkTrouble {
  using Faults = std::map<trace::FaultId, trace::EventId>;  // and since when

  Faults down;    // no frame gets through; who stands before it knows
  Faults silent;  // a node at one of its ends is out of operation: likewise, but nobody knows

  struct Rate {
    std::int64_t bps;  // in place of its own, if that is more
  };
  struct Delay {
    std::int64_t ns;  // beyond its own
  };
  struct Loss {
    std::int64_t per_billion;
    std::int64_t burst_frames;  // lost in a row, on average (Gilbert's model); 1: each frame on its own
  };
  struct Reordering {
    std::int64_t per_billion;
    std::int64_t late_ns;
  };
  struct Share {
    std::int64_t per_billion;
  };
  template <class What>
  struct By {
    What what;
    trace::Blame blame;
  };
  std::optional<By<Rate>> rate;
  std::optional<By<Delay>> delay;
  std::optional<By<Loss>> loss;
  std::optional<By<Reordering>> reordering;
  std::optional<By<Share>> duplication, corruption;

  bool is_down() const { return !down.empty() || !silent.empty(); }
  std::string_view why_down() const { return down.empty() ? "host out of operation" : "link down"; }
  // Who is to blame for that: the first that took it down.
  trace::Blame down_by() const {
    const Faults& faults = down.empty() ? silent : down;
    if (faults.empty()) return {};
    return {faults.begin()->first, faults.begin()->second};
  }
};

}  // namespace mailroom::net
