// SPDX-License-Identifier: GPL-2.0-only
#include "viz/draw/fonts.hpp"

#include <imgui.h>

#include <array>
#include <filesystem>
#include <initializer_list>

namespace mailroom::viz {
namespace {

constexpr const char* kInter = "/usr/share/fonts/opentype/inter/Inter-Regular.otf";
constexpr const char* kInterStrong = "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf";
constexpr const char* kMono = "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf";
constexpr const char* kDejaVu = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
constexpr const char* kDejaVuStrong = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf";
constexpr const char* kDejaVuMono = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf";
constexpr const char* kIcons[] = {"/usr/share/fonts/opentype/font-awesome/FontAwesome.otf",
                                  "/usr/share/fonts/truetype/font-awesome/fontawesome-webfont.ttf"};

// Latin with its accents, Greek, Cyrillic; punctuation.
constexpr ImWchar kLetters[] = {0x0020, 0x017F, 0x0370, 0x03FF, 0x0400, 0x045F, 0x2010, 0x2027, 0x2030, 0x205E,
                                0xFFFD, 0xFFFD, 0};
// Arrows, mathematical and technical signs, of which a font of letters has only a few.
constexpr ImWchar kSigns[] = {0x2190, 0x21A9, 0x2200, 0x2265, 0x2318, 0x2318, 0x2400, 0x2426, 0x25A0, 0x25FF,
                              0x2713, 0x2718, 0xFFFD, 0xFFFD, 0};
constexpr const char* kIconTexts[] = {
#define ICON(name, letter) letter,
#include "viz/draw/icons.def"
#undef ICON
};
// As ImGui wants them: from, to, …, 0. All lie in U+F000 … U+FFFF, which is three octets of UTF-8.
constexpr auto kIconLetters = [] {
  std::array<ImWchar, std::size(kIconTexts) * 2 + 1> ranges{};
  for (std::size_t i = 0; i < std::size(kIconTexts); ++i) {
    const auto octet = [&](int at) { return static_cast<unsigned>(static_cast<unsigned char>(kIconTexts[i][at])); };
    const auto letter = static_cast<ImWchar>((octet(0) & 0xFU) << 12U | (octet(1) & 0x3FU) << 6U | (octet(2) & 0x3FU));
    ranges[i * 2] = ranges[i * 2 + 1] = letter;
  }
  return ranges;
}();

bool is_there(const char* path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

// The first of `paths` that is there, with icons; ImGui's own font if none is.
ImFont* add(std::initializer_list<const char*> paths, float size_px, bool& has_icons) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  ImFontConfig config;
  config.OversampleH = size_px < 24 ? 2 : 1;  // of large letters nobody sees it
  config.OversampleV = 1;
  ImFont* font = nullptr;
  for (const char* path : paths) {
    if (font || !is_there(path)) continue;
    font = atlas.AddFontFromFileTTF(path, size_px, &config, kLetters);
  }
  if (!font) {
    config.SizePixels = size_px;
    font = atlas.AddFontDefault(&config);
  }
  if (is_there(kDejaVu)) {
    ImFontConfig signs = config;
    signs.MergeMode = true;
    atlas.AddFontFromFileTTF(kDejaVu, size_px, &signs, kSigns);
  }
  for (const char* path : kIcons) {
    if (!is_there(path)) continue;
    ImFontConfig icons = config;
    icons.MergeMode = true;
    icons.GlyphMinAdvanceX = size_px;
    atlas.AddFontFromFileTTF(path, size_px * 0.92f, &icons, kIconLetters.data());
    has_icons = true;
    break;
  }
  return font;
}

}  // namespace

Fonts Fonts::load(float body_px) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
  atlas.TexDesiredWidth = 4096;
  Fonts fonts;
  const float px = static_cast<float>(static_cast<int>(body_px + 0.5f));
  fonts.body = add({kInter, kDejaVu}, px, fonts.has_icons);
  fonts.strong = add({kInterStrong, kDejaVuStrong}, px, fonts.has_icons);
  fonts.title = add({kInterStrong, kDejaVuStrong}, static_cast<float>(static_cast<int>(px * 1.35f)), fonts.has_icons);
  fonts.mono = add({kMono, kDejaVuMono}, px, fonts.has_icons);
  atlas.Build();

  std::string missing;
  if (!is_there(kInter)) missing += " fonts-inter";
  if (!is_there(kMono)) missing += " fonts-jetbrains-mono";
  if (!fonts.has_icons) missing += " fonts-font-awesome";
  if (!missing.empty()) fonts.complaint = "Letters are not as meant; install these packages:" + missing;
  return fonts;
}

ImFont* Fonts::of(Face face) const {
  switch (face) {
    case Face::body: return body;
    case Face::strong: return strong;
    case Face::title: return title;
    case Face::mono: return mono;
  }
  return body;
}

}  // namespace mailroom::viz
