// SPDX-License-Identifier: GPL-2.0-only
#include <imgui.h>

#include <string>

#include "viz/app/dialog.hpp"

namespace mailroom::viz {
namespace {

struct Row {
  const char* does;
  const char* what;
};
constexpr Row kMouse[] = {
    {"Click", "select a host, a link, an envelope, a line of the dialogue, a mark"},
    {"Double click", "on a host: its inspector; on an envelope: follow it; on empty space: zoom to fit"},
    {"Right click", "what can be done with it: faults, why, follow, filter"},
    {"Drag a host", "put it elsewhere (Ctrl+Z puts it back)"},
    {"Right or middle drag", "move the picture"},
    {"Wheel", "zoom around the pointer"},
    {"Shift+drag", "on the timeline or a plot: choose an area"},
    {"Rest on it", "an explanation"},
};

class KeySheet final : public Dialog {
 public:
  std::string_view title() const override { return "Keys and mouse"; }
  Point size_px() const override { return {760, 620}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    ImGui::BeginChild("##keys");
    const float column = ui.px(190);
    for (const std::string_view menu : kMenus) {
      bool has_heading = false;
      for (const Command& command : desk.commands.all()) {
        if (command.menu != menu || command.shortcut.empty()) continue;
        if (!has_heading) ui.heading(menu);
        has_heading = true;
        ui.pair(command.shortcut, command.title, column);
      }
    }
    bool has_heading = false;
    for (const Command& command : desk.commands.all()) {
      if (!command.menu.empty() || command.shortcut.empty()) continue;
      if (!has_heading) ui.heading("Everywhere");
      has_heading = true;
      ui.pair(command.shortcut, command.title, column);
    }
    ui.heading("Mouse");
    for (const Row& row : kMouse) ui.pair(row.does, row.what, column);
    ImGui::EndChild();
    return true;
  }
};

class About final : public Dialog {
 public:
  std::string_view title() const override { return "Mailroom"; }
  Point size_px() const override { return {560, 360}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    ui.paragraph("A laboratory for Internet mail: simulated hosts run complete mail agents over ns-3's TCP/IP. "
                 "What this window shows is read from a run file; any moment of it can be reached, forwards and "
                 "backwards.",
                 ui.theme->text);
    ui.heading("Versions");
    const float column = ui.px(150);
    ui.pair("Mailroom", MAILROOM_VERSION, column);
    ui.pair("Dear ImGui", IMGUI_VERSION, column);
    if (desk.run) {
      ui.heading("This run");
      ui.pair("made by", "Mailroom " + desk.run->header().program_version, column);
      ui.pair("network", desk.run->header().network_version, column);
      ui.pair("seed", std::to_string(desk.run->header().seed), column);
      ui.pair("recorded at", std::string(trace::name(desk.run->header().level)), column);
    }
    ui.heading("Licence");
    ui.paragraph("GPL-2.0-only. Letters: Inter and JetBrains Mono (OFL), icons: Font Awesome (OFL).", ui.theme->dim);
    return true;
  }
};

}  // namespace

std::unique_ptr<Dialog> key_sheet() {
  return std::make_unique<KeySheet>();
}

std::unique_ptr<Dialog> about_dialog() {
  return std::make_unique<About>();
}

}  // namespace mailroom::viz
