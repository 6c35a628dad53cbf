// SPDX-License-Identifier: GPL-2.0-only
// The bar of a live run: how it is, pause, step, pace; what is being made in the background; the mystery.
#include <fmt/format.h>
#include <imgui.h>

#include <string>

#include "sim/story/quantities.hpp"
#include "viz/app/live.hpp"
#include "viz/dialogs/live_dialogs.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {
namespace {

using State = LiveRun::State;

struct Words {
  std::string_view sign, text;
};

Words words_of(State state) {
  switch (state) {
    case State::starting:
      return {"…", "starting"};
    case State::running:
      return {">", "LIVE"};
    case State::paused:
      return {"=", "LIVE, paused"};
    case State::waiting:
      return {"o", "LIVE, nothing is left to do: it waits for you"};
    case State::ended:
      return {"o", "the run has ended"};
    case State::refused:
      return {"x", "the run could not begin"};
    case State::crashed:
      return {"x", "the simulator has crashed"};
  }
  return {};
}

class LiveBar final : public Pane {
 public:
  About about() const override { return {"live", "Live", Place::transport}; }

  bool is_shown(const Desk& desk) const override {
    if (!desk.live) return false;
    const Live& live = *desk.live;
    return live.run() != nullptr || live.mystery || !desk.live->branches().empty();
  }

  void draw(Desk& desk, const Rect&) override {
    Live& live = *desk.live;
    if (live.run() != nullptr) draw_run(desk, *live.run());
    if (live.mystery) draw_mystery(desk);
    draw_branches(desk);
    ImGui::NewLine();
  }

 private:
  static bool fits(Desk& desk, std::string_view label) {
    return ImGui::GetContentRegionAvail().x > desk.ui.pen().width(label, {.color = {}}) + ImGui::GetStyle().FramePadding.x * 2 + 2;
  }
  static bool button(Desk& desk, std::string_view name, std::string_view label, const Ui::Look& look) {
    if (!fits(desk, label)) return false;
    const bool clicked = desk.ui.button(name, label, look);
    ImGui::SameLine();
    return clicked;
  }
  static void say(Desk& desk, std::string_view name, const std::string& text, Color color) {
    if (ImGui::GetContentRegionAvail().x < desk.ui.px(60)) return;
    ImGui::AlignTextToFramePadding();
    desk.ui.text(text, color, Face::strong);
    desk.ui.note_item(name, text);
    ImGui::SameLine(0, desk.ui.px(12));
  }

  void draw_run(Desk& desk, LiveRun& run) {
    const Ui& ui = desk.ui;
    Live& live = *desk.live;
    const State state = run.state();
    const Words words = words_of(state);
    const bool is_bad = state == State::crashed || state == State::refused;
    std::string text = fmt::format("{} {}", words.sign, words.text);
    if (state == State::running) text += " " + run.pace();
    if (!run.is_over() && !run.lines().empty() && run.lines().back().answer == LiveRun::Line::Answer::none) text += " …";
    say(desk, "live/state", text, is_bad ? ui.theme->permanent : state == State::running ? ui.theme->positive : ui.theme->text);
    if (run.is_over()) {
      if (button(desk, "live/again", std::string(icon::kRedo) + " Run again", {.tip = "The same scenario from its beginning"})) return desk.commands.run("live/again", desk), void();
      if (state != State::refused && !desk.run && button(desk, "live/open", "Open what it recorded", {})) desk.open(run.order().out);
      if (button(desk, "live/forget", icon::kClose, {.tip = "Take this bar away; the run file stays open"})) live.forget(desk);
      return;
    }
    const bool is_paused = state == State::paused;
    if (button(desk, "live/pause", is_paused ? icon::kPlay : icon::kPause, {.is_on = is_paused, .tip = is_paused ? "Let the simulation go on" : "Hold the simulation"}))
      desk.commands.run("live/pause", desk);
    if (button(desk, "live/step", icon::kForward, {.tip = "To the next event of the mail, and hold there"})) desk.commands.run("live/step", desk);
    if (button(desk, "live/slower", "slower", {.tip = "Half as many simulated seconds a second"})) desk.commands.run("live/slower", desk);
    if (button(desk, "live/faster", "faster", {.tip = "Twice as many simulated seconds a second"})) desk.commands.run("live/faster", desk);
    if (button(desk, "live/max", "max", {.is_on = run.pace() == "max", .tip = "As fast as it goes; waits of hours pass at once"})) desk.commands.run("live/max", desk);
    if (button(desk, "live/follow", "follow", {.is_on = live.follows(), .tip = "Show what happens now; going elsewhere in time turns it off"})) desk.commands.run("live/follow", desk);
    if (button(desk, "live/end", "end", {.tip = "End the run in order; its run file is whole"})) desk.commands.run("live/end", desk);
  }

  void draw_mystery(Desk& desk) {
    Mystery& mystery = *desk.live->mystery;
    const Ui& ui = desk.ui;
    if (mystery.is_revealed()) {
      say(desk, "mystery/state", "It was: " + mystery.sentence(), ui.theme->fault);
      return;
    }
    say(desk, "mystery/state", fmt::format("{} Mystery {}: one fault is hidden", icon::kQuestion, mystery.seed()), ui.theme->fault);
    if (button(desk, "mystery/guess", "Guess…", {})) desk.commands.run("lab/guess", desk);
  }

  void draw_branches(Desk& desk) {
    const Ui& ui = desk.ui;
    auto& branches = desk.live->branches();
    for (std::size_t i = 0; i < branches.size(); ++i) {
      BranchRun& branch = branches[i];
      const std::string at = std::to_string(i);
      if (branch.run.state() == BackgroundRun::State::cancelled) continue;
      std::string text = fmt::format("{} {}", icon::kBranch, branch.title);
      if (!branch.run.is_over()) text += fmt::format("  {:.0f} %", branch.run.progress() * 100);
      else if (branch.run.state() == BackgroundRun::State::failed) text += "  x failed";
      else if (branch.parting && !branch.was_parted) text += "  comparing";
      const bool is_last = i + 1 == branches.size();
      if (branch.run.is_over() && !is_last) continue;  // of those that are over only the last
      say(desk, "branch/state/" + at, text, ui.theme->text);
      if (!branch.run.is_over()) {
        if (button(desk, "branch/cancel/" + at, "Cancel", {})) branch.run.cancel();
      } else if (desk.live->parting && branch.was_parted) {
        const PartingOfRuns& parting = *desk.live->parting;
        if (parting.are_same) say(desk, "branch/parting", "nothing is different", ui.theme->dim);
        else if (button(desk, "branch/parting", fmt::format("The futures part at {}", story::clock(parting.time_ns)), {.tip = desk.live->parting_words}))
          go_to_parting(desk, parting);
      }
    }
  }

  static void go_to_parting(Desk& desk, const PartingOfRuns& parting) {
    if (parting.in_a) {
      desk.show_event(parting.in_a->id);
      desk.select(*parting.in_a);
    } else {
      desk.show_time(parting.time_ns);
    }
  }
};

}  // namespace

std::unique_ptr<Pane> live_bar_pane() { return std::make_unique<LiveBar>(); }

}  // namespace mailroom::viz
