// SPDX-License-Identifier: GPL-2.0-only
#include <imgui.h>

#include <algorithm>
#include <string>
#include <utility>

#include "viz/app/live.hpp"
#include "viz/dialogs/live_dialogs.hpp"

namespace mailroom::viz {
namespace {

using Begins = FaultTiming::Begins;

class FaultDialog final : public Dialog {
 public:
  FaultDialog(FaultForm form, std::optional<std::size_t> index) : form_(std::move(form)), index_(index) {}
  std::string_view title() const override { return title_of(form_.kind); }
  Point size_px() const override { return {600, 500}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    Live& live = *desk.live;
    column_ = ui.px(130);
    const std::string sentence = form_.sentence();
    if (sentence != checked_) {
      checked_ = sentence;
      check_ = check_fault(sentence, live.scenario(desk));
    }
    const float below = ImGui::GetFrameHeightWithSpacing() * 2 + ui.line_height() * 4;
    ImGui::BeginChild("##form", {0, std::max(ImGui::GetContentRegionAvail().y - below, ui.px(60))});
    ui.paragraph(faults::info(form_.kind).meaning, ui.theme->dim);
    ImGui::Dummy({1, ui.px(4)});
    draw_fields(ui);
    draw_time(desk);
    ImGui::EndChild();
    return draw_end(desk, sentence);
  }

 private:
  void label(Ui& ui, std::string_view text) const {
    const float left = ImGui::GetCursorScreenPos().x;
    ImGui::AlignTextToFramePadding();
    Pen pen = ui.pen();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    pen.text({at.x, at.y + ImGui::GetStyle().FramePadding.y}, text, {.color = ui.theme->dim, .max_width = column_ - ui.px(8)});
    ImGui::SetCursorScreenPos({left + column_, at.y});
  }

  // A field with a list of what may well be meant behind it.
  void value(Ui& ui, const std::string& name, std::string& text, const std::vector<std::string>& choices, std::string_view hint, bool is_wrong = false) {
    const float room = ImGui::GetContentRegionAvail().x;
    const bool has_list = choices.size() > 1;
    const float list = ImGui::GetFrameHeight() + ui.px(2);
    ui.field(name, text, {.hint = hint, .width = has_list ? std::max(room - list - ui.px(6), ui.px(40)) : room, .is_wrong = is_wrong, .tip = hint});
    if (!has_list) return;
    ImGui::SameLine(0, ui.px(4));
    const std::string popup = name + "/choices";
    if (ui.button(name + "/list", icon::kList, {.width = list, .tip = "What there is"})) ImGui::OpenPopup(popup.c_str());
    if (!ImGui::BeginPopup(popup.c_str())) return;
    ImGui::Dummy({ui.px(240), 1});
    for (std::size_t i = 0; i < choices.size() && i < 200; ++i)
      if (ui.row(name + "/choice/" + choices[i], choices[i], choices[i] == text, ui.theme->text)) {
        text = choices[i];
        ImGui::CloseCurrentPopup();
      }
    ImGui::EndPopup();
  }

  void draw_fields(Ui& ui) {
    for (std::size_t option = 0; option < form_.options.size() + 1; ++option) {
      const int which = static_cast<int>(option) - 1;  // first what is always said
      if (which >= 0) {
        FaultForm::Option& one = form_.options[static_cast<std::size_t>(which)];
        label(ui, "");
        ui.checkbox("fault/option/" + std::to_string(which), one.label, one.is_said, one.words);
        if (!one.is_said) continue;
      }
      for (const FaultForm::Part& part : form_.parts) {
        if (part.field < 0 || part.option != which) continue;
        FaultField& field = form_.fields[static_cast<std::size_t>(part.field)];
        label(ui, field.label);
        value(ui, "fault/field/" + std::to_string(part.field), field.value, field.choices, field.hint);
      }
    }
  }

  void draw_time(Desk& desk) {
    Ui& ui = desk.ui;
    FaultTiming& time = form_.timing;
    const bool is_live = desk.live->is_live() && !index_;
    label(ui, "Begins");
    struct Way {
      Begins begins;
      const char* name;
      const char* label;
    };
    const Way ways[] = {{Begins::now, "now", is_live ? "now" : "from the start"}, {Begins::at, "at", is_live ? "after…" : "at…"},
                        {Begins::when, "when", "when…"}, {Begins::every, "every", "every…"}};
    for (const Way& way : ways) {
      if (ui.button(std::string("fault/begins/") + way.name, way.label, {.is_on = time.begins == way.begins})) time.begins = way.begins;
      ImGui::SameLine();
    }
    ImGui::NewLine();
    if (time.begins == Begins::at) {
      label(ui, is_live ? "Time from now" : "Time");
      value(ui, "fault/at", time.at, {}, "10s, 1m30s, 2h");
    } else if (time.begins == Begins::when) {
      draw_condition(desk);
    } else if (time.begins == Begins::every) {
      label(ui, "Interval");
      value(ui, "fault/every", time.every, {"30s", "5m", "1h"}, "1h");
      label(ui, "");
      ui.checkbox("fault/random", "random times", time.is_random, "The interval and how long it lasts are means (Poisson)");
    }
    if (!form_.is_lasting()) return;
    label(ui, "Lasts");
    const bool must = time.begins == Begins::every;
    if (ui.button("fault/lasts/end", "to the end", {.is_enabled = !must, .is_on = !time.lasts && !must})) time.lasts = false;
    ImGui::SameLine();
    if (ui.button("fault/lasts/for", "for…", {.is_on = time.lasts || must})) time.lasts = true;
    if (!time.lasts && !must) return;
    label(ui, "For");
    value(ui, "fault/for", time.lasts_for, {"10s", "5m", "1h", "2d"}, "5m");
  }

