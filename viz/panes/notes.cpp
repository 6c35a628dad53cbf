// SPDX-License-Identifier: GPL-2.0-only
// The notes of a run: what a reader wrote at which moment. They are kept in the run file, and are the stops of presenter
// mode.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <string>

#include "sim/story/quantities.hpp"
#include "viz/model/lecture.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {
namespace {

class NotesPane final : public Pane {
 public:
  About about() const override { return {"notes", "Notes", Place::right}; }

  void join(Desk& desk) override {
    desk.commands.add({.id = "lab/new-note", .title = "New note here", .menu = "Lab", .shortcut = "N",
                       .tip = "A note at the moment shown; kept in the run file, a stop of presenter mode",
                       .run = [this](Desk& d) { add(d); },
                       .is_enabled = [](const Desk& d) { return d.run != nullptr; }});
    desk.on_run_changed.push_back([this](Desk&) { open_ = kNone, is_new_ = false; });
  }

  void draw(Desk& desk, const Rect&) override {
    Ui& ui = desk.ui;
    if (ui.button("notes/new", std::string(icon::kNote) + "  New note here (N)", {.is_primary = desk.view().notes.empty()}))
      desk.commands.run("lab/new-note", desk);
    if (desk.view().notes.empty()) {
      ui.paragraph("Write down what is worth a look, at the moment when it happens. In presenter mode (F5) each note is a "
                   "stop: its first paragraph is the question, what follows after an empty line is the answer.",
                   ui.theme->dim);
      return;
    }
    const std::vector<trace::Note> notes = desk.view().notes;
    for (std::size_t i = 0; i < notes.size(); ++i) {
      const std::string name = "notes/" + std::to_string(i + 1);
      const bool is_here = time_of(notes[i]) == desk.time_ns();
      const NoteText text = split(notes[i].text);
      const bool is_later = desk.view().hides_answers && time_of(notes[i]) > desk.time_ns();
      const std::string_view first =
          is_later ? std::string_view("(later)") : text.question.substr(0, text.question.find('\n'));
      if (ui.row(name, fmt::format("# {}  {}", story::clock(time_of(notes[i])), first.empty() ? "(empty)" : first),
                 is_here, ui.theme->note)) {
        desk.player.pause();
        desk.show_time(time_of(notes[i]));
        open_ = open_ == i ? kNone : i;
        is_new_ = false;
      }
      if (open_ != i || is_later) continue;
      // What the answer is, is not read here before it is revealed; a note that is just being made can be written.
      if (desk.view().hides_answers && !is_new_) ui.paragraph(std::string(text.question), ui.theme->text);
      else draw_open(desk, i, notes[i]);
    }
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  void add(Desk& desk) {
    if (const auto here = stop_at(desk.view().notes, desk.time_ns())) {
      is_new_ = is_new_ && open_ == *here;
      open_ = *here;
    } else {
      desk.edit("new note", [&](View& v) {
        v.notes.push_back({.event = desk.run->event(), .time_ns = desk.time_ns(), .text = {}});
        sort(v.notes);
      });
      open_ = *stop_at(desk.view().notes, desk.time_ns());
      is_new_ = true;
    }
    takes_focus_ = true;
    desk.bring_to_front(mailroom::viz::name(Place::right), "notes");
  }

  void draw_open(Desk& desk, std::size_t place, const trace::Note& note) {
    Ui& ui = desk.ui;
    std::string text = note.text;
    if (ui.area("notes/text", text, ui.line_height() * 6, takes_focus_))
      desk.edit("write a note", [&](View& v) { v.notes[place].text = text; }, "note " + std::to_string(place));
    takes_focus_ = false;
    ui.paragraph("Question; an empty line; answer.", ui.theme->dim);
    if (ui.button("notes/move", "Move it here", {.is_enabled = time_of(note) != desk.time_ns(),
                                                 .tip = "To the moment that is shown now"})) {
      desk.edit("move a note", [&](View& v) {
        v.notes[place].time_ns = desk.time_ns();
        v.notes[place].event = desk.run->event();
        sort(v.notes);
      });
      open_ = kNone;
    }
    ImGui::SameLine();
    if (ui.button("notes/delete", std::string(icon::kTrash) + " Delete")) {
      desk.edit("delete a note", [&](View& v) { v.notes.erase(v.notes.begin() + static_cast<std::ptrdiff_t>(place)); });
      open_ = kNone;
    }
  }

  std::size_t open_ = kNone;
  bool takes_focus_ = false;
  bool is_new_ = false;  // the open one was made just now
};

}  // namespace

std::unique_ptr<Pane> notes_pane() {
  return std::make_unique<NotesPane>();
}

}  // namespace mailroom::viz
