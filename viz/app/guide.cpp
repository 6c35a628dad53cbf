// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/guide.hpp"

#include <imgui.h>

#include <algorithm>
#include <string>

namespace mailroom::viz {
namespace {

enum Step : std::size_t { kRun, kPlay, kHost, kBack, kMessage, kTheme };
constexpr const char* kTexts[] = {
    "Open a demo: the lecture's example session is \"two-offices\"",
    "Press Home, then Space: mail moves. Space again: it stands still",
    "Click a host on the map: its Mail Flow and queue are at the right",
    "Press Left: one event back. Nothing is ever lost",
    "Click an envelope, a mail or a line of the ladder: its story is at the right",
    "In front of a class: Ctrl+T is the projector's theme, Ctrl++ makes it larger",
};

}  // namespace

void Guide::join(Desk& desk) {
  is_shown_ = desk.settings.is_first_start;
  desk.commands.add({.id = "help/first-steps", .title = "First steps", .menu = "Help", .shortcut = "F1",
                     .tip = "What to do first; done steps are ticked off",
                     .run = [this](Desk&) { is_shown_ = !is_shown_; },
                     .is_on = [this](const Desk&) { return is_shown_; }});
}

void Guide::observe(const Desk& desk) {
  const View& view = desk.view();
  is_done_[kRun] |= desk.run != nullptr;
  is_done_[kPlay] |= desk.player.is_playing();
  is_done_[kHost] |= static_cast<bool>(view.selection.host);
  is_done_[kBack] |= desk.time_ns() < last_ns_;
  is_done_[kMessage] |= static_cast<bool>(view.selection.message);
  is_done_[kTheme] |= desk.settings.theme != ThemeName::light || desk.settings.scale > 1;
  last_ns_ = desk.time_ns();
}

void Guide::draw(Desk& desk) {
  if (!is_shown_) return;
  observe(desk);
  Ui& ui = desk.ui;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float wide = std::min(ui.px(490), screen.x * 0.8f);
  ImGui::SetNextWindowPos({screen.x - ui.px(16), screen.y - ui.px(16)}, ImGuiCond_Always, {1.0f, 1.0f});
  ImGui::SetNextWindowSize({wide, 0});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, ImGui::GetStyle().Colors[ImGuiCol_PopupBg]);
  ImGui::Begin("##guide", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_AlwaysAutoResize);
  ImGui::PopStyleColor();
  ui.text("First steps", ui.theme->text, Face::strong);
  const auto next = std::ranges::find(is_done_, false);
  for (std::size_t i = 0; i < kSteps; ++i) {
    const bool is_next = is_done_.begin() + static_cast<std::ptrdiff_t>(i) == next;
    const Color ink = is_done_[i] ? ui.theme->positive : is_next ? ui.theme->text : ui.theme->dim;
    const float left = ImGui::GetCursorPosX();
    ui.text(is_done_[i] ? "\u2713" : is_next ? "\u25b8" : "-", ink);
    ImGui::SameLine(left + ui.px(18));
    ImGui::BeginGroup();
    ui.paragraph(kTexts[i], ink);
    ImGui::EndGroup();
  }
  ui.paragraph("? shows all keys, Ctrl+Shift+P finds everything, F1 brings this back.", ui.theme->dim);
  if (ui.button("guide/close", next == is_done_.end() ? "Well done" : "Close", {.is_primary = next == is_done_.end()}))
    is_shown_ = false;
  ImGui::End();
}

}  // namespace mailroom::viz
