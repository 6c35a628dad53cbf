// SPDX-License-Identifier: GPL-2.0-only
// What stands around the panes: menus, words to the person, dialogues.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <string>
#include <utility>

#include "viz/app/app.hpp"
#include "viz/app/keys.hpp"

namespace mailroom::viz {
namespace {

constexpr ImGuiWindowFlags kDialogFlags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                          ImGuiWindowFlags_NoSavedSettings;

}  // namespace

void App::draw_menu_bar() {
  Ui& ui = desk_.ui;
  if (!ImGui::BeginMenuBar()) return;
  for (const std::string_view menu : kMenus) {
    const std::string where = fmt::format("menu/{}", menu);
    if (!ui.begin_menu(where, menu)) continue;
    for (const Command& command : desk_.commands.all()) {
      if (command.menu != menu) continue;
      const bool is_on = command.is_on && command.is_on(desk_);
      if (ui.menu_item("menu/" + command.id, command.title, command.shortcut, is_on,
                       Commands::is_enabled(command, desk_)))
        command.run(desk_);
      if (!command.tip.empty()) ui.tip(command.tip);
    }
    ui.end_menu();
  }
  // At the right: what is wanted all the time in front of a class.
  struct Quick {
    const char* name;
    std::string label;
    const char* command;
  };
  const Quick quick[] = {{"bar/palette", std::string(icon::kSearch) + "  Ctrl+Shift+P", "view/palette"},
                         {"bar/smaller", "A-", "view/smaller"},
                         {"bar/larger", "A+", "view/larger"},
                         {"bar/theme", std::string(icon::kAdjust) + " " + std::string(name(desk_.settings.theme)),
                          "view/next-theme"},
                         {"bar/keys", "?", "help/keys"}};
  const auto wide = [&](const Quick& q) {
    return ui.pen().width(q.label, {.color = {}}) + ImGui::GetStyle().FramePadding.x * 2;
  };
  float needed = 0;
  for (const Quick& q : quick) needed += wide(q) + ImGui::GetStyle().ItemSpacing.x;
  const float left = ImGui::GetIO().DisplaySize.x - needed - ui.px(6);
  const float free = ImGui::GetCursorScreenPos().x + ui.px(10);
  for (float at = left; const Quick& q : quick) {
    if (at >= free) {
      ImGui::SetCursorScreenPos({at, ImGui::GetCursorScreenPos().y});
      const Command* command = desk_.commands.find(q.command);
      if (ui.button(q.name, q.label, {.tip = command ? std::string_view(command->tip) : std::string_view()}))
        desk_.commands.run(q.command, desk_);
    }
    at += wide(q) + ImGui::GetStyle().ItemSpacing.x;
  }
  ImGui::EndMenuBar();
}

void App::draw_trouble(Rect& area) {
  if (!desk_.trouble) return;
  Ui& ui = desk_.ui;
  const float high = ui.line_height() + ui.px(8);
  ImGui::SetCursorScreenPos({area.left, area.top});
  ImGui::BeginChild("##trouble", {area.width(), high}, false, ImGuiWindowFlags_NoScrollbar);
  Pen pen = ui.pen();
  pen.rect({area.left, area.top, area.right, area.top + high}, mix(ui.theme->panel, ui.theme->permanent, 0.25f));
  pen.text({area.left + ui.px(10), area.top + ui.px(5)}, fmt::format("x  {}", desk_.trouble->text),
           {.color = ui.theme->text, .face = Face::strong, .max_width = area.width() - ui.px(20)});
  pen.hot("trouble", {area.left, area.top, area.right, area.top + high}, desk_.trouble->text);
  ImGui::EndChild();
  area.top += high;
}

// Words stand over everything, at the bottom, the newest lowest.
void App::draw_words() {
  Ui& ui = desk_.ui;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  float bottom = screen.y - ui.px(14);
  for (std::size_t i = desk_.words().size(); i-- > 0;) {
    const Desk::Word word = desk_.words()[i];
    const float wrap = std::min(ui.px(560), screen.x * 0.8f);
    ImGui::SetNextWindowPos({screen.x / 2, bottom}, ImGuiCond_Always, {0.5f, 1.0f});
    const std::string id = fmt::format("##word/{}", i);
    ImGui::PushStyleColor(ImGuiCol_WindowBg, ImGui::GetStyle().Colors[ImGuiCol_PopupBg]);
    ImGui::Begin(id.c_str(), nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_AlwaysAutoResize);
    ImGui::PopStyleColor();
    const Color ink = word.tone == Desk::Tone::good  ? ui.theme->positive
                      : word.tone == Desk::Tone::bad ? ui.theme->permanent
                                                     : ui.theme->text;
    const char* sign = word.tone == Desk::Tone::good ? "o  " : word.tone == Desk::Tone::bad ? "x  " : "";
    ui.paragraph(fmt::format("{}{}", sign, word.text), ink, wrap);
    ui.registry.item(fmt::format("word/{}", i), {.rect = {}, .visible = {}, .label = word.text});
    if (ImGui::IsWindowHovered() && ImGui::IsMouseClicked(0)) desk_.dismiss(i);
    bottom -= ImGui::GetWindowSize().y + ui.px(6);
    ImGui::End();
  }
}

void App::draw_dialog() {
  if (next_dialog_) dialog_ = std::move(next_dialog_);
  if (!dialog_) return;
  Ui& ui = desk_.ui;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const Point wanted = dialog_->size_px();
  const ImVec2 size{std::min(ui.px(wanted.x), screen.x * 0.96f), std::min(ui.px(wanted.y), screen.y * 0.92f)};
  ImGui::OpenPopup("##dialog");
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowSize(size);
  if (!ImGui::BeginPopupModal("##dialog", nullptr, kDialogFlags)) return;
  ui.text(dialog_->title(), ui.theme->text, Face::title);
  const float close = ImGui::GetFrameHeight();
  ImGui::SameLine(std::max(size.x - close - ImGui::GetStyle().WindowPadding.x, 0.0f));
  bool is_done = ui.button("dialog/close", icon::kClose, {.width = close, .tip = "Close (Escape)"});
  ImGui::Dummy({1, ui.px(4)});
  is_done = !dialog_->draw(desk_) || is_done || is_key_pressed(key::kEscape, false);
  if (is_done) {
    ImGui::CloseCurrentPopup();
    dialog_.reset();
  }
  ImGui::EndPopup();
}

}  // namespace mailroom::viz
