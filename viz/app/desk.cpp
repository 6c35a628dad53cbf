// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mailroom::viz {

void Desk::edit(std::string_view label, const std::function<void(View&)>& change, std::string_view gesture) {
  history.edit(label, gesture, change);
  for (const auto& hear : on_edited) hear(*this);
}

void Desk::undo() {
  if (!history.can_undo()) return;
  const std::string label(history.undo_label());
  history.undo();
  for (const auto& hear : on_edited) hear(*this);
  say(Tone::plain, "Undone: " + label);
}

void Desk::redo() {
  if (!history.can_redo()) return;
  const std::string label(history.redo_label());
  history.redo();
  for (const auto& hear : on_edited) hear(*this);
  say(Tone::plain, "Done again: " + label);
}

// --- selection

void Desk::select(trace::HostId host) {
  look([&](View& v) {
    v.selection.what = host ? Selection::What::host : Selection::What::nothing;
    v.selection.host = host;
  });
}

void Desk::select(trace::LinkId link) {
  look([&](View& v) {
    v.selection.what = link ? Selection::What::link : Selection::What::nothing;
    v.selection.link = link;
  });
}

void Desk::select(trace::MessageId message) {
  look([&](View& v) {
    v.selection.what = message ? Selection::What::message : Selection::What::nothing;
    if (v.selection.message != message) v.selection.copy = {};
    v.selection.message = message;
  });
}

void Desk::select(trace::SessionId session) {
  look([&](View& v) {
    v.selection.what = session ? Selection::What::session : Selection::What::nothing;
    v.selection.session = session;
  });
}

void Desk::select(trace::FaultId fault) {
  look([&](View& v) {
    v.selection.what = fault ? Selection::What::fault : Selection::What::nothing;
    v.selection.fault = fault;
  });
}

void Desk::select(const trace::StoredEvent& event) {
  if (hides(event)) return;  // its host or link would tell
  look([&](View& v) {
    v.selection.what = Selection::What::event;
    v.selection.event = event.id;
    if (event.host) v.selection.host = event.host;
    if (event.link) v.selection.link = event.link;
    if (event.session) v.selection.session = event.session;
    if (event.message && v.selection.message != event.message) {
      v.selection.message = event.message;
      v.selection.copy = {};
    }
    if (event.copy) v.selection.copy = event.copy;
    if (event.fault) v.selection.fault = event.fault;
  });
}

void Desk::bring_to_front(std::string_view place, std::string_view id) {
  look([&](View& v) {
    v.layout.in_front[std::string(place)] = id;
    // In a small window the panes of other places are tabs of the middle.
    v.layout.in_front["center"] = id;
    if (!v.layout.maximized.empty()) v.layout.maximized = id;
  });
}

// --- moments

template <class T>
bool Desk::check(const std::expected<T, trace::FileError>& result) {
  if (result) {
    // A file of which there is no more stays one.
    trouble = run ? run->index().error : std::nullopt;
    return true;
  }
  player.pause();
  trouble = result.error();
  return false;
}

void Desk::show_time(std::int64_t time_ns) {
  if (run) check(run->seek_time(time_ns));
}

void Desk::show_event(trace::EventId event) {
  if (run) check(run->seek_event(event));
}

void Desk::step(std::int64_t count) {
  if (run) check(run->step(count));
}

void Desk::step_mail(bool is_forward) {
  if (run) check(run->step_mail(is_forward));
}

void Desk::play(std::int64_t wall_ns, const std::function<bool(std::int64_t& then_ns)>& stops) {
  if (!run || (!player.is_playing() && !player.is_searching())) return;
  animate();
  const bool was_searching = player.is_searching();
  const bool plays_on = player.is_playing() && !player.is_backwards();
  auto step = player.advance(*run, wall_ns);
  if (!check(step)) return player.stop_searching();
  // What must not be seen is not found either: on, as if it did not fit.
  if (step->found && hides(*step->found)) {
    if (was_searching) return player.search();
    step->found.reset();
    step->has_arrived = false;
    player.play();
  }
  if (plays_on && stops(step->time_ns)) {
    player.pause();
    return show_time(step->time_ns);
  }
  if (step->skipped) {
    skipped = step->skipped;
    skipped_s = seconds();
  }
  if (step->event) {
    show_event(step->event);
  } else if (step->time_ns != run->time_ns() && !run->is_waiting()) {
    show_time(step->time_ns);
  }
  if (!step->has_arrived) return;
  if (step->found) select(*step->found);
  if (was_searching && !step->found && !player.until()->time_ns)
    say(Tone::plain, "Nothing from here to the end fits: " + player.until()->text);
}

bool Desk::refresh() {
  if (!run) return false;
  const auto news = run->refresh();
  if (!news) trouble = news.error();
  return news.value_or(true);
}

// --- run files

bool Desk::open(const std::filesystem::path& path) {
  const std::string ending = path.extension().string();
  if ((ending == ".yaml" || ending == ".yml") && open_scenario) return open_scenario(*this, path);
  auto opening = Recording::open(path);
  if (!opening) {
    say(Tone::bad, opening.error().text);
    return false;
  }
  run = std::move(*opening);
  settings.remember_file(std::filesystem::absolute(path).string());
  opened();
  return true;
}

bool Desk::open_to_compare(const std::filesystem::path& path) {
  auto opening = Recording::open(path);
  if (!opening) {
    say(Tone::bad, opening.error().text);
    return false;
  }
  other = std::move(*opening);
  return true;
}

void Desk::close() {
  run.reset();
  opened();
}

void Desk::opened() {
  other.reset();
  trouble.reset();
  player.pause();
  View fresh;
  fresh.layout = view().layout;
  if (run) {
    const auto notes = run->reader().notes();
    knows_notes = notes.has_value();
    if (check(notes)) fresh.notes = *notes;
    refresh();
  }
  history.clear(std::move(fresh));
  for (const auto& hear : on_run_changed) hear(*this);
}

// --- words

void Desk::say(Tone tone, std::string text) {
  std::erase_if(words_, [&](const Word& word) { return word.text == text; });
  words_.push_back({tone, std::move(text), seconds_ + (tone == Tone::bad ? 12.0 : 4.0)});
  if (words_.size() > 4) words_.erase(words_.begin());
}

void Desk::dismiss(std::size_t word) {
  if (word < words_.size()) words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(word));
}

void Desk::animate(double within_s) {
  next_frame_s_ = std::min(next_frame_s_, within_s);
}

void Desk::begin_frame(double wall_s) {
  seconds_ += wall_s;
  next_frame_s_ = 1e9;
  std::erase_if(words_, [&](const Word& word) { return word.until_s <= seconds_; });
  for (const Word& word : words_) animate(word.until_s - seconds_);
}

// --- names

std::string Desk::name_of(trace::HostId host) const {
  const trace::HostRow* row = run ? run->reader().host(host) : nullptr;
  return row ? row->name : fmt::format("host {}", host.value);
}

std::string Desk::name_of(trace::LinkId link) const {
  const trace::LinkRow* row = run ? run->reader().link(link) : nullptr;
  return row ? row->name : fmt::format("link {}", link.value);
}

}  // namespace mailroom::viz
