// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/keys.hpp"

#include <imgui.h>

#include <utility>

namespace mailroom::viz {
namespace {

struct Named {
  std::string_view name;
  int key;
};
constexpr Named kNamed[] = {
    {"Space", 32}, {"Escape", 256}, {"Enter", 257}, {"Tab", 258}, {"Backspace", 259}, {"Insert", 260}, {"Delete", 261},
    {"Right", 262}, {"Left", 263}, {"Down", 264}, {"Up", 265}, {"PageUp", 266}, {"PageDown", 267}, {"Home", 268},
    {"End", 269}, {"F1", 290}, {"F2", 291}, {"F3", 292}, {"F4", 293}, {"F5", 294}, {"F6", 295}, {"F7", 296},
    {"F8", 297}, {"F9", 298}, {"F10", 299}, {"F11", 300}, {"F12", 301},
};
constexpr int kKeypadMinus = 333;
constexpr int kKeypadPlus = 334;

}  // namespace

bool is_key_pressed(int key, bool repeats) {
#if IMGUI_VERSION_NUM >= 18700
  return ImGui::IsKeyPressed(static_cast<ImGuiKey>(key), repeats);
#else
  return ImGui::IsKeyPressed(key, repeats);
#endif
}

std::optional<Chord> chord(std::string_view text) {
  Chord chord;
  for (;;) {
    const std::size_t plus = text.find('+');
    if (plus == std::string_view::npos || plus == 0 || plus + 1 == text.size()) break;
    const std::string_view modifier = text.substr(0, plus);
    if (modifier == "Ctrl") {
      chord.has_ctrl = true;
    } else if (modifier == "Shift") {
      chord.has_shift = true;
    } else if (modifier == "Alt") {
      chord.has_alt = true;
    } else {
      return std::nullopt;
    }
    text.remove_prefix(plus + 1);
  }
  for (const Named& named : kNamed) {
    if (named.name != text) continue;
    chord.key = named.key;
    return chord;
  }
  if (text.size() != 1) return std::nullopt;
  const char letter = text.front();
  const bool is_letter = (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
  if (is_letter) {
    chord.key = letter;
  } else if (letter > ' ' && letter < 0x7F && !(letter >= 'a' && letter <= 'z')) {
    chord.sign = letter;
  } else {
    return std::nullopt;
  }
  return chord;
}

void map_keys() {
  ImGuiIO& io = ImGui::GetIO();
  constexpr std::pair<int, int> kKeys[] = {
      {ImGuiKey_Tab, 258},    {ImGuiKey_LeftArrow, 263}, {ImGuiKey_RightArrow, 262}, {ImGuiKey_UpArrow, 265},
      {ImGuiKey_DownArrow, 264}, {ImGuiKey_PageUp, 266},  {ImGuiKey_PageDown, 267},   {ImGuiKey_Home, 268},
      {ImGuiKey_End, 269},    {ImGuiKey_Insert, 260},    {ImGuiKey_Delete, 261},     {ImGuiKey_Backspace, 259},
      {ImGuiKey_Space, 32},   {ImGuiKey_Enter, 257},     {ImGuiKey_Escape, 256},     {ImGuiKey_KeyPadEnter, 335},
      {ImGuiKey_A, 'A'},      {ImGuiKey_C, 'C'},         {ImGuiKey_V, 'V'},          {ImGuiKey_X, 'X'},
      {ImGuiKey_Y, 'Y'},      {ImGuiKey_Z, 'Z'}};
  for (const auto& [imgui, key] : kKeys) io.KeyMap[imgui] = key;
}

bool is_pressed(const Chord& chord, bool repeats) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.KeyCtrl != chord.has_ctrl || io.KeyAlt != chord.has_alt) return false;
  if (chord.key) return io.KeyShift == chord.has_shift && is_key_pressed(chord.key, repeats);
  if (!chord.has_ctrl && !chord.has_alt) {
    for (const ImWchar typed : io.InputQueueCharacters)
      if (typed == static_cast<ImWchar>(chord.sign)) return true;
    return false;
  }
  // With Ctrl, no sign is typed: the keys that make it on most keyboards, and the keypad's.
  if (chord.sign == '+')
    return is_key_pressed('=', repeats) || is_key_pressed('+', repeats) ||
           is_key_pressed(kKeypadPlus, repeats);
  if (chord.sign == '-') return is_key_pressed('-', repeats) || is_key_pressed(kKeypadMinus, repeats);
  return is_key_pressed(chord.sign, repeats);
}

}  // namespace mailroom::viz
