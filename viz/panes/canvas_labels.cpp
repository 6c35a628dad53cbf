// SPDX-License-Identifier: GPL-2.0-only
// Names, queues, mailboxes and what has just happened: all that is written beside a node.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "viz/model/canvas_words.hpp"
#include "viz/panes/canvas_painter.hpp"

namespace mailroom::viz {

namespace {

constexpr float kLabelWidth = 150;
constexpr int kMostMomentsAtANode = 3;

Category category_of(const Moment& moment) {
  using What = Moment::What;
  switch (moment.what) {
    case What::delivered:
    case What::restarted:
      return Category::positive;
    case What::deferred:
    case What::timed_out:
    case What::unreachable:
    case What::refused:
    case What::reset:
    case What::unanswered:
    case What::disk_full:
      return Category::transient;
    case What::bounced:
    case What::discarded:
    case What::destroyed:
    case What::lost:
    case What::crashed:
      return Category::permanent;
  }
  return Category::none;
}

}  // namespace

// The most important first: what is chosen or pointed at, what is broken, who has mail, who takes mail.
void CanvasPainter::label_nodes() {
  std::vector<std::size_t> order(scene_.hosts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto weight = [&](std::size_t place) {
    const std::uint32_t host = scene_.hosts[place];
    const NodeLoad& load = scene_.loads[place];
    double value = 0;
    if (scene_.hover == CanvasHit{CanvasHit::What::host, host}) value += 1e9;
    if (scene_.is_dim(host)) value -= 1e8;
    if (load.is_crashed || scene_.sign_of_host[host] >= 0) value += 1e6;
    value += static_cast<double>(std::min<std::int64_t>(load.in_hand, 10'000)) * 10;
    if (scene_.facts[host].role == NodeRole::mail_host) value += 5;
    if (scene_.facts[host].role == NodeRole::router) value += 3;
    return value;
  };
  std::vector<double> weights;
  weights.reserve(order.size());
  for (const std::size_t place : order) weights.push_back(weight(place));
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return weights[a] > weights[b]; });
  for (const std::size_t place : order) {
    const std::uint32_t host = scene_.hosts[place];
    if (is_selected_host(host)) continue;  // has got its place already
    if (scene_.detail == Detail::dots && weights[place] < 1e6) break;
    // A segment is there for its stations; what it is called in the file says nothing.
    if (scene_.facts[host].role == NodeRole::lan && weights[place] < 1e6) continue;
    label_node(place);
  }
}

void CanvasPainter::label_node(std::size_t place) {
  const std::uint32_t host = scene_.hosts[place];
  const Point at = scene_.at[host];
  const float r = scene_.radius;
  const bool is_chosen = is_selected_host(host) || scene_.hover == CanvasHit{CanvasHit::What::host, host};
  const bool is_mail = scene_.facts[host].role == NodeRole::mail_host;
  const Color ink = scene_.is_dim(host)    ? mix(theme().panel, theme().dim, 0.6f)
                    : is_mail || is_chosen ? theme().text
                                           : theme().dim;
  const Pen::Style style = {
      .color = ink,
      .face = is_chosen ? Face::strong : Face::body,
      .size_px = scene_.detail == Detail::full ? px(13) * std::clamp(scene_.magnified, 0.95f, 1.35f) : px(12),
      .align = Pen::Align::center,
      .max_width = px(kLabelWidth)};
  const std::string name = printable(label_of(scene_.host(host)).substr(0, 200));
  const float high = pen_.height(style);
  const float half = std::min(pen_.width(name, style), style.max_width) / 2;
  const float low = scene_.facts[host].role == NodeRole::lan ? r * 0.5f : r;
  Rect box;
  const std::array places = {Point{at.x, at.y + low + px(3)}, Point{at.x, at.y - low - high - px(3)},
                             Point{at.x + r + half + px(5), at.y - high / 2},
                             Point{at.x - r - half - px(5), at.y - high / 2}};
  bool is_said = false;
  std::size_t which = 0;
  for (; which < places.size() && !is_said; ++which) is_said = say(places[which], name, style, &box);
  if (!is_said && is_selected_host(host)) {
    // Always somewhere: inside the picture, as near as it can be.
    const Rect& area = scene_.viewport;
    const Point near = {
        std::clamp(at.x, area.left + half + 3, std::max(area.right - half - 3, area.left + half + 3)),
        std::clamp(at.y + low, area.top + 2, std::max(area.bottom - high - 3, area.top + 2))};
    for (int step = 0; step < 20 && !is_said; ++step) {
      is_said = say({near.x, near.y - static_cast<float>(step) * (high + 2)}, name, style, &box);
    }
  }
  if (is_said && pen_.registry().is_on()) pen_.hot("canvas/label/" + scene_.host(host).name, box, name);
  if (scene_.detail == Detail::dots) return;
  const bool is_below = is_said && which == 1;
  label_queue(place, is_below ? box : Rect{at.x - 1, at.y + low, at.x + 1, at.y + low + px(2)});
  badge_mails(place);
}

// What waits, in order: solid are active, hatched deferred, hollow held copies.
void CanvasPainter::label_queue(std::size_t place, Rect under) {
  const NodeLoad& load = scene_.loads[place];
  if (load.in_hand <= 0) return;
  const std::uint32_t host = scene_.hosts[place];
  const Point at = scene_.at[host];
  const float fade = fade_of_host(host);
  const bool is_full = scene_.detail == Detail::full;
  const std::string count = short_count(load.in_hand);
  const Pen::Style style = {
      .color = mix(theme().panel, theme().text, fade),
      .face = Face::strong,
      .size_px = is_full ? px(12.5f) * std::clamp(scene_.magnified, 0.9f, 1.3f) : px(11)};
  const float wide = pen_.width(count, style);
  const float cell = is_full ? px(6) * scene_.magnified : px(3.5f);
  const auto cells = static_cast<float>(std::min<std::int64_t>(load.in_hand, 10));
  const float bar = cells * cell;
  const float gap = px(4);
  const float left = at.x - (bar + gap + wide) / 2;
  const float top = under.bottom + px(2);
  if (!say({left + bar + gap, top}, count, style)) {
    // No room below: at the right, where a badge would be.
    if (!say({at.x + scene_.radius + px(3), at.y + scene_.radius - px(12)}, count, style)) return;
    return;
  }
  const float high = is_full ? px(9) * scene_.magnified : px(6);
  const float middle = top + style.size_px * 0.55f;
  const Rect box = {left, middle - high / 2, left + bar, middle + high / 2};
  if (!room_.take_if_free(box)) return;
  paint_queue_bar(box, load, fade);
  if (pen_.registry().is_on()) pen_.hot("canvas/queue/" + scene_.host(host).name, box, count);
}

void CanvasPainter::paint_queue_bar(const Rect& bar, const NodeLoad& load, float faded) {
  const auto whole = static_cast<float>(load.in_hand);
  const auto cells = static_cast<int>(std::min<std::int64_t>(load.in_hand, 10));
  const float wide = bar.width() / static_cast<float>(cells);
  for (int i = 0; i < cells; ++i) {
    // Which kind stands at this share of the queue.
    const float share = (static_cast<float>(i) + 0.5f) / static_cast<float>(cells) * whole;
    const Rect cell = {bar.left + wide * static_cast<float>(i), bar.top,
                       bar.left + wide * static_cast<float>(i + 1) - px(1), bar.bottom};
    if (share < static_cast<float>(load.active)) {
      pen_.rect(cell, theme().accent.faded(faded));
    } else if (share < static_cast<float>(load.active + load.deferred)) {
      pen_.rect(cell, theme().transient.faded(faded * 0.35f));
      pen_.line({cell.left, cell.bottom}, {cell.right, cell.top}, theme().transient.faded(faded), px(1.4f));
      pen_.frame(cell, theme().transient.faded(faded), px(1));
    } else {
      pen_.frame(cell, theme().note.faded(faded), px(1.2f));
    }
  }
}

// How many messages are in the mailboxes of a host, at its upper right corner.
void CanvasPainter::badge_mails(std::size_t place) {
  const NodeLoad& load = scene_.loads[place];
  if (load.mails <= 0 || scene_.detail != Detail::full) return;
  const std::uint32_t host = scene_.hosts[place];
  const Point at = scene_.at[host];
  const std::string text = desk_.ui.fonts.has_icons
                               ? fmt::format("{} {}", icon::kInbox, short_count(load.mails))
                               : fmt::format("[{}]", short_count(load.mails));
  const Pen::Style style = {.color = theme().panel, .face = Face::strong, .size_px = px(11)};
  const Point corner = {at.x + scene_.radius + px(2), at.y - scene_.radius - px(4)};
  Rect box;
  if (!say(corner, text, style, &box)) return;
  const Rect pill = {box.left - px(4), box.top - px(2), box.right + px(3), box.bottom + px(1)};
  pen_.rect(pill, mix(theme().panel, theme().positive, 0.35f + 0.65f * fade_of_host(host)),
            pill.height() / 2);
  if (pen_.registry().is_on()) pen_.hot("canvas/mailboxes/" + scene_.host(host).name, pill, text);
}

// Far away, what waits is counted by areas.
void CanvasPainter::label_areas() {
  if (scene_.detail != Detail::dots) return;
  struct Area {
    std::int64_t in_hand = 0;
    Point sum{};
    float weight = 0;
  };
  const float side = px(90);
  std::map<std::pair<int, int>, Area> areas;
  for (std::size_t i = 0; i < scene_.hosts.size(); ++i) {
    if (scene_.loads[i].in_hand <= 0) continue;
    const Point at = scene_.at[scene_.hosts[i]];
    Area& area = areas[{static_cast<int>(at.y / side), static_cast<int>(at.x / side)}];
    const auto weight = static_cast<float>(scene_.loads[i].in_hand);
    area.in_hand += scene_.loads[i].in_hand;
    area.sum = area.sum + at * weight;
    area.weight += weight;
  }
  std::vector<Area> order;
  for (const auto& [cell, area] : areas) order.push_back(area);
  std::stable_sort(order.begin(), order.end(),
                   [](const Area& a, const Area& b) { return a.in_hand > b.in_hand; });
  for (const Area& area : order) {
    const Point at = area.sum * (1 / area.weight);
    say({at.x, at.y - px(20)}, fmt::format("q {}", short_count(area.in_hand)),
        {.color = theme().text, .face = Face::strong, .size_px = px(12), .align = Pen::Align::center});
  }
}

void CanvasPainter::label_moments() {
  std::map<trace::HostId, int> at_host;
  for (const Moment& moment : scene_.moments) {
    if (moment.message && scene_.is_dim(moment.message)) continue;
    const Category category = category_of(moment);
    const double age = static_cast<double>(scene_.time_ns - moment.time_ns);
    const float fade = scene_.moment_ns > 0
                           ? static_cast<float>(std::clamp(1.6 * (1 - age / scene_.moment_ns), 0.0, 1.0))
                           : 1.0f;
    const Color color = theme().of(category).faded(fade);
    if (moment.what == Moment::What::lost) {
      const auto link = static_cast<std::uint64_t>(moment.link.value - 1);
      if (link >= scene_.header().links.size() || !scene_.has_ends(static_cast<std::uint32_t>(link)))
        continue;
      const auto [a, b] = scene_.line_of(static_cast<std::uint32_t>(link));
      const Point middle = between(a, b, 0.5f);
      if (scene_.sign_of_link[link] < 0) paint_cross(middle, px(7), color, px(3));
      say({middle.x, middle.y + px(9)}, fmt::format("x lost ({})", moment.text),
          {.color = color,
           .face = Face::strong,
           .size_px = px(11.5f),
           .align = Pen::Align::center,
           .max_width = px(150)});
      pen_.hot(fmt::format("canvas/moment/{}", moment.event.value), around(middle, px(7), px(7)),
               name(moment.what));
      continue;
    }
    const auto host = static_cast<std::uint64_t>(moment.host.value - 1);
    if (host >= scene_.at.size() || !scene_.viewport.contains(scene_.at[host])) continue;
    if (at_host[moment.host] >= kMostMomentsAtANode) continue;
    const Point at = scene_.at[host];
    if (scene_.moment_ns > 0) {  // a ring that runs outwards
      const float grown = 1 + 0.9f * static_cast<float>(std::min(age / scene_.moment_ns, 1.0));
      pen_.ring(at, scene_.radius * 1.15f * grown, color.faded(0.7f), px(2));
    }
    std::string text = fmt::format("{} {}", sign_of(category), name(moment.what));
    if (moment.code > 0) text += fmt::format(" {}", moment.code);
    const float size = px(12.5f) * std::clamp(scene_.magnified, 0.9f, 1.3f);
    const Pen::Style style = {
        .color = color, .face = Face::strong, .size_px = size, .align = Pen::Align::center};
    const float step = (size + px(7)) * static_cast<float>(at_host[moment.host] + 1);
    Rect box;
    if (!say({at.x, at.y - scene_.radius - px(6) - step}, text, style, &box)) continue;
    ++at_host[moment.host];
    const Rect pill = {box.left - px(5), box.top - px(2), box.right + px(4), box.bottom + px(2)};
    room_.take(pill);
    pen_.rect(pill, mix(theme().panel, theme().of(category), 0.12f).faded(fade), px(5));
    pen_.frame(pill, color, px(1.4f), px(5));
    pen_.hot(fmt::format("canvas/moment/{}", moment.event.value), box, text);
  }
}

}  // namespace mailroom::viz
