// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/pieces.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace mailroom::viz {

Touch touch(Ui& ui, std::string_view name, const Rect& place, std::string_view label, bool is_on) {
  Touch result;
  if (place.width() < 1 || place.height() < 1) return result;
  ImGui::SetCursorScreenPos({place.left, place.top});
  result.is_clicked =
      ImGui::InvisibleButton(("##" + std::string(name)).c_str(), {place.width(), place.height()});
  result.is_hovered = ImGui::IsItemHovered();
  if (result.is_hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  ui.note_item(name, label, is_on);
  return result;
}

Color color_of(const Theme& theme, story::Tone tone) {
  switch (tone) {
    case story::Tone::good: return theme.positive;
    case story::Tone::warn: return theme.transient;
    case story::Tone::bad: return theme.permanent;
    case story::Tone::plain: break;
  }
  return theme.text;
}

std::string_view sign_of(story::Tone tone) {
  switch (tone) {
    case story::Tone::good: return "o";
    case story::Tone::warn: return "~";
    case story::Tone::bad: return "x";
    case story::Tone::plain: break;
  }
  return " ";
}

namespace {

// As much of `text` as finds room, whole characters, at least one.
std::size_t fitting(const ImFont& font, std::string_view text, float width_px) {
  const char* rest = text.data();
  font.CalcTextSizeA(font.FontSize, width_px, 0, text.data(), text.data() + text.size(), &rest);
  auto size = static_cast<std::size_t>(rest - text.data());
  if (size == 0) size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) ++size;
  return size;
}

}  // namespace

// Breaks at blanks only: an address that is torn at its dots cannot be read.
std::vector<std::string_view> wrapped(const Ui& ui, std::string_view text, Face face, float width_px, std::size_t most) {
  std::vector<std::string_view> lines;
  const ImFont& font = *ui.fonts.of(face);
  width_px = std::max(width_px, 1.0f);
  while (!text.empty() && lines.size() < most) {
    std::size_t size = 0;
    for (std::size_t word = 0; word <= text.size();) {
      const std::size_t blank = std::min(text.find(' ', word), text.size());
      const float wide = font.CalcTextSizeA(font.FontSize, 1e9f, 0, text.data(), text.data() + blank).x;
      if (wide > width_px) break;
      size = blank;
      word = blank + 1;
    }
    if (size == 0) size = fitting(font, text, width_px);
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  return lines;
}

RowsInSight rows_in_sight(std::size_t count, float row_px) {
  RowsInSight rows;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 window = ImGui::GetWindowPos();
  const float low = window.y;
  const float high = window.y + ImGui::GetWindowHeight();
  const auto row_at = [&](float y) {
    const float row = std::floor((y - at.y) / row_px);
    return static_cast<std::size_t>(std::clamp(row, 0.0f, static_cast<float>(count)));
  };
  rows.first = row_at(low);
  rows.last = std::min(row_at(high) + 1, count);
  rows.left = at.x;
  rows.top = at.y + static_cast<float>(rows.first) * row_px;
  rows.width = std::max(ImGui::GetContentRegionAvail().x, 1.0f);
  ImGui::Dummy({rows.width, std::max(static_cast<float>(count) * row_px, 1.0f)});
  return rows;
}

namespace {

struct Placed {
  std::size_t column;
  float left;
  float width;
};

std::vector<Placed> placed(const Ui& ui, std::span<const GridColumn> columns, float room) {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < columns.size(); ++i) shown.push_back(i);
  const auto least = [&] {
    float sum = 0;
    for (const std::size_t i : shown) sum += ui.px(columns[i].least_px);
    return sum;
  };
  while (shown.size() > 1 && least() > room)
    shown.erase(std::ranges::max_element(shown, {}, [&](std::size_t i) { return columns[i].rank; }));
  float shares = 0;
  for (const std::size_t i : shown) shares += columns[i].share;
  const float spare = std::max(room - least(), 0.0f);
  std::vector<Placed> result;
  float left = 0;
  for (const std::size_t i : shown) {
    const float width = std::min(ui.px(columns[i].least_px) + (shares > 0 ? spare * columns[i].share / shares : 0), room);
    result.push_back({i, left, width});
    left += width;
  }
  return result;
}

void draw_cell(Pen& pen, const Ui& ui, const Rect& place, const GridCell& cell, bool is_number) {
  const float gap = ui.px(4);
  pen.text({is_number ? place.right - gap : place.left + gap, place.top},
           cell.text,
           {.color = cell.color,
            .face = cell.face,
            .align = is_number ? Pen::Align::right : Pen::Align::left,
            .max_width = std::max(place.width() - 2 * gap, 1.0f)});
}

}  // namespace

