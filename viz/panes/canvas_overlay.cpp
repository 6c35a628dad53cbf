// SPDX-License-Identifier: GPL-2.0-only
// What stands over the map: its tools, the legend, a word about what is missing.
#include <imgui.h>

#include <algorithm>
#include <array>

#include "viz/panes/canvas.hpp"

namespace mailroom::viz {

namespace {

struct LegendRow {
  enum class Sign : std::uint8_t {
    text,
    message,
    notification,
    active,
    deferred,
    held,
    lost,
    connection,
    fault
  };
  Sign sign;
  const char* text;
};
constexpr LegendRow kRows[] = {
    {LegendRow::Sign::message, "a message on its way; behind it, its octets on the wire"},
    {LegendRow::Sign::notification, "a notification, coming back"},
    {LegendRow::Sign::lost, "lost"},
    {LegendRow::Sign::active, "queue: to be tried now"},
    {LegendRow::Sign::deferred, "queue: deferred, tried later"},
    {LegendRow::Sign::held, "queue: held"},
    {LegendRow::Sign::connection, "a connection is open"},
    {LegendRow::Sign::fault, "a fault is in force"},
};
constexpr int kRowCount = static_cast<int>(std::size(kRows));

constexpr Category kCategories[] = {Category::positive, Category::intermediate, Category::transient,
                                    Category::permanent};
constexpr const char* kDigits[] = {"2xx", "3xx", "4xx", "5xx"};

void draw_envelope(Pen& pen, const Rect& body, Color paper, Color fold, Color edge, float unit) {
  pen.rect(body, paper, 2 * unit);
  pen.frame(body, edge, 1.5f * unit, 2 * unit);
  const std::array flap = {Point{body.left, body.top}, body.center(), Point{body.right, body.top}};
  pen.polyline(flap, fold, 1.2f * unit);
}

void draw_row_sign(Pen& pen, Point at, LegendRow::Sign sign, const Theme& theme, float unit) {
  const Rect box = around(at, 8 * unit, 5 * unit);
  const Rect cell = around(at, 3 * unit, 5 * unit);
  const auto cross = [&](float half, Color color) {
    pen.line({at.x - half, at.y - half}, {at.x + half, at.y + half}, color, 2 * unit);
    pen.line({at.x - half, at.y + half}, {at.x + half, at.y - half}, color, 2 * unit);
  };
  switch (sign) {
    case LegendRow::Sign::text:
      break;
    case LegendRow::Sign::message:
      draw_envelope(pen, box, theme.series[0], theme.panel, theme.series[0], unit);
      break;
    case LegendRow::Sign::notification:
      draw_envelope(pen, box, theme.panel, theme.permanent, theme.permanent, unit);
      break;
    case LegendRow::Sign::lost:
      cross(5 * unit, theme.permanent);
      break;
    case LegendRow::Sign::active:
      pen.rect(cell, theme.accent);
      break;
    case LegendRow::Sign::deferred:
      pen.rect(cell, theme.transient.faded(0.35f));
      pen.line({cell.left, cell.bottom}, {cell.right, cell.top}, theme.transient, 1.4f * unit);
      pen.frame(cell, theme.transient, unit);
      break;
    case LegendRow::Sign::held:
      pen.frame(cell, theme.note, 1.2f * unit);
      break;
    case LegendRow::Sign::connection:
      pen.line({at.x - 9 * unit, at.y}, {at.x + 9 * unit, at.y}, theme.accent.faded(0.5f), 2.5f * unit);
      break;
    case LegendRow::Sign::fault:
      pen.circle(at, 6 * unit, theme.fault);
      pen.line({at.x - 2.5f * unit, at.y - 2.5f * unit}, {at.x + 2.5f * unit, at.y + 2.5f * unit},
               theme.panel, 1.5f * unit);
      pen.line({at.x - 2.5f * unit, at.y + 2.5f * unit}, {at.x + 2.5f * unit, at.y - 2.5f * unit},
               theme.panel, 1.5f * unit);
      break;
  }
}

}  // namespace

// --- tools

struct Tool {
  const char* name;
  const char* label;
  const char* command;
};
constexpr Tool kTools[] = {{"canvas/fit", icon::kExpand, "view/zoom-to-fit"},
                           {"canvas/nearer", icon::kPlus, "view/zoom-in"},
                           {"canvas/farther", icon::kMinus, "view/zoom-out"},
                           {"canvas/follow", icon::kCrosshairs, "view/follow"},
                           {"canvas/responsibility", icon::kQuestion, "view/responsibility"}};
constexpr float kToolGap = 3;

// At the upper right; none where there is no room for all.
Rect CanvasPane::tools_area(const Desk& desk) const {
  const Rect& area = scene_.viewport;
  const float gap = desk.ui.px(kToolGap);
  const float side = ImGui::GetFrameHeight();
  const float left = area.right - (side + gap) * static_cast<float>(std::size(kTools));
  if (left < area.left) return {};
  return {left, area.top, area.right, area.top + side + gap};
}

void CanvasPane::draw_tools(Desk& desk, Pen& pen, const Rect& area) {
  if (area.is_empty()) return;
  pen.rect(area.grown(desk.ui.px(kToolGap)), desk.ui.theme->panel.faded(0.92f), desk.ui.px(5));
  const float side = ImGui::GetFrameHeight();
  float left = area.left;
  for (const Tool& tool : kTools) {
    const Command* command = desk.commands.find(tool.command);
    if (command == nullptr) continue;
    ImGui::SetCursorScreenPos({left, area.top});
    std::string tip = command->title;
    if (!command->shortcut.empty()) tip += " (" + command->shortcut + ")";
    if (!command->tip.empty()) tip += "\n" + command->tip;
    const Ui::Look look = {.is_enabled = Commands::is_enabled(*command, desk),
                           .is_on = command->is_on && command->is_on(desk),
                           .width = side,
                           .tip = tip};
    if (desk.ui.button(tool.name, tool.label, look)) command->run(desk);
    left += side + desk.ui.px(kToolGap);
  }
}

// --- the legend

Rect CanvasPane::legend_area(const Desk& desk, const Pen& pen) const {
  const Ui& ui = desk.ui;
  const Pen::Style style = {.color = ui.theme->text, .size_px = ui.px(12)};
  float wide = ImGui::GetFrameHeight() + ui.px(10);
  for (std::size_t i = 0; i < std::size(kDigits); ++i) wide += pen.width("x 2xx", style) + ui.px(12);
  float high = std::max(ImGui::GetFrameHeight(), ui.px(20)) + ui.px(2);
  if (is_legend_open_) {
    for (const LegendRow& row : kRows) wide = std::max(wide, pen.width(row.text, style) + ui.px(36));
    high += ui.px(18) * static_cast<float>(kRowCount) + ui.px(6);
  }
  const Rect& area = scene_.viewport;
  wide = std::min(wide, area.width());
  high = std::min(high, area.height());
  return {area.left, area.bottom - high, area.left + wide, area.bottom};
}

void CanvasPane::draw_legend(Desk& desk, Pen& pen, const Rect& area) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  if (area.is_empty()) return;
  pen.rect(area, theme.panel.faded(0.92f), ui.px(5));
  const float line = std::max(ImGui::GetFrameHeight(), ui.px(20));
  const float side = ImGui::GetFrameHeight();
  ImGui::SetCursorScreenPos({area.left, area.bottom - side});
  if (ui.button("canvas/legend", is_legend_open_ ? icon::kCompress : icon::kQuestion,
                {.is_on = is_legend_open_,
                 .width = side,
                 .tip = is_legend_open_ ? "Fold the legend" : "What the signs mean"})) {
    is_legend_open_ = !is_legend_open_;
  }
  const Pen::Style style = {.color = theme.text, .size_px = ui.px(12)};
  float left = area.left + side + ui.px(8);
  const float top = area.bottom - line / 2 - ui.px(6);
  for (std::size_t i = 0; i < std::size(kDigits); ++i) {
    const std::string text = std::string(sign_of(kCategories[i])) + " " + kDigits[i];
    Pen::Style ink = style;
    ink.color = theme.of(kCategories[i]);
    ink.face = Face::strong;
    const float wide = pen.width(text, ink);
    if (left + wide > area.right) break;
    pen.text({left, top}, text, ink);
    left += pen.width("x 2xx", style) + ui.px(12);
  }
  if (!is_legend_open_) return;
  float y = area.top + ui.px(4);
  for (const LegendRow& row : kRows) {
    if (y + ui.px(18) > area.bottom - line) break;
    draw_row_sign(pen, {area.left + ui.px(16), y + ui.px(7)}, row.sign, theme, ui.px(1));
    Pen::Style text = style;
    text.max_width = area.width() - ui.px(36);
    pen.text({area.left + ui.px(32), y}, row.text, text);
    y += ui.px(18);
  }
}

