// SPDX-License-Identifier: GPL-2.0-only
#include "viz/draw/ui.hpp"

#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <algorithm>

namespace mailroom::viz {
namespace {

ImVec4 vec4(Color c) {
  return {static_cast<float>(c.red) / 255, static_cast<float>(c.green) / 255, static_cast<float>(c.blue) / 255,
          static_cast<float>(c.alpha) / 255};
}
Rect rect_of(const ImRect& r) {
  return {r.Min.x, r.Min.y, r.Max.x, r.Max.y};
}
Rect last_rect() {
  return rect_of(GImGui->LastItemData.Rect);
}
Rect clip_of_window() {
  return rect_of(ImGui::GetCurrentWindow()->ClipRect);
}
std::uint32_t layer_of_window() {
  const ImGuiWindow* window = ImGui::GetCurrentWindow();
  return window->RootWindow ? window->RootWindow->ID : window->ID;
}
// "##transport/play": an id without a label.
std::string id_of(std::string_view name) {
  return "##" + std::string(name);
}

}  // namespace

float Ui::line_height() const {
  return ImGui::GetTextLineHeightWithSpacing();
}

Pen Ui::pen(Svg* svg) {
  return Pen(*ImGui::GetWindowDrawList(), fonts, registry, layer_of_window(), svg);
}

void Ui::note_item(std::string_view name, std::string_view label, bool is_on, bool is_enabled) {
  if (!registry.is_on()) return;
  const Rect rect = last_rect();
  registry.item(name, {.rect = rect,
                       .visible = intersection(rect, clip_of_window()),
                       .is_enabled = is_enabled,
                       .is_on = is_on,
                       .label = std::string(label)});
}

void Ui::note_text(const Rect& rect, std::string_view text) {
  if (registry.is_on()) registry.text(intersection(rect, clip_of_window()), layer_of_window(), text);
}

// --- text

void Ui::text(std::string_view text) {
  this->text(text, theme->text);
}

void Ui::text(std::string_view text, Color color, Face face) {
  ImGui::PushFont(fonts.of(face));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  Pen pencil = pen();
  // A window that is as large as what is in it (a tip, a word) sets no limit: it has no size before.
  const bool is_limited = (ImGui::GetCurrentWindow()->Flags & ImGuiWindowFlags_AlwaysAutoResize) == 0;
  const Pen::Style style{.color = color, .face = face,
                         .max_width = is_limited ? std::max(ImGui::GetContentRegionAvail().x, 1.0f) : 0};
  float wide = pencil.width(printable(text.substr(0, 2000)), style);
  if (is_limited) wide = std::min(wide, style.max_width);
  pencil.text({at.x, at.y + ImGui::GetCurrentWindow()->DC.CurrLineTextBaseOffset}, text, style);
  ImGui::Dummy({wide, ImGui::GetTextLineHeight()});
  ImGui::PopFont();
}

void Ui::paragraph(std::string_view text, Color color, float wrap_px) {
  const std::string shown = printable(text);
  const char* at = shown.data();
  const char* const end = at + shown.size();
  const float room = std::max(wrap_px > 0 ? wrap_px : ImGui::GetContentRegionAvail().x, px(40));
  while (at < end) {
    const char* stop = fonts.body->CalcWordWrapPositionA(1.0f, at, end, room);
    if (stop == at) ++stop;  // not even one letter fits
    // As wide as it is: a tip takes its width from its lines, not they from it.
    const std::string_view line(at, static_cast<std::size_t>(stop - at));
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    Pen pencil = pen();
    pencil.text({corner.x, corner.y}, line, {.color = color});
    ImGui::Dummy({pencil.width(line, {.color = color}), ImGui::GetTextLineHeight()});
    at = stop;
    while (at < end && *at == ' ') ++at;
  }
}

void Ui::heading(std::string_view text) {
  ImGui::Dummy({1, px(2)});
  this->text(text, theme->dim, Face::strong);
}

void Ui::pair(std::string_view name, std::string_view value, float column_px) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  Pen pencil = pen();
  pencil.text({at.x, at.y}, name, {.color = theme->dim, .max_width = std::max(column_px - px(6), 1.0f)});
  const float room = ImGui::GetContentRegionAvail().x - column_px;
  if (room > 0) pencil.text({at.x + column_px, at.y}, value, {.color = theme->text, .max_width = room});
  ImGui::Dummy({ImGui::GetContentRegionAvail().x, ImGui::GetTextLineHeight()});
}

