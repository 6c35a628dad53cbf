// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/live.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/faults/parse.hpp"
#include "viz/app/dialog.hpp"
#include "viz/dialogs/live_dialogs.hpp"

namespace mailroom::viz {

namespace fs = std::filesystem;
using Tone = Desk::Tone;

namespace {

constexpr double kLookEvery_s = 0.05;
constexpr std::size_t kMostTyped = 2000;  // lines that a terminal keeps

// One file has many names: the list of recent files has absolute ones.
bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return a == b || fs::equivalent(a, b, error);
}

}  // namespace

std::shared_ptr<Live> Live::join(Desk& desk, fs::path program) {
  const std::shared_ptr<Live> live(new Live(std::move(program)));
  Live* const self = live.get();
  desk.live = live;
  desk.open_scenario = [self](Desk& d, const fs::path& path) { return self->open_scenario(d, path); };
  desk.on_frame.push_back([self](Desk& d, double wall_s) { self->frame(d, wall_s); });
  desk.on_run_changed.push_back([self](Desk& d) { self->run_changed(d); });
  desk.hides_event = [self](const trace::StoredEvent& event) { return self->mystery && self->mystery->hides(event); };
  return live;
}

// --- starting and ending

fs::path Live::out_folder(Desk& desk) {
  if (!folder.empty()) return folder;
  if (access(".", W_OK) == 0) return {};
  desk.say(Tone::plain, "This folder cannot be written to: the run file goes when the window is closed.");
  return scratch_folder();
}

bool Live::open_scenario(Desk& desk, const fs::path& scenario) {
  RunOrder order{.scenario = scenario, .out = out_folder(desk) / usual_run_file(scenario), .pace = "1x"};
  std::error_code error;
  const bool is_open = desk.run && fs::equivalent(desk.run->path(), order.out, error);
  if (is_open) order.out = free_name(order.out);  // nothing is taken away under a reader
  if (has_notes(order.out)) {
    if (!desk.ask) return false;
    desk.ask(notes_dialog(std::move(order)));
    return true;
  }
  return start(desk, std::move(order), false);
}

bool Live::start(Desk& desk, RunOrder order, bool is_paused) {
  if (run_) run_->quit();
  scenario_path_ = order.scenario;
  auto run = LiveRun::start(order, program_, is_paused);
  if (!run) {
    desk.say(Tone::bad, run.error());
    return false;
  }
  mystery = std::exchange(next_mystery_, std::nullopt);
  verdict.reset();
  run_ = std::move(*run);
  is_attached_ = false;
  told_trouble_.clear();
  pending_.clear();
  typed_.clear();
  desk.animate();
  return true;
}

void Live::start_again(Desk& desk) {
  if (!run_) return;
  RunOrder order = run_->order();
  std::error_code error;
  if (desk.run && fs::equivalent(desk.run->path(), order.out, error)) order.out = free_name(order.out);
  if (mystery) next_mystery_ = std::move(mystery);
  start(desk, std::move(order), false);
}

void Live::end(Desk& desk) {
  if (!run_ || run_->is_over()) return;
  run_->quit();
  desk.say(Tone::plain, fmt::format("The run was ended; {} has all that happened.", run_->order().out.filename().string()));
}

void Live::forget(Desk&) {
  if (run_ && run_->is_over()) run_.reset();
}

// --- each frame

void Live::frame(Desk& desk, double wall_s) {
  if (run_ && !run_->is_over()) {
    run_->poll();
    hear_answers(desk);
    hear_typed();
    if (!is_attached_ && run_->state() != LiveRun::State::starting) attach(desk);
    desk.animate(kLookEvery_s);
  }
  if (run_ && run_->is_over() && !is_attached_ && run_->state() != LiveRun::State::refused) attach(desk);
  if (run_ && told_trouble_.empty() && !run_->trouble().empty()) {
    told_trouble_ = run_->trouble();
    desk.say(Tone::bad, told_trouble_);
  }
  if (run_ && is_attached_) go_along(desk, wall_s);
  look_after_branches(desk);
}

// The run file is there once the first line was answered.
void Live::attach(Desk& desk) {
  is_attached_ = true;
  if (!desk.open(run_->order().out)) return;
  follows_ = true;
  followed_ns_ = -1;
}

void Live::run_changed(Desk& desk) {
  ground_of_.clear();
  loaded_of_.clear();
  loaded_.reset();
  parting.reset();
  follows_ = false;
  std::erase_if(branches_, [&](const BranchRun& branch) { return !desk.run || !is_same_file(branch.original, desk.run->path()); });
  const bool is_ours = run_ && desk.run && is_same_file(desk.run->path(), run_->order().out);
  if (is_ours) return;
  // One that is just starting would come back over what was opened. Why one was refused can still be read.
  if (run_ && (is_attached_ || !run_->is_over())) {
    end(desk);
    run_.reset();
  }
  mystery.reset();
}

void Live::follow(Desk& desk, bool on) {
  follows_ = on;
  followed_ns_ = -1;
  if (on && desk.run) {
    desk.player.pause();
    desk.show_time(desk.run->end_ns());
  }
}

std::int64_t go_along_ns(std::int64_t shown_ns, std::int64_t end_ns, std::string_view pace, double wall_s) {
  double factor = 0;
  std::from_chars(pace.data(), pace.data() + pace.size(), factor);
  if (factor <= 0) return end_ns;  // "max"
  // Events are committed every 100 ms: what is shown stays a little behind, and catches up smoothly.
  const double behind_s = static_cast<double>(end_ns - shown_ns) / 1e9 / factor;
  if (behind_s > 2) return end_ns;
  const double speed = behind_s > 0.3 ? factor * (1 + behind_s) : factor;
  return std::min(end_ns, shown_ns + static_cast<std::int64_t>(speed * wall_s * 1e9));
}

