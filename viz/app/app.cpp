// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/app.hpp"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <string>
#include <utility>

#include "viz/app/keys.hpp"
#include "viz/app/live.hpp"

namespace mailroom::viz {
namespace {

constexpr ImGuiWindowFlags kFixed = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                    ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus |
                                    ImGuiWindowFlags_NoNavFocus | ImGuiWindowFlags_NoScrollWithMouse;
constexpr double kRefreshEvery_s = 0.1;
constexpr double kQuiet_s = 3;
constexpr double kQuietRefresh_s = 0.5;

// Letters belong to a field that is being typed into, and so do the chords by which text is edited.
bool belongs_to_field(const Chord& keys) {
  if (!keys.has_ctrl) return !keys.has_alt;
  return !keys.has_alt && std::string_view("ACVXYZ").find(static_cast<char>(keys.key)) != std::string_view::npos;
}

}  // namespace

std::string_view name(Place place) {
  switch (place) {
    case Place::transport: return "transport";
    case Place::left: return "left";
    case Place::center: return "center";
    case Place::right: return "right";
    case Place::strip: return "strip";
    case Place::bottom_left: return "bottom-left";
    case Place::bottom_right: return "bottom-right";
  }
  return "";
}

App::App(Settings settings, float screen_scale) : screen_scale_(screen_scale) {
  desk_.settings = std::move(settings);
  desk_.look([&](View& v) { v.layout = desk_.settings.layout; });
  desk_.ask = [this](std::unique_ptr<Dialog> dialog) { ask(std::move(dialog)); };
  add_file_commands();
  add_view_commands();
  panes_ = all_panes();
  add_pane_commands();
  for (const auto& pane : panes_) pane->join(desk_);
  presenter_.join(desk_);
  guide_.join(desk_);
  exporter_.join(desk_, [this](std::unique_ptr<Dialog> dialog) { ask(std::move(dialog)); });
  add_help_commands();
}

const Pane* App::pane(std::string_view id) const {
  const auto at = std::ranges::find_if(panes_, [&](const auto& pane) { return pane->about().id == id; });
  return at == panes_.end() ? nullptr : at->get();
}

std::vector<Pane*> App::at(Place place) const {
  std::vector<Pane*> there;
  for (const auto& pane : panes_)
    if (pane->about().place == place && pane->is_shown(desk_)) there.push_back(pane.get());
  return there;
}

bool App::needs_dress() const {
  return dressed_scale_ != desk_.settings.scale * screen_scale_ || dressed_theme_ != desk_.settings.theme;
}

void App::dress() {
  dressed_theme_ = desk_.settings.theme;
  dressed_scale_ = desk_.settings.scale * screen_scale_;
  const Theme& theme = Theme::of(dressed_theme_);
  desk_.ui.theme = &theme;
  desk_.ui.scale = dressed_scale_ * theme.font_px / Theme::of(ThemeName::light).font_px;
  desk_.ui.fonts = Fonts::load(theme.font_px * dressed_scale_);
  desk_.ui.dress();
  if (!desk_.ui.fonts.complaint.empty()) desk_.say(Desk::Tone::bad, desk_.ui.fonts.complaint);
}

// --- a frame

void App::frame(double wall_s) {
  desk_.begin_frame(wall_s);
  desk_.ui.registry.begin_frame();
  advance(wall_s);
  for (const auto& hear : desk_.on_frame) hear(desk_, wall_s);
  obey_keys();
  draw_root();
  if (only_.empty()) {
    presenter_.draw(desk_);
    guide_.draw(desk_);
  }
  exporter_.draw(desk_);
  draw_words();
  draw_dialog();
  if (!ImGui::IsAnyMouseDown() && !ImGui::IsAnyItemActive()) desk_.history.end_gesture();
}

void App::advance(double wall_s) {
  Desk& d = desk_;
  if (!d.run) return;
  if (!d.run->index().is_over() || d.run->is_waiting()) {
    // A run that goes on is looked at ten times a second; one that stands still, or was killed, less often.
    since_news_s_ = d.refresh() ? 0 : since_news_s_ + wall_s;
    d.animate(since_news_s_ < kQuiet_s ? kRefreshEvery_s : kQuietRefresh_s);
  }
  // A frame that took long (a window that was moved) is no jump in the run.
  d.play(static_cast<std::int64_t>(std::min(wall_s, 0.25) * 1e9), [&](std::int64_t& then_ns) {
    return presenter_.stops_before(d, d.time_ns(), then_ns);
  });
}

void App::obey_keys() {
  const ImGuiIO& io = ImGui::GetIO();
  if (dialog_) return;
  if (is_key_pressed(key::kEscape, false) && ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup)) {
    ImGui::ClosePopupsOverWindow(nullptr, false);
    return;
  }
  for (const Command& command : desk_.commands.all()) {
    if (command.shortcut.empty()) continue;
    const Chord keys = *chord(command.shortcut);
    if (io.WantTextInput && belongs_to_field(keys)) continue;
    if (is_pressed(keys, command.repeats) && Commands::is_enabled(command, desk_)) {
      command.run(desk_);
      return;
    }
  }
}

