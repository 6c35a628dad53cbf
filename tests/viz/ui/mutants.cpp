// SPDX-License-Identifier: GPL-2.0-only
// Bugs planted on purpose, so that it is known what the tests of the window find. The linker (--wrap, tests/CMakeLists.txt)
// lets calls from one object file to another pass through here; which bug is there is said by MAILROOM_MUTANT, and none is
// without it. tests/viz/system/mutants_test.py tries each.
#include <cstdlib>
#include <string_view>

#include "sim/trace/note_writer.hpp"
#include "viz/app/desk.hpp"
#include "viz/app/keys.hpp"
#include "viz/app/presenter.hpp"
#include "viz/model/matcher.hpp"

namespace mailroom::viz {
namespace {

bool is_planted(std::string_view name) {
  static const char* const mutant = std::getenv("MAILROOM_MUTANT");
  return mutant && name == mutant;
}

}  // namespace

// NOLINTBEGIN: these names are the linker's.
#define REAL(symbol) __asm__("__real_" symbol)
#define WRAP(symbol) __asm__("__wrap_" symbol)

// undo-forgets: Ctrl+Z takes nothing back.
#define UNDO "_ZN8mailroom3viz7History4undoEv"
void real_undo(History* history) REAL(UNDO);
void wrap_undo(History* history) WRAP(UNDO);
void wrap_undo(History* history) {
  if (!is_planted("undo-forgets")) real_undo(history);
}

// wrong-host: a click on a host chooses the next one.
#define SELECT "_ZN8mailroom3viz4Desk6selectENS_5trace2IdINS2_8HostNounEEE"
void real_select(Desk* desk, trace::HostId host) REAL(SELECT);
void wrap_select(Desk* desk, trace::HostId host) WRAP(SELECT);
void wrap_select(Desk* desk, trace::HostId host) {
  if (is_planted("wrong-host")) ++host.value;
  real_select(desk, host);
}

// shift-ignored: Ctrl+Shift+P is not heard.
#define PRESSED "_ZN8mailroom3viz10is_pressedERKNS0_5ChordEb"
bool real_pressed(const Chord& chord, bool repeats) REAL(PRESSED);
bool wrap_pressed(const Chord& chord, bool repeats) WRAP(PRESSED);
bool wrap_pressed(const Chord& chord, bool repeats) {
  return !(is_planted("shift-ignored") && chord.has_shift) && real_pressed(chord, repeats);
}

// no-stop: presenter mode plays on through the notes.
#define STOPS "_ZN8mailroom3viz9Presenter12stops_beforeERNS0_4DeskElRl"
bool real_stops(Presenter* presenter, Desk& desk, std::int64_t now_ns, std::int64_t& then_ns) REAL(STOPS);
bool wrap_stops(Presenter* presenter, Desk& desk, std::int64_t now_ns, std::int64_t& then_ns) WRAP(STOPS);
bool wrap_stops(Presenter* presenter, Desk& desk, std::int64_t now_ns, std::int64_t& then_ns) {
  return !is_planted("no-stop") && real_stops(presenter, desk, now_ns, then_ns);
}

// notes-lost: notes are said to be kept, and are not.
#define NOTES \
  "_ZN8mailroom5trace11write_notesERKNSt10filesystem7__cxx114pathERKSt6vectorINS0_4NoteESaIS7_EE"
std::expected<void, trace::FileError> real_notes(const std::filesystem::path& path,
                                                 const std::vector<trace::Note>& notes) REAL(NOTES);
std::expected<void, trace::FileError> wrap_notes(const std::filesystem::path& path,
                                                 const std::vector<trace::Note>& notes) WRAP(NOTES);
std::expected<void, trace::FileError> wrap_notes(const std::filesystem::path& path,
                                                 const std::vector<trace::Note>& notes) {
  if (is_planted("notes-lost")) return {};
  return real_notes(path, notes);
}

// filter-blind: whatever the filter says, every host fits.
#define MATCHES \
  "_ZNK8mailroom3viz7Matcher7matchesENS_5trace2IdINS2_8HostNounEEERKNS2_5WorldE"
bool real_matches(const Matcher* matcher, trace::HostId host, const trace::World& world) REAL(MATCHES);
bool wrap_matches(const Matcher* matcher, trace::HostId host, const trace::World& world) WRAP(MATCHES);
bool wrap_matches(const Matcher* matcher, trace::HostId host, const trace::World& world) {
  return is_planted("filter-blind") || real_matches(matcher, host, world);
}

// texts-too-long: the room that a text has is not known, so that it runs over the next one.
#define WIDTH "_ZNK8mailroom3viz3Pen5widthESt17basic_string_viewIcSt11char_traitsIcEERKNS1_5StyleE"
float real_width(const Pen* pen, std::string_view text, const Pen::Style& style) REAL(WIDTH);
float wrap_width(const Pen* pen, std::string_view text, const Pen::Style& style) WRAP(WIDTH);
float wrap_width(const Pen* pen, std::string_view text, const Pen::Style& style) {
  return is_planted("texts-too-long") ? 1 : real_width(pen, text, style);
}

// steps-twice: one event back is two.
#define STEP "_ZN8mailroom3viz9Recording4stepEl"
using Stepped = std::expected<std::int64_t, trace::FileError>;
Stepped real_step(Recording* recording, std::int64_t count) REAL(STEP);
Stepped wrap_step(Recording* recording, std::int64_t count) WRAP(STEP);
Stepped wrap_step(Recording* recording, std::int64_t count) {
  return real_step(recording, is_planted("steps-twice") && count < 0 ? count - 1 : count);
}
// NOLINTEND

}  // namespace mailroom::viz
