// SPDX-License-Identifier: GPL-2.0-only
// The fonts: Inter for reading, JetBrains Mono for what goes over the wire, Font Awesome's icons in both; DejaVu where
// one of them is not installed, and ImGui's own where there is none at all.
//
// Belongs to the current ImGui context. load() throws away what was loaded before, so a back end has to make its
// texture anew.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct ImFont;

namespace mailroom::viz {

enum class Face : std::uint8_t { body, strong, title, mono };

struct Fonts {
  ImFont* body = nullptr;
  ImFont* strong = nullptr;
  ImFont* title = nullptr;
  ImFont* mono = nullptr;
  bool has_icons = false;
  std::string complaint{};  // which fonts are missing, and what to install; empty: none

  // Sizes in pixels: of `body`, with the person's scale in it.
  static Fonts load(float body_px);
  ImFont* of(Face face) const;
};

// Icons (Font Awesome 4.7), as UTF-8.
namespace icon {
inline constexpr const char* kEnvelope = "\uf0e0";
inline constexpr const char* kEnvelopeOpen = "\uf2b6";
inline constexpr const char* kServer = "\uf233";
inline constexpr const char* kUser = "\uf007";
inline constexpr const char* kUsers = "\uf0c0";
inline constexpr const char* kBook = "\uf02d";
inline constexpr const char* kDisk = "\uf0a0";
inline constexpr const char* kInbox = "\uf01c";
inline constexpr const char* kRandom = "\uf074";
inline constexpr const char* kBolt = "\uf0e7";
inline constexpr const char* kFirst = "\uf049";
inline constexpr const char* kLast = "\uf050";
inline constexpr const char* kBack = "\uf048";
inline constexpr const char* kForward = "\uf051";
inline constexpr const char* kPlay = "\uf04b";
inline constexpr const char* kPause = "\uf04c";
inline constexpr const char* kReverse = "\uf04a";
inline constexpr const char* kClose = "\uf00d";
inline constexpr const char* kSearch = "\uf002";
inline constexpr const char* kFilter = "\uf0b0";
inline constexpr const char* kWarning = "\uf071";
inline constexpr const char* kQuestion = "\uf128";
inline constexpr const char* kPin = "\uf08d";
inline constexpr const char* kNote = "\uf249";
inline constexpr const char* kEye = "\uf06e";
inline constexpr const char* kEyeSlash = "\uf070";
inline constexpr const char* kExpand = "\uf065";
inline constexpr const char* kCompress = "\uf066";
inline constexpr const char* kFolder = "\uf07c";
inline constexpr const char* kUndo = "\uf0e2";
inline constexpr const char* kRedo = "\uf01e";
inline constexpr const char* kAdjust = "\uf042";
inline constexpr const char* kClock = "\uf017";
inline constexpr const char* kTerminal = "\uf120";
inline constexpr const char* kBranch = "\uf126";
inline constexpr const char* kWrench = "\uf0ad";
inline constexpr const char* kPlus = "\uf067";
inline constexpr const char* kMinus = "\uf068";
inline constexpr const char* kTrash = "\uf1f8";
inline constexpr const char* kCrosshairs = "\uf05b";
inline constexpr const char* kMap = "\uf279";
inline constexpr const char* kChart = "\uf201";
inline constexpr const char* kList = "\uf03a";
inline constexpr const char* kSitemap = "\uf0e8";
inline constexpr const char* kUnlink = "\uf127";
inline constexpr const char* kCircle = "\uf111";
}  // namespace icon

}  // namespace mailroom::viz
