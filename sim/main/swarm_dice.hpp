// SPDX-License-Identifier: GPL-2.0-only
// What a generator of scenarios draws from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/net/random.hpp"

namespace mailroom::swarm {

class Dice {
 public:
  Dice(std::uint64_t seed, std::string_view purpose) : random_(seed, "swarm", purpose) {}

  bool chance(std::int64_t thousandths) { return static_cast<std::int64_t>(random_.below(1000)) < thousandths; }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most - least + 1)));
  }
  template <class List>
  const auto& pick(const List& list) {
    return list[random_.below(std::size(list))];
  }
  std::string one_of(std::initializer_list<const char*> words) {
    return *(words.begin() + static_cast<std::ptrdiff_t>(random_.below(words.size())));
  }

 private:
  net::Random random_;
};

}  // namespace mailroom::swarm
