// SPDX-License-Identifier: GPL-2.0-only
#include "viz/draw/theme.hpp"

namespace mailroom::viz {
namespace {

// Okabe and Ito's palette: orange 0xE69F00, sky blue 0x56B4E9, bluish green 0x009E73, yellow 0xF0E442, blue 0x0072B2,
// vermillion 0xD55E00, reddish purple 0xCC79A7. Where it stands as text, the light theme takes it darker, so that the
// contrast is at least 4.5 to 1.

constexpr Theme kLight{
    .name = ThemeName::light,
    .is_dark = false,
    .font_px = 15,
    .background = rgb(0xE9EDF1),
    .panel = rgb(0xFCFDFE),
    .raised = rgb(0xEEF2F6),
    .line = rgb(0xC6CFD8),
    .text = rgb(0x18222C),
    .dim = rgb(0x55626F),
    .accent = rgb(0x0064A0),
    .on_accent = rgb(0xFFFFFF),
    .shade = {20, 28, 36, 110},
    .positive = rgb(0x007A59),
    .intermediate = rgb(0x0064A0),
    .transient = rgb(0x9A6400),
    .permanent = rgb(0xB84A00),
    .fault = rgb(0xA8407C),
    .note = rgb(0x6B5FA8),
    .series = {rgb(0x0072B2), rgb(0xD55E00), rgb(0x009E73), rgb(0xCC79A7), rgb(0xB87F00), rgb(0x2B93CC),
               rgb(0x6E6A00)},
};

constexpr Theme kDark{
    .name = ThemeName::dark,
    .is_dark = true,
    .font_px = 15,
    .background = rgb(0x11161B),
    .panel = rgb(0x191F26),
    .raised = rgb(0x252E38),
    .line = rgb(0x36424E),
    .text = rgb(0xE6ECF1),
    .dim = rgb(0x9AA8B5),
    .accent = rgb(0x56B4E9),
    .on_accent = rgb(0x0B1218),
    .shade = {0, 0, 0, 140},
    .positive = rgb(0x2FC79A),
    .intermediate = rgb(0x56B4E9),
    .transient = rgb(0xF0B429),
    .permanent = rgb(0xFF8A4C),
    .fault = rgb(0xE39AC4),
    .note = rgb(0xB9AEF0),
    .series = {rgb(0x56B4E9), rgb(0xE69F00), rgb(0x2FC79A), rgb(0xE39AC4), rgb(0xF0E442), rgb(0xFF8A4C),
               rgb(0x6FA8FF)},
};

// A projector eats contrast and fine lines: black on white, larger letters, stronger lines.
constexpr Theme kProjector{
    .name = ThemeName::projector,
    .is_dark = false,
    .font_px = 21,
    .background = rgb(0xDDE3E8),
    .panel = rgb(0xFFFFFF),
    .raised = rgb(0xE6ECF2),
    .line = rgb(0x8C99A5),
    .text = rgb(0x000000),
    .dim = rgb(0x3A4652),
    .accent = rgb(0x00508A),
    .on_accent = rgb(0xFFFFFF),
    .shade = {0, 0, 0, 120},
    .positive = rgb(0x006B4E),
    .intermediate = rgb(0x00508A),
    .transient = rgb(0x855600),
    .permanent = rgb(0xA83E00),
    .fault = rgb(0x932F6A),
    .note = rgb(0x54489A),
    .series = {rgb(0x0072B2), rgb(0xD55E00), rgb(0x009E73), rgb(0xCC79A7), rgb(0x9A6A00), rgb(0x1C84BE),
               rgb(0x5C5800)},
};

}  // namespace

std::string_view sign_of(Category category) {
  switch (category) {
    case Category::none: return "";
    case Category::positive: return "o";
    case Category::intermediate: return ">";
    case Category::transient: return "~";
    case Category::permanent: return "x";
  }
  return "";
}

std::string_view name(Category category) {
  switch (category) {
    case Category::none: return "no reply";
    case Category::positive: return "positive completion";
    case Category::intermediate: return "positive intermediate";
    case Category::transient: return "transient negative completion";
    case Category::permanent: return "permanent negative completion";
  }
  return "";
}

std::string_view name(ThemeName theme) {
  switch (theme) {
    case ThemeName::light: return "light";
    case ThemeName::dark: return "dark";
    case ThemeName::projector: return "projector";
  }
  return "light";
}

Color Theme::of(Category category) const {
  switch (category) {
    case Category::none: return dim;
    case Category::positive: return positive;
    case Category::intermediate: return intermediate;
    case Category::transient: return transient;
    case Category::permanent: return permanent;
  }
  return dim;
}

const Theme& Theme::of(ThemeName name) {
  switch (name) {
    case ThemeName::light: return kLight;
    case ThemeName::dark: return kDark;
    case ThemeName::projector: return kProjector;
  }
  return kLight;
}

}  // namespace mailroom::viz