// --- what is missing

// At the upper left; without a network, in the middle.
Rect CanvasPane::hint_area(Desk& desk, const Pen& pen, const std::string& text, const Rect& tools) const {
  if (text.empty()) return {};
  const Rect& area = scene_.viewport;
  const Pen::Style style = {.color = desk.ui.theme->text, .size_px = desk.ui.px(13)};
  const float pad = desk.ui.px(8);
  const float room = (tools.is_empty() ? area.right : tools.left) - area.left - pad;
  const float wide = std::min(pen.width(text, style) + 2 * pad, room);
  if (wide < 4 * pad) return {};
  const float high = pen.height(style) + pad;
  if (scene_.header().hosts.empty()) return around(area.center(), wide / 2, high / 2);
  return {area.left, area.top, area.left + wide, area.top + high};
}

void CanvasPane::draw_hint(Desk& desk, Pen& pen, const Rect& box, const std::string& text) {
  if (box.is_empty()) return;
  const Theme& theme = *desk.ui.theme;
  const float pad = desk.ui.px(8);
  pen.rect(box, theme.raised, desk.ui.px(5));
  pen.text({box.left + pad, box.top + pad / 2}, text,
           {.color = theme.dim, .size_px = desk.ui.px(13), .max_width = box.width() - 2 * pad});
  pen.hot("canvas/hint", box, text);
}

}  // namespace mailroom::viz