// --- what can be clicked

bool Ui::button(std::string_view name, std::string_view label, const Look& look) {
  const ImGuiStyle& style = ImGui::GetStyle();
  const Pen::Style letters{.color = theme->text};
  Pen pencil = pen();
  const float wide = look.width > 0 ? look.width : pencil.width(label, letters) + style.FramePadding.x * 2;
  const ImVec2 size{wide, ImGui::GetFrameHeight()};
  ImGui::BeginDisabled(!look.is_enabled);
  const bool clicked = ImGui::InvisibleButton(id_of(name).c_str(), size);
  ImGui::EndDisabled();
  const bool is_hovered = look.is_enabled && ImGui::IsItemHovered();
  const bool is_held = is_hovered && ImGui::IsItemActive();
  const Rect place = last_rect();
  const bool is_filled = look.is_on || look.is_primary;
  Color fill = is_filled ? theme->accent : theme->raised;
  if (is_hovered) fill = mix(fill, is_filled ? theme->text : theme->accent, is_held ? 0.35f : 0.18f);
  Color ink = is_filled ? theme->on_accent : theme->text;
  if (!look.is_enabled) ink = mix(theme->dim, theme->panel, 0.45f);
  pencil.rect(place, look.is_enabled ? fill : mix(fill, theme->panel, 0.5f), style.FrameRounding);
  if (GImGui->NavId == GImGui->LastItemData.ID && !GImGui->NavDisableHighlight)
    pencil.frame(place.grown(1), theme->accent, 2, style.FrameRounding);
  pencil.text({place.center().x, place.center().y - pencil.height(letters) / 2}, label,
              {.color = ink, .align = Pen::Align::center, .max_width = std::max(wide - px(4), 1.0f)});
  note_item(name, label, look.is_on, look.is_enabled);
  if (!look.tip.empty()) tip(look.tip);
  return clicked;
}

bool Ui::checkbox(std::string_view name, std::string_view label, bool& value, std::string_view tip_text) {
  Pen pencil = pen();
  const Pen::Style letters{.color = theme->text};
  const float box = ImGui::GetTextLineHeight();
  const float gap = px(6);
  const float room = ImGui::GetContentRegionAvail().x;
  const float wide = std::min(box + gap + pencil.width(label, letters), std::max(room, box));
  const bool clicked = ImGui::InvisibleButton(id_of(name).c_str(), {wide, ImGui::GetFrameHeight()});
  if (clicked) value = !value;
  const Rect place = last_rect();
  const float top = place.center().y - box / 2;
  const Rect square{place.left, top, place.left + box, top + box};
  pencil.rect(square, value ? theme->accent : theme->raised, px(3));
  pencil.frame(square, ImGui::IsItemHovered() ? theme->accent : theme->line, 1, px(3));
  if (value) {
    const Point tick[] = {{square.left + box * 0.22f, top + box * 0.52f},
                          {square.left + box * 0.42f, top + box * 0.72f},
                          {square.left + box * 0.78f, top + box * 0.28f}};
    pencil.polyline(tick, theme->on_accent, px(2));
  }
  if (wide > box + gap)
    pencil.text({square.right + gap, top}, label, {.color = theme->text, .max_width = wide - box - gap + 1});
  note_item(name, label, value);
  if (!tip_text.empty()) tip(tip_text);
  return clicked;
}

