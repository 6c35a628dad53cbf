// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/random.hpp"

#include <bit>
#include <cassert>
#include <limits>

namespace mailroom::net {
namespace {

// The finalizer of SplitMix64: every bit of the input moves half of the output's.
std::uint64_t mixed(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9;
  x ^= x >> 27;
  x *= 0x94d049bb133111eb;
  return x ^ x >> 31;
}

// FNV-1a over the octets and their number, so that ("ab", "c") and ("a", "bc") differ, then mixed.
std::uint64_t absorbed(std::uint64_t state, std::string_view text) {
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return mixed(state ^ mixed(text.size() + 0x9e3779b97f4a7c15));
}

}  // namespace

Random::Random(std::uint64_t seed, std::string_view name, std::string_view purpose) {
  std::uint64_t key = absorbed(absorbed(mixed(seed + 0x9e3779b97f4a7c15), name), purpose);
  for (std::uint64_t& word : state_) word = mixed(key += 0x9e3779b97f4a7c15);
  if ((state_[0] | state_[1] | state_[2] | state_[3]) == 0) state_[0] = 1;  // the one forbidden state
}

// xoshiro256** (Blackman and Vigna).
std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

// The high word of a 128-bit product, with the few values that would favour some results drawn again
// (Lemire).
std::uint64_t Random::below(std::uint64_t bound) {
  assert(bound > 0);
  unsigned __int128 product = static_cast<unsigned __int128>(next()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t biased = -bound % bound;
    while (static_cast<std::uint64_t>(product) < biased)
      product = static_cast<unsigned __int128>(next()) * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

bool Random::chance(std::uint64_t per_billion) {
  if (per_billion == 0) return false;
  return below(1'000'000'000) < per_billion;
}

// Von Neumann's comparison method: a run u1 > u2 > … > un that ends at the first rise is of odd length with
// probability exp(-u1), so u1 of the first odd run has the density of the fraction of an exponential variate,
// and the number of even runs before it is the whole part. Integers and comparisons only.
std::int64_t Random::exponential_ns(std::int64_t mean_ns) {
  assert(mean_ns >= 0);
  for (std::uint64_t whole = 0;; ++whole) {
    const std::uint64_t first = next();
    std::uint64_t last = first;
    bool odd = true;
    for (std::uint64_t u = next(); u < last; u = next()) {
      last = u;
      odd = !odd;
    }
    if (!odd) continue;
    // (whole + first / 2^64) * mean, rounded.
    const auto mean = static_cast<unsigned __int128>(mean_ns);
    const unsigned __int128 fraction = (mean * first + (static_cast<unsigned __int128>(1) << 63)) >> 64;
    const unsigned __int128 sum = mean * whole + fraction;
    constexpr auto kMost = static_cast<unsigned __int128>(std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(sum < kMost ? sum : kMost);
  }
}

}  // namespace mailroom::net
