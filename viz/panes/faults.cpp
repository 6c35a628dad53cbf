// SPDX-License-Identifier: GPL-2.0-only
// The tab FAULT: what is in force, what is planned for the next run, what is over; and everything that can be done to them.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/faults/parse.hpp"
#include "topologies/units.hpp"
#include "viz/app/live.hpp"
#include "viz/dialogs/live_dialogs.hpp"
#include "viz/model/fault_list.hpp"
#include "viz/panes/fault_commands.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {
namespace {

constexpr std::size_t kMostOver = 200;

std::string time_text(std::int64_t ns) { return topology::format_duration(std::max<std::int64_t>(ns / 1'000'000, 0) * 1'000'000); }

class FaultsPane final : public Pane {
 public:
  About about() const override { return {"faults", "Fault", Place::right}; }

  void join(Desk& desk) override {
    if (!desk.live) Live::join(desk);
    add_live_commands(desk);
    add_fault_menus(desk);
  }

  void draw(Desk& desk, const Rect&) override {
    Ui& ui = desk.ui;
    Live& live = *desk.live;
    if (ui.button("faults/add", std::string(icon::kBolt) + (live.is_live() ? "  Make a fault…" : "  Plan a fault…"), {.is_primary = true, .tip = "Everything that can go wrong here"}))
      desk.commands.run("fault/add", desk);
    draw_typed(desk);
    ImGui::BeginChild("##faults");
    const FaultList list = faults_at(desk.run->world(), kMostOver, [&](std::string_view what) { return live.mystery && live.mystery->tells(what); });
    draw_in_force(desk, list);
    draw_plan(desk);
    draw_over(desk, list);
    ImGui::EndChild();
  }

 private:
  // A sentence can be typed, too.
  void draw_typed(Desk& desk) {
    Ui& ui = desk.ui;
    bool entered = false;
    if (ui.field("faults/sentence", sentence_, {.hint = "or a sentence: link a-b down at 10s for 5m", .takes_focus = takes_focus_, .is_wrong = !wrong_.empty(), .entered = &entered}) || entered) wrong_.clear();
    takes_focus_ = false;
    if (entered && !sentence_.empty()) {
      const FaultCheck check = check_fault(sentence_, desk.live->scenario(desk));
      if (!check.fault) {
        wrong_ = check.right.empty() ? check.wrong : check.wrong + "; " + check.right;
        takes_focus_ = true;  // to mend it
      } else {
        if (desk.live->is_live()) desk.live->fault(desk, sentence_);
        else desk.live->plan(desk, sentence_);
        sentence_.clear();
      }
    }
    if (!wrong_.empty()) {
      ui.paragraph("x  " + wrong_, ui.theme->permanent);
      ui.registry.item("faults/wrong", {.rect = {}, .visible = {}, .label = wrong_});
    }
  }

  void draw_in_force(Desk& desk, const FaultList& list) {
    Ui& ui = desk.ui;
    ui.heading(fmt::format("In force now ({})", list.in_force.size()));
    if (list.in_force.empty()) ui.text("Nothing is wrong at this moment.", ui.theme->dim);
    for (const FaultList::Row& row : list.in_force) {
      const std::string at = std::to_string(row.fault.value);
      if (ui.row("faults/in-force/" + at, std::string(icon::kBolt) + " " + row.what, desk.view().selection.fault == row.fault, ui.theme->fault, Face::strong)) choose(desk, row);
      ui.tip(row.what);
      std::string since = fmt::format("   since {}", time_text(row.began_ns));
      // When it ends is still to come.
      if (!desk.view().hides_answers) since += row.until_ns >= 0 ? fmt::format(", until {}", time_text(row.until_ns)) : std::string(", to the end");
      ui.text(since, ui.theme->dim);
      if (desk.live->is_live()) {
        if (ui.button("faults/mend/" + at, std::string(icon::kWrench) + " Mend", {.tip = "It is over now"})) desk.live->mend(desk, row.what);
      } else if (ui.button("faults/branch/" + at, std::string(icon::kBranch) + " Without it…", {.tip = "Run again without this fault, or with it mended now"})) {
        desk.ask(branch_dialog(row.began));
      }
    }
  }

  void draw_plan(Desk& desk) {
    Ui& ui = desk.ui;
    Live& live = *desk.live;
    const std::vector<std::string> plan = desk.view().planned_faults;
    ui.heading(fmt::format("Planned for the next run ({})", plan.size()));
    if (plan.empty()) ui.text("Right-click a host, a link, the timeline.", ui.theme->dim);
    for (std::size_t i = 0; i < plan.size(); ++i) {
      const std::string at = std::to_string(i);
      const float buttons = ui.px(64);
      ImGui::BeginChild(("##plan" + at).c_str(), {std::max(ImGui::GetContentRegionAvail().x - buttons, ui.px(40)), ImGui::GetFrameHeight()}, false, ImGuiWindowFlags_NoScrollbar);
      const bool is_chosen = ui.row("faults/plan/" + at, plan[i], false, ui.theme->text);
      ui.tip(plan[i] + "\nClick to change it.");
      ImGui::EndChild();
      if (is_chosen) live.ask_plan(desk, i);
      ImGui::SameLine();
      if (ui.button("faults/unplan/" + at, icon::kTrash, {.tip = "Take it out of the plan"})) {
        live.unplan(desk, i);
        break;
      }
    }
    if (plan.empty()) return;
    if (ui.button("faults/run-again", std::string(icon::kRedo) + "  Run again with these", {.is_enabled = !live.is_live(), .tip = "The same scenario and seed, and these faults; compared with this run when it is done"}))
      desk.commands.run("fault/run-again", desk);
  }

  void draw_over(Desk& desk, const FaultList& list) {
    Ui& ui = desk.ui;
    if (list.over.empty()) return;
    ui.heading(fmt::format("Over ({})", list.over_count));
    for (const FaultList::Row& row : list.over) {
      const std::string text = fmt::format("{}  {} to {}{}", row.what, time_text(row.began_ns), time_text(row.ended_ns), row.times > 1 ? fmt::format(", {} times", row.times) : "");
      if (ui.row("faults/over/" + std::to_string(row.fault.value), text, desk.view().selection.fault == row.fault, ui.theme->dim)) choose(desk, row);
      ui.tip(text + "\nClick to go to where it began.");
    }
  }

  static void choose(Desk& desk, const FaultList::Row& row) {
    desk.select(row.fault);
    desk.show_event(row.began);
  }

  std::string sentence_, wrong_;
  bool takes_focus_ = false;
};

}  // namespace

std::unique_ptr<Pane> faults_pane() { return std::make_unique<FaultsPane>(); }

}  // namespace mailroom::viz