std::optional<std::string> App::finish() {
  if (desk_.live) desk_.live->end(desk_);
  return presenter_.keep_all(desk_);
}

// --- the window

void App::draw_root() {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(size);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
  ImGui::Begin("##mailroom", nullptr, kFixed | (only_.empty() ? ImGuiWindowFlags_MenuBar : 0));
  ImGui::PopStyleVar(3);
  if (only_.empty()) draw_menu_bar();
  Rect area{0, only_.empty() ? ImGui::GetFrameHeight() : 0, size.x, size.y};
  Pane* alone = nullptr;
  const std::string& wanted = only_.empty() ? desk_.view().layout.maximized : only_;
  for (const auto& pane : panes_)
    if (pane->about().id == wanted && pane->is_shown(desk_)) alone = pane.get();
  if (only_.empty()) {
    draw_trouble(area);
    for (Pane* pane : at(Place::transport)) {
      const float high = ImGui::GetFrameHeight() + desk_.ui.px(12);
      draw_pane(*pane, {area.left, area.top, area.right, area.top + high});
      area.top += high + 1;
    }
  }
  if (alone && only_.empty()) {
    Pane* const one[] = {alone};
    draw_place(alone->about().place, one, area);
  } else if (alone) {
    draw_pane(*alone, area);
  } else {
    draw_columns(area);
  }
  ImGui::End();
}

void App::draw_columns(const Rect& whole) {
  Rect area = whole;
  Layout layout = desk_.view().layout;
  const float gap = desk_.ui.px(4);
  const bool is_narrow = area.width() < desk_.ui.px(860);
  const bool is_low = area.height() < desk_.ui.px(520);
  std::vector<Pane*> center = at(Place::center);
  // A place that there is no room for gives its panes to the middle, as tabs.
  const auto panes_of = [&](Place place, bool has_room) {
    std::vector<Pane*> panes = at(place);
    if (has_room) return panes;
    center.insert(center.end(), panes.begin(), panes.end());
    return std::vector<Pane*>();
  };
  const auto left_panes = panes_of(Place::left, !is_narrow);
  const auto right_panes = panes_of(Place::right, !is_narrow);
  const auto bottom_left_panes = panes_of(Place::bottom_left, !is_low);
  const auto bottom_right_panes = panes_of(Place::bottom_right, !is_low);

  // From below: the ladder and the plots, the timeline over them.
  if (!bottom_left_panes.empty() || !bottom_right_panes.empty()) {
    const float high = std::clamp(layout.bottom, 0.1f, 0.75f) * area.height();
    Rect bottom{area.left, area.bottom - high, area.right, area.bottom};
    area.bottom = bottom.top - gap;
    splitter("splitter/bottom", {area.left, area.bottom, area.right, bottom.top}, false, layout.bottom, whole.height(),
             -1);
    const float share = bottom_right_panes.empty()  ? 1
                        : bottom_left_panes.empty() ? 0
                                                    : std::clamp(layout.bottom_left, 0.1f, 0.9f);
    const float middle = bottom.left + share * bottom.width();
    draw_place(Place::bottom_left, bottom_left_panes, {bottom.left, bottom.top, middle, bottom.bottom});
    if (share > 0 && share < 1)
      splitter("splitter/bottom-left", {middle, bottom.top, middle + gap, bottom.bottom}, true, layout.bottom_left,
               bottom.width(), 1);
    draw_place(Place::bottom_right, bottom_right_panes, {middle + gap, bottom.top, bottom.right, bottom.bottom});
  }
  for (Pane* pane : at(Place::strip)) {
    const float high = desk_.ui.px(is_low ? 54.0f : 78.0f);
    draw_pane(*pane, {area.left, area.bottom - high, area.right, area.bottom});
    area.bottom -= high + gap;
  }
  Rect middle = area;
  if (!left_panes.empty()) {
    middle.left += std::clamp(layout.left, 0.05f, 0.4f) * area.width();
    draw_place(Place::left, left_panes, {area.left, area.top, middle.left, area.bottom});
    splitter("splitter/left", {middle.left, area.top, middle.left + gap, area.bottom}, true, layout.left, area.width(),
             1);
    middle.left += gap;
  }
  if (!right_panes.empty()) {
    middle.right -= std::clamp(layout.right, 0.1f, 0.5f) * area.width();
    draw_place(Place::right, right_panes, {middle.right, area.top, area.right, area.bottom});
    splitter("splitter/right", {middle.right - gap, area.top, middle.right, area.bottom}, true, layout.right,
             area.width(), -1);
    middle.right -= gap;
  }
  draw_place(Place::center, center, middle);
  // A click on a tab has changed the layout meanwhile: only the shares are ours.
  desk_.look([&](View& v) {
    v.layout.left = layout.left;
    v.layout.right = layout.right;
    v.layout.bottom = layout.bottom;
    v.layout.bottom_left = layout.bottom_left;
  });
}

