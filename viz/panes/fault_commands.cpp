// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/fault_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "viz/app/live.hpp"
#include "viz/dialogs/live_dialogs.hpp"
#include "viz/model/fault_list.hpp"

namespace mailroom::viz {
namespace {

bool has_run(const Desk& desk) { return desk.run != nullptr; }
bool has_child(const Desk& desk) { return desk.live->run() != nullptr && !desk.live->run()->is_over(); }
bool is_recorded(const Desk& desk) { return desk.run != nullptr && !desk.live->is_live(); }
bool has_secret(const Desk& desk) { return desk.live->mystery && !desk.live->mystery->is_revealed(); }

void change_pace(Desk& desk, double factor) {
  LiveRun& run = *desk.live->run();
  double pace = 0;
  std::from_chars(run.pace().data(), run.pace().data() + run.pace().size(), pace);
  if (pace <= 0) pace = factor > 1 ? 10'000 : 1000;  // from "max"
  const double next = std::clamp(pace * factor, 0.01, 100'000.0);
  desk.live->tell(desk, fmt::format("pace {:g}x", std::round(next * 1000) / 1000));
}

void add_run_commands(Commands& c) {
  c.add({.id = "live/pause", .title = "Pause or resume the live run", .menu = "Lab", .shortcut = "F9",
         .tip = "The simulation itself, not only what is shown of it",
         .run = [](Desk& d) { d.live->tell(d, d.live->run()->state() == LiveRun::State::paused ? "resume" : "pause"); },
         .is_enabled = has_child,
         .is_on = [](const Desk& d) { return has_child(d) && d.live->run()->state() == LiveRun::State::paused; }});
  c.add({.id = "live/step", .title = "Step the live run", .menu = "Lab", .shortcut = "F10",
         .tip = "To the next event of the mail, and hold there",
         .run = [](Desk& d) {
           d.live->follow(d, true);
           d.live->tell(d, "step");
         },
         .is_enabled = has_child, .repeats = true});
  c.add({.id = "live/slower", .title = "Live run: slower", .menu = "Lab", .shortcut = {}, .tip = "Half as many simulated seconds a second",
         .run = [](Desk& d) { change_pace(d, 0.5); }, .is_enabled = has_child});
  c.add({.id = "live/faster", .title = "Live run: faster", .menu = "Lab", .shortcut = {}, .tip = "Twice as many simulated seconds a second",
         .run = [](Desk& d) { change_pace(d, 2); }, .is_enabled = has_child});
  c.add({.id = "live/max", .title = "Live run: as fast as it goes", .menu = "Lab", .shortcut = {}, .tip = "Waits of hours pass at once",
         .run = [](Desk& d) { d.live->tell(d, "pace max"); }, .is_enabled = has_child});
  c.add({.id = "live/follow", .title = "Follow the live run", .menu = "Lab", .shortcut = {}, .tip = "Show what happens now",
         .run = [](Desk& d) { d.live->follow(d, !d.live->follows()); }, .is_enabled = has_child,
         .is_on = [](const Desk& d) { return d.live->follows(); }});
  c.add({.id = "live/end", .title = "End the live run", .menu = "Lab", .shortcut = {}, .tip = "In order: its run file is whole",
         .run = [](Desk& d) { d.live->end(d); }, .is_enabled = has_child});
  c.add({.id = "live/again", .title = "Run the scenario again", .menu = "Lab", .shortcut = {}, .tip = "From its beginning; the file is read anew",
         .run = [](Desk& d) { d.live->start_again(d); }, .is_enabled = [](const Desk& d) { return d.live->run() != nullptr; }});
  c.add({.id = "live/terminal", .title = "Type SMTP", .menu = "Lab", .shortcut = {}, .tip = "Talk to a simulated host by hand",
         .run = [](Desk& d) { d.look([](View& v) { v.layout.in_front["bottom-right"] = "terminal"; }); },
         .is_enabled = [](const Desk& d) { return d.live->is_live(); }});
  c.add({.id = "live/save", .title = "Save as scenario…", .menu = "File", .shortcut = "Ctrl+S",
         .tip = "What was done in this run, as a scenario that makes it again", .run = [](Desk& d) { d.ask(save_scenario_dialog()); },
         .is_enabled = [](const Desk& d) { return has_run(d) && !has_secret(d); }});
}

void add_lab_commands(Commands& c) {
  c.add({.id = "lab/mystery", .title = "Mystery…", .menu = "Lab", .shortcut = {}, .tip = "A run with one fault that is not shown: find it",
         .run = [](Desk& d) { d.ask(mystery_dialog()); }});
  c.add({.id = "lab/guess", .title = "Guess…", .menu = "Lab", .shortcut = {}, .tip = "What fails, and where? Each wrong guess earns a hint",
         .run = [](Desk& d) { d.ask(guess_dialog()); }, .is_enabled = has_secret});
  c.add({.id = "lab/reveal", .title = "Reveal", .menu = "Lab", .shortcut = {}, .tip = "Show the fault that was hidden",
         .run = [](Desk& d) {
           d.live->mystery->reveal();
           d.say(Desk::Tone::plain, "It was: " + d.live->mystery->solution());
         },
         .is_enabled = has_secret});
}

void add_fault_commands(Commands& c) {
  c.add({.id = "fault/add", .title = "Something goes wrong…", .menu = "Fault", .shortcut = "Ctrl+G", .tip = "Everything that can go wrong in this network",
         .run = [](Desk& d) { d.ask(fault_chooser({}, d.time_ns())); }, .is_enabled = has_run});
  c.add({.id = "fault/here", .title = "At what is chosen…", .menu = "Fault", .shortcut = {}, .tip = "What can go wrong at the host, link or session that is chosen",
         .run = [](Desk& d) { d.ask(fault_chooser(place_of(d, d.view().selection), d.time_ns())); },
         .is_enabled = [](const Desk& d) { return has_run(d) && d.view().selection.what != Selection::What::nothing; }});
  c.add({.id = "fault/list", .title = "Show the faults", .menu = "Fault", .shortcut = {}, .tip = "In force, planned, over",
         .run = [](Desk& d) { d.look([](View& v) { v.layout.in_front["right"] = "faults"; }); }, .is_enabled = has_run});
  c.add({.id = "fault/run-again", .title = "Run again with what is planned", .menu = "Fault", .shortcut = {},
         .tip = "The same scenario and seed with these faults, to be compared with this run", .run = [](Desk& d) { d.live->run_again_with_plan(d); },
         .is_enabled = [](const Desk& d) { return is_recorded(d) && !d.view().planned_faults.empty(); }});
  c.add({.id = "fault/branch", .title = "Branch here…", .menu = "Fault", .shortcut = "Ctrl+B",
         .tip = "Run again to this moment with one change, and compare the two futures",
         .run = [](Desk& d) {
           const Selection& selection = d.view().selection;
           d.ask(branch_dialog(selection.what == Selection::What::event ? selection.event : d.run->event()));
         },
         .is_enabled = is_recorded});
  c.add({.id = "fault/clear-plan", .title = "Empty the plan", .menu = "Fault", .shortcut = {}, .tip = "No fault is planned for the next run",
         .run = [](Desk& d) { d.edit("empty the plan", [](View& v) { v.planned_faults.clear(); }); },
         .is_enabled = [](const Desk& d) { return has_run(d) && !d.view().planned_faults.empty(); }});
}

// A right click: the faults of a place, in groups.
void add_faults_to_menu(Desk& desk, const FaultPlace& place, std::optional<std::int64_t> at_ns) {
  Ui& ui = desk.ui;
  const auto kinds = kinds_for(place, desk.live->ground(desk));
  if (kinds.empty()) return;
  const bool is_live = desk.live->is_live();
  if (!ui.begin_menu("context/faults", is_live ? "Something goes wrong" : "Plan a fault")) return;
  for (const FaultGroup group : kFaultGroups) {
    if (std::ranges::none_of(kinds, [group](faults::Kind kind) { return group_of(kind) == group; })) continue;
    if (!ui.begin_menu(fmt::format("context/faults/{}", static_cast<int>(group)), title_of(group))) continue;
    for (const faults::Kind kind : kinds) {
      if (group_of(kind) != group) continue;
      if (ui.menu_item(fmt::format("context/fault/{}", faults::info(kind).name), fmt::format("{}…", title_of(kind)), "", false, true))
        desk.live->ask_fault(desk, kind, place, at_ns);
      ui.tip(faults::info(kind).meaning);
    }
    ui.end_menu();
  }
  ui.end_menu();
}

void add_to_menu(Desk& desk, const Spot& spot) {
  if (!desk.run) return;
  add_faults_to_menu(desk, place_of(desk, spot.what), spot.time_ns);
  if (desk.live->is_live()) return;
  if (!desk.ui.menu_item("context/branch", "Branch here…", "Ctrl+B", false, true)) return;
  if (spot.what.what != Selection::What::event && spot.time_ns > 0) desk.show_time(spot.time_ns);
  desk.look([&](View& view) {
    if (spot.what.host) view.selection.host = spot.what.host;
    if (spot.what.link) view.selection.link = spot.what.link;
  });
  desk.ask(branch_dialog(spot.what.what == Selection::What::event ? spot.what.event : desk.run->event()));
}

// The plan on the timeline: each can be dragged to another time, and clicked to be changed.
void add_flags(Desk& desk, std::vector<TimelineFlag>& flags) {
  const std::vector<std::string>& plan = desk.view().planned_faults;
  for (const PlannedMark& mark : planned_marks(plan)) {
    const std::size_t index = mark.index;
    flags.push_back({.name = fmt::format("plan/{}", index),
                     .sign = "F",
                     .label = plan[index],
                     .tip = "Planned for the next run: " + plan[index] + "\nDrag it to another time; click to change it.",
                     .color = desk.ui.theme->fault,
                     .time_ns = mark.at_ns,
                     .until_ns = mark.until_ns,
                     .move =
                         [index](Desk& d, std::int64_t time_ns) {
                           d.edit("move a planned fault", [&](View& v) {
                             if (index < v.planned_faults.size()) v.planned_faults[index] = moved_to(v.planned_faults[index], time_ns);
                           }, fmt::format("plan/{}", index));
                         },
                     .open = [index](Desk& d) { d.live->ask_plan(d, index); }});
  }
}

}  // namespace

FaultPlace place_of(Desk& desk, const Selection& what) {
  using Of = FaultPlace::Of;
  if (!desk.run) return {};
  const auto name = [&desk](trace::HostId host) -> std::string {
    const trace::HostRow* row = desk.run->reader().host(host);
    return row == nullptr ? std::string() : row->name;
  };
  switch (what.what) {
    case Selection::What::host:
      return {.of = Of::host, .name = name(what.host)};
    case Selection::What::link: {
      const trace::LinkRow* row = desk.run->reader().link(what.link);
      return row == nullptr ? FaultPlace{} : FaultPlace{.of = Of::link, .name = row->name};
    }
    case Selection::What::session:
    case Selection::What::event: {
      if (const trace::SessionState* session = desk.run->world().sessions.find(what.session)) {
        const std::string from = name(session->sender.host), to = name(session->receiver.host);
        if (!from.empty() && !to.empty()) return {.of = Of::conversation, .name = from, .other = to};
      }
      if (what.host) return {.of = Of::host, .name = name(what.host)};
      return {};
    }
    case Selection::What::message: {
      // Its recipient: the chosen one's, or the only one's.
      const trace::Message* message = desk.run->world().messages.find(what.message);
      trace::CopyId copy = what.copy;
      if (!copy && message != nullptr && !message->copies.empty()) copy = message->copies.front();
      const trace::Copy* row = desk.run->world().copies.find(copy);
      if (row == nullptr) return {};
      const auto path = desk.run->reader().recipient(row->recipient);
      if (!path || !*path) return {};
      return {.of = Of::address, .name = **path};
    }
    case Selection::What::fault:
    case Selection::What::nothing:
      return {};
  }
  return {};
}

void add_live_commands(Desk& desk) {
  add_run_commands(desk.commands);
  add_lab_commands(desk.commands);
  add_fault_commands(desk.commands);
}

void add_fault_menus(Desk& desk) {
  desk.context_menus.emplace_back(add_to_menu);
  desk.timeline_flags.emplace_back(add_flags);
}

}  // namespace mailroom::viz
