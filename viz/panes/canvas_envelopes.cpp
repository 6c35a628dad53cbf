// SPDX-License-Identifier: GPL-2.0-only
// Messages on their way: envelopes, piles of them, and flows.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "viz/model/canvas_words.hpp"
#include "viz/panes/canvas_painter.hpp"

namespace mailroom::viz {

namespace {

// More numbers than this are noise.
constexpr std::size_t kMostFlowLabels = 40;

}  // namespace

void CanvasPainter::paint_flows() {
  // Far away the links themselves are coloured.
  if (scene_.shows_heat) return;
  for (std::uint32_t i = 0; i < scene_.traffic.lanes.size(); ++i) {
    if (scene_.traffic.lanes[i].is_flow) paint_flow(i);
  }
}

// A band as wide as the load, with a head where it goes.
void CanvasPainter::paint_flow(std::uint32_t index) {
  const LaneTraffic& traffic = scene_.traffic.lanes[index];
  const auto load = static_cast<float>(std::sqrt(traffic.load));
  const float width = px(2 + 6 * load) * std::min(scene_.magnified, 1.0f);
  const float aside = scene_.lane_offset();
  const Point a = on_lane(traffic.lane, scene_.at, 0, aside);
  const Point b = on_lane(traffic.lane, scene_.at, 1, aside);
  const float far = length(b - a);
  if (far < 2) return;
  const Point along = (b - a) * (1 / far);
  const float edge = std::min(scene_.radius, far * 0.25f);
  const float fade = scene_.followed ? 0.25f : 1.0f;
  const Color color =
      (traffic.has_losses ? theme().transient : theme().accent).faded(fade * (0.35f + 0.4f * load));
  pen_.arrow(a + along * edge, b - along * edge, color, width, width * 1.5f + px(5));
  const Point middle = between(a, b, 0.5f);
  if (pen_.registry().is_on()) {
    const std::string& name = scene_.link(static_cast<std::uint32_t>(traffic.lane.link.value - 1)).name;
    pen_.hot(fmt::format("canvas/flow/{}/{}", name, traffic.lane.is_back ? "back" : "forth"),
             around(middle, px(4), px(4)), std::to_string(traffic.count));
  }
}

// How many messages a flow has: of the largest, where there is room beside it.
void CanvasPainter::label_flows() {
  if (scene_.followed || scene_.detail == Detail::dots) return;
  std::vector<const LaneTraffic*> flows;
  for (const LaneTraffic& traffic : scene_.traffic.lanes) {
    if (traffic.is_flow && traffic.count > 1) flows.push_back(&traffic);
  }
  std::stable_sort(flows.begin(), flows.end(),
                   [](const LaneTraffic* a, const LaneTraffic* b) { return a->count > b->count; });
  if (flows.size() > kMostFlowLabels) flows.resize(kMostFlowLabels);
  for (const LaneTraffic* traffic : flows) {
    const Point a = on_lane(traffic->lane, scene_.at, 0.5f, scene_.lane_offset() + px(9));
    say({a.x, a.y - px(6)}, short_count(traffic->count),
        {.color = theme().accent, .face = Face::strong, .size_px = px(11), .align = Pen::Align::center});
  }
}

void CanvasPainter::paint_envelopes() {
  // From behind, so that the foremost of a lane lies on top.
  for (std::size_t i = scene_.traffic.piles.size(); i-- > 0;) paint_envelope(i);
}

// What is on the wire, from the last bit to the first.
void CanvasPainter::paint_streak(const Pile& pile, Color color) {
  const Lane& lane = scene_.traffic.lanes[pile.lane].lane;
  if (lane.count != 2 || pile.motion.head <= pile.motion.tail) return;
  const float edge = scene_.radius;
  const Point shift = scene_.place_of(pile) - on_lane(lane, scene_.at, pile.motion.at, 0, edge);
  const Point a = on_lane(lane, scene_.at, pile.motion.tail, 0, edge) + shift;
  const Point b = on_lane(lane, scene_.at, pile.motion.head, 0, edge) + shift;
  pen_.line(a, b, color, std::max(scene_.envelope.y * 0.32f, px(2)));
}

void CanvasPainter::paint_envelope(std::size_t index) {
  const Pile& pile = scene_.traffic.piles[index];
  const trace::Flight& flight = scene_.flights[pile.flight];
  const trace::Message* message = scene_.world().messages.find(flight.message);
  const bool is_notification = message != nullptr && message->notifies;
  const bool is_dim = scene_.is_dim(flight.message);
  const float fade = is_dim ? 0.25f : 1.0f;
  const Color color = is_notification ? theme().permanent : theme().series_color(flight.message.value - 1);
  const Point at = scene_.place_of(pile);
  const Point half = scene_.envelope * 0.5f;
  const bool is_lost = pile.motion.stage == Motion::Stage::lost;
  paint_streak(pile, color.faded(0.35f * fade));
  const Selection& chosen = desk_.view().selection;
  const bool is_chosen = chosen.what == Selection::What::message && chosen.message == flight.message;
  const bool is_hovered =
      scene_.hover == CanvasHit{CanvasHit::What::envelope, static_cast<std::uint32_t>(index)};
  for (int behind = std::min<int>(static_cast<int>(pile.count) - 1, 2); behind > 0; --behind) {
    const Point shift = Point{2.5f, -2.5f} * (scene_.unit * static_cast<float>(behind));
    const Rect body = around(at + shift, half.x, half.y);
    pen_.rect(body, mix(theme().panel, color, 0.45f).faded(fade), px(2));
    pen_.frame(body, theme().panel.faded(fade), px(1), px(2));
  }
  const Rect body = around(at, half.x, half.y);
  if (is_chosen || is_hovered)
    pen_.rect(body.grown(px(4)), theme().accent.faded(is_chosen ? 0.5f : 0.25f), px(5));
  const Color paper = is_notification ? theme().panel : color;
  const Color fold = is_notification ? color : theme().panel;
  pen_.rect(body.grown(px(1)), theme().panel.faded(fade), px(3));
  pen_.rect(body, paper.faded(is_lost ? fade * 0.5f : fade), px(2));
  pen_.frame(body, color.faded(fade), px(1.5f), px(2));
  const std::array flap = {Point{body.left + px(1), body.top + px(1)}, Point{at.x, at.y + half.y * 0.2f},
                           Point{body.right - px(1), body.top + px(1)}};
  pen_.polyline(flap, fold.faded(fade), px(1.5f));
  if (is_notification) {  // it comes back
    const Point corner = {body.right, body.top};
    pen_.circle(corner, px(5.5f), color.faded(fade));
    paint_cross(corner, px(2.4f), theme().panel.faded(fade), px(1.5f));
  }
  if (is_lost) paint_cross(at, half.x * 0.9f, theme().permanent.faded(fade), px(3));
  const Pen::Style style = {
      .color = is_dim ? theme().dim : theme().text, .face = Face::strong, .size_px = px(11)};
  if (pile.count > 1) {
    say({body.right + px(7), body.top - px(9)}, fmt::format("{}", short_count(pile.count)), style);
  } else if (flight.drops > 0 && !is_lost) {
    Pen::Style lost = style;
    lost.color = theme().transient.faded(fade);
    say({body.right + px(3), body.top - px(9)}, "~", lost);
  }
  if (pen_.registry().is_on()) {
    const std::string& link = scene_.link(static_cast<std::uint32_t>(flight.link.value - 1)).name;
    pen_.hot(fmt::format("canvas/envelope/{}/{}", flight.message.value, link), body,
             std::to_string(pile.count), is_chosen);
  }
}

}  // namespace mailroom::viz
