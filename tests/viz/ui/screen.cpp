// SPDX-License-Identifier: GPL-2.0-only
#include "tests/viz/ui/screen.hpp"

#include <gtest/gtest.h>
#include <imgui.h>

#include <chrono>
#include <thread>
#include <utility>

#include "viz/app/keys.hpp"

namespace mailroom::viz {

Screen::Screen(int width_px, int height_px, Settings settings) : null_(std::move(settings), width_px, height_px) {
  desk().ui.registry.set_on(true);
  ImGui::GetIO().MousePos = {-1000, -1000};
  frames();
}

void Screen::resize(int width_px, int height_px) {
  null_.resize(width_px, height_px);
  frames();
}

bool Screen::open(const std::filesystem::path& run_file) {
  const bool is_open = desk().open(run_file);
  frames(4);
  return is_open;
}

void Screen::frames(int count, double each_s) {
  for (int i = 0; i < count; ++i) null_.frame(each_s);
}

bool Screen::until(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < end) {
    frames(1, 0.1);
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

// --- what is there

bool Screen::has(std::string_view name) {
  const Registry::Item* item = desk().ui.registry.find(name);
  return item && !item->visible.is_empty();
}

Rect Screen::rect(std::string_view name) {
  const Registry::Item* item = desk().ui.registry.find(name);
  if (!item || item->visible.is_empty()) {
    ADD_FAILURE() << (item ? "out of sight: " : "not there: ") << name;
    return {};
  }
  return item->visible;
}

bool Screen::is_on(std::string_view name) {
  const Registry::Item* item = desk().ui.registry.find(name);
  if (!item) ADD_FAILURE() << "not there: " << name;
  return item && item->is_on;
}

bool Screen::is_enabled(std::string_view name) {
  const Registry::Item* item = desk().ui.registry.find(name);
  if (!item) ADD_FAILURE() << "not there: " << name;
  return item && item->is_enabled;
}

std::string Screen::label(std::string_view name) {
  const Registry::Item* item = desk().ui.registry.find(name);
  if (!item) ADD_FAILURE() << "not there: " << name;
  return item ? item->label : std::string();
}

std::vector<std::string> Screen::names(std::string_view prefix) {
  std::vector<std::string> found;
  for (const auto& [name, item] : desk().ui.registry.items())
    if (name.starts_with(prefix) && !item.visible.is_empty()) found.push_back(name);
  return found;
}

bool Screen::shows(std::string_view text) {
  for (const Registry::Text& shown : desk().ui.registry.texts())
    if (shown.text.find(text) != std::string::npos) return true;
  return false;
}

std::vector<std::string> Screen::collisions() {
  std::vector<std::string> found;
  const auto& texts = desk().ui.registry.texts();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t j = i + 1; j < texts.size(); ++j) {
      if (texts[i].layer != texts[j].layer) continue;
      const Rect both = intersection(texts[i].rect, texts[j].rect);
      // A pixel is the air around the letters.
      if (both.width() > 1 && both.height() > 1)
        found.push_back("\"" + texts[i].text + "\" lies over \"" + texts[j].text + "\"");
    }
  }
  return found;
}

// --- what a person does

void Screen::move_to(Point at) {
  ImGui::GetIO().MousePos = {at.x, at.y};
  frames(2);
}

void Screen::hover(std::string_view name) {
  move_to(rect(name).center());
  frames(40);
}

void Screen::press(Button button, bool down) {
  ImGui::GetIO().MouseDown[static_cast<int>(button)] = down;
  frames(1);
}

void Screen::click(std::string_view name, Button button) {
  EXPECT_TRUE(is_enabled(name)) << name;
  click_at(rect(name).center(), button);
}

void Screen::click_at(Point at, Button button) {
  move_to(at);
  press(button, true);
  press(button, false);
  frames(2);
  // So that the next click here is not the second of a double click.
  frames(1, 0.5);
}

void Screen::double_click(std::string_view name) {
  double_click_at(rect(name).center());
}

void Screen::double_click_at(Point at) {
  move_to(at);
  for (int i = 0; i < 2; ++i) {
    press(Button::left, true);
    press(Button::left, false);
  }
  frames(2);
  frames(1, 0.5);
}

void Screen::drag(Point from, Point to, Button button, bool shift, bool ctrl) {
  ImGuiIO& io = ImGui::GetIO();
  io.KeyShift = shift;
  io.KeyCtrl = ctrl;
  move_to(from);
  press(button, true);
  for (int i = 1; i <= 5; ++i) {
    const Point at = from + (to - from) * (static_cast<float>(i) / 5);
    io.MousePos = {at.x, at.y};
    frames(1);
  }
  press(button, false);
  io.KeyShift = false;
  io.KeyCtrl = false;
  frames(2);
}

void Screen::wheel(Point at, float notches) {
  move_to(at);
  ImGui::GetIO().MouseWheel = notches;
  frames(1);
  ImGui::GetIO().MouseWheel = 0;
  frames(2);
}

void Screen::key(std::string_view text) {
  const auto keys = chord(text);
  ASSERT_TRUE(keys) << text;
  ImGuiIO& io = ImGui::GetIO();
  io.KeyCtrl = keys->has_ctrl;
  io.KeyShift = keys->has_shift;
  io.KeyAlt = keys->has_alt;
  const int number = keys->key ? keys->key : keys->sign;
  if (keys->sign && !keys->has_ctrl) io.AddInputCharacter(static_cast<unsigned>(keys->sign));
  if (keys->key || keys->has_ctrl) io.KeysDown[number] = true;
  frames(1);
  io.KeysDown[number] = false;
  frames(1);
  io.KeyCtrl = io.KeyShift = io.KeyAlt = false;
  frames(2);
}

void Screen::type(std::string_view text) {
  ImGui::GetIO().AddInputCharactersUTF8(std::string(text).c_str());
  frames(2);
}

void Screen::enter(std::string_view field, std::string_view text) {
  click(field);
  key("Ctrl+A");
  if (text.empty()) {
    key("Delete");
  } else {
    type(text);
  }
  key("Enter");
}

void Screen::menu(std::string_view menu, std::string_view command) {
  click("menu/" + std::string(menu));
  click("menu/" + std::string(command));
}

}  // namespace mailroom::viz
