// SPDX-License-Identifier: GPL-2.0-only
// The commands of the window itself; the panes add theirs (Pane::join).
#include <algorithm>
#include <utility>

#include "viz/app/app.hpp"

namespace mailroom::viz {
namespace {

constexpr float kScaleStep = 0.125f;

void set_scale(Desk& desk, float scale) {
  desk.settings.scale = std::clamp(scale, Settings::kMinScale, Settings::kMaxScale);
}

bool has_run(const Desk& desk) {
  return desk.run != nullptr;
}

// Columns as three kinds of people want them: a student reads beside, an instructor shows, a researcher measures.
void arrange(Desk& desk, const Layout& layout) {
  desk.look([&](View& v) {
    const auto in_front = v.layout.in_front;
    v.layout = layout;
    for (const auto& [place, pane] : in_front) v.layout.in_front.try_emplace(place, pane);
  });
}

}  // namespace

void App::add_file_commands() {
  Commands& c = desk_.commands;
  c.add({.id = "file/open", .title = "Open…", .menu = "File", .shortcut = "Ctrl+O",
         .tip = "Opens a run file, or starts a scenario", .run = [this](Desk&) { ask(file_chooser(false)); }});
  c.add({.id = "file/compare", .title = "Compare with another run…", .menu = "File", .shortcut = "Ctrl+Shift+O",
         .tip = "A second run beside this one: the same seed with one change shows what the change did",
         .run = [this](Desk&) { ask(file_chooser(true)); }, .is_enabled = has_run});
  c.add({.id = "file/close", .title = "Close the run", .menu = "File", .shortcut = "Ctrl+W",
         .tip = "Back to the start page", .run = [](Desk& d) { d.close(); }, .is_enabled = has_run});
  c.add({.id = "edit/undo", .title = "Undo", .menu = "File", .shortcut = "Ctrl+Z", .tip = "Takes back what you did last",
         .run = [](Desk& d) { d.undo(); }, .is_enabled = [](const Desk& d) { return d.history.can_undo(); },
         .repeats = true});
  c.add({.id = "edit/redo", .title = "Redo", .menu = "File", .shortcut = "Ctrl+Shift+Z", .tip = "Does it again",
         .run = [](Desk& d) { d.redo(); }, .is_enabled = [](const Desk& d) { return d.history.can_redo(); },
         .repeats = true});
  c.add({.id = "file/quit", .title = "Quit", .menu = "File", .shortcut = "Ctrl+Q", .tip = "Closes the window",
         .run = [this](Desk&) { wants_to_quit_ = true; }});
}

void App::add_view_commands() {
  Commands& c = desk_.commands;
  c.add({.id = "view/palette", .title = "Command palette…", .menu = "View", .shortcut = "Ctrl+Shift+P",
         .tip = "Type a few letters of what you want", .run = [this](Desk&) { ask(command_palette()); }});
  c.add({.id = "view/larger", .title = "Larger", .menu = "View", .shortcut = "Ctrl++",
         .tip = "All letters and signs larger, up to 300 %",
         .run = [](Desk& d) { set_scale(d, d.settings.scale + kScaleStep); },
         .is_enabled = [](const Desk& d) { return d.settings.scale < Settings::kMaxScale; }, .repeats = true});
  c.add({.id = "view/smaller", .title = "Smaller", .menu = "View", .shortcut = "Ctrl+-",
         .tip = "All letters and signs smaller, down to 75 %",
         .run = [](Desk& d) { set_scale(d, d.settings.scale - kScaleStep); },
         .is_enabled = [](const Desk& d) { return d.settings.scale > Settings::kMinScale; }, .repeats = true});
  c.add({.id = "view/normal-size", .title = "Normal size", .menu = "View", .shortcut = "Ctrl+0", .tip = "100 %",
         .run = [](Desk& d) { set_scale(d, 1); }});
  c.add({.id = "view/next-theme", .title = "Next theme", .menu = "View", .shortcut = "Ctrl+T",
         .tip = "Light, dark, projector (large, of high contrast)", .run = [](Desk& d) {
           d.settings.theme = static_cast<ThemeName>((static_cast<int>(d.settings.theme) + 1) % kThemeCount);
         }});
  for (int i = 0; i < kThemeCount; ++i) {
    const auto theme = static_cast<ThemeName>(i);
    c.add({.id = "view/theme-" + std::string(name(theme)), .title = "Theme: " + std::string(name(theme)),
           .menu = "View", .shortcut = {}, .tip = {}, .run = [theme](Desk& d) { d.settings.theme = theme; },
           .is_on = [theme](const Desk& d) { return d.settings.theme == theme; }});
  }
  c.add({.id = "view/maximize", .title = "Give the map the whole window", .menu = "View", .shortcut = "F11",
         .tip = "A double click on a tab does it for any pane; again: all panes", .run = [](Desk& d) {
           d.look([](View& v) { v.layout.maximized = v.layout.maximized.empty() ? "topology" : ""; });
         },
         .is_enabled = has_run,
         .is_on = [](const Desk& d) { return !d.view().layout.maximized.empty(); }});
  struct Preset {
    const char* id;
    const char* title;
    const char* tip;
    Layout layout;
  };
  const Preset presets[] = {
      {"view/for-a-student", "Arrange for a student", "Map, ladder and inspector side by side", Layout()},
      {"view/for-a-lecture", "Arrange for a lecture", "A large map, the ladder below it",
       {.left = 0.1f, .right = 0.2f, .bottom = 0.3f, .bottom_left = 0.7f}},
      {"view/for-research", "Arrange for research", "Large plots and tables",
       {.left = 0.12f, .right = 0.24f, .bottom = 0.55f, .bottom_left = 0.4f}}};
  for (const Preset& preset : presets)
    c.add({.id = preset.id, .title = preset.title, .menu = "View", .shortcut = {}, .tip = preset.tip,
           .run = [layout = preset.layout](Desk& d) { arrange(d, layout); }});
}

// Every pane with a tab can be brought to the front by keys: Alt+1 is the first.
void App::add_pane_commands() {
  int number = 0;
  for (const auto& pane : panes_) {
    const Pane::About about = pane->about();
    if (about.place == Place::transport || about.place == Place::strip) continue;
    ++number;
    desk_.commands.add(
        {.id = "view/pane-" + std::string(about.id), .title = "Show " + std::string(about.title), .menu = {},
         .shortcut = number <= 9 ? "Alt+" + std::to_string(number) : std::string(), .tip = "Brings this pane to the front",
         .run = [id = std::string(about.id), place = about.place](Desk& d) { d.bring_to_front(name(place), id); },
         .is_enabled = [pane = pane.get()](const Desk& d) { return pane->is_shown(d); }});
  }
}

void App::add_help_commands() {
  Commands& c = desk_.commands;
  c.add({.id = "help/keys", .title = "Keys and mouse", .menu = "Help", .shortcut = "?",
         .tip = "Every shortcut, and what the mouse does", .run = [this](Desk&) { ask(key_sheet()); }});
  c.add({.id = "help/about", .title = "About Mailroom", .menu = "Help", .shortcut = {}, .tip = "Versions and licences",
         .run = [this](Desk&) { ask(about_dialog()); }});
}

}  // namespace mailroom::viz
