// SPDX-License-Identifier: GPL-2.0-only
// Feeds octets to the scenario loader: the text before the first 0x01 is the file, each further part an
// override. Every answer is a scenario or at least one mistake, and what was read obeys its own contract.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/scenario/load.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const mailroom::scenario::Scenario& scenario) {
  for (const auto& host : scenario.hosts) {
    require(!host.name.empty() && !host.hostname.empty());
    require(host.port > 0 && host.disk_bytes >= 0 && !host.retry.intervals_ns.empty());
    require(host.users.empty() || !host.domains.empty());
  }
  for (const auto& entry : scenario.traffic) {
    require(!entry.from.members.empty());
    require(!entry.to.members.empty() || entry.eml.has_value());
    require(entry.count > 0 && entry.start_ns >= 0);
    if (!entry.host)
      require(std::ranges::all_of(
          entry.from.members, [&](const std::string& sender) { return scenario.agents.contains(sender); }));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(all.find('\1'), all.size());
  mailroom::scenario::Overrides overrides;
  for (std::size_t from = end; from < all.size();) {
    const std::size_t to = std::min(all.find('\1', from + 1), all.size());
    overrides.emplace_back(all.substr(from + 1, to - from - 1));
    from = to;
  }
  const auto loaded = mailroom::scenario::load_text(all.substr(0, end), "fuzz", "/nonexistent", overrides);
  if (loaded)
    check(loaded->scenario);
  else
    require(!loaded.error().empty() && !to_string(loaded.error()).empty());
  return 0;
}
