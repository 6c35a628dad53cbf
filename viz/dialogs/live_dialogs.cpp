// SPDX-License-Identifier: GPL-2.0-only
#include "viz/dialogs/live_dialogs.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <utility>

#include "topologies/units.hpp"
#include "viz/app/demos.hpp"
#include "viz/app/live.hpp"
#include "viz/model/scenario_text.hpp"

namespace mailroom::viz {
namespace {

namespace fs = std::filesystem;
using Tone = Desk::Tone;

class NotesDialog final : public Dialog {
 public:
  explicit NotesDialog(RunOrder order) : order_(std::move(order)) {}
  std::string_view title() const override { return "Your notes are in this run file"; }
  Point size_px() const override { return {520, 190}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    const fs::path beside = free_name(order_.out);
    ui.paragraph(fmt::format("{} has notes of yours. A new run would replace them.", order_.out.filename().string()), ui.theme->text);
    ImGui::Dummy({1, ui.px(6)});
    if (ui.button("notes/beside", "Write " + beside.filename().string(), {.is_primary = true})) {
      order_.out = beside;
      desk.live->start(desk, order_, false);
      return false;
    }
    ImGui::SameLine();
    if (ui.button("notes/replace", "Replace it")) {
      order_.replaces_notes = true;
      desk.live->start(desk, order_, false);
      return false;
    }
    ImGui::SameLine();
    return !ui.button("notes/cancel", "Cancel");
  }

 private:
  RunOrder order_;
};

class SaveScenario final : public Dialog {
 public:
  std::string_view title() const override { return "Save as scenario"; }
  Point size_px() const override { return {640, 480}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    if (!desk.run) return false;
    if (std::exchange(is_fresh_, false)) prepare(desk);
    ui.paragraph("What people did in this run, and the faults that are planned, become part of the scenario: mailroom run makes the same run again.", ui.theme->dim);
    if (!problem_.empty()) ui.paragraph(problem_, ui.theme->permanent);
    if (!saved_.keeps_comments) ui.paragraph("The text is written anew; its comments are lost.", ui.theme->transient);
    const std::string before = path_;
    ui.field("save/path", path_, {.hint = "name.yaml", .is_mono = true});
    if (path_ != before) has_replaced_ = false;  // that was said of another file
    std::error_code error;
    const bool is_there = fs::exists(path_, error);
    if (is_there) ui.text(has_replaced_ ? "Press Save once more to replace it." : "This file is there already.", ui.theme->transient);
    ImGui::BeginChild("##text", {0, ImGui::GetContentRegionAvail().y - ImGui::GetFrameHeightWithSpacing()});
    for (std::string_view rest = saved_.text; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      ui.text(rest.substr(0, end), ui.theme->text, Face::mono);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    ImGui::EndChild();
    bool is_open = true;
    if (ui.button("save/do", "Save", {.is_enabled = problem_.empty() && !path_.empty(), .is_primary = true})) {
      if (is_there && !std::exchange(has_replaced_, true)) return true;
      is_open = !save(desk);
    }
    ImGui::SameLine();
    return !ui.button("save/cancel", "Cancel") && is_open;
  }

 private:
  void prepare(Desk& desk) {
    auto saved = scenario_of_run(desk.run->reader(), desk.view().planned_faults);
    if (!saved) problem_ = saved.error();
    else saved_ = std::move(*saved);
    const fs::path& source = desk.live->scenario_path();
    const fs::path beside = source.empty() ? desk.run->path() : source;
    path_ = free_name(beside.parent_path() / (desk.run->path().stem().string() + "-saved.yaml")).string();
  }

  bool save(Desk& desk) {
    const fs::path path(path_);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << saved_.text;
    file.close();
    if (!file) {
      desk.say(Tone::bad, fmt::format("Cannot write {}: {}; choose another folder.", path_, std::strerror(errno)));
      return false;
    }
    const auto loaded = scenario::load(path);
    if (loaded) desk.say(Tone::good, "Saved: mailroom run " + path.filename().string());
    else desk.say(Tone::bad, "Saved, but it cannot be run from there: " + scenario::to_string(loaded.error().front()));
    return true;
  }

  bool is_fresh_ = true, has_replaced_ = false;
  std::string path_, problem_;
  SavedScenario saved_;
};

class MysteryDialog final : public Dialog {
 public:
  std::string_view title() const override { return "Mystery"; }
  Point size_px() const override { return {560, 420}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    if (std::exchange(is_fresh_, false)) {
      demos_ = shipped_demos();
      if (!desk.live->scenario_path().empty()) path_ = desk.live->scenario_path().string();
      else if (!demos_.empty()) path_ = demos_.front().path.string();
    }
    ui.paragraph("The scenario runs with one fault that is not shown. Find out what fails, and where. The number chooses the fault: who has the same number has the same fault.", ui.theme->dim);
    ui.field("mystery/path", path_, {.hint = "path of a scenario (.yaml)", .is_mono = true});
    ImGui::BeginChild("##demos", {0, std::max(ImGui::GetContentRegionAvail().y - ImGui::GetFrameHeightWithSpacing() * 2, ui.px(40))});
    for (const Demo& demo : demos_)
      if (ui.row("mystery/demo/" + demo.name, demo.name, path_ == demo.path.string(), ui.theme->text)) path_ = demo.path.string();
    ImGui::EndChild();
    ui.field("mystery/seed", seed_, {.hint = "a number"});
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(seed_.data(), seed_.data() + seed_.size(), seed);
    const bool is_number = error == std::errc{} && end == seed_.data() + seed_.size();
    if (ui.button("mystery/start", "Start", {.is_enabled = is_number && !path_.empty(), .is_primary = true}))
      return !desk.live->start_mystery(desk, path_, seed);
    ImGui::SameLine();
    return !ui.button("mystery/cancel", "Cancel");
  }

