// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/frame_fate.hpp"

#include <algorithm>
#include <string>

namespace mailroom::net {

namespace {

constexpr std::int64_t kBillion = 1'000'000'000;

Random stream(std::uint64_t seed, std::string_view link, std::string_view what, int direction) {
  return Random(seed, link, std::string("fault ").append(what).append(direction == 0 ? " forth" : " back"));
}

bool chance(Random& random, const LinkTrouble::Share& share) {
  return random.chance(static_cast<std::uint64_t>(share.per_billion));
}

}  // namespace

FrameFates::FrameFates(std::uint64_t seed, std::string_view link, int direction)
    : loss_(stream(seed, link, "loss", direction)),
      corruption_(stream(seed, link, "corruption", direction)),
      duplication_(stream(seed, link, "duplication", direction)),
      reordering_(stream(seed, link, "reordering", direction)) {}

// Gilbert's chain: from bad to good with probability 1/b, from good to bad such that the share of frames in the bad
// state is the loss: p (1 - loss) = loss / b. (Where loss is all but certain that exceeds 1: it stays bad.)
bool FrameFates::loses(const LinkTrouble::Loss& loss) {
  if (loss.burst_frames <= 1) return chance(loss_, {loss.per_billion});
  if (is_bad_) {
    is_bad_ = loss_.below(static_cast<std::uint64_t>(loss.burst_frames)) != 0;
  } else {
    const std::int64_t good = std::max<std::int64_t>(kBillion - loss.per_billion, 1);
    // loss / (b · good), in parts per billion, without overflow: loss and good are at most 1e9.
    const std::int64_t to_bad = loss.per_billion * kBillion / good / loss.burst_frames;
    is_bad_ = loss_.chance(static_cast<std::uint64_t>(std::min(to_bad, kBillion)));
  }
  return is_bad_;
}

FrameFate FrameFates::next(const LinkTrouble& trouble) {
  FrameFate fate;
  if (trouble.is_down()) return {.lost = trouble.why_down(), .blame = trouble.down_by()};
  if (trouble.loss && loses(trouble.loss->what)) return {.lost = "loss", .blame = trouble.loss->blame};
  if (trouble.corruption && chance(corruption_, trouble.corruption->what))
    return {.lost = "corruption", .blame = trouble.corruption->blame};
  if (trouble.duplication) fate.twice = chance(duplication_, trouble.duplication->what);
  if (trouble.reordering && chance(reordering_, {trouble.reordering->what.per_billion}))
    fate.late_ns = trouble.reordering->what.late_ns;
  return fate;
}

}  // namespace mailroom::net
