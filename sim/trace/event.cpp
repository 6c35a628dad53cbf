// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/event.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace mailroom::trace {

namespace {

constexpr std::array<std::string_view, 4> kLevelNames = {"summary", "mail", "full", "packets"};

}  // namespace

std::optional<Kind> kind_named(std::string_view name) {
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [name](const KindInfo& kind) { return kind.name == name; });
  if (found == std::end(kKinds)) return std::nullopt;
  return static_cast<Kind>(found - std::begin(kKinds));
}

std::string_view name(Level level) {
  const auto index = static_cast<std::size_t>(level);
  assert(index < kLevelNames.size());
  return kLevelNames[index];
}

std::optional<Level> level_named(std::string_view name) {
  const auto* found = std::find(kLevelNames.begin(), kLevelNames.end(), name);
  if (found == kLevelNames.end()) return std::nullopt;
  return static_cast<Level>(found - kLevelNames.begin());
}

}  // namespace mailroom::trace
