// SPDX-License-Identifier: GPL-2.0-only
// The whole window, a frame at a time: menus, panes at their places, splitters, dialogues, shortcuts. Knows no back end:
// whoever owns the ImGui context calls NewFrame, frame(), Render.
//
// Order of calls: make it in a context; dress() whenever needs_dress(), outside of a frame, and make the font texture
// anew; frame() with the wall time since the last.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "viz/app/desk.hpp"
#include "viz/app/exporter.hpp"
#include "viz/app/dialog.hpp"
#include "viz/app/guide.hpp"
#include "viz/app/pane.hpp"
#include "viz/app/presenter.hpp"

namespace mailroom::viz {

class App {
 public:
  // `screen_scale`: of a HiDPI screen.
  explicit App(Settings settings, float screen_scale = 1);

  Desk& desk() { return desk_; }
  // Theme or scale have changed.
  bool needs_dress() const;
  void dress();
  void frame(double wall_s);
  // Seconds until the next frame is wanted even if nobody touches anything.
  double next_frame_s() const { return desk_.next_frame_s(); }
  bool wants_to_quit() const { return wants_to_quit_; }
  // After the last frame: a live run is ended in order, and notes are kept. What went wrong, as a sentence.
  std::optional<std::string> finish();

  // A pane alone, over the whole window: what is exported. "": all of them.
  void show_only(std::string_view pane) { only_ = pane; }
  const Pane* pane(std::string_view id) const;
  std::span<const std::unique_ptr<Pane>> panes() const { return panes_; }
  // A pane is: what is seen will change without anybody's doing.
  bool is_busy() const {
    return std::any_of(panes_.begin(), panes_.end(), [](const auto& pane) { return pane->is_busy(); });
  }
  void ask(std::unique_ptr<Dialog> dialog) { next_dialog_ = std::move(dialog); }

 private:
  void add_file_commands();
  void add_view_commands();
  void add_pane_commands();
  void add_help_commands();
  void obey_keys();
  void advance(double wall_s);
  void draw_menu_bar();
  void draw_root();
  void draw_place(Place place, std::span<Pane* const> panes, const Rect& area);
  void draw_pane(Pane& pane, const Rect& area);
  void draw_columns(const Rect& area);
  bool splitter(std::string_view name, const Rect& bar, bool is_vertical, float& share, float whole_px, float sign);
  void draw_words();
  void draw_trouble(Rect& area);
  void draw_dialog();
  std::vector<Pane*> at(Place place) const;

  Desk desk_;
  std::vector<std::unique_ptr<Pane>> panes_;
  Presenter presenter_;
  Guide guide_;
  Exporter exporter_;
  std::unique_ptr<Dialog> dialog_;
  std::unique_ptr<Dialog> next_dialog_;
  float screen_scale_ = 1;
  ThemeName dressed_theme_{};
  float dressed_scale_ = 0;
  double since_news_s_ = 0;  // that a run that goes on has brought
  std::string only_;
  bool wants_to_quit_ = false;
};

}  // namespace mailroom::viz
