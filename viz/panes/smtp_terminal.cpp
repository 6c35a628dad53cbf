// SPDX-License-Identifier: GPL-2.0-only
// Typed SMTP: a person sits down at a simulated host and talks to a port of another one. Enter sends the line with CR LF;
// each line is a line of control, so that it is part of the run and done again by a replay.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "viz/app/live.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {
namespace {

class SmtpTerminal final : public Pane {
 public:
  About about() const override { return {"terminal", "Type SMTP", Place::bottom_right}; }

  bool is_shown(const Desk& desk) const override {
    return desk.live && desk.live->run() != nullptr && desk.run && (desk.live->is_live() || !desk.live->typed().empty());
  }

  void draw(Desk& desk, const Rect&) override {
    Live& live = *desk.live;
    choose_defaults(desk);
    draw_head(desk);
    const auto found = live.typed().find(name_);
    if (found == live.typed().end()) {
      desk.ui.paragraph("Choose where you sit and whom you talk to, then connect. What you type goes over the simulated links, and "
                        "the host answers as it answers any other sender.", desk.ui.theme->dim);
      return;
    }
    const Live::Typed& typed = found->second;
    const float below = ImGui::GetFrameHeightWithSpacing();
    ImGui::BeginChild("##dialogue", {0, std::max(ImGui::GetContentRegionAvail().y - below, desk.ui.px(30))});
    draw_dialogue(desk, typed);
    ImGui::EndChild();
    draw_line(desk, typed);
  }

 private:
  void choose_defaults(Desk& desk) {
    if (!name_.empty() && !desk.live->typed().contains(name_)) name_.clear();  // of another run
    const FaultGround& ground = desk.live->ground(desk);
    const auto is_there = [](const std::vector<std::string>& list, const std::string& one) { return std::ranges::find(list, one) != list.end(); };
    if (!is_there(ground.receivers, host_)) host_ = ground.receivers.empty() ? "" : ground.receivers.back();
    if (is_there(ground.nodes, from_)) return;
    from_ = ground.nodes.empty() ? "" : ground.nodes.front();
    for (const std::string& one : ground.mail_hosts)
      if (one != host_) {
        from_ = one;
        break;
      }
  }

  void pick(Desk& desk, const char* name, const std::vector<std::string>& list, std::string& value) const {
    int chosen = static_cast<int>(std::ranges::find(list, value) - list.begin());
    if (desk.ui.combo(name, list, chosen, desk.ui.px(120)) && static_cast<std::size_t>(chosen) < list.size())
      value = list[static_cast<std::size_t>(chosen)];
    ImGui::SameLine();
  }

  void draw_head(Desk& desk) {
    Ui& ui = desk.ui;
    Live& live = *desk.live;
    const FaultGround& ground = live.ground(desk);
    pick(desk, "terminal/from", ground.nodes, from_);
    pick(desk, "terminal/to", ground.receivers, host_);
    ui.field("terminal/port", port_, {.hint = "25", .width = ui.px(56)});
    ImGui::SameLine();
    if (ui.button("terminal/connect", "Connect", {.is_enabled = live.is_live() && !from_.empty() && !host_.empty(), .is_primary = name_.empty()})) {
      name_ = live.connect(desk, from_, host_, port_.empty() ? "25" : port_);
      wants_focus_ = true;
    }
    ImGui::SameLine();
    const auto found = live.typed().find(name_);
    const bool is_open = found != live.typed().end() && !found->second.is_over && live.is_live();
    if (ui.button("terminal/finish", "Close", {.is_enabled = is_open, .tip = "FIN: nothing more is typed"})) live.tell(desk, "finish " + name_);
    ImGui::SameLine();
    if (ui.button("terminal/reset", "Reset", {.is_enabled = is_open, .tip = "RST: the connection is cut off"})) live.tell(desk, "reset " + name_);
    if (live.typed().size() > 1) {
      ImGui::SameLine();
      std::vector<std::string> names;
      for (const auto& [name, typed] : live.typed()) names.push_back(name);
      pick(desk, "terminal/which", names, name_);
      ImGui::NewLine();
    }
    if (live.is_live() && live.run()->pace() == "max")
      ui.text("~  At full speed a receiver's time-out passes while you think. Choose a pace, such as 1x.", ui.theme->transient);
  }

  void draw_dialogue(Desk& desk, const Live::Typed& typed) {
    Ui& ui = desk.ui;
    int number = 0;
    for (const Live::Typed::Line& line : typed.lines) {
      Color color = ui.theme->text;
      std::string text = (line.is_ours ? "C: " : "S: ") + line.text;
      if (!line.is_ours) {
        const bool is_reply = line.text.size() >= 3 && std::ranges::all_of(line.text.substr(0, 3), [](unsigned char c) { return std::isdigit(c) != 0; });
        const Category category = is_reply ? category_of(std::stoi(line.text.substr(0, 3))) : Category::none;
        color = category == Category::none ? ui.theme->dim : ui.theme->of(category);
        text = fmt::format("{:1} {}", sign_of(category), text);
      } else {
        text = "  " + text;
      }
      ui.text(text, color, Face::mono);
      ui.note_item(fmt::format("terminal/line/{}", number++), line.text);
    }
    if (typed.lines.size() != shown_) ImGui::SetScrollHereY(1);
    shown_ = typed.lines.size();
  }

  void draw_line(Desk& desk, const Live::Typed& typed) {
    Ui& ui = desk.ui;
    if (typed.is_over || !desk.live->is_live()) {
      ui.text("The conversation is over.", ui.theme->dim);
      return;
    }
    bool entered = false;
    ui.field("terminal/input", line_, {.hint = "HELO, MAIL FROM:<…>, RCPT TO:<…>, DATA, QUIT", .is_mono = true, .takes_focus = std::exchange(wants_focus_, false), .entered = &entered});
    const bool has_focus = ImGui::IsItemFocused();
    if (entered) {
      desk.live->type(desk, name_, line_);
      if (!line_.empty() && (history_.empty() || history_.back() != line_)) history_.push_back(line_);
      recalled_ = history_.size();
      line_.clear();
      wants_focus_ = true;
    } else if (has_focus && !history_.empty() && (ImGui::IsKeyPressed(265) || ImGui::IsKeyPressed(264))) {
      recall(ImGui::IsKeyPressed(265));
    }
  }

  // Earlier lines by the arrow keys. A field that is being typed into keeps its own text: it has to let go for a frame.
  void recall(bool is_up) {
    if (is_up && recalled_ > 0) --recalled_;
    if (!is_up && recalled_ < history_.size()) ++recalled_;
    line_ = recalled_ < history_.size() ? history_[recalled_] : std::string();
    ImGui::ClearActiveID();
    wants_focus_ = true;
  }

  std::string from_, host_, port_ = "25", name_, line_;
  std::vector<std::string> history_;
  std::size_t recalled_ = 0, shown_ = 0;
  bool wants_focus_ = false;
};

}  // namespace

std::unique_ptr<Pane> smtp_terminal_pane() { return std::make_unique<SmtpTerminal>(); }

}  // namespace mailroom::viz