bool App::splitter(std::string_view name, const Rect& bar, bool is_vertical, float& share, float whole_px, float sign) {
  if (bar.is_empty()) return false;
  ImGui::SetCursorScreenPos({bar.left, bar.top});
  ImGui::InvisibleButton(("##" + std::string(name)).c_str(), {bar.width(), bar.height()});
  desk_.ui.note_item(name);
  const bool is_held = ImGui::IsItemActive();
  if (is_held || ImGui::IsItemHovered()) {
    ImGui::SetMouseCursor(is_vertical ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
    desk_.ui.pen().rect(bar, desk_.ui.theme->accent);
  }
  if (!is_held) return false;
  const ImVec2 moved = ImGui::GetIO().MouseDelta;
  share = std::clamp(share + sign * (is_vertical ? moved.x : moved.y) / whole_px, 0.05f, 0.9f);
  return true;
}

// The panes of a place, as tabs where there are several.
void App::draw_place(Place place, std::span<Pane* const> panes, const Rect& area) {
  if (panes.empty() || area.width() < 8 || area.height() < 8) return;
  const std::string where(name(place));
  std::string chosen(panes.front()->about().id);
  if (const auto at = desk_.view().layout.in_front.find(where); at != desk_.view().layout.in_front.end())
    for (Pane* pane : panes)
      if (pane->about().id == at->second) chosen = at->second;
  std::vector<Ui::Tab> tabs;
  for (Pane* pane : panes) tabs.push_back({pane->about().id, pane->about().title});

  ImGui::SetCursorScreenPos({area.left, area.top});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  const std::string id = "##place/" + where;
  ImGui::BeginChild(id.c_str(), {area.width(), area.height()}, false,
                    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar();
  ImGui::SetCursorScreenPos({area.left + desk_.ui.px(4), area.top});
  if (desk_.ui.tabs("tab", tabs, chosen)) desk_.look([&](View& v) { v.layout.in_front[where] = chosen; });
  const bool is_over_tabs = ImGui::IsMouseHoveringRect({area.left, area.top}, {area.right, ImGui::GetCursorScreenPos().y});
  if (is_over_tabs && ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
      ImGui::IsMouseDoubleClicked(0))
    desk_.look([&](View& v) { v.layout.maximized = v.layout.maximized.empty() ? chosen : ""; });
  const float top = ImGui::GetCursorScreenPos().y;
  for (Pane* pane : panes)
    if (pane->about().id == chosen) draw_pane(*pane, {area.left, top, area.right, area.bottom});
  ImGui::EndChild();
}

void App::draw_pane(Pane& pane, const Rect& area) {
  if (area.width() < 2 || area.height() < 2) return;
  ImGui::SetCursorScreenPos({area.left, area.top});
  const std::string id = "##pane/" + std::string(pane.about().id);
  ImGui::BeginChild(id.c_str(), {area.width(), area.height()}, false, ImGuiWindowFlags_AlwaysUseWindowPadding);
  desk_.ui.registry.item("pane/" + std::string(pane.about().id), {.rect = area, .visible = area});
  const ImVec2 pad = ImGui::GetStyle().WindowPadding;
  const Rect inside{area.left + pad.x, area.top + pad.y, area.right - pad.x, area.bottom - pad.y};
  pane.draw(desk_, inside);
  ImGui::EndChild();
}

}  // namespace mailroom::viz
