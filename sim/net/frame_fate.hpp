// SPDX-License-Identifier: GPL-2.0-only
// What becomes of the frames that come over a link in trouble, in one direction. Draws from streams of its own, a kind
// of trouble each, so that a fault moves no other chance of the run.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/net/link_trouble.hpp"
#include "sim/net/random.hpp"

namespace mailroom::net {

struct FrameFate {
  std::string_view lost{};  // why; empty: it arrives
  trace::Blame blame{};
  bool twice = false;
  std::int64_t late_ns = 0;
};

class FrameFates {
 public:
  // `direction`: 0 forth, 1 back.
  FrameFates(std::uint64_t seed, std::string_view link, int direction);
  FrameFate next(const LinkTrouble& trouble);

 private:
  bool loses(const LinkTrouble::Loss& loss);

  Random loss_, corruption_, duplication_, reordering_;
  bool is_bad_ = false;  // Gilbert's model: the channel loses everything until it is good again
};

}  // namespace mailroom::net
