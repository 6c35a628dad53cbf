// SPDX-License-Identifier: GPL-2.0-only
// A scenario that could not be run: its mistakes, each with the line that it is in. A simulator that has crashed: what it
// said last. And what can be done about either.
#include <fmt/format.h>
#include <imgui.h>

#include <fstream>
#include <string>
#include <vector>

#include "viz/app/live.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {
namespace {

class ScenarioTrouble final : public Pane {
 public:
  About about() const override { return {"scenario", "Trouble", Place::center}; }

  bool is_shown(const Desk& desk) const override {
    return desk.live && desk.live->run() != nullptr && !desk.live->run()->trouble().empty();
  }

  void join(Desk& desk) override {
    // Once there is something to tell, it is in front.
    desk.on_frame.push_back([this, was_shown = false](Desk& d, double) mutable {
      const bool is_now = is_shown(d);
      if (is_now && !was_shown) d.look([](View& view) { view.layout.in_front["center"] = "scenario"; });
      if (is_now && !was_shown) read_lines(d.live->run()->order().scenario);
      was_shown = is_now;
    });
  }

  void draw(Desk& desk, const Rect&) override {
    Ui& ui = desk.ui;
    const LiveRun& run = *desk.live->run();
    if (run.state() == LiveRun::State::crashed) return draw_crash(desk, run);
    ui.text(run.order().scenario.filename().string() + " cannot be run", ui.theme->text, Face::title);
    ui.paragraph("Correct what is named here in an editor, then reload.", ui.theme->dim);
    if (ui.button("scenario/reload", std::string(icon::kRedo) + "  Reload", {.is_primary = true})) {
      desk.live->start_again(desk);
      return;
    }
    ImGui::BeginChild("##mistakes");
    int number = 0;
    for (const std::string& complaint : run.complaints()) {
      const auto mistake = scenario_mistake(complaint);
      ImGui::Dummy({1, ui.px(6)});
      if (!mistake) {
        ui.paragraph(complaint, ui.theme->dim);
        continue;
      }
      const std::string place = mistake->line > 0 ? fmt::format("line {}, column {}", mistake->line, mistake->column) : mistake->file;
      ui.text("x  " + place, ui.theme->permanent, Face::strong);
      ui.note_item(fmt::format("scenario/mistake/{}", number++), complaint);
      ui.paragraph(mistake->wrong, ui.theme->text);
      if (!mistake->right.empty()) ui.paragraph(mistake->right, ui.theme->positive);
      draw_line(ui, *mistake);
    }
    ImGui::EndChild();
  }

 private:
  static void draw_crash(Desk& desk, const LiveRun& run) {
    Ui& ui = desk.ui;
    ui.text("The simulator has crashed", ui.theme->text, Face::title);
    ui.paragraph(run.trouble(), ui.theme->text);
    ui.paragraph("This window goes on. Look at what it recorded, or run the scenario again: with the same scenario and seed the same comes to pass, "
                 "so please report it together with the scenario.", ui.theme->dim);
    if (ui.button("scenario/again", std::string(icon::kRedo) + "  Run again", {.is_primary = true})) {
      desk.live->start_again(desk);
      return;
    }
    ImGui::SameLine();
    if (ui.button("scenario/recorded", "Open what it recorded")) {
      if (!desk.run || desk.run->path() != run.order().out) desk.open(run.order().out);
      desk.look([](View& view) { view.layout.in_front["center"] = "topology"; });
    }
    ui.heading("What it said last");
    ImGui::BeginChild("##last");
    int number = 0;
    for (const std::string& line : run.complaints()) {
      ui.text(line, ui.theme->text, Face::mono);
      ui.note_item("scenario/last/" + std::to_string(number++), line);
    }
    if (run.complaints().empty()) ui.text("Nothing: it was stopped from outside, or had no time to say a word.", ui.theme->dim);
    ImGui::EndChild();
  }

  void read_lines(const std::filesystem::path& path) {
    lines_.clear();
    std::ifstream file(path, std::ios::binary);
    for (std::string line; lines_.size() < 100'000 && std::getline(file, line);) lines_.push_back(line);
  }

  // The line, and a mark under the column.
  void draw_line(Ui& ui, const ScenarioMistake& mistake) const {
    if (mistake.line < 1 || static_cast<std::size_t>(mistake.line) > lines_.size()) return;
    const std::string& line = lines_[static_cast<std::size_t>(mistake.line) - 1];
    ui.text(fmt::format("{:>5} | {}", mistake.line, line), ui.theme->dim, Face::mono);
    if (mistake.column > 0 && static_cast<std::size_t>(mistake.column) <= line.size() + 1)
      ui.text(fmt::format("{:>5} | {}^", "", std::string(static_cast<std::size_t>(mistake.column) - 1, ' ')), ui.theme->permanent, Face::mono);
  }

  std::vector<std::string> lines_;
};

}  // namespace

std::unique_ptr<Pane> scenario_trouble_pane() { return std::make_unique<ScenarioTrouble>(); }

}  // namespace mailroom::viz
