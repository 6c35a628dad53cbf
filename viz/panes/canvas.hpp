// SPDX-License-Identifier: GPL-2.0-only
// The topology canvas: the network, and mail moving in it. Holds the camera and what the pointer is doing;
// all else comes from the Desk.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "viz/app/pane.hpp"
#include "viz/panes/canvas_painter.hpp"
#include "viz/panes/canvas_scene.hpp"

namespace mailroom::viz {

class CanvasPane final : public Pane {
 public:
  About about() const override { return {"topology", "Map", Place::center}; }
  void join(Desk& desk) override;
  void draw(Desk& desk, const Rect& area) override;

  // As it is seen, for tests.
  const CanvasScene& scene() const { return scene_; }

 private:
  // --- canvas.cpp
  Camera wanted(const Desk& desk) const;  // where the camera is or goes
  Camera moving(Desk& desk);              // where it is now
  void fly_to(Desk& desk, const Camera& camera);
  void set_camera(const Camera& camera);
  void follow(Desk& desk);
  std::string hint(const Desk& desk) const;
  // --- canvas_commands.cpp
  void add_camera_commands(Desk& desk);
  void add_message_commands(Desk& desk);
  void zoom(Desk& desk, double factor);
  void pan(Desk& desk, float x, float y);
  void choose_next(Desk& desk, int step);
  // --- canvas_input.cpp
  void take_input(Desk& desk);
  void press(Desk& desk, Point pointer);
  void drag(Desk& desk, Point pointer);
  void release(Desk& desk, Point pointer);
  void double_click(Desk& desk, Point pointer);
  void drag_map(Desk& desk, Point pointer);
  void choose(Desk& desk, const CanvasHit& hit);
  Selection selection_of(const CanvasHit& hit) const;
  // --- canvas_menu.cpp
  void draw_menu(Desk& desk);
  void menu_of_host(Desk& desk);
  void menu_of_message(Desk& desk);
  void menu_of_map(Desk& desk);
  void filter_to(Desk& desk, const std::string& filter);
  void go_on_until(Desk& desk, const Selection& what);
  void draw_tip(Desk& desk);
  std::vector<std::string> words_of(const CanvasHit& hit) const;
  // --- canvas_overlay.cpp
  Rect tools_area(const Desk& desk) const;
  void draw_tools(Desk& desk, Pen& pen, const Rect& area);
  Rect legend_area(const Desk& desk, const Pen& pen) const;
  void draw_legend(Desk& desk, Pen& pen, const Rect& area);
  void draw_hint(Desk& desk, Pen& pen, const Rect& box, const std::string& text);
  Rect hint_area(Desk& desk, const Pen& pen, const std::string& text, const Rect& tools) const;

  CanvasMemory memory_;
  CanvasScene scene_;

  Camera camera_;
  struct Flight {
    Camera from;
    double begin_s = 0;
  };
  std::optional<Flight> flight_;  // the camera is on its way
  trace::MessageId followed_{};   // of the last frame
  std::int64_t followed_ns_ = -1;

  enum class Doing : std::uint8_t { nothing, pressing, moving_host, panning, banding };
  Doing doing_ = Doing::nothing;
  Point pressed_{};  // where the left button went down
  CanvasHit pressed_hit_;
  Point last_{};  // of a drag
  bool has_right_moved_ = false;
  MapPoint grip_{};  // of a moved host: pointer to its middle
  double hover_since_s_ = 0;
  CanvasHit last_hover_;
  Selection menu_for_;  // what the open menu is about
  bool is_legend_open_ = false;
};

}  // namespace mailroom::viz
