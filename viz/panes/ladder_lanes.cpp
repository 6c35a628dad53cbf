// SPDX-License-Identifier: GPL-2.0-only
// The lanes of the ladder: where they stand, their names, and the grips between.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "viz/panes/ladder.hpp"

namespace mailroom::viz {
namespace {

constexpr float kLeastLane = 110;  // between two lanes, at 100 %

}  // namespace

void LadderPane::place_lanes(const Desk& desk, float wide) {
  const Ui& ui = desk.ui;
  const std::size_t count = ladder_->lanes.size();
  shares_.resize(count, 1.0f);
  const float left = ui.px(18) + (wide >= ui.px(kWideEnoughForTimes) ? ui.px(kTimes) : 0);
  const float scroll_bar = ImGui::GetStyle().ScrollbarSize;
  // Half a lane's name stands on each side of the first and of the last lane.
  const float margin = ui.px(58);
  const float room = wide - left - 2 * margin - scroll_bar;
  const float unit = count > 1 ? std::max(room / static_cast<float>(count - 1), ui.px(kLeastLane)) : 0;
  lanes_px_.assign(count, left + margin);
  for (std::size_t i = 1; i < count; ++i)
    lanes_px_[i] = lanes_px_[i - 1] + std::max(unit * shares_[i], ui.px(60));
  lanes_wide_px_ = (count > 0 ? lanes_px_.back() : left) + margin;
}

void LadderPane::draw_lanes(Desk& desk, const Rect& head) {
  Ui& ui = desk.ui;
  Pen pen = desk.pen("ladder");
  pen.clip(head);
  pen.rect(head, ui.theme->panel);
  for (std::size_t i = 0; i < lanes_px_.size(); ++i) {
    const float x = head.left + lanes_px_[i] - scroll_x_;
    const float to_left = i > 0 ? lanes_px_[i] - lanes_px_[i - 1] : ui.px(110);
    const float to_right = i + 1 < lanes_px_.size() ? lanes_px_[i + 1] - lanes_px_[i] : ui.px(110);
    const float room = std::min(to_left, to_right) - ui.px(14);
    const LadderLane& lane = ladder_->lanes[i];
    const Pen::Style style{.color = ui.theme->text,
                           .face = Face::strong,
                           .align = Pen::Align::center,
                           .max_width = room - ui.px(12)};
    const float half =
        std::min(pen.width(printable(std::string_view(lane.name).substr(0, 400)), style), style.max_width) /
            2 +
        ui.px(8);
    const Rect box{x - half, head.top + ui.px(2), x + half, head.bottom - ui.px(3)};
    const bool is_selected = lane.host && desk.view().selection.host == lane.host;
    pen.rect(box, is_selected ? mix(ui.theme->panel, ui.theme->accent, 0.22f) : ui.theme->raised, ui.px(4));
    pen.frame(box, is_selected ? ui.theme->accent : ui.theme->line, 1, ui.px(4));
    pen.text({x, box.center().y - pen.height(style) / 2}, lane.name, style);
    pen.hot(fmt::format("ladder/lane/{}", lane.name), box, lane.name, is_selected);
    const Rect seen = intersection(box, pen.clipped());
    if (seen.is_empty() || seen.width() < 1 || seen.height() < 1) continue;
    ImGui::SetCursorScreenPos({seen.left, seen.top});
    if (ImGui::InvisibleButton(fmt::format("##ladder/lane/{}", i).c_str(), {seen.width(), seen.height()}) &&
        lane.host) {
      desk.select(lane.host);
      seen_selection_ = desk.view().selection;
    }
    ui.tip(fmt::format(
        "{}: click to look at this host; drag the line between two names to give a column more room",
        lane.name));
  }
  draw_grips(desk, head);
  pen.unclip();
  ImGui::SetCursorScreenPos({head.left, head.bottom});
}

// Between two lanes: dragging makes the column at its left wider.
void LadderPane::draw_grips(Desk& desk, const Rect& head) {
  Ui& ui = desk.ui;
  for (std::size_t i = 1; i < lanes_px_.size(); ++i) {
    const float x = head.left + (lanes_px_[i - 1] + lanes_px_[i]) / 2 - scroll_x_;
    const Rect grip{x - ui.px(4), head.top, x + ui.px(4), head.bottom};
    if (grip.left < head.left || grip.right > head.right) continue;
    ImGui::SetCursorScreenPos({grip.left, grip.top});
    ImGui::InvisibleButton(fmt::format("##ladder/grip/{}", i).c_str(), {grip.width(), grip.height()});
    if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
      ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
      Pen pen = ui.pen();
      pen.rect({x - ui.px(1), grip.top + ui.px(4), x + ui.px(1), grip.bottom - ui.px(4)}, ui.theme->accent);
    }
    if (ImGui::IsItemActive()) {
      const float column = std::max(lanes_px_[i] - lanes_px_[i - 1], 1.0f);
      shares_[i] = std::clamp(shares_[i] * (1 + 2 * ImGui::GetIO().MouseDelta.x / column), 0.2f, 8.0f);
    }
    if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) shares_.assign(shares_.size(), 1.0f);
    ui.note_item(fmt::format("ladder/grip/{}", i));
  }
}

}  // namespace mailroom::viz