bool Ui::row(std::string_view name, std::string_view label, bool is_on, Color color, Face face) {
  const float wide = std::max(ImGui::GetContentRegionAvail().x, 1.0f);
  const float high = ImGui::GetTextLineHeight() + px(4);
  const bool clicked = ImGui::InvisibleButton(id_of(name).c_str(), {wide, high});
  const Rect place = last_rect();
  Pen pencil = pen();
  if (is_on) {
    pencil.rect(place, mix(theme->panel, theme->accent, 0.22f), px(3));
    pencil.rect({place.left, place.top, place.left + px(3), place.bottom}, theme->accent);
  } else if (ImGui::IsItemHovered()) {
    pencil.rect(place, theme->raised, px(3));
  }
  pencil.text({place.left + px(6), place.top + px(2)}, label,
              {.color = color, .face = face, .max_width = std::max(wide - px(8), 1.0f)});
  note_item(name, label, is_on);
  return clicked;
}

bool Ui::link(std::string_view name, std::string_view label) {
  Pen pencil = pen();
  const Pen::Style letters{.color = theme->accent};
  const float wide =
      std::min(pencil.width(printable(label), letters), std::max(ImGui::GetContentRegionAvail().x, 1.0f));
  const bool clicked = ImGui::InvisibleButton(id_of(name).c_str(), {std::max(wide, 1.0f), ImGui::GetTextLineHeight()});
  const Rect place = last_rect();
  pencil.text({place.left, place.top}, label, {.color = theme->accent, .max_width = std::max(wide + 1, 1.0f)});
  if (ImGui::IsItemHovered()) {
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    pencil.line({place.left, place.bottom}, {place.left + wide, place.bottom}, theme->accent);
  }
  note_item(name, label);
  return clicked;
}

bool Ui::tabs(std::string_view name, std::span<const Tab> all, std::string& chosen) {
  bool changed = false;
  Pen pencil = pen();
  const float high = ImGui::GetTextLineHeight() + px(8);
  const ImVec2 start = ImGui::GetCursorScreenPos();
  const float room = std::max(ImGui::GetContentRegionAvail().x, 1.0f);
  float needed = 0;
  for (const Tab& tab : all) needed += pencil.width(tab.label, {.color = theme->text, .face = Face::strong}) + px(18);
  const float squeeze = needed > room ? room / needed : 1;
  float left = start.x;
  for (const Tab& tab : all) {
    const bool is_on = chosen == tab.id;
    const Face face = is_on ? Face::strong : Face::body;
    const float wide =
        (pencil.width(tab.label, {.color = theme->text, .face = Face::strong}) + px(18)) * squeeze;
    ImGui::SetCursorScreenPos({left, start.y});
    const std::string full = std::string(name) + "/" + std::string(tab.id);
    if (ImGui::InvisibleButton(id_of(full).c_str(), {std::max(wide, 1.0f), high})) {
      changed = !is_on;
      chosen = tab.id;
    }
    const Rect place = last_rect();
    if (ImGui::IsItemHovered() && !is_on) pencil.rect(place, theme->raised, px(3));
    if (is_on) pencil.rect({place.left, place.bottom - px(3), place.right, place.bottom}, theme->accent);
    pencil.text({place.center().x, place.top + px(3)}, tab.label,
                {.color = is_on ? theme->text : theme->dim,
                 .face = face,
                 .align = Pen::Align::center,
                 .max_width = std::max(wide - px(6), 1.0f)});
    note_item(full, tab.label, is_on);
    left += wide;
  }
  ImGui::SetCursorScreenPos({start.x, start.y + high});
  ImGui::Dummy({1, px(2)});
  return changed;
}

// --- fields

