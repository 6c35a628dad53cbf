// SPDX-License-Identifier: GPL-2.0-only
// Ways through the network with the fewest links, to draw a connection or the path of a message along what
// it runs over. They are the routes that packets take unless links of the same count compete.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/trace/run_file.hpp"

namespace mailroom::viz {

class HopPaths {
 public:
  HopPaths() = default;
  explicit HopPaths(const trace::RunHeader& header);
  // The nodes from one to another, both included; empty: there is no way, or no such node. The same way back.
  // Remembered, up to kMostRemembered of them; the reference lives until the next call.
  const std::vector<trace::HostId>& between(trace::HostId a, trace::HostId b);

 private:
  static constexpr std::size_t kMostRemembered = 512;
  std::vector<trace::HostId> search(trace::HostId from, trace::HostId to) const;

  std::vector<std::vector<std::uint32_t>> neighbours_;
  std::map<std::pair<trace::HostId, trace::HostId>, std::vector<trace::HostId>> known_;
};

}  // namespace mailroom::viz
