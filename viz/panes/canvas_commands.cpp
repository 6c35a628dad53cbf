// SPDX-License-Identifier: GPL-2.0-only
// What the canvas can do by menu and key.
#include <algorithm>

#include "viz/panes/canvas.hpp"

namespace mailroom::viz {

namespace {

constexpr double kZoomStep = 1.25;

bool has_run(const Desk& desk) {
  return desk.run != nullptr;
}

bool has_message(const Desk& desk) {
  return desk.run && (desk.view().followed || desk.view().selection.message);
}

}  // namespace

void CanvasPane::join(Desk& desk) {
  add_camera_commands(desk);
  add_message_commands(desk);
  desk.on_run_changed.push_back([this](Desk&) {
    memory_.forget();
    scene_ = CanvasScene();
    menu_for_ = {};
    doing_ = Doing::nothing;
    set_camera(Camera());
  });
}

void CanvasPane::zoom(Desk& desk, double factor) {
  fly_to(desk, zoomed(wanted(desk), scene_.viewport, scene_.viewport.center(), factor));
}

void CanvasPane::pan(Desk& desk, float x, float y) {
  const float step = std::min(scene_.viewport.width(), scene_.viewport.height()) * 0.2f;
  fly_to(desk, panned(wanted(desk), {x * step, y * step}));
}

void CanvasPane::add_camera_commands(Desk& desk) {
  Commands& c = desk.commands;
  c.add({.id = "view/zoom-to-fit",
         .title = "Show the whole map",
         .menu = "View",
         .shortcut = "F",
         .tip = "Zoom to fit",
         .run = [this](Desk& d) { fly_to(d, Camera()); },
         .is_enabled = has_run});
  c.add({.id = "view/zoom-in",
         .title = "Nearer",
         .menu = "View",
         .shortcut = "+",
         .tip = "Zoom into the map; with the wheel: around the pointer; Ctrl and drag: into a rectangle",
         .run = [this](Desk& d) { zoom(d, kZoomStep); },
         .is_enabled = has_run,
         .repeats = true});
  c.add({.id = "view/zoom-out",
         .title = "Farther",
         .menu = "View",
         .shortcut = "-",
         .tip = "Zoom out of the map",
         .run = [this](Desk& d) { zoom(d, 1 / kZoomStep); },
         .is_enabled = has_run,
         .repeats = true});
  struct Direction {
    const char* id;
    const char* title;
    const char* key;
    float x, y;
  };
  const Direction directions[] = {{"view/map-left", "Map: go left", "Alt+Left", 1, 0},
                                  {"view/map-right", "Map: go right", "Alt+Right", -1, 0},
                                  {"view/map-up", "Map: go up", "Alt+Up", 0, 1},
                                  {"view/map-down", "Map: go down", "Alt+Down", 0, -1}};
  for (const Direction& to : directions) {
    c.add({.id = to.id,
           .title = to.title,
           .menu = {},
           .shortcut = to.key,
           .tip = "Also by dragging the map",
           .run = [this, to](Desk& d) { pan(d, to.x, to.y); },
           .is_enabled = has_run,
           .repeats = true});
  }
  c.add({.id = "view/next-host",
         .title = "Next host on the map",
         .menu = {},
         .shortcut = "]",
         .tip = "Chooses the next host",
         .run = [this](Desk& d) { choose_next(d, 1); },
         .is_enabled = has_run,
         .repeats = true});
  c.add({.id = "view/previous-host",
         .title = "Previous host on the map",
         .menu = {},
         .shortcut = "[",
         .tip = "Chooses the host before",
         .run = [this](Desk& d) { choose_next(d, -1); },
         .is_enabled = has_run,
         .repeats = true});
  c.add({.id = "view/put-back",
         .title = "Put all hosts back",
         .menu = "View",
         .shortcut = {},
         .tip = "To where they were before you moved them",
         .run = [](Desk& d) { d.edit("put all hosts back", [](View& v) { v.moved.clear(); }); },
         .is_enabled = [](const Desk& d) { return !d.view().moved.empty(); }});
}

void CanvasPane::add_message_commands(Desk& desk) {
  Commands& c = desk.commands;
  c.add({.id = "view/follow",
         .title = "Follow the chosen message",
         .menu = "View",
         .shortcut = "Shift+F",
         .tip = "Shows its way, through forwards, lists and its bounce; again: no more",
         .run =
             [](Desk& d) {
               const View& now = d.view();
               const bool stops =
                   now.followed && (now.followed == now.selection.message || !now.selection.message);
               const trace::MessageId next = stops ? trace::MessageId{} : now.selection.message;
               d.look([next](View& v) { v.followed = next; });
             },
         .is_enabled = has_message,
         .is_on = [](const Desk& d) { return static_cast<bool>(d.view().followed); }});
  c.add({.id = "view/responsibility",
         .title = "Who owes the chosen message?",
         .menu = "View",
         .shortcut = "Shift+O",
         .tip = "Colours the hosts that are responsible for a copy of it now",
         .run = [](Desk& d) { d.look([](View& v) { v.shows_responsibility = !v.shows_responsibility; }); },
         .is_enabled = has_run,
         .is_on = [](const Desk& d) { return d.view().shows_responsibility; }});
  c.add({.id = "view/clear-path",
         .title = "Take the numbered path off the map",
         .menu = {},
         .shortcut = {},
         .tip = "A Received trace that was shown on the map",
         .run = [](Desk& d) { d.look([](View& v) { v.path_on_map.clear(); }); },
         .is_enabled = [](const Desk& d) { return !d.view().path_on_map.empty(); }});
}

// Hosts before routers and segments: those are what mail is about.
void CanvasPane::choose_next(Desk& desk, int step) {
  const auto count = static_cast<std::int64_t>(desk.run->header().hosts.size());
  if (count == 0) return;
  const auto is_host = [&](std::int64_t index) {
    return desk.run->header().hosts[static_cast<std::size_t>(index)].role == trace::HostRow::Role::host;
  };
  std::int64_t index = desk.view().selection.host.value - 1;
  if (index < 0 || index >= count) index = step > 0 ? -1 : count;
  for (std::int64_t tries = 0; tries < count; ++tries) {
    index = (index + step + count) % count;
    if (is_host(index)) break;
  }
  desk.select(trace::HostId{index + 1});
  if (camera_.fits_all || index >= static_cast<std::int64_t>(memory_.places().size())) return;
  const Camera there = keeping_in_view(camera_, scene_.viewport,
                                       memory_.places()[static_cast<std::size_t>(index)], desk.ui.px(80));
  if (!(there == camera_)) fly_to(desk, there);
}

}  // namespace mailroom::viz