bool Ui::field(std::string_view name, std::string& value, const Field& look) {
  ImGui::PushFont(look.is_mono ? fonts.mono : fonts.body);
  ImGui::SetNextItemWidth(look.width > 0 ? look.width : std::max(ImGui::GetContentRegionAvail().x, 1.0f));
  if (look.takes_focus) ImGui::SetKeyboardFocusHere();
  if (look.is_wrong) {
    ImGui::PushStyleColor(ImGuiCol_Border, vec4(theme->permanent));
    ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, px(2));
  }
  const std::string before = value;
  const std::string hint(look.hint);
  const bool entered = ImGui::InputTextWithHint(id_of(name).c_str(), hint.c_str(), &value,
                                                ImGuiInputTextFlags_EnterReturnsTrue);
  if (look.entered) *look.entered = entered;
  if (look.is_wrong) {
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
  }
  ImGui::PopFont();
  note_item(name, value);
  const Rect place = last_rect();
  const float pad = ImGui::GetStyle().FramePadding.x;
  note_text({place.left + pad, place.top + ImGui::GetStyle().FramePadding.y, place.right - pad,
             place.bottom - ImGui::GetStyle().FramePadding.y},
            value.empty() ? look.hint : std::string_view(value));
  if (!look.tip.empty() && !ImGui::IsItemActive()) tip(look.tip);
  return value != before;
}

bool Ui::area(std::string_view name, std::string& value, float height, bool takes_focus) {
  if (takes_focus) ImGui::SetKeyboardFocusHere();
  const std::string before = value;
  bool changed = ImGui::InputTextMultiline(id_of(name).c_str(), &value,
                                           {std::max(ImGui::GetContentRegionAvail().x, 1.0f), height});
  // Escape leaves the field. ImGui takes back all that was typed; a whole note is too much to lose by it.
  if (changed && ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape), false)) {
    value = before;
    changed = false;
  }
  note_item(name, value);
  return changed;
}

bool Ui::slider(std::string_view name, std::string_view label, float& value, float low, float high, const char* format,
                bool is_logarithmic, float width) {
  if (width > 0) ImGui::SetNextItemWidth(width);
  const bool changed = ImGui::SliderFloat(id_of(name).c_str(), &value, low, high, format,
                                          is_logarithmic ? ImGuiSliderFlags_Logarithmic : ImGuiSliderFlags_None);
  note_item(name, label);
  note_text(last_rect(), label);
  if (!label.empty()) tip(label);
  return changed;
}

bool Ui::combo(std::string_view name, std::span<const std::string> labels, int& chosen, float width) {
  if (width > 0) ImGui::SetNextItemWidth(width);
  const bool is_valid = chosen >= 0 && static_cast<std::size_t>(chosen) < labels.size();
  const std::string shown = is_valid ? labels[static_cast<std::size_t>(chosen)] : std::string();
  bool changed = false;
  const bool is_open = ImGui::BeginCombo(id_of(name).c_str(), shown.c_str());
  if (!is_open) {
    note_item(name, shown);
    const Rect place = last_rect();
    const ImVec2 pad = ImGui::GetStyle().FramePadding;
    note_text({place.left + pad.x, place.top + pad.y, place.right - ImGui::GetFrameHeight(), place.bottom - pad.y}, shown);
    return false;
  }
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    const std::string& label = labels[static_cast<std::size_t>(i)];
    if (row(std::string(name) + "/" + label, label, i == chosen, theme->text)) {
      changed = i != chosen;
      chosen = i;
      ImGui::CloseCurrentPopup();
    }
  }
  ImGui::EndCombo();
  return changed;
}

// --- menus

bool Ui::begin_menu(std::string_view name, std::string_view label) {
  const bool is_open = ImGui::BeginMenu(std::string(label).c_str());
  // While a menu is open, the last item is one of its own: its rectangle is known from before.
  if (!is_open) {
    note_item(name, label);
    const Rect place = last_rect();
    note_text(place, label);
  }
  return is_open;
}

void Ui::end_menu() {
  ImGui::EndMenu();
}