  void draw_condition(Desk& desk) {
    Ui& ui = desk.ui;
    FaultTiming& time = form_.timing;
    label(ui, "Host");
    value(ui, "fault/when/host", time.host, desk.live->ground(desk).mail_hosts, "a mail host");
    label(ui, "What it does");
    std::vector<std::string> acts(kConditionActs.begin(), kConditionActs.end());
    int act = static_cast<int>(std::ranges::find(acts, time.act) - acts.begin());
    if (ui.combo("fault/when/act", acts, act, ui.px(150))) time.act = acts[static_cast<std::size_t>(act)];
    if (wants_object(time.act)) {
      ImGui::SameLine();
      value(ui, "fault/when/object", time.object, {"final dot", "greeting", "EHLO", "MAIL", "RCPT", "DATA", "QUIT", "250", "354", "451"}, "RCPT, 250, final dot");
    }
    label(ui, "Which one");
    value(ui, "fault/when/nth", time.nth, {"1", "2", "3"}, "counted within a session");
    label(ui, "");
    ui.checkbox("fault/when/each", "each time", time.is_whenever);
    label(ui, "So much later");
    value(ui, "fault/when/later", time.later, {"1ms", "5ms", "1s"}, "at once");
  }

  bool draw_end(Desk& desk, const std::string& sentence) {
    Ui& ui = desk.ui;
    ui.text("As a sentence:", ui.theme->dim);
    ui.text(sentence, ui.theme->text, Face::mono);
    ui.registry.item("fault/sentence", {.rect = {}, .visible = {}, .is_on = check_.fault.has_value(), .label = sentence});
    if (check_.fault) ui.text("o  understood", ui.theme->positive);
    else ui.text("x  " + check_.wrong + (check_.right.empty() ? "" : "; " + check_.right), ui.theme->permanent);
    Live& live = *desk.live;
    const bool is_live = live.is_live() && !index_;
    const char* what = index_ ? "Change the plan" : is_live ? "Do it" : "Add to the plan";
    if (ui.button("fault/do", what, {.is_enabled = check_.fault.has_value(), .is_primary = check_.fault.has_value()})) {
      if (index_) live.plan_instead(desk, *index_, sentence);
      else if (is_live) live.fault(desk, sentence);
      else live.plan(desk, sentence);
      return false;
    }
    ImGui::SameLine();
    if (is_live) {
      if (ui.button("fault/plan", "Plan it for another run", {.is_enabled = check_.fault.has_value()})) {
        live.plan(desk, sentence);
        return false;
      }
      ImGui::SameLine();
    }
    return !ui.button("fault/cancel", "Cancel");
  }

  FaultForm form_;
  std::optional<std::size_t> index_;
  std::string checked_ = "\n";  // no sentence
  FaultCheck check_;
  float column_ = 130;
};

// All faults of a place; and of another, if one is chosen.
class FaultChooser final : public Dialog {
 public:
  FaultChooser(FaultPlace place, std::optional<std::int64_t> at_ns) : place_(std::move(place)), at_ns_(at_ns) {}
  std::string_view title() const override { return "What goes wrong?"; }
  Point size_px() const override { return {560, 560}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    ui.field("faults/search", typed_, {.hint = "a few letters: disk, reset, 451 …", .takes_focus = is_fresh_});
    is_fresh_ = false;
    ImGui::BeginChild("##kinds");
    const auto kinds = kinds_for(place_, desk.live->ground(desk));
    bool is_open = true;
    for (const FaultGroup group : kFaultGroups) {
      bool has_heading = false;
      for (const faults::Kind kind : kinds) {
        if (group_of(kind) != group || !fits(kind)) continue;
        if (!std::exchange(has_heading, true)) ui.heading(title_of(group));
        if (ui.row("faults/kind/" + std::string(faults::info(kind).name), title_of(kind), false, ui.theme->text)) {
          desk.live->ask_fault(desk, kind, place_, at_ns_);
          is_open = false;
        }
        ui.tip(faults::info(kind).meaning);
      }
    }
    if (kinds.empty()) ui.text("Nothing can fail here.", ui.theme->dim);
    ImGui::EndChild();
    return is_open;
  }

 private:
  bool fits(faults::Kind kind) const {
    const auto contains = [this](std::string_view text) {
      return std::ranges::search(text, typed_, {}, [](char c) { return std::tolower(static_cast<unsigned char>(c)); },
                                 [](char c) { return std::tolower(static_cast<unsigned char>(c)); }).begin() != text.end();
    };
    return typed_.empty() || contains(title_of(kind)) || contains(faults::info(kind).form) || contains(faults::info(kind).meaning);
  }

  FaultPlace place_;
  std::optional<std::int64_t> at_ns_;
  std::string typed_;
  bool is_fresh_ = true;
};

}  // namespace

std::unique_ptr<Dialog> fault_dialog(FaultForm form, std::optional<std::size_t> index) {
  return std::make_unique<FaultDialog>(std::move(form), index);
}

std::unique_ptr<Dialog> fault_chooser(FaultPlace place, std::optional<std::int64_t> at_ns) {
  return std::make_unique<FaultChooser>(std::move(place), at_ns);
}

}  // namespace mailroom::viz
