// SPDX-License-Identifier: GPL-2.0-only
// "Why?": the answer to what a person wonders at in a run, in sentences that each stand for an event: the chain
// of causes with its evidence, the root cause in plain words first.
//
// An answer is of the run up to the moment of the world that it was asked with, and tells no event that is hidden. Errors: those of reading.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "sim/story/causes.hpp"
#include "sim/story/words.hpp"
#include "sim/trace/world.hpp"
#include "viz/model/root_cause.hpp"

namespace mailroom::viz {

struct WhyQuestion {
  enum class About : std::uint8_t {
    event,  // why did it happen?
    late,   // where did the time of this delivery go?
    twice,  // why did this copy come although another had come before?
  } about = About::event;
  trace::EventId event{};  // of `event`
  trace::CopyId copy{};    // of `late`, `twice`: the delivered one
  explicit operator bool() const { return event || copy; }
  friend bool operator==(const WhyQuestion&, const WhyQuestion&) = default;
};

struct WhyLine {
  using Relation = story::Step::Relation;
  Relation relation = Relation::asked;
  int depth = 0;
  trace::EventId event{};  // to go to; 0: none
  trace::HostId host{};
  std::int64_t time_ns = -1;
  story::Tone tone = story::Tone::plain;
  std::string text{};
  bool is_root = false;  // the root cause is told here
};

struct WhyAnswer {
  std::string question{};  // "Why is copy 1 toward bob@south.example re-queued?"
  std::string root{};      // "Because the link a-b was down from 10 s to 5 min."; empty: nothing is known
  trace::EventId root_event{};
  std::vector<WhyLine> lines{};  // from what is asked about to its beginning
};

using WhyResult = std::expected<WhyAnswer, trace::FileError>;
WhyResult answer(trace::RunFileReader& reader, story::Names& names, const trace::World& world,
                 const WhyQuestion& question, const Hides& hides = {});

// What can be asked of a message at this moment, the gravest first: its failures, its waiting, its duplicates,
// its delay. `copy`: only of this one and those that come from it; 0: of all, at most `most`.
struct WhyOffer {
  WhyQuestion question;
  std::string label;  // "Why did it bounce?"
  trace::CopyId copy{};
};
std::vector<WhyOffer> offers_for(const trace::World& world, trace::RunFileReader& reader, trace::MessageId message,
                                 trace::CopyId copy, std::size_t most = 12);

}  // namespace mailroom::viz
