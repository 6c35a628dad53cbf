// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/player.hpp"

#include <algorithm>

namespace mailroom::viz {

void Player::set_speed(double speed) {
  speed_ = std::clamp(speed, kMinSpeed, kMaxSpeed);
}

std::int64_t Player::advance(std::int64_t now_ns, std::int64_t wall_ns, std::int64_t end_ns) {
  if (!is_playing_) return now_ns;
  const std::int64_t then = now_ns + static_cast<std::int64_t>(static_cast<double>(wall_ns) * speed_);
  if (then < end_ns) return then;
  is_playing_ = false;
  return std::max(now_ns, end_ns);
}

}  // namespace mailroom::viz
