// SPDX-License-Identifier: GPL-2.0-only
// Links, what runs over them, and ways that are drawn along them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "viz/model/canvas_words.hpp"
#include "viz/panes/canvas_painter.hpp"

namespace mailroom::viz {

namespace {

// Connections that are drawn: more would cover the map.
constexpr std::size_t kMostConnections = 60;

// A faster link is a thicker line: 1 Mbps 1.5 pixels, 1 Gbps 3.
float width_of(std::int64_t rate_bps) {
  const double magnitude = std::log10(static_cast<double>(std::max<std::int64_t>(rate_bps, 1000)));
  return static_cast<float>(std::clamp(1.5 + (magnitude - 6) * 0.5, 1.0, 3.0));
}

}  // namespace

void CanvasPainter::paint_cross(Point at, float half, Color color, float width) {
  pen_.line({at.x - half, at.y - half}, {at.x + half, at.y + half}, color, width);
  pen_.line({at.x - half, at.y + half}, {at.x + half, at.y - half}, color, width);
}

void CanvasPainter::paint_links() {
  for (const std::uint32_t index : scene_.links) paint_link(index);
  // Signs over all lines.
  for (const std::uint32_t index : scene_.links) {
    const std::int32_t sign = scene_.sign_of_link[index];
    if (sign < 0) continue;
    const auto [a, b] = scene_.line_of(index);
    const float size = scene_.detail == Detail::dots ? px(5) : px(8.5f);
    const Point middle = between(a, b, 0.5f);
    room_.take(around(middle, size, size));
    paint_fault(middle, scene_.signs[static_cast<std::size_t>(sign)].shape, size);
  }
}

void CanvasPainter::paint_link(std::uint32_t index) {
  const auto [a, b] = scene_.line_of(index);
  const bool is_far = scene_.detail == Detail::dots;
  float width = width_of(scene_.link(index).rate_bps) * (is_far ? scene_.unit * 0.5f : scene_.unit);
  const bool is_hovered = scene_.hover == CanvasHit{CanvasHit::What::link, index};
  if (is_selected_link(index) || is_hovered) {
    pen_.line(a, b, theme().accent.faded(is_hovered ? 0.25f : 0.4f), width + px(7));
  }
  Color color = mix(theme().line, theme().dim, 0.25f);
  const float fade = scene_.is_dim_link(index) ? 0.45f : 1.0f;
  if (scene_.shows_heat) {  // heat: how much of the link is used, by both directions
    float heat = 0;
    for (const std::int32_t lane : scene_.lane_of_link[index]) {
      if (lane < 0) continue;
      const LaneTraffic& traffic = scene_.traffic.lanes[static_cast<std::size_t>(lane)];
      heat = std::max(heat, 0.15f + 0.85f * static_cast<float>(std::sqrt(traffic.load)));
    }
    if (heat > 0 && !scene_.followed) {
      color = mix(color, theme().accent, heat);
      width += px(2) * heat * heat;
    }
  }
  const std::int32_t sign = scene_.sign_of_link[index];
  if (sign >= 0 && scene_.signs[static_cast<std::size_t>(sign)].shape == FaultSign::Shape::down) {
    pen_.dashed(a, b, theme().fault.faded(fade), std::max(width, px(1.5f)));
  } else {
    if (sign >= 0) color = mix(color, theme().fault, 0.6f);
    pen_.line(a, b, color.faded(fade), width);
  }
  if (pen_.registry().is_on()) {
    const Point middle = between(a, b, 0.5f);
    pen_.hot("canvas/link/" + scene_.link(index).name, around(middle, px(5), px(5)), scene_.link(index).name,
             is_selected_link(index));
  }
}

// Where TCP connections are open, their way is lit up.
void CanvasPainter::paint_connections() {
  if (scene_.detail == Detail::dots || scene_.followed) return;
  std::size_t count = 0;
  for (const std::uint32_t host : scene_.hosts) {
    for (const trace::ConnectionId id : scene_.world().host({host + 1}).connections) {
      const trace::ConnectionState* connection = scene_.world().connections.find(id);
      if (connection == nullptr || connection->phase != trace::ConnectionState::Phase::established) continue;
      if (connection->from.value != static_cast<std::int64_t>(host) + 1 || !connection->to) continue;
      if (++count > kMostConnections) return;
      std::vector<Point> points;
      for (const trace::HostId node : paths_.between(connection->from, connection->to)) {
        points.push_back(scene_.at[static_cast<std::size_t>(node.value - 1)]);
      }
      pen_.polyline(points, theme().accent.faded(0.5f), px(2));
    }
  }
}

void CanvasPainter::paint_trail() {
  if (!scene_.followed) return;
  const Color forth = theme().accent;
  std::int64_t begin_ns = scene_.stops.empty() ? 0 : scene_.stops.front().time_ns;
  for (const TrailLeg& leg : scene_.legs) {
    if (leg.flight.first_bit_out_ns > scene_.time_ns) break;
    const Color color = leg.is_notification ? theme().permanent : forth;
    const float aside = leg.is_notification ? px(7) : px(3.5f);
    const Point a = on_lane(leg.lane, scene_.at, 0, aside);
    const Point b = on_lane(leg.lane, scene_.at, 1, aside);
    const Point corner =
        leg.lane.count == 3 ? scene_.at[static_cast<std::size_t>(leg.lane.nodes[1].value - 1)] : b;
    const bool is_lost = leg.flight.last_bit_in_ns < 0;
    if (leg.lane.count == 3) pen_.line(a, corner, color.faded(0.8f), px(3));
    const Point start = leg.lane.count == 3 ? corner : a;
    // The arrow ends at the edge of the node.
    const float far = length(b - start);
    if (far < 1) continue;
    const Point tip = b - (b - start) * (std::min(scene_.radius, far * 0.3f) / far);
    if (leg.is_notification) {
      pen_.dashed(start, tip, color.faded(0.9f), px(2.5f));
      pen_.arrow(between(start, tip, 0.9f), tip, color, px(2.5f), px(11));
    } else {
      pen_.arrow(start, tip, color.faded(0.85f), px(3), px(12));
    }
    if (is_lost) paint_cross(between(start, b, 0.5f), px(6), theme().permanent, px(2.5f));
    if (scene_.detail == Detail::full) {
      const Point middle = on_lane(leg.lane, scene_.at, 0.5f, aside + px(11));
      const std::string text = fmt::format("{}+{}", leg.is_notification ? "x " : "",
                                           short_time(leg.flight.first_bit_out_ns - begin_ns));
      say({middle.x, middle.y - px(6)}, text,
          {.color = leg.is_notification ? theme().permanent : theme().accent,
           .face = Face::strong,
           .size_px = px(11.5f),
           .align = Pen::Align::center});
    }
  }
}

// A way that somebody wants shown: the hosts of a Received trace, numbered.
void CanvasPainter::paint_path() {
  const auto& path = desk_.view().path_on_map;
  const auto count = static_cast<std::int64_t>(scene_.at.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i].value < 1 || path[i].value > count) continue;
    if (i > 0) {
      const auto& nodes = paths_.between(path[i - 1], path[i]);
      for (std::size_t k = 1; k < nodes.size(); ++k) {
        pen_.line(scene_.at[static_cast<std::size_t>(nodes[k - 1].value - 1)],
                  scene_.at[static_cast<std::size_t>(nodes[k].value - 1)], theme().note.faded(0.55f), px(6));
      }
    }
  }
}

