// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/hop_paths.hpp"

#include <algorithm>

namespace mailroom::viz {

HopPaths::HopPaths(const trace::RunHeader& header) : neighbours_(header.hosts.size()) {
  const auto count = static_cast<std::int64_t>(neighbours_.size());
  for (const trace::LinkRow& link : header.links) {
    const std::int64_t a = link.from.value;
    const std::int64_t b = link.to.value;
    if (a < 1 || b < 1 || a > count || b > count) continue;
    neighbours_[static_cast<std::size_t>(a - 1)].push_back(static_cast<std::uint32_t>(b - 1));
    neighbours_[static_cast<std::size_t>(b - 1)].push_back(static_cast<std::uint32_t>(a - 1));
  }
}

const std::vector<trace::HostId>& HopPaths::between(trace::HostId a, trace::HostId b) {
  const auto key = std::minmax(a, b);
  const auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  if (known_.size() >= kMostRemembered) known_.clear();
  return known_.emplace(key, search(key.first, key.second)).first->second;
}

std::vector<trace::HostId> HopPaths::search(trace::HostId from, trace::HostId to) const {
  const auto count = static_cast<std::int64_t>(neighbours_.size());
  if (from.value < 1 || to.value < 1 || from.value > count || to.value > count) return {};
  const auto goal = static_cast<std::uint32_t>(from.value - 1);
  const auto start = static_cast<std::uint32_t>(to.value - 1);
  constexpr std::uint32_t kUnseen = 0xffffffff;
  std::vector<std::uint32_t> next(neighbours_.size(), kUnseen);
  std::vector<std::uint32_t> line = {start};
  next[start] = start;
  for (std::size_t i = 0; i < line.size() && next[goal] == kUnseen; ++i) {
    for (const std::uint32_t neighbour : neighbours_[line[i]]) {
      if (next[neighbour] != kUnseen) continue;
      next[neighbour] = line[i];
      line.push_back(neighbour);
    }
  }
  if (next[goal] == kUnseen) return {};
  std::vector<trace::HostId> path;
  for (std::uint32_t at = goal;; at = next[at]) {
    path.push_back({static_cast<std::int64_t>(at) + 1});
    if (at == start) return path;
  }
}

}  // namespace mailroom::viz
