// SPDX-License-Identifier: GPL-2.0-only
// The start page: demos, recent files, and what to do first.
#include <imgui.h>

#include <algorithm>
#include <string>
#include <vector>

#include "viz/app/demos.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {
namespace {

class StartPane final : public Pane {
 public:
  About about() const override { return {"start", "Start", Place::center}; }
  bool is_shown(const Desk& desk) const override { return desk.run == nullptr; }

  void join(Desk&) override { demos_ = shipped_demos(); }

  void draw(Desk& desk, const Rect&) override {
    Ui& ui = desk.ui;
    ui.text("Mailroom", ui.theme->text, Face::title);
    ui.paragraph("See Internet mail move, fail, wait and arrive. Open a scenario to run it here, or the run file of one that "
                 "has run: then any moment of it can be looked at, forwards and backwards.",
                 ui.theme->dim);
    ImGui::Dummy({1, ui.px(6)});
    if (ui.button("start/open", std::string(icon::kFolder) + "  Open… (Ctrl+O)", {.is_primary = true}))
      desk.commands.run("file/open", desk);
    if (!desk.settings.recent.empty()) {
      ui.heading("Recent");
      const std::vector<std::string> recent = desk.settings.recent;
      for (std::size_t i = 0; i < recent.size() && i < 6; ++i)
        if (ui.row("start/recent/" + std::to_string(i), recent[i], false, ui.theme->accent)) {
          desk.open(recent[i]);
          return;
        }
    }
    ui.heading("Demos");
    if (demos_.empty())
      ui.paragraph("The demos are not beside this program; they are in labs/demos of Mailroom's sources.", ui.theme->dim);
    for (const Demo& demo : std::vector<Demo>(demos_)) {
      if (ui.row("start/demo/" + demo.name, demo.name + ": " + demo.about, false, ui.theme->text)) {
        desk.open(demo.path);
        return;
      }
    }
  }

 private:
  std::vector<Demo> demos_;
};

}  // namespace

std::unique_ptr<Pane> start_pane() {
  return std::make_unique<StartPane>();
}

}  // namespace mailroom::viz
