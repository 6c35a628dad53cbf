// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/canvas.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "viz/panes/panes.hpp"

namespace mailroom::viz {

namespace {

constexpr double kFlight_s = 0.35;
// Pixels of a map unit at 100 %, at most, when everything is shown: two hosts need not stand at the window's
// edges.
constexpr float kNearestFit = 330;

double eased(double share) {
  return share * share * (3 - 2 * share);
}

}  // namespace

std::unique_ptr<Pane> canvas_pane() {
  return std::make_unique<CanvasPane>();
}

// --- the camera

Camera CanvasPane::wanted(const Desk& desk) const {
  if (!camera_.fits_all) return camera_;
  const Viewport& viewport = scene_.viewport;
  const float margin = std::min({desk.ui.px(76), viewport.width() * 0.14f, viewport.height() * 0.18f});
  Camera camera = fitted(memory_.bounds(), viewport, margin, desk.ui.px(kNearestFit));
  camera.fits_all = true;
  return camera;
}

Camera CanvasPane::moving(Desk& desk) {
  const Camera there = wanted(desk);
  if (!flight_) return there;
  const double share = (desk.seconds() - flight_->begin_s) / kFlight_s;
  if (share >= 1) {
    flight_.reset();
    return there;
  }
  desk.animate();
  return between(flight_->from, there, eased(share));
}

void CanvasPane::fly_to(Desk& desk, const Camera& camera) {
  flight_ = Flight{scene_.camera, desk.seconds()};
  camera_ = camera;
  desk.animate();
}

void CanvasPane::set_camera(const Camera& camera) {
  flight_.reset();
  camera_ = camera;
}

// Shows the whole way of the message when it begins to be followed, and keeps it in view.
void CanvasPane::follow(Desk& desk) {
  const bool is_new = scene_.followed != followed_;
  followed_ = scene_.followed;
  if (!followed_ || scene_.viewport.is_empty()) return;
  if (is_new) {
    followed_ns_ = scene_.time_ns;
    if (scene_.detail == Detail::full && camera_.fits_all) return;  // all is well to be seen already
    const MapBox box = memory_.trail_bounds(scene_);
    fly_to(desk, fitted(box, scene_.viewport, desk.ui.px(110), desk.ui.px(170)));
    return;
  }
  if (followed_ns_ == scene_.time_ns || camera_.fits_all || doing_ != Doing::nothing) return;
  followed_ns_ = scene_.time_ns;
  // The newest of its envelopes on the way, else where a copy of it stands.
  std::optional<MapPoint> at;
  for (const Pile& pile : scene_.traffic.piles) {
    if (!scene_.is_dim(scene_.flights[pile.flight].message)) {
      at = to_map(scene_.camera, scene_.viewport, scene_.place_of(pile));
    }
  }
  if (!at) {
    const auto hosts = whereabouts(scene_.world(), scene_.followed_all);
    const auto index = hosts.empty() ? std::int64_t{-1} : hosts.front().value - 1;
    if (index >= 0 && index < static_cast<std::int64_t>(memory_.places().size())) {
      at = memory_.places()[static_cast<std::size_t>(index)];
    }
  }
  if (at) camera_ = keeping_in_view(camera_, scene_.viewport, *at, desk.ui.px(90));
}

// --- a frame

void CanvasPane::draw(Desk& desk, const Rect& area) {
  if (!desk.run) return;
  const bool is_other_run = scene_.run != desk.run.get();
  if (is_other_run) {
    set_camera(Camera());
    followed_ = {};
    doing_ = Doing::nothing;
  }
  scene_.viewport = area;
  memory_.find_places(desk);
  memory_.make_scene(desk, area, moving(desk), scene_);
  follow(desk);
  take_input(desk);

  Pen pen = desk.pen("topology");
  pen.clip(area);
  CanvasPainter painter(desk, pen, scene_, memory_.paths());
  const Rect tools = tools_area(desk);
  const std::string words = hint(desk);
  const Rect hint_box = hint_area(desk, pen, words, tools);
  const Rect legend = legend_area(desk, pen);
  painter.keep_clear(tools);
  painter.keep_clear(legend);
  painter.keep_clear(hint_box);
  painter.paint();
  if (doing_ == Doing::banding) {
    const Rect band = {std::min(pressed_.x, last_.x), std::min(pressed_.y, last_.y),
                       std::max(pressed_.x, last_.x), std::max(pressed_.y, last_.y)};
    pen.rect(band, desk.ui.theme->accent.faded(0.15f));
    pen.frame(band, desk.ui.theme->accent, desk.ui.px(1.5f));
  }
  draw_legend(desk, pen, legend);
  draw_tools(desk, pen, tools);
  draw_hint(desk, pen, hint_box, words);
  pen.unclip();
  draw_tip(desk);
  draw_menu(desk);
}

// A picture without mail says why, and what to do about it.
std::string CanvasPane::hint(const Desk& desk) const {
  const trace::RunHeader& header = scene_.header();
  if (header.hosts.empty()) return "This run has no hosts to show. Open another one: Ctrl+O";
  if (!desk.run->last_event()) {
    return desk.run->is_complete() ? "Nothing has happened in this run"
                                   : "Waiting for the first event of this run";
  }
  if (!desk.run->event()) {
    const Command* play = desk.commands.find("transport/play");
    if (play == nullptr || play->shortcut.empty()) return "This is the moment before the first event";
    return "This is the moment before the first event. To play: " + play->shortcut;
  }
  if (header.level == trace::Level::summary) {
    return "Recorded at summary: no envelopes. Run it again with --record mail";
  }
  return {};
}

}  // namespace mailroom::viz
