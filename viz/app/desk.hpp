// SPDX-License-Identifier: GPL-2.0-only
// What the panes share: the open run at a moment, what is selected and edited (View), the commands, the widgets.
//
// A pane reads from here, draws, and changes things by calls only: show_…() for the moment, select() and look() for ways
// of looking, edit() for what can be undone, say() for a word to the person.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viz/app/commands.hpp"
#include "viz/app/history.hpp"
#include "viz/app/settings.hpp"
#include "viz/app/timeline_flag.hpp"
#include "viz/draw/ui.hpp"
#include "viz/model/player.hpp"
#include "viz/model/recording.hpp"

namespace mailroom::viz {

class Dialog;
class Live;

// What a right click was on: as what it would be selected, and the moment, on a timeline.
struct Spot {
  Selection what;
  std::int64_t time_ns = 0;
};

class Desk {
 public:
  Ui ui;
  Settings settings;
  Commands commands;
  Player player;
  std::unique_ptr<Recording> run;    // nullptr: none is open
  std::unique_ptr<Recording> other;  // to be compared with `run`; nullptr: none

  // --- what a person sees and made
  const View& view() const { return history.view(); }
  void edit(std::string_view label, const std::function<void(View&)>& change, std::string_view gesture = {});
  void look(const std::function<void(View&)>& change) { history.look(change); }
  History history;

  void select(trace::HostId host);
  void select(trace::LinkId link);
  void select(trace::MessageId message);
  void select(trace::SessionId session);
  void select(trace::FaultId fault);
  // An event, and what it is about.
  void select(const trace::StoredEvent& event);

  // The pane `id` of the place named `place`, as a click on its tab does.
  void bring_to_front(std::string_view place, std::string_view id);

  // --- moments. Nothing happens without a run; what cannot be read is told (trouble).
  void show_time(std::int64_t time_ns);
  void show_event(trace::EventId event);
  void step(std::int64_t count);
  void step_mail(bool is_forward);
  // Goes on as the player says, after so much time. `stops`: whether something is in the way, and then where.
  void play(std::int64_t wall_ns, const std::function<bool(std::int64_t& then_ns)>& stops);
  bool refresh();  // takes what the index and a live run have brought since; true if there was any
  std::int64_t time_ns() const { return run ? run->time_ns() : 0; }

  // Time that was skipped because nothing happened in it, and when (seconds()); for who shows that.
  std::optional<Player::Skip> skipped;
  double skipped_s = 0;

  // --- run files
  // Opens a run file, or a scenario by `open_scenario`. False: it was said why not.
  bool open(const std::filesystem::path& path);
  bool open_to_compare(const std::filesystem::path& path);
  void close();

  // --- words to the person
  enum class Tone : std::uint8_t { plain, good, bad };
  struct Word {
    Tone tone{};
    std::string text;
    double until_s = 0;  // of seconds()
  };
  void say(Tone tone, std::string text);
  // False: its notes could not be read, so they must not be written over.
  bool knows_notes = true;
  // What is wrong with the run file; stays until it is not any more. nullopt: nothing.
  std::optional<trace::FileError> trouble;
  const std::vector<Word>& words() const { return words_; }
  void dismiss(std::size_t word);

  // --- the frame
  double seconds() const { return seconds_; }  // of wall time since the start, for what moves on the screen
  // Something moves: another frame is wanted within so many seconds.
  void animate(double within_s = 0);
  double next_frame_s() const { return next_frame_s_; }
  void begin_frame(double wall_s);
  // Where the picture of this pane is exported to in this frame; nullptr: nowhere.
  Svg* svg_of(std::string_view pane) const { return svg && svg_pane == pane ? svg : nullptr; }
  Svg* svg = nullptr;
  std::string svg_pane{};
  Pen pen(std::string_view pane) { return ui.pen(svg_of(pane)); }

  // --- what other parts add
  std::function<bool(Desk&, const std::filesystem::path&)> open_scenario{};
  std::vector<std::function<void(Desk&, const Spot&)>> context_menus{};  // each adds items to the open menu
  std::vector<std::function<void(Desk&, std::vector<TimelineFlag>&)>> timeline_flags{};  // each adds its own
  std::function<bool(const trace::StoredEvent&)> hides_event{};          // mystery: none for the students' eyes
  bool hides(const trace::StoredEvent& event) const { return hides_event && hides_event(event); }
  std::shared_ptr<Live> live{};                            // live runs, branches, mystery (viz/app/live.hpp)
  std::function<void(std::unique_ptr<Dialog>)> ask{};      // shows a dialogue
  std::vector<std::function<void(Desk&, double)>> on_frame{};  // called before each frame is drawn, with its wall time
  // Called when another run was opened or the run was closed.
  std::vector<std::function<void(Desk&)>> on_run_changed{};
  // Called after each change of View by edit, undo or redo.
  std::vector<std::function<void(Desk&)>> on_edited{};
  void undo();
  void redo();

  // --- names, for people; "host 7" where the run file has none
  std::string name_of(trace::HostId host) const;
  std::string name_of(trace::LinkId link) const;

 private:
  template <class T>
  bool check(const std::expected<T, trace::FileError>& result);
  void opened();

  double seconds_ = 0;
  double next_frame_s_ = 1e9;
  std::vector<Word> words_;
};

}  // namespace mailroom::viz