void Live::go_along(Desk& desk, double wall_s) {
  if (!follows_ || !desk.run) return;
  // Somebody went elsewhere.
  if (followed_ns_ >= 0 && (desk.time_ns() != followed_ns_ || desk.player.is_playing())) {
    follows_ = false;
    return;
  }
  const std::int64_t end_ns = desk.run->end_ns();
  // Where the clock stands, more can happen at the same moment.
  if (desk.time_ns() < end_ns || desk.run->event() < desk.run->last_event()) {
    desk.show_time(run_->is_over() ? end_ns : go_along_ns(desk.time_ns(), end_ns, run_->pace(), wall_s));
    if (desk.time_ns() < end_ns) desk.animate();
  }
  followed_ns_ = desk.time_ns();
}

// --- what a run is told

void Live::tell(Desk& desk, const std::string& line) {
  if (!run_ || run_->send(line) == 0) {
    desk.say(Tone::bad, "The run is over. Nothing can be told to it; plan a fault and run again.");
    return;
  }
  pending_.push_back({.number = run_->lines().back().number});
  desk.animate();
}

void Live::fault(Desk& desk, const std::string& sentence) {
  const FaultCheck check = check_fault(sentence, scenario(desk));
  if (!check.fault) {
    desk.say(Tone::bad, check.right.empty() ? check.wrong : check.wrong + "; " + check.right);
    return;
  }
  const std::size_t before = pending_.size();
  tell(desk, "fault " + sentence);
  if (pending_.size() == before) return;  // the run is over
  pending_.back().label = check.fault->what;
  if (faults::info(check.fault->kind).is_lasting || faults::format_when(check.fault->when) != "at 0s")
    pending_.back().undo = "forget " + check.fault->what;
  pending_.back().redo = "fault " + sentence;
}

void Live::mend(Desk& desk, const std::string& what) {
  const std::size_t before = pending_.size();
  tell(desk, "mend " + what);
  if (pending_.size() == before) return;
  pending_.back().label = "mend " + what;
  pending_.back().undo = "fault " + what;
  pending_.back().redo = "mend " + what;
}

void Live::hear_answers(Desk& desk) {
  for (std::size_t i = 0; i < pending_.size();) {
    const Pending one = pending_[i];
    const LiveRun::Line* line = run_->line(one.number);
    if (line != nullptr && line->answer == LiveRun::Line::Answer::none && !run_->is_over()) {
      ++i;
      continue;
    }
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
    if (line == nullptr) continue;
    if (line->answer == LiveRun::Line::Answer::wrong) desk.say(Tone::bad, line->answered);
    if (line->answer != LiveRun::Line::Answer::done || one.undo.empty()) continue;
    const auto again = [this, &desk](const std::string& text) { return [this, &desk, text] { tell(desk, text); }; };
    desk.history.did(one.label, again(one.undo), again(one.redo));
  }
}

std::string Live::connect(Desk& desk, const std::string& from, const std::string& host, const std::string& port) {
  if (!run_ || run_->is_over()) return {};
  const std::string name = std::to_string(run_->next_connection());
  typed_[name] = {.host = from, .to = host + ":" + port};
  tell(desk, fmt::format("connect {} from {} to {}:{}", name, from, host, port));
  return name;
}

void Live::type(Desk& desk, const std::string& name, const std::string& line) {
  const auto found = typed_.find(name);
  if (found == typed_.end() || found->second.is_over) return;
  for (const std::string& part : typed_lines(name, line + "\r\n")) tell(desk, part);
  found->second.lines.push_back({.is_ours = true, .text = line});
}

void Live::hear_typed() {
  for (const LiveRun::Heard& heard : run_->take_heard()) {
    const auto found = typed_.find(heard.name);
    if (found == typed_.end()) continue;
    Typed& typed = found->second;
    if (const auto octets = unquoted(heard.text)) {
      typed.partial += *octets;
      for (std::size_t end; (end = typed.partial.find('\n')) != std::string::npos;) {
        std::string line = typed.partial.substr(0, end);
        if (line.ends_with('\r')) line.pop_back();
        typed.lines.push_back({.is_ours = false, .text = std::move(line)});
        typed.partial.erase(0, end + 1);
      }
    } else {
      typed.lines.push_back({.is_ours = false, .text = fmt::format("({})", heard.text)});
      typed.is_over = heard.text != "connected" && heard.text != "finished by the other side" && heard.text != "taken";
    }
    while (typed.lines.size() > kMostTyped) typed.lines.pop_front();
  }
}

// --- what there is

const FaultGround& Live::ground(Desk& desk) {
  if (!desk.run) {
    ground_ = {};
    ground_of_.clear();
  } else if (ground_of_ != desk.run->path()) {
    ground_ = ground_of(desk.run->header());
    ground_of_ = desk.run->path();
  }
  return ground_;
}

const scenario::Scenario* Live::scenario(Desk& desk) {
  if (!desk.run) return nullptr;
  if (loaded_of_ != desk.run->path()) {
    loaded_of_ = desk.run->path();
    loaded_.reset();
    const trace::RunHeader& header = desk.run->header();
    fs::path beside = scenario_path_.empty() ? desk.run->path().parent_path() : scenario_path_.parent_path();
    auto loaded = scenario::load_text(header.scenario_text, header.scenario_name, beside, overrides_of(header));
    if (loaded) loaded_ = std::move(*loaded);
  }
  return loaded_ ? &loaded_->scenario : nullptr;
}

}  // namespace mailroom::viz