 private:
  bool is_fresh_ = true;
  std::string path_, seed_ = "1";
  std::vector<Demo> demos_;
};

// Where and what; each wrong guess earns a hint.
class GuessDialog final : public Dialog {
 public:
  std::string_view title() const override { return "What fails, and where?"; }
  Point size_px() const override { return {620, 520}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    Live& live = *desk.live;
    if (!live.mystery) return false;
    const FaultGround& ground = live.ground(desk);
    if (live.verdict) {
      ui.paragraph(live.verdict->words, live.verdict->is_right ? ui.theme->positive : ui.theme->text);
      ui.registry.item("guess/verdict", {.rect = {}, .visible = {}, .is_on = live.verdict->is_right, .label = live.verdict->words});
    }
    const float below = ImGui::GetFrameHeightWithSpacing() + ui.px(6);
    const float high = std::max(ImGui::GetContentRegionAvail().y - below, ui.px(80));
    const float wide = ImGui::GetContentRegionAvail().x / 2 - ui.px(4);
    ImGui::BeginChild("##where", {wide, high});
    ui.heading("Where");
    for (const auto* list : {&ground.nodes, &ground.links, &ground.addresses})
      for (const std::string& place : *list)
        if (ui.row("guess/where/" + place, place, guess_.where == place, ui.theme->text)) guess_.where = place;
    ImGui::EndChild();
    ImGui::SameLine();
    ImGui::BeginChild("##what", {0, high});
    ui.heading("What");
    for (const faults::Kind kind : kinds_for({}, ground))
      if (ui.row("guess/what/" + std::string(faults::info(kind).name), title_of(kind), kind_ == kind, ui.theme->text)) kind_ = kind;
    ImGui::EndChild();
    const bool is_whole = kind_ && !guess_.where.empty();
    if (ui.button("guess/do", "That is it", {.is_enabled = is_whole && !live.mystery->is_revealed(), .is_primary = is_whole})) {
      guess_.kind = *kind_;
      live.verdict = live.mystery->judge(guess_);
      if (live.verdict->is_right) live.mystery->reveal();
    }
    ImGui::SameLine();
    return !ui.button("guess/close", live.mystery->is_revealed() ? "Look at it" : "Look again");
  }

 private:
  Mystery::Guess guess_;
  std::optional<faults::Kind> kind_;
};

class BranchDialog final : public Dialog {
 public:
  explicit BranchDialog(trace::EventId event) : event_(event) {}
  std::string_view title() const override { return "Branch here"; }
  Point size_px() const override { return {620, 440}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    if (!desk.run) return false;
    if (std::exchange(is_fresh_, false)) prepare(desk);
    ui.paragraph(fmt::format("The run is made again with one change at {}; all before it stays the same. Both futures are then compared.",
                             topology::format_duration(at_ns_)), ui.theme->dim);
    ImGui::BeginChild("##changes");
    bool is_open = true;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      if (i == of_event_) ui.heading("Or something fails at this moment");
      if (ui.row("branch/" + std::to_string(i), changes_[i].title, false, ui.theme->text)) {
        desk.live->branch(desk, changes_[i]);
        is_open = false;
      }
      ui.tip(changes_[i].meaning + (changes_[i].faults.empty() ? "" : "\n" + changes_[i].faults.front()));
    }
    if (changes_.empty()) ui.text("Choose an event, a host or a link first.", ui.theme->dim);
    if (ui.row("branch/fault", "Another fault…", false, ui.theme->accent)) {
      desk.ask(fault_chooser({}, at_ns_));
      is_open = false;
    }
    ImGui::EndChild();
    return is_open;
  }

 private:
  void prepare(Desk& desk) {
    auto& reader = desk.run->reader();
    at_ns_ = desk.time_ns();
    if (event_) {
      if (const auto row = reader.event(event_); row && *row) at_ns_ = (*row)->time_ns;
      changes_ = changes_at(reader, event_);
      std::erase_if(changes_, [&](const Change& change) {
        return desk.live->mystery && std::ranges::any_of(change.without, [&](const std::string& what) { return desk.live->mystery->tells(what); });
      });
    }
    of_event_ = changes_.size();
    const Selection& selection = desk.view().selection;
    const auto add = [this](std::vector<Change> more) { changes_.insert(changes_.end(), more.begin(), more.end()); };
    if (selection.host) add(changes_of_host(reader, selection.host, at_ns_));
    if (selection.link) add(changes_of_link(reader, selection.link, at_ns_));
  }

  trace::EventId event_;
  bool is_fresh_ = true;
  std::int64_t at_ns_ = 0;
  std::size_t of_event_ = 0;
  std::vector<Change> changes_;
};

}  // namespace

std::unique_ptr<Dialog> notes_dialog(RunOrder order) { return std::make_unique<NotesDialog>(std::move(order)); }
std::unique_ptr<Dialog> save_scenario_dialog() { return std::make_unique<SaveScenario>(); }
std::unique_ptr<Dialog> mystery_dialog() { return std::make_unique<MysteryDialog>(); }
std::unique_ptr<Dialog> guess_dialog() { return std::make_unique<GuessDialog>(); }
std::unique_ptr<Dialog> branch_dialog(trace::EventId event) { return std::make_unique<BranchDialog>(event); }

}  // namespace mailroom::viz