bool Ui::menu_item(std::string_view name, std::string_view label, std::string_view shortcut, bool is_on,
                   bool is_enabled) {
  const bool clicked = ImGui::MenuItem(std::string(label).c_str(), std::string(shortcut).c_str(), is_on, is_enabled);
  note_item(name, label, is_on, is_enabled);
  note_text(last_rect(), label);
  return clicked;
}

void Ui::tip(std::string_view text, bool force) {
  if (!force && (!ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled) || GImGui->HoveredIdTimer < 0.35f)) return;
  ImGui::BeginTooltip();
  const float wrap = std::min(px(420), ImGui::GetIO().DisplaySize.x * 0.8f);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    paragraph(text.substr(0, end), theme->text, wrap);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  ImGui::EndTooltip();
}

// --- dress

void Ui::dress() {
  ImGuiStyle style;
  style.WindowRounding = 6;
  style.ChildRounding = 0;
  style.FrameRounding = 4;
  style.PopupRounding = 6;
  style.ScrollbarRounding = 6;
  style.GrabRounding = 4;
  style.WindowBorderSize = 1;
  style.ChildBorderSize = 0;
  style.FrameBorderSize = 0;
  style.WindowPadding = {8, 6};
  style.FramePadding = {8, 4};
  style.ItemSpacing = {6, 4};
  style.ScrollbarSize = 12;
  style.ScaleAllSizes(scale);
  const auto set = [&](ImGuiCol which, Color color) { style.Colors[which] = vec4(color); };
  const Theme& t = *theme;
  const Color hover = mix(t.raised, t.accent, 0.25f);
  const Color press = mix(t.raised, t.accent, 0.45f);
  for (const ImGuiCol which : {ImGuiCol_WindowBg, ImGuiCol_MenuBarBg}) set(which, t.background);
  set(ImGuiCol_Text, t.text);
  set(ImGuiCol_TextDisabled, mix(t.dim, t.panel, 0.35f));
  set(ImGuiCol_ChildBg, t.panel);
  set(ImGuiCol_PopupBg, t.panel);
  set(ImGuiCol_Border, t.line);
  set(ImGuiCol_BorderShadow, {0, 0, 0, 0});
  set(ImGuiCol_FrameBg, t.raised);
  set(ImGuiCol_FrameBgHovered, hover);
  set(ImGuiCol_FrameBgActive, press);
  set(ImGuiCol_ScrollbarBg, {0, 0, 0, 0});
  set(ImGuiCol_ScrollbarGrab, t.line);
  set(ImGuiCol_ScrollbarGrabHovered, t.dim);
  set(ImGuiCol_ScrollbarGrabActive, t.accent);
  set(ImGuiCol_CheckMark, t.accent);
  set(ImGuiCol_SliderGrab, t.accent);
  set(ImGuiCol_SliderGrabActive, t.accent);
  set(ImGuiCol_Button, t.raised);
  set(ImGuiCol_ButtonHovered, hover);
  set(ImGuiCol_ButtonActive, press);
  set(ImGuiCol_Header, mix(t.panel, t.accent, 0.22f));
  set(ImGuiCol_HeaderHovered, hover);
  set(ImGuiCol_HeaderActive, press);
  set(ImGuiCol_Separator, t.line);
  set(ImGuiCol_SeparatorHovered, t.accent);
  set(ImGuiCol_SeparatorActive, t.accent);
  set(ImGuiCol_TableHeaderBg, t.raised);
  set(ImGuiCol_TableBorderStrong, t.line);
  set(ImGuiCol_TableBorderLight, t.line);
  set(ImGuiCol_TableRowBg, {0, 0, 0, 0});
  set(ImGuiCol_TableRowBgAlt, t.raised.faded(0.45f));
  set(ImGuiCol_TextSelectedBg, t.accent.faded(0.35f));
  set(ImGuiCol_NavHighlight, t.accent);
  set(ImGuiCol_ModalWindowDimBg, t.shade);
  ImGui::GetStyle() = style;
}

}  // namespace mailroom::viz
