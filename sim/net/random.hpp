// SPDX-License-Identifier: GPL-2.0-only
// Random numbers that are the same on every CPU: integers only, no libm. A stream is keyed by
// hash(seed, stable name, purpose), never by an index, so that one change in a scenario moves only what it
// reaches.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailroom::net {

class Random {
 public:
  Random(std::uint64_t seed, std::string_view name, std::string_view purpose);

  std::uint64_t next();                               // uniform over all 64-bit values
  std::uint64_t below(std::uint64_t bound);           // uniform over [0, bound), without bias; bound > 0
  bool chance(std::uint64_t per_billion);             // true with probability per_billion / 1e9
  std::int64_t exponential_ns(std::int64_t mean_ns);  // exponential, rounded to ns, never negative

 private:
  std::uint64_t state_[4];
};

}  // namespace mailroom::net
