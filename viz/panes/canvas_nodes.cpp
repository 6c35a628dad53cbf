// SPDX-License-Identifier: GPL-2.0-only
// Nodes: a shape for each role, and what is wrong with them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "viz/model/canvas_words.hpp"
#include "viz/panes/canvas_painter.hpp"

namespace mailroom::viz {

namespace {

const char* icon_of(NodeRole role) {
  switch (role) {
    case NodeRole::mail_host:
      return icon::kServer;
    case NodeRole::name_server:
      return icon::kBook;
    case NodeRole::user_agents:
      return icon::kUser;
    case NodeRole::router:
      return icon::kRandom;
    case NodeRole::lan:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

void CanvasPainter::paint_nodes() {
  for (std::size_t i = 0; i < scene_.hosts.size(); ++i) {
    if (scene_.detail == Detail::dots) {
      paint_dot(i);
    } else {
      paint_node(i);
    }
    if (!pen_.registry().is_on()) continue;
    const std::uint32_t host = scene_.hosts[i];
    const float half = std::max(scene_.radius, px(3));
    pen_.hot("canvas/host/" + scene_.host(host).name, around(scene_.at[host], half, half),
             label_of(scene_.host(host)), is_selected_host(host));
  }
}

// A mail host is a rounded square, a router a circle, user agents a shield, a name server a hexagon, a
// segment a bar.
void CanvasPainter::paint_shape(std::uint32_t host, Point at, Color fill, Color edge, float edge_px) {
  const float r = scene_.radius;
  switch (scene_.facts[host].role) {
    case NodeRole::mail_host: {
      pen_.rect(around(at, r, r), fill, r * 0.35f);
      pen_.frame(around(at, r, r), edge, edge_px, r * 0.35f);
      break;
    }
    case NodeRole::router: {
      pen_.circle(at, r * 0.78f, fill);
      pen_.ring(at, r * 0.78f, edge, edge_px);
      break;
    }
    case NodeRole::lan: {
      pen_.rect(around(at, r * 1.5f, r * 0.3f), fill, r * 0.3f);
      pen_.frame(around(at, r * 1.5f, r * 0.3f), edge, edge_px, r * 0.3f);
      break;
    }
    case NodeRole::user_agents: {
      const std::array shield = {Point{at.x - r * 0.85f, at.y - r * 0.8f},
                                 Point{at.x + r * 0.85f, at.y - r * 0.8f},
                                 Point{at.x + r * 0.85f, at.y + r * 0.35f}, Point{at.x, at.y + r},
                                 Point{at.x - r * 0.85f, at.y + r * 0.35f}};
      pen_.polygon(shield, fill);
      pen_.polyline(shield, edge, edge_px, true);
      break;
    }
    case NodeRole::name_server: {
      std::array<Point, 6> corners;
      for (std::size_t i = 0; i < 6; ++i) {
        const float angle = std::numbers::pi_v<float> / 3 * static_cast<float>(i);
        corners[i] = {at.x + r * 1.05f * std::cos(angle), at.y + r * 1.05f * std::sin(angle)};
      }
      pen_.polygon(corners, fill);
      pen_.polyline(corners, edge, edge_px, true);
      break;
    }
  }
}

void CanvasPainter::paint_node(std::size_t place) {
  const std::uint32_t host = scene_.hosts[place];
  const NodeLoad& load = scene_.loads[place];
  const NodeFacts& facts = scene_.facts[host];
  const Point at = scene_.at[host];
  const float r = scene_.radius;
  const float fade = fade_of_host(host);
  const bool is_mail = facts.role == NodeRole::mail_host;
  const bool is_hovered = scene_.hover == CanvasHit{CanvasHit::What::host, host};
  if (is_selected_host(host)) pen_.ring(at, r * 1.45f, theme().accent, px(2.5f));
  if (is_hovered) pen_.circle(at, r * 1.45f, theme().accent.faded(0.18f));
  Color fill = mix(theme().panel, is_mail ? theme().accent : theme().dim, is_mail ? 0.14f : 0.10f);
  Color edge = is_mail ? mix(theme().line, theme().accent, 0.75f) : mix(theme().line, theme().dim, 0.5f);
  if (load.is_crashed) {
    fill = theme().panel;
    edge = theme().permanent;
  }
  // What is dimmed stays opaque, so that lines do not show through.
  if (fade < 1) {
    fill = mix(theme().panel, fill, 0.5f);
    edge = mix(theme().panel, edge, fade + 0.15f);
  }
  paint_shape(host, at, fill, edge, px(is_mail ? 1.8f : 1.4f));
  if (scene_.shows_responsibility || scene_.followed) paint_owner(host, at);
  const Rect box =
      around(at, facts.role == NodeRole::lan ? r * 1.5f : r, facts.role == NodeRole::lan ? r * 0.4f : r);
  const char* sign = icon_of(facts.role);
  const float letter = r * (facts.role == NodeRole::router ? 0.85f : 1.0f);
  if (sign != nullptr && desk_.ui.fonts.has_icons && letter > px(5)) {
    Color ink = mix(theme().panel, is_mail ? mix(theme().text, theme().accent, 0.5f) : theme().dim, fade);
    if (load.is_crashed) ink = mix(theme().panel, theme().dim, 0.5f);
    const Pen::Style style = {.color = ink, .size_px = letter, .align = Pen::Align::center};
    const Point corner = {at.x, at.y - letter / 2};
    if (room_.is_free(place_of(corner, sign, style))) pen_.text(corner, sign, style);
  }
  room_.take(box);
  if (scene_.detail == Detail::full) paint_disk(at, load, fade);
  if (load.is_crashed) paint_crashed(at);
  const std::int32_t fault = scene_.sign_of_host[host];
  if (fault >= 0) {
    const float size = std::max(r * 0.42f, px(5));
    paint_fault({at.x - r * 0.95f, at.y - r * 0.95f}, scene_.signs[static_cast<std::size_t>(fault)].shape,
                size);
  }
}

void CanvasPainter::paint_crashed(Point at) {
  paint_cross(at, scene_.radius * 0.95f, theme().permanent, px(3));
}

// Far away a host is a point: the more it has in hand, the larger and the more of colour.
void CanvasPainter::paint_dot(std::size_t place) {
  const std::uint32_t host = scene_.hosts[place];
  const NodeLoad& load = scene_.loads[place];
  const Point at = scene_.at[host];
  float radius = scene_.radius;
  Color color =
      scene_.facts[host].role == NodeRole::mail_host ? theme().dim : mix(theme().line, theme().dim, 0.4f);
  if (load.in_hand > 0) {
    color = load.deferred > 0 ? theme().transient : theme().accent;
    radius *= 1 + std::min(0.1f * std::log2(1 + static_cast<float>(load.in_hand)), 0.6f);
  }
  color = mix(theme().panel, color, fade_of_host(host));
  if (scene_.hover == CanvasHit{CanvasHit::What::host, host})
    pen_.circle(at, radius + px(4), theme().accent.faded(0.25f));
  pen_.circle(at, radius, color);
  if (is_selected_host(host)) pen_.ring(at, radius + px(4), theme().accent, px(2));
  if (load.is_crashed) paint_cross(at, radius + px(2), theme().permanent, px(1.5f));
  const std::int32_t fault = scene_.sign_of_host[host];
  if (fault >= 0) pen_.ring(at, radius + px(3), theme().fault, px(2));
}

// How full a disk is, as a gauge at the left side of its host.
void CanvasPainter::paint_disk(Point at, const NodeLoad& load, float faded) {
  if (load.disk_share < 0.005) return;
  const float r = scene_.radius;
  const Rect gauge = {at.x - r - px(7), at.y - r * 0.8f, at.x - r - px(3), at.y + r * 0.8f};
  const Color color = load.disk_share > 0.95  ? theme().permanent
                      : load.disk_share > 0.8 ? theme().transient
                                              : theme().dim;
  const float top = gauge.bottom - gauge.height() * static_cast<float>(load.disk_share);
  pen_.rect({gauge.left, top, gauge.right, gauge.bottom}, color.faded(faded));
  pen_.frame(gauge, color.faded(faded), px(1));
}

void CanvasPainter::paint_fault(Point at, FaultSign::Shape shape, float size) {
  using Shape = FaultSign::Shape;
  const Color ink = theme().panel;
  const float s = size * 0.5f;
  const float line = std::max(size * 0.22f, 1.0f);
  pen_.circle(at, size + px(1.5f), theme().panel);
  pen_.circle(at, size, theme().fault);
  switch (shape) {
    case Shape::down:
      paint_cross(at, s, ink, line);
      break;
    case Shape::losing: {
      const std::array wave = {
          Point{at.x - s * 1.2f, at.y + s * 0.4f}, Point{at.x - s * 0.4f, at.y - s * 0.4f},
          Point{at.x + s * 0.4f, at.y + s * 0.4f}, Point{at.x + s * 1.2f, at.y - s * 0.4f}};
      pen_.polyline(wave, ink, line);
      break;
    }
    case Shape::slow:
    case Shape::clock: {
      pen_.ring(at, s * 1.1f, ink, line * 0.8f);
      const std::array hands = {Point{at.x, at.y - s * 0.9f}, at, Point{at.x + s * 0.7f, at.y}};
      pen_.polyline(hands, ink, line * 0.8f);
      break;
    }
    case Shape::host: {
      const std::array bolt = {
          Point{at.x + s * 0.4f, at.y - s * 1.1f}, Point{at.x - s * 0.5f, at.y + s * 0.1f},
          Point{at.x + s * 0.4f, at.y - s * 0.1f}, Point{at.x - s * 0.4f, at.y + s * 1.1f}};
      pen_.polyline(bolt, ink, line);
      break;
    }
    case Shape::answer: {
      pen_.line({at.x, at.y - s}, {at.x, at.y + s * 0.3f}, ink, line);
      pen_.circle({at.x, at.y + s * 0.9f}, line * 0.6f, ink);
      break;
    }
    case Shape::disk: {
      pen_.frame(around(at, s, s * 0.75f), ink, line * 0.8f);
      pen_.rect({at.x - s, at.y, at.x + s, at.y + s * 0.75f}, ink);
      break;
    }
    case Shape::names: {
      const std::array book = {Point{at.x, at.y + s * 0.8f},     Point{at.x - s, at.y + s * 0.5f},
                               Point{at.x - s, at.y - s * 0.7f}, Point{at.x, at.y - s * 0.4f},
                               Point{at.x + s, at.y - s * 0.7f}, Point{at.x + s, at.y + s * 0.5f}};
      pen_.polyline(book, ink, line * 0.8f, true);
      break;
    }
    case Shape::relay: {
      pen_.line({at.x - s, at.y - s * 0.4f}, {at.x + s, at.y - s * 0.4f}, ink, line);
      pen_.line({at.x - s, at.y + s * 0.4f}, {at.x + s, at.y + s * 0.4f}, ink, line);
      pen_.line({at.x - s * 0.6f, at.y + s}, {at.x + s * 0.6f, at.y - s}, ink, line);
      break;
    }
  }
}

// Who owes the copies of the message: filled, with a sign and a number beside the node.
void CanvasPainter::paint_owner(std::uint32_t host, Point at) {
  for (std::size_t i = 0; i < scene_.stops.size(); ++i) {
    const TrailStop& stop = scene_.stops[i];
    if (stop.host.value != static_cast<std::int64_t>(host) + 1) continue;
    const float r = scene_.radius;
    std::string text;
    Color color = theme().dim;
    if (stop.owes > 0) {
      color = stop.has_deferred ? theme().transient : theme().accent;
      text = fmt::format("{}owes {}", stop.has_deferred ? "~ " : "> ", stop.owes);
      pen_.ring(at, r * 1.28f, color, px(4));
    }
    if (stop.delivered > 0) {
      if (stop.owes == 0) color = theme().positive;
      text += fmt::format("{}o {}", text.empty() ? "" : "  ", stop.delivered);
    }
    if (stop.bounced > 0) {
      if (stop.owes == 0) color = theme().permanent;
      text += fmt::format("{}x {}", text.empty() ? "" : "  ", stop.bounced);
    }
    if (scene_.followed) {  // which stop on its way this was, and when
      const std::string when =
          i == 0 ? "begins here" : "+" + short_time(stop.time_ns - scene_.stops.front().time_ns);
      text = fmt::format("{}. {}{}{}", i + 1, when, text.empty() ? "" : ", ", text);
    } else if (text.empty()) {
      text = "passed on";
    }
    Rect box;
    const Pen::Style style = {
        .color = color, .face = Face::strong, .size_px = px(12), .align = Pen::Align::center};
    for (const float up : {r + px(19), r + px(34), -r - px(40)}) {
      if (say({at.x, at.y - up}, text, style, &box)) break;
    }
    pen_.hot("canvas/owner/" + scene_.host(host).name, box, text);
    return;
  }
}

}  // namespace mailroom::viz
