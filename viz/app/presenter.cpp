// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/presenter.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

#include "sim/story/quantities.hpp"
#include "sim/trace/note_writer.hpp"
#include "viz/model/lecture.hpp"

namespace mailroom::viz {
namespace {

constexpr double kTryAgain_s = 1;

bool can_present(const Desk& desk) {
  return desk.run && !desk.view().notes.empty();
}

void go_to(Desk& desk, std::optional<std::size_t> stop) {
  if (!stop) return;
  desk.player.pause();
  desk.show_time(time_of(desk.view().notes[*stop]));
  if (desk.view().is_presenting) desk.look([](View& v) { v.hides_answers = true; });
}

}  // namespace

void Presenter::join(Desk& desk) {
  desk.commands.add({.id = "lab/present", .title = "Presenter mode", .menu = "Lab", .shortcut = "F5",
                     .tip = "Playing halts at each note, asks its question, and hides what comes next",
                     .run = [](Desk& d) {
                       d.look([](View& v) {
                         v.is_presenting = !v.is_presenting;
                         v.hides_answers = v.is_presenting;
                       });
                     },
                     .is_enabled = can_present,
                     .is_on = [](const Desk& d) { return d.view().is_presenting; }});
  desk.commands.add({.id = "lab/next-stop", .title = "Next stop", .menu = "Lab", .shortcut = "PageDown",
                     .tip = "To the next note",
                     .run = [](Desk& d) { go_to(d, next_stop(d.view().notes, d.time_ns())); },
                     .is_enabled = [](const Desk& d) {
                       return d.run && next_stop(d.view().notes, d.time_ns()).has_value();
                     }});
  desk.commands.add({.id = "lab/previous-stop", .title = "Previous stop", .menu = "Lab", .shortcut = "PageUp",
                     .tip = "To the note before",
                     .run = [](Desk& d) { go_to(d, previous_stop(d.view().notes, d.time_ns())); },
                     .is_enabled = [](const Desk& d) {
                       return d.run && previous_stop(d.view().notes, d.time_ns()).has_value();
                     }});
  desk.commands.add({.id = "lab/hide", .title = "Hide what comes next", .menu = "Lab", .shortcut = "H",
                     .tip = "Marks, lines and plots end at the moment shown; again: they are revealed",
                     .run = [](Desk& d) { d.look([](View& v) { v.hides_answers = !v.hides_answers; }); },
                     .is_enabled = [](const Desk& d) { return d.run != nullptr; },
                     .is_on = [](const Desk& d) { return d.view().hides_answers; }});
  desk.on_run_changed.push_back([this](Desk& d) {
    if (!path_.empty() && seen_ != kept_ && knew_notes_) owed_[path_] = seen_;
    path_ = d.run ? d.run->path() : std::filesystem::path();
    owed_.erase(path_);
    seen_ = kept_ = d.view().notes;
    knew_notes_ = d.knows_notes;
    has_complained_ = false;
  });
}

bool Presenter::stops_before(Desk& desk, std::int64_t now_ns, std::int64_t& then_ns) {
  if (!desk.view().is_presenting) return false;
  const auto stop = next_stop(desk.view().notes, now_ns);
  if (!stop || time_of(desk.view().notes[*stop]) > then_ns) return false;
  then_ns = time_of(desk.view().notes[*stop]);
  desk.look([](View& v) { v.hides_answers = true; });
  return true;
}

// Notes go into the run file as soon as nobody else is writing there.
void Presenter::keep_notes(Desk& desk) {
  if (desk.run) {
    path_ = desk.run->path();
    seen_ = desk.view().notes;
  }
  if (!owed_.empty() && desk.seconds() >= next_try_s_) {
    keep_owed();
    next_try_s_ = desk.seconds() + kTryAgain_s;
    desk.animate(kTryAgain_s);
  }
  if (!desk.run || !desk.knows_notes || desk.view().notes == kept_ || desk.seconds() < next_try_s_) return;
  if (ImGui::IsAnyItemActive()) return desk.animate(kTryAgain_s);  // it is being typed
  const auto kept = trace::write_notes(desk.run->path(), desk.view().notes);
  if (kept) {
    kept_ = desk.view().notes;
    has_complained_ = false;
    return;
  }
  next_try_s_ = desk.seconds() + kTryAgain_s;
  desk.animate(kTryAgain_s);
  if (kept.error().problem == trace::FileError::Problem::in_use || has_complained_) return;
  has_complained_ = true;
  desk.say(Desk::Tone::bad, "Your notes are not kept: " + kept.error().text);
}

void Presenter::keep_owed() {
  std::erase_if(owed_, [](const auto& owed) {
    const auto kept = trace::write_notes(owed.first, owed.second);
    return kept || kept.error().problem != trace::FileError::Problem::in_use;
  });
}

std::optional<std::string> Presenter::keep_all(const Desk& desk) {
  if (!path_.empty() && knew_notes_ && desk.view().notes != kept_) owed_[path_] = desk.view().notes;
  // Whoever wrote the file last may need a moment to close it.
  for (int i = 0; i < 30 && !owed_.empty(); ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    keep_owed();
  }
  if (owed_.empty()) return std::nullopt;
  return "your notes could not be kept in " + owed_.begin()->first.string() + ", which another program writes";
}

void Presenter::draw(Desk& desk) {
  keep_notes(desk);
  const View& view = desk.view();
  if (!view.is_presenting || !can_present(desk)) return;
  Ui& ui = desk.ui;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float wide = std::min(ui.px(640), screen.x * 0.9f);
  ImGui::SetNextWindowPos({screen.x / 2, ui.px(76)}, ImGuiCond_Always, {0.5f, 0.0f});
  ImGui::SetNextWindowSize({wide, 0});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, ImGui::GetStyle().Colors[ImGuiCol_PopupBg]);
  ImGui::Begin("##presenter", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_AlwaysAutoResize);
  ImGui::PopStyleColor();
  // At a stop, its question; on the way, which one comes next.
  const auto here = stop_at(view.notes, desk.time_ns());
  const auto next = next_stop(view.notes, desk.time_ns());
  if (here) {
    const NoteText text = split(view.notes[*here].text);
    ui.text(fmt::format("Stop {} of {}, at {}", *here + 1, view.notes.size(), story::clock(desk.time_ns())),
            ui.theme->dim);
    ui.paragraph(text.question, ui.theme->text);
    if (!text.answer.empty() && !view.hides_answers) ui.paragraph(text.answer, ui.theme->positive);
  } else if (next) {
    ui.text(fmt::format("The next stop is at {}", story::clock(time_of(view.notes[*next]))), ui.theme->dim);
  } else {
    ui.text("That was the last stop.", ui.theme->dim);
  }
  const auto press = [&](const char* command, const char* name, const std::string& label, bool is_primary) {
    const Command* c = desk.commands.find(command);
    if (ui.button(name, label, {.is_enabled = Commands::is_enabled(*c, desk), .is_primary = is_primary, .tip = c->tip}))
      desk.commands.run(command, desk);
    ImGui::SameLine();
  };
  press("lab/previous-stop", "presenter/previous", "Previous", false);
  press("lab/hide", "presenter/reveal", view.hides_answers ? "Reveal (H)" : "Hide (H)", view.hides_answers);
  press("lab/next-stop", "presenter/next", "Next stop", !view.hides_answers);
  press("lab/present", "presenter/end", "End", false);
  ImGui::NewLine();
  ImGui::End();
}

}  // namespace mailroom::viz
