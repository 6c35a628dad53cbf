// SPDX-License-Identifier: GPL-2.0-only
// A scenario that a swarm makes: a tree that can be written as a scenario file, and from which any part can be taken
// away to see whether the rest still fails.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailroom::swarm {

struct Draft {
  enum class Kind { scalar, map, list } kind = Kind::map;
  std::string key;    // in a map
  std::string value;  // of a scalar, as YAML has it
  std::vector<Draft> children;

  // A member of a map, made if it is not there.
  Draft& at(std::string_view name, Kind of = Kind::map);
  void set(std::string_view name, std::string text);
  Draft& append(Kind of = Kind::map);
  void append(std::string text) { append(Kind::scalar).value = std::move(text); }

  std::string yaml() const;
  // How many parts there are below, counted from the top down; and the same draft without one of them.
  std::size_t parts() const;
  Draft without(std::size_t part) const;
  // Octets of a part, to try the large ones first.
  std::size_t weight(std::size_t part) const;
};

}  // namespace mailroom::swarm