GridClick draw_grid(Ui& ui, const Grid& grid, GridOrder& order) {
  GridClick click;
  const float high = ImGui::GetTextLineHeight() + ui.px(5);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float room = std::max(ImGui::GetContentRegionAvail().x, 1.0f);
  const std::vector<Placed> columns = placed(ui, grid.columns, room);
  Pen pen = ui.pen();
  for (const Placed& one : columns) {
    const GridColumn& column = grid.columns[one.column];
    const Rect place{at.x + one.left, at.y, at.x + one.left + one.width, at.y + high};
    const bool is_on = order.column == one.column;
    const Touch head = touch(ui, fmt::format("{}/by/{}", grid.name, column.id), place, column.title, is_on);
    if (head.is_clicked) {
      order = {one.column, is_on && !order.is_down};
      click.order_changed = true;
    }
    const std::string title = is_on ? fmt::format("{} {}", column.title, order.is_down ? "▾" : "▴") : std::string(column.title);
    draw_cell(pen, ui, {place.left, place.top + ui.px(2), place.right, place.bottom},
              {title, head.is_hovered ? ui.theme->accent : ui.theme->dim, Face::body}, column.is_number);
  }
  pen.line({at.x, at.y + high}, {at.x + room, at.y + high}, ui.theme->line);
  ImGui::SetCursorScreenPos({at.x, at.y + high + ui.px(2)});
  const RowsInSight rows = rows_in_sight(grid.count, high);
  const ImVec2 after = ImGui::GetCursorScreenPos();
  for (std::size_t row = rows.first; row < rows.last; ++row) {
    const float top = rows.top + static_cast<float>(row - rows.first) * high;
    const Rect place{rows.left, top, rows.left + rows.width, top + high};
    const bool is_on = grid.is_on && grid.is_on(row);
    const std::string name = grid.row_name(row);
    const std::string label = grid.cell(row, columns.front().column).text;
    const Touch line = touch(ui, name, place, label, is_on);
    if (line.is_hovered && grid.tip) ui.tip(grid.tip(row));
    if (line.is_clicked) click = {.is_row = true, .row = row, .order_changed = click.order_changed};
    if (is_on) {
      pen.rect(place, mix(ui.theme->panel, ui.theme->accent, 0.22f), ui.px(3));
    } else if (line.is_hovered) {
      pen.rect(place, ui.theme->raised, ui.px(3));
    }
    for (const Placed& one : columns)
      draw_cell(pen, ui, {place.left + one.left, place.top + ui.px(2), place.left + one.left + one.width, place.bottom},
                grid.cell(row, one.column), grid.columns[one.column].is_number);
  }
  ImGui::SetCursorScreenPos(after);
  return click;
}

void draw_bar(Ui& ui, float share, std::string_view words, Color color) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float wide = std::max(ImGui::GetContentRegionAvail().x, 1.0f);
  const float high = ImGui::GetTextLineHeight() + ui.px(4);
  Pen pen = ui.pen();
  const Rect place{at.x, at.y, at.x + wide, at.y + high};
  pen.rect(place, ui.theme->raised, ui.px(3));
  const float filled = std::clamp(share, 0.0f, 1.0f) * wide;
  if (filled >= 1) pen.rect({place.left, place.top, place.left + filled, place.bottom}, color.faded(0.35f), ui.px(3));
  pen.frame(place, ui.theme->line, 1, ui.px(3));
  pen.text({place.left + ui.px(6), place.top + ui.px(2)}, words,
           {.color = ui.theme->text, .max_width = std::max(wide - ui.px(12), 1.0f)});
  ImGui::Dummy({wide, high});
}

}  // namespace mailroom::viz
