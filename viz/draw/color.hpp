// SPDX-License-Identifier: GPL-2.0-only
// Colours as pictures use them, on the screen and in SVG.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mailroom::viz {

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  std::uint8_t alpha = 255;
  friend bool operator==(const Color&, const Color&) = default;

  // 0: not seen … 1: as it is.
  constexpr Color faded(float share) const {
    return {red, green, blue, static_cast<std::uint8_t>(static_cast<float>(alpha) * std::clamp(share, 0.0f, 1.0f))};
  }
};

constexpr Color rgb(std::uint32_t hex) {
  return {static_cast<std::uint8_t>(hex >> 16), static_cast<std::uint8_t>(hex >> 8), static_cast<std::uint8_t>(hex),
          255};
}
// 0: a … 1: b
constexpr Color mix(Color a, Color b, float share) {
  const auto between = [share](std::uint8_t from, std::uint8_t to) {
    return static_cast<std::uint8_t>(static_cast<float>(from) * (1 - share) + static_cast<float>(to) * share);
  };
  return {between(a.red, b.red), between(a.green, b.green), between(a.blue, b.blue), between(a.alpha, b.alpha)};
}

}  // namespace mailroom::viz
