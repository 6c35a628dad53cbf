// SPDX-License-Identifier: GPL-2.0-only
// Key chords as people write them: "Ctrl+Shift+P", "F", "?", "Shift+Left". Key numbers are GLFW's, which every back end
// here uses.
#pragma once

#include <optional>
#include <string_view>

namespace mailroom::viz {

// GLFW's numbers of the keys that are asked for by name.
namespace key {
inline constexpr int kEscape = 256;
inline constexpr int kEnter = 257;
inline constexpr int kTab = 258;
inline constexpr int kRight = 262;
inline constexpr int kLeft = 263;
inline constexpr int kDown = 264;
inline constexpr int kUp = 265;
}  // namespace key

// Whether a key of this number was pressed in this frame (or repeats). The one place that knows how ImGui wants to be
// asked: by number up to 1.86, by an enum from then on.
bool is_key_pressed(int key, bool repeats = true);

struct Chord {
  int key = 0;  // 0: a sign that is typed
  char sign = 0;  // "?", "+": whatever keys make it on this keyboard
  bool has_ctrl = false;
  bool has_shift = false;
  bool has_alt = false;
  friend bool operator==(const Chord&, const Chord&) = default;
};

// nullopt: no such key.
std::optional<Chord> chord(std::string_view text);

// Tells ImGui the numbers of the keys that it needs itself. Once a context.
void map_keys();
// Whether the chord was pressed in this frame (or repeats, with `repeats`).
bool is_pressed(const Chord& chord, bool repeats);

}  // namespace mailroom::viz
