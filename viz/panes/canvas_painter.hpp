// SPDX-License-Identifier: GPL-2.0-only
// Paints a scene of the canvas: from below, links, trails, nodes, envelopes, and last all texts that have
// found room. No text lies over another one: whoever asks first gets the place, so what matters most is asked
// for first, and the rest is left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "viz/app/desk.hpp"
#include "viz/model/label_room.hpp"
#include "viz/panes/canvas_scene.hpp"

namespace mailroom::viz {

class CanvasPainter {
 public:
  CanvasPainter(Desk& desk, Pen& pen, const CanvasScene& scene, HopPaths& paths);

  // A place for something that is drawn over the map, which texts keep clear of.
  void keep_clear(const Rect& rect) { room_.take(rect); }
  void paint();

 private:
  // --- canvas_links.cpp
  void paint_links();
  void paint_link(std::uint32_t index);
  void paint_connections();
  void paint_trail();
  void paint_path();
  void number_path();
  void label_links();
  bool are_links_alike() const;
  void paint_cross(Point at, float half, Color color, float width);
  // --- canvas_nodes.cpp
  void paint_nodes();
  void paint_node(std::size_t place);
  void paint_shape(std::uint32_t host, Point at, Color fill, Color edge, float edge_px);
  void paint_crashed(Point at);
  void paint_dot(std::size_t place);
  void paint_disk(Point at, const NodeLoad& load, float faded);
  void paint_fault(Point at, FaultSign::Shape shape, float size);
  void paint_owner(std::uint32_t host, Point at);
  // --- canvas_labels.cpp
  void label_nodes();
  void label_node(std::size_t place);
  void badge_mails(std::size_t place);
  void label_queue(std::size_t place, Rect under);
  void paint_queue_bar(const Rect& bar, const NodeLoad& load, float faded);
  void label_areas();
  void label_moments();
  // --- canvas_envelopes.cpp
  void paint_flows();
  void paint_flow(std::uint32_t lane);
  void label_flows();
  void paint_envelopes();
  void paint_envelope(std::size_t pile);
  void paint_streak(const Pile& pile, Color color);

  float px(float at_100) const { return scene_.unit * at_100; }
  const Theme& theme() const { return *desk_.ui.theme; }
  bool is_selected_host(std::uint32_t host) const;
  bool is_selected_link(std::uint32_t link) const;
  float fade_of_host(std::uint32_t host) const { return scene_.is_dim(host) ? 0.28f : 1.0f; }

  // Asks for room and draws the text with the others at the end. False: there is none.
  bool say(Point at, std::string_view text, const Pen::Style& style, Rect* place = nullptr);
  Rect place_of(Point at, std::string_view text, const Pen::Style& style) const;
  Pen::Style small(Color color) const;

  struct Saying {
    Point at;
    std::string text;
    Pen::Style style;
    Rect place;
    bool has_halo;  // lines do not run through it
  };

  Desk& desk_;
  Pen& pen_;
  const CanvasScene& scene_;
  HopPaths& paths_;
  LabelRoom room_;
  std::vector<Saying> sayings_;
};

}  // namespace mailroom::viz
