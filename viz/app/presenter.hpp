// SPDX-License-Identifier: GPL-2.0-only
// Presenter mode: the notes of a run as stops of a lecture. Playing halts at each; its question is shown large, and what
// comes after is hidden until it is revealed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "viz/app/desk.hpp"

namespace mailroom::viz {

class Presenter {
 public:
  void join(Desk& desk);
  void draw(Desk& desk);
  // Whether a stop lies between the moment shown and `then_ns`, which is moved back onto it.
  bool stops_before(Desk& desk, std::int64_t now_ns, std::int64_t& then_ns);
  // The window closes, and nothing simulates any more: what is written down and not kept yet is kept now, or it is said
  // (a sentence) that it could not be.
  std::optional<std::string> keep_all(const Desk& desk);

 private:
  void keep_notes(Desk& desk);
  void keep_owed();
  std::filesystem::path path_;     // of the run that was shown in the last frame; "": none
  std::vector<trace::Note> seen_;  // its notes then
  std::vector<trace::Note> kept_;  // as its file has them
  // Notes of runs that are not shown any more, and whose files could not be written yet: a run that still ended.
  std::map<std::filesystem::path, std::vector<trace::Note>> owed_;
  bool knew_notes_ = true;
  bool has_complained_ = false;
  double next_try_s_ = 0;
};

}  // namespace mailroom::viz
