// SPDX-License-Identifier: GPL-2.0-only
// Random numbers for generators: the same on every CPU and with every standard library, because the standard
// fixes what std::mt19937_64 gives but not what its distributions make of it.
#pragma once

#include <cstdint>
#include <random>

namespace mailroom::topology {

class Sampler {
 public:
  explicit Sampler(std::uint64_t seed) : engine_(seed) {}

  // Uniform over [0, bound), without bias (Lemire 2019); bound > 0.
  std::uint64_t below(std::uint64_t bound) {
    using Wide = unsigned __int128;
    for (;;) {
      const Wide product = Wide{engine_()} * bound;
      const auto low = static_cast<std::uint64_t>(product);
      if (low >= (0 - bound) % bound) return static_cast<std::uint64_t>(product >> 64);
    }
  }

  // Uniform over the multiples of 2^-53 in [0, 1).
  double fraction() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace mailroom::topology
