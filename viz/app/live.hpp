// SPDX-License-Identifier: GPL-2.0-only
// What goes on beside the open run file: the live run that writes it, runs that are made again in the background, the
// mystery. One for the window; the panes and dialogues of live runs and faults draw it.
//
// A live run is told things through here, so that what was refused is said, and what was done can be undone.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/load.hpp"
#include "viz/app/desk.hpp"
#include "viz/model/background_run.hpp"
#include "viz/model/branch.hpp"
#include "viz/model/fault_menu.hpp"
#include "viz/model/live_run.hpp"
#include "viz/model/mystery.hpp"
#include "viz/model/parting.hpp"
#include "viz/model/typed.hpp"

namespace mailroom::viz {

// A run that was made again with a change, to be compared with the open one.
struct BranchRun {
  std::string title{};
  std::filesystem::path original{};  // the run file that it is a branch of
  BackgroundRun run;
  bool was_told = false;  // that it is over
  std::unique_ptr<PartingSearch> parting{};
  bool was_parted = false;
};

class Live {
 public:
  // Adds itself to the hooks of the desk, which must outlive it. `program`: the simulator.
  static std::shared_ptr<Live> join(Desk& desk, std::filesystem::path program = simulator_program());

  // --- a run under way
  // Starts a scenario, whose run file is opened as soon as it is there. False: it was said why not. Asks first if notes
  // would be lost.
  bool open_scenario(Desk& desk, const std::filesystem::path& scenario);
  bool start(Desk& desk, RunOrder order, bool is_paused);
  // The same order once more; a scenario that was edited is read anew.
  void start_again(Desk& desk);
  void end(Desk& desk);      // in order
  void forget(Desk& desk);   // what is left of one that is over

  LiveRun* run() { return run_ ? &*run_ : nullptr; }
  const LiveRun* run() const { return run_ ? &*run_ : nullptr; }
  // Whether the open run file is being written by our child: faults can be made now.
  bool is_live() const { return run_ && !run_->is_over() && is_attached_; }
  // The moment shown goes along with the run.
  bool follows() const { return follows_; }
  void follow(Desk& desk, bool on);

  void fault(Desk& desk, const std::string& sentence);
  void mend(Desk& desk, const std::string& what);
  void tell(Desk& desk, const std::string& line);  // anything else; what is wrong with it is said

  // What typed connections heard, by their names, as the run says it.
  struct Typed {
    std::string host, to;
    bool is_over = false;
    struct Line {
      bool is_ours = false;
      std::string text;  // a line without its end
    };
    std::deque<Line> lines{};
    std::string partial{};  // heard, and no line yet
  };
  std::map<std::string, Typed>& typed() { return typed_; }
  // Returns the name of the new connection; empty: the run is over.
  std::string connect(Desk& desk, const std::string& from, const std::string& host, const std::string& port);
  void type(Desk& desk, const std::string& name, const std::string& line);  // CR LF is put behind it

  // --- faults for the next run
  void plan(Desk& desk, const std::string& sentence);
  void plan_instead(Desk& desk, std::size_t index, const std::string& sentence);
  void unplan(Desk& desk, std::size_t index);
  // The scenario of the open run with what is planned, as a child.
  void run_again_with_plan(Desk& desk);

  // --- branches
  void branch(Desk& desk, const Change& change);
  std::vector<BranchRun>& branches() { return branches_; }
  std::optional<PartingOfRuns> parting{};  // of `desk.run` and `desk.other`, when it was found
  std::string parting_words{};             // "The two futures part at 0:00:12.300. Here: …"

  // --- mystery
  bool start_mystery(Desk& desk, const std::filesystem::path& scenario, std::uint64_t seed);
  std::optional<Mystery> mystery{};
  std::optional<Mystery::Verdict> verdict{};  // of the last guess

  // --- what there is
  const FaultGround& ground(Desk& desk);
  // nullptr: the scenario of the run cannot be read here (it names files that are not there).
  const scenario::Scenario* scenario(Desk& desk);
  // The scenario that a person opened; empty: a run file was opened.
  const std::filesystem::path& scenario_path() const { return scenario_path_; }
  // Where run files go; empty: the current folder.
  std::filesystem::path folder{};

  // The sentence of a fault is changed or made by a dialogue. `index`: of the plan.
  void ask_fault(Desk& desk, faults::Kind kind, const FaultPlace& place, std::optional<std::int64_t> at_ns = {});
  void ask_plan(Desk& desk, std::size_t index);

 private:
  explicit Live(std::filesystem::path program) : program_(std::move(program)) {}
  void frame(Desk& desk, double wall_s);
  void attach(Desk& desk);
  void hear_answers(Desk& desk);
  void hear_typed();
  void go_along(Desk& desk, double wall_s);
  void look_after_branches(Desk& desk);
  void run_changed(Desk& desk);
  std::filesystem::path out_folder(Desk& desk);

  // What is to be done when a line is obeyed.
  struct Pending {
    std::int64_t number = 0;
    std::string label{}, undo{}, redo{};  // lines; empty: it cannot be undone
  };

  std::filesystem::path program_;
  std::optional<LiveRun> run_;
  bool is_attached_ = false;
  bool follows_ = false;
  std::int64_t followed_ns_ = -1;
  std::string told_trouble_;
  std::vector<Pending> pending_;
  std::map<std::string, Typed> typed_;
  std::vector<BranchRun> branches_;
  std::filesystem::path scenario_path_;
  std::filesystem::path ground_of_, loaded_of_;  // run files that these were made for
  FaultGround ground_;
  std::optional<scenario::Loaded> loaded_;
  std::optional<Mystery> next_mystery_;
};

// Where a moment that goes along with a live run is next: `pace` simulated seconds a second, never behind by more than a
// moment, never ahead of `end_ns`.
std::int64_t go_along_ns(std::int64_t shown_ns, std::int64_t end_ns, std::string_view pace, double wall_s);

}  // namespace mailroom::viz
