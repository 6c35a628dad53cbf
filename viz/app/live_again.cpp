// SPDX-License-Identifier: GPL-2.0-only
// Live, second part: what is planned for the next run, branches, the mystery.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/story/quantities.hpp"
#include "sim/story/words.hpp"
#include "topologies/units.hpp"
#include "viz/app/dialog.hpp"
#include "viz/app/live.hpp"
#include "viz/dialogs/live_dialogs.hpp"

namespace mailroom::viz {

namespace fs = std::filesystem;
using Tone = Desk::Tone;

namespace {

// "The two futures part at 0:00:12.300: here …; there …".
std::string words_of_parting(Desk& desk, const PartingOfRuns& parting) {
  if (parting.are_same) return "Nothing comes of this change: both runs are the same.";
  const auto told = [](Recording& run, const std::optional<trace::StoredEvent>& event) -> std::string {
    if (!event) return "the run is over";
    story::Names names(run.reader());
    const std::string host = event->host ? names.host(event->host) + ": " : std::string();
    return host + story::sentence(names, *event);
  };
  return fmt::format("The two futures part at {}. Here: {}. There: {}.", story::clock(parting.time_ns), told(*desk.run, parting.in_a), told(*desk.other, parting.in_b));
}

}  // namespace

// --- the plan

void Live::plan(Desk& desk, const std::string& sentence) {
  desk.edit("plan " + sentence, [&](View& view) { view.planned_faults.push_back(sentence); });
  desk.say(Tone::good, "Planned: " + sentence);
}

void Live::plan_instead(Desk& desk, std::size_t index, const std::string& sentence) {
  desk.edit("change " + sentence, [&](View& view) {
    if (index < view.planned_faults.size()) view.planned_faults[index] = sentence;
  });
}

void Live::unplan(Desk& desk, std::size_t index) {
  if (index >= desk.view().planned_faults.size()) return;
  desk.edit("take " + desk.view().planned_faults[index] + " out of the plan", [&](View& view) {
    view.planned_faults.erase(view.planned_faults.begin() + static_cast<std::ptrdiff_t>(index));
  });
}

void Live::run_again_with_plan(Desk& desk) {
  if (!desk.run) return;
  Change change{.title = "With what is planned", .at_ns = 0, .faults = desk.view().planned_faults};
  branch(desk, change);
}

// --- branches

void Live::branch(Desk& desk, const Change& change) {
  if (!desk.run) return;
  if (!desk.run->is_complete() && is_live()) {
    desk.say(Tone::bad, "This run still goes on. End it, then branch: what people did is done again.");
    return;
  }
  const auto scenario_file = scenario_file_of(desk.run->header(), desk.run->path(), scenario_path_, scratch_folder());
  if (!scenario_file) return desk.say(Tone::bad, scenario_file.error());
  const fs::path& path = desk.run->path();
  const fs::path wanted = (folder.empty() ? path.parent_path() : folder) / fmt::format("{}-branch.mailroom", path.stem().string());
  // One that has just been started has its name, and perhaps no file yet.
  const auto is_taken = [this](const fs::path& name) {
    return std::ranges::any_of(branches_, [&](const BranchRun& other) { return !other.run.is_over() && other.run.order().out == name; });
  };
  fs::path out = free_name(wanted);
  for (int n = 2; is_taken(out); ++n)
    out = free_name(wanted.parent_path() / fmt::format("{}-{}{}", wanted.stem().string(), n, wanted.extension().string()));
  auto order = order_with(desk.run->reader(), change, *scenario_file, out);
  if (!order) return desk.say(Tone::bad, order.error());
  order->hides_faults = mystery && !mystery->is_revealed();
  auto run = BackgroundRun::start(*order, program_, desk.run->end_ns());
  if (!run) return desk.say(Tone::bad, run.error());
  branches_.push_back({.title = change.title, .original = path, .run = std::move(*run)});
  desk.animate();
}

void Live::look_after_branches(Desk& desk) {
  for (BranchRun& branch : branches_) {
    branch.run.poll();
    if (!branch.run.is_over()) desk.animate(0.1);
    if (branch.run.is_over() && !branch.was_told) {
      branch.was_told = true;
      if (branch.run.state() == BackgroundRun::State::failed) {
        std::string words = branch.run.trouble();
        if (!branch.run.complaints().empty()) words += " " + branch.run.complaints().front();
        desk.say(Tone::bad, words);
      } else if (branch.run.state() == BackgroundRun::State::done && desk.open_to_compare(branch.run.order().out)) {
        parting.reset();
        branch.parting = std::make_unique<PartingSearch>(branch.original, branch.run.order().out);
      }
    }
    if (!branch.parting || branch.was_parted) continue;
    desk.animate(0.1);
    if (!branch.parting->is_done()) continue;
    branch.was_parted = true;
    const auto& result = branch.parting->result();
    if (!result) {
      desk.say(Tone::bad, result.error());
    } else if (desk.other && desk.other->path() == branch.run.order().out) {
      parting = *result;
      parting_words = words_of_parting(desk, *result);
      desk.say(Tone::good, parting_words);
    }
  }
}

// --- mystery

bool Live::start_mystery(Desk& desk, const fs::path& scenario_file, std::uint64_t seed) {
  const auto loaded = scenario::load(scenario_file);
  if (!loaded) {
    desk.say(Tone::bad, scenario::to_string(loaded.error().front()));
    return false;
  }
  auto chosen = Mystery::choose(loaded->scenario, seed);
  if (!chosen) {
    desk.say(Tone::bad, "Nothing can fail in this scenario so that somebody would notice: nobody sends any mail.");
    return false;
  }
  fs::path out = out_folder(desk) / fmt::format("{}-mystery.mailroom", scenario_file.stem().string());
  RunOrder order{.scenario = scenario_file, .out = free_name(out), .faults = {chosen->sentence()}, .pace = "1x", .hides_faults = true};
  next_mystery_ = std::move(chosen);
  return start(desk, std::move(order), false);
}

// --- dialogues

void Live::ask_fault(Desk& desk, faults::Kind kind, const FaultPlace& place, std::optional<std::int64_t> at_ns) {
  FaultForm form = make_form(kind, place, ground(desk));
  if (at_ns && !is_live()) {
    form.timing.begins = FaultTiming::Begins::at;
    form.timing.at = topology::format_duration(std::max<std::int64_t>(*at_ns, 0));
  }
  if (desk.ask) desk.ask(fault_dialog(std::move(form), std::nullopt));
}

void Live::ask_plan(Desk& desk, std::size_t index) {
  if (index >= desk.view().planned_faults.size()) return;
  auto form = form_of(desk.view().planned_faults[index], ground(desk));
  if (form && desk.ask) desk.ask(fault_dialog(std::move(*form), index));
}

}  // namespace mailroom::viz
