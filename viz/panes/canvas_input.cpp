// SPDX-License-Identifier: GPL-2.0-only
// What the mouse does on the canvas: choosing, moving hosts, moving the map, zooming.
#include <fmt/format.h>
#include <imgui.h>

#include <cmath>

#include "viz/panes/canvas.hpp"

namespace mailroom::viz {

namespace {

// Pixels that a hand moves in a click.
constexpr float kClickSlack = 4;

}  // namespace

Selection CanvasPane::selection_of(const CanvasHit& hit) const {
  Selection chosen;
  switch (hit.what) {
    case CanvasHit::What::nothing:
      break;
    case CanvasHit::What::host:
      chosen.what = Selection::What::host;
      chosen.host = {static_cast<std::int64_t>(hit.index) + 1};
      break;
    case CanvasHit::What::link:
      chosen.what = Selection::What::link;
      chosen.link = {static_cast<std::int64_t>(hit.index) + 1};
      break;
    case CanvasHit::What::envelope:
      chosen.what = Selection::What::message;
      chosen.message = scene_.flights[scene_.traffic.piles[hit.index].flight].message;
      break;
    case CanvasHit::What::flow:
      chosen.what = Selection::What::link;
      chosen.link = scene_.traffic.lanes[hit.index].lane.link;
      break;
  }
  return chosen;
}

void CanvasPane::choose(Desk& desk, const CanvasHit& hit) {
  const Selection chosen = selection_of(hit);
  switch (chosen.what) {
    case Selection::What::host:
      desk.select(chosen.host);
      break;
    case Selection::What::link:
      desk.select(chosen.link);
      break;
    case Selection::What::message:
      desk.select(chosen.message);
      break;
    default:
      desk.look([](View& v) { v.selection.what = Selection::What::nothing; });
      break;
  }
}

void CanvasPane::press(Desk&, Point pointer) {
  pressed_ = last_ = pointer;
  pressed_hit_ = scene_.hover;
  doing_ = Doing::pressing;
  if (ImGui::GetIO().KeyCtrl) doing_ = Doing::banding;
}

void CanvasPane::drag(Desk& desk, Point pointer) {
  if (doing_ == Doing::pressing && length(pointer - pressed_) > kClickSlack * scene_.unit) {
    if (pressed_hit_.what == CanvasHit::What::host) {
      doing_ = Doing::moving_host;
      const MapPoint held = to_map(scene_.camera, scene_.viewport, pressed_);
      const MapPoint middle = memory_.places()[pressed_hit_.index];
      grip_ = {held.x - middle.x, held.y - middle.y};
    } else {
      doing_ = Doing::panning;
    }
  }
  if (doing_ == Doing::moving_host) {
    const MapPoint to = to_map(scene_.camera, scene_.viewport, pointer);
    const Point place = {static_cast<float>(to.x - grip_.x), static_cast<float>(to.y - grip_.y)};
    const trace::HostId host{static_cast<std::int64_t>(pressed_hit_.index) + 1};
    // The map must not run away under the hand.
    if (camera_.fits_all) {
      camera_ = scene_.camera;
      camera_.fits_all = false;
    }
    desk.edit(
        "move " + scene_.host(pressed_hit_.index).name, [&](View& v) { v.moved[host] = place; },
        fmt::format("move/{}", host.value));
  } else if (doing_ == Doing::panning) {
    set_camera(panned(scene_.camera, pointer - last_));
  }
  last_ = pointer;
}

void CanvasPane::release(Desk& desk, Point pointer) {
  if (doing_ == Doing::pressing) {
    choose(desk, pressed_hit_);
  } else if (doing_ == Doing::banding) {
    if (length(pointer - pressed_) > 2 * kClickSlack * scene_.unit) {
      const MapPoint a = to_map(scene_.camera, scene_.viewport, pressed_);
      const MapPoint b = to_map(scene_.camera, scene_.viewport, pointer);
      fly_to(desk, fitted({std::min(a.x, b.x), std::min(a.y, b.y), std::max(a.x, b.x), std::max(a.y, b.y)},
                          scene_.viewport, 0));
    } else {
      choose(desk, pressed_hit_);
    }
  }
  doing_ = Doing::nothing;
}

void CanvasPane::double_click(Desk& desk, Point pointer) {
  switch (scene_.hover.what) {
    case CanvasHit::What::host: {
      choose(desk, scene_.hover);
      desk.look([](View& v) { v.layout.in_front[std::string(name(Place::right))] = "host"; });
      break;
    }
    case CanvasHit::What::envelope: {
      const trace::MessageId message = selection_of(scene_.hover).message;
      desk.select(message);
      desk.look([message](View& v) { v.followed = v.followed == message ? trace::MessageId{} : message; });
      break;
    }
    case CanvasHit::What::nothing:
      fly_to(desk, zoomed(scene_.camera, scene_.viewport, pointer, 1.8));
      break;
    default:
      break;
  }
}

// By the right or the middle button, wherever they go down.
void CanvasPane::drag_map(Desk& desk, Point pointer) {
  for (const int button : {1, 2}) {
    if (ImGui::IsMouseClicked(button)) has_right_moved_ = false;
    if (!ImGui::IsMouseDown(button)) continue;
    const ImVec2 by = ImGui::GetMouseDragDelta(button, kClickSlack * scene_.unit);
    if (by.x == 0 && by.y == 0) continue;
    has_right_moved_ = true;
    set_camera(panned(scene_.camera, {by.x, by.y}));
    ImGui::ResetMouseDragDelta(button);
  }
  if (ImGui::IsMouseReleased(1) && !has_right_moved_) {
    menu_for_ = selection_of(scene_.hit(pointer));
    if (menu_for_.what != Selection::What::nothing) choose(desk, scene_.hit(pointer));
    ImGui::OpenPopup("##canvas/menu");
  }
}

void CanvasPane::take_input(Desk& desk) {
  const Rect& area = scene_.viewport;
  ImGui::SetCursorScreenPos({area.left, area.top});
  ImGui::InvisibleButton("##canvas", {area.width(), area.height()},
                         ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight |
                             ImGuiButtonFlags_MouseButtonMiddle);
  ImGui::SetItemAllowOverlap();
  desk.ui.note_item("canvas/map");
  const bool is_over = ImGui::IsItemHovered();
  const ImGuiIO& io = ImGui::GetIO();
  const Point pointer = {io.MousePos.x, io.MousePos.y};
  scene_.hover = is_over && doing_ != Doing::panning ? scene_.hit(pointer) : CanvasHit();
  if (!(scene_.hover == last_hover_)) {
    last_hover_ = scene_.hover;
    hover_since_s_ = desk.seconds();
  }
  if (is_over && io.MouseWheel != 0) {
    set_camera(zoomed(scene_.camera, area, pointer, std::pow(1.2, static_cast<double>(io.MouseWheel))));
  }
  if (is_over && ImGui::IsMouseDoubleClicked(0)) {
    double_click(desk, pointer);
    doing_ = Doing::nothing;
  } else if (is_over && ImGui::IsMouseClicked(0)) {
    press(desk, pointer);
  } else if (doing_ != Doing::nothing) {
    if (ImGui::IsMouseDown(0)) {
      drag(desk, pointer);
    } else {
      release(desk, pointer);
    }
  }
  // A drag that began here goes on outside.
  if (is_over || ImGui::IsItemActive()) drag_map(desk, pointer);
}

}  // namespace mailroom::viz
