// SPDX-License-Identifier: GPL-2.0-only
#include "sim/faults/fault.hpp"

#include <algorithm>

namespace mailroom::faults {

std::string slot(const Fault& fault) {
  std::string slot(info(fault.kind).rival);
  const auto add = [&slot](std::string_view part) {
    if (!part.empty()) (slot += " ") += part;
  };
  add(fault.link);
  std::vector<std::string> nodes = fault.nodes;
  std::ranges::sort(nodes);  // a -- b is b -- a
  for (const std::string& node : nodes) add(node);
  if (!fault.addresses.empty()) add(fault.addresses.front());
  add(fault.point);
  if (fault.kind == Kind::dns_lying || fault.kind == Kind::dns_changed)
    add(std::string_view(fault.record).substr(0, fault.record.find_first_of(" \t")));
  return slot;
}

}  // namespace mailroom::faults
