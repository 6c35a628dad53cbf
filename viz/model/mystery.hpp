// SPDX-License-Identifier: GPL-2.0-only
// Mystery: one fault that nobody is shown, chosen by a seed among those that make sense in a scenario; guesses are judged,
// and each wrong one earns a hint, symptoms first.
//
//     auto mystery = Mystery::choose(scenario, seed);   its sentence() goes to `mailroom run --fault`
//     mystery->hides(event)                             what is left out of everything that is shown until it is revealed
//     mystery->judge({kind, "mx1"})                     right, or warmer and a hint
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/faults/fault.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/run_file.hpp"
#include "viz/model/fault_menu.hpp"

namespace mailroom::viz {

class Mystery {
 public:
  // Nothing: nothing can fail in this scenario so that somebody would notice.
  static std::optional<Mystery> choose(const scenario::Scenario& scenario, std::uint64_t seed);
  // All that could be chosen, for tests: sentences without time.
  static std::vector<std::string> candidates(const scenario::Scenario& scenario);

  const std::string& sentence() const { return sentence_; }
  std::uint64_t seed() const { return seed_; }

  bool is_revealed() const { return is_revealed_; }
  void reveal() { is_revealed_ = true; }
  // What happened, for when it is revealed.
  std::string solution() const;

  // Whether an event names this fault, and nothing of it is shown yet.
  bool hides(const trace::StoredEvent& event) const;
  // Whether a text tells of it: a command line, a value of --fault.
  bool tells(std::string_view text) const;

  // Where, as a host, a link or an address; and what.
  struct Guess {
    faults::Kind kind{};
    std::string where{};
  };
  struct Verdict {
    bool is_right = false;
    bool is_right_place = false;
    bool is_right_kind = false;   // the kind itself
    bool is_right_group = false;  // "something with the network"
    std::string words{};          // what the person is told, with a hint
  };
  Verdict judge(const Guess& guess);
  int tries() const { return tries_; }

 private:
  Mystery() = default;
  // Links from one place to another, as the crow routes; -1: not known.
  int distance(std::string_view from, std::string_view to) const;
  std::string next_hint() const;

  std::string sentence_;
  faults::Fault fault_;
  trace::FaultId id_{};
  std::uint64_t seed_ = 0;
  bool is_revealed_ = false;
  int tries_ = 0;
  std::optional<int> last_distance_{};
  // Neighbours of each node, and the ends of each link.
  std::vector<std::pair<std::string, std::string>> edges_;
  std::vector<std::string> link_names_;
  std::vector<std::pair<std::string, std::string>> domain_hosts_;
};

}  // namespace mailroom::viz
