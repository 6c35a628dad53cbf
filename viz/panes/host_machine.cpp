// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/host_machine.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <vector>

namespace mailroom::viz {
namespace {

struct Picture {
  std::vector<Rect> boxes;  // of each state
  float left = 0;
  float bottom = 0;
};

Picture laid_out(const Ui& ui, const Machine& machine, Point at, float wide) {
  Picture p;
  const float high = ImGui::GetTextLineHeight() + ui.px(8);
  const float step = high + ImGui::GetTextLineHeight() + ui.px(10);
  const float margin = ui.px(22);  // for the arrows back
  const float room = std::max(wide - margin, ui.px(60));
  const float main = room * 0.54f;
  const float gap = room * 0.08f;
  p.left = at.x;
  for (const MachineState& state : machine.states) {
    const float left = at.x + margin + (state.column == 0 ? 0 : main + gap);
    const float width = state.column == 0 ? main : room - main - gap;
    const float top = at.y + static_cast<float>(state.row) * step;
    p.boxes.push_back({left, top, left + width, top + high});
    p.bottom = std::max(p.bottom, top + high);
  }
  return p;
}

void draw_back(Pen& pen, const Ui& ui, const Picture& p, const Rect& from, const Rect& to, int lane, Color color) {
  const float x = p.left + ui.px(4) + ui.px(9) * static_cast<float>(lane);
  const Point way[] = {{from.left, from.center().y}, {x, from.center().y}, {x, to.center().y}};
  pen.polyline(way, color, ui.px(1.3f));
  pen.arrow(way[2], {to.left, to.center().y}, color, ui.px(1.3f), ui.px(7));
}

}  // namespace

void draw_machine(Desk& desk, Side side, std::optional<std::int64_t> state) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  const Machine& machine = machine_of(side);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float wide = std::max(ImGui::GetContentRegionAvail().x, ui.px(80));
  const Picture p = laid_out(ui, machine, {at.x, at.y}, wide);
  Pen pen = desk.pen("host");
  for (const Rect& box : p.boxes) pen.reserve(box);
  const float line = ImGui::GetTextLineHeight();
  int lane = 0;
  for (const MachineArrow& arrow : machine.arrows) {
    const Rect& from = p.boxes[static_cast<std::size_t>(arrow.from)];
    const Rect& to = p.boxes[static_cast<std::size_t>(arrow.to)];
    const bool leaves_now = state && machine.states[static_cast<std::size_t>(arrow.from)].state == *state;
    const Color color = leaves_now ? theme.accent : theme.dim;
    const Pen::Style letters{.color = leaves_now ? theme.accent : theme.dim, .face = Face::mono,
                             .size_px = line * 0.86f};
    if (arrow.is_back) {
      draw_back(pen, ui, p, from, to, lane % 2, color);
      // Labels of two ways that end in one gap stand beside each other.
      pen.label({p.left + ui.px(26) + static_cast<float>(lane % 2) * from.width() * 0.5f,
                 from.center().y < to.center().y ? to.top - line : from.bottom + ui.px(1)},
                arrow.label, letters);
      ++lane;
    } else if (from.top == to.top) {
      pen.arrow({from.right, from.center().y}, {to.left, to.center().y}, color, ui.px(1.3f), ui.px(7));
    } else if (from.left == to.left) {
      const bool is_up = to.top < from.top;
      const float x = from.left + from.width() * (is_up ? 0.6f : 0.22f);
      pen.arrow({x, is_up ? from.top : from.bottom}, {x, is_up ? to.bottom : to.top}, color, ui.px(1.3f), ui.px(7));
      pen.label({x + ui.px(8), is_up ? (to.bottom + from.top) / 2 - line / 2 : (from.bottom + to.top) / 2 - line / 2}, arrow.label, letters);
    } else {
      const bool to_side = to.left > from.left;
      const bool is_down = to.top > from.top;
      pen.arrow({to_side ? from.right - from.width() * 0.1f : from.left + from.width() * 0.3f, is_down ? from.bottom : from.top},
                {to_side ? to.left + to.width() * 0.3f : to.right - to.width() * 0.08f, is_down ? to.top : to.bottom}, color,
                ui.px(1.3f), ui.px(7));
    }
  }
  for (std::size_t i = 0; i < p.boxes.size(); ++i) {
    const MachineState& one = machine.states[i];
    const bool is_lit = state && one.state == *state;
    const Rect& box = p.boxes[i];
    const Touch spot = touch(ui, fmt::format("host/state/{}", one.name), box, one.name, is_lit);
    if (spot.is_hovered) ui.tip(fmt::format("{}\nphase: {}", one.name, one.phase));
    pen.rect(box, is_lit ? theme.accent : theme.raised, ui.px(10));
    pen.frame(box, is_lit ? theme.accent : theme.line, ui.px(is_lit ? 2 : 1), ui.px(10));
    pen.text({box.center().x, box.top + ui.px(4)}, one.name,
             {.color = is_lit ? theme.on_accent : theme.text,
              .face = is_lit ? Face::strong : Face::body,
              .align = Pen::Align::center,
              .max_width = std::max(box.width() - ui.px(8), 1.0f)});
  }
  ImGui::SetCursorScreenPos({at.x, p.bottom + ui.px(8)});
  if (side != Side::receiver || !state) return;
  const std::vector<Legal> legal = legal_in(*state);
  if (legal.empty()) {
    ui.text("No command is read in this state.", theme.dim);
    return;
  }
  ui.heading("What the sender may say now");
  for (const Legal& one : legal) {
    const ImVec2 row = ImGui::GetCursorScreenPos();
    Pen rows = ui.pen();
    const float column = ui.px(62);
    rows.text({row.x, row.y}, one.command, {.color = theme.accent, .face = Face::mono, .max_width = column});
    rows.text({row.x + column, row.y},
              fmt::format("{}{}", one.leads_to.empty() ? std::string() : fmt::format("{} → {}: ", one.code, one.leads_to),
                          one.does),
              {.color = theme.text, .max_width = std::max(wide - column, 1.0f)});
    touch(ui, "host/legal/" + one.command, {row.x, row.y, row.x + wide, row.y + line + ui.px(3)}, one.does);
    ui.tip(fmt::format("{}: {}\n{}; a positive reply is {}", one.command, one.does, one.section, one.code));
    ImGui::SetCursorScreenPos({row.x, row.y + line + ui.px(3)});
  }
}

}  // namespace mailroom::viz