// Beside the upper left corners of its hosts.
void CanvasPainter::number_path() {
  const auto& path = desk_.view().path_on_map;
  const auto count = static_cast<std::int64_t>(scene_.at.size());
  const float out = scene_.radius + px(8);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i].value < 1 || path[i].value > count) continue;
    const Point at = scene_.at[static_cast<std::size_t>(path[i].value - 1)] + Point{-out, -out};
    const std::string number = std::to_string(i + 1);
    const Pen::Style style = {
        .color = theme().panel, .face = Face::strong, .size_px = px(12), .align = Pen::Align::center};
    if (!say({at.x, at.y - px(6.5f)}, number, style)) continue;
    pen_.circle(at, px(9.5f), theme().note);
    pen_.hot(fmt::format("canvas/step/{}", i + 1), around(at, px(9), px(9)), number);
  }
}

// What is said of each of them would be said of all.
bool CanvasPainter::are_links_alike() const {
  const auto& links = scene_.header().links;
  return links.size() > 3 && std::all_of(links.begin(), links.end(), [&](const trace::LinkRow& link) {
           return link.rate_bps == links[0].rate_bps && link.delay_ns == links[0].delay_ns;
         });
}

// Rate and delay, where there is room beside the line.
void CanvasPainter::label_links() {
  if (scene_.detail != Detail::full) return;
  if (are_links_alike()) {
    const trace::LinkRow& link = scene_.link(0);
    say({scene_.viewport.right - px(4), scene_.viewport.bottom - px(18)},
        fmt::format("All links: {}, {}", short_rate(link.rate_bps),
                    short_time(std::max<std::int64_t>(link.delay_ns, 0))),
        {.color = theme().dim, .size_px = px(12), .align = Pen::Align::right});
    return;
  }
  for (const std::uint32_t index : scene_.links) {
    const auto [a, b] = scene_.line_of(index);
    if (length(b - a) < px(110) || scene_.is_dim_link(index)) continue;
    const trace::LinkRow& link = scene_.link(index);
    const bool is_attachment = link.rate_bps <= 0;
    if (is_attachment) continue;
    const std::string text = fmt::format("{}, {}", short_rate(link.rate_bps),
                                         short_time(std::max<std::int64_t>(link.delay_ns, 0)));
    Pen::Style style = small(theme().dim);
    style.size_px = px(11);
    style.align = Pen::Align::center;
    const float wide = pen_.width(text, style) / 2;
    const Point along = (b - a) * (1 / length(b - a));
    // So far aside that the text's box clears the line, whatever its slope.
    const float aside = std::abs(along.y) * wide + std::abs(along.x) * px(7) + px(5);
    for (const float share : {0.5f, 0.36f, 0.64f}) {
      const Point middle = between(a, b, share);
      const Point above = middle + Point{along.y, -along.x} * (aside * (along.x < 0 ? -1.0f : 1.0f));
      const Point below = middle - Point{along.y, -along.x} * (aside * (along.x < 0 ? -1.0f : 1.0f));
      if (say({above.x, above.y - px(6)}, text, style) || say({below.x, below.y - px(6)}, text, style)) break;
    }
  }
}

}  // namespace mailroom::viz
