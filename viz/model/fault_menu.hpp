// SPDX-License-Identifier: GPL-2.0-only
// The menu of faults: from the table sim/faults/faults.def and what there is in a run, every fault that what a person has
// pointed at can have, in groups; each is a form whose values have defaults that make sense.
//
//     for (FaultGroup group : kFaultGroups)
//       for (faults::Kind kind : kinds_for(place, ground)) if (group_of(kind) == group) …   an entry of the menu: title_of(kind)
//     FaultForm form = make_form(kind, place, ground);                                      a person fills it in
//     check_fault(form.sentence(), scenario)                                                the sentence, or what is wrong with it
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/faults/fault.hpp"
#include "sim/scenario/scenario.hpp"
#include "viz/model/fault_ground.hpp"
#include "viz/model/fault_timing.hpp"

namespace mailroom::viz {

enum class FaultGroup : std::uint8_t { lecture, network, services, disks, names, relays };
inline constexpr std::array kFaultGroups = {FaultGroup::lecture,  FaultGroup::network, FaultGroup::services,
                                            FaultGroup::disks, FaultGroup::names,   FaultGroup::relays};
std::string_view title_of(FaultGroup group);
FaultGroup group_of(faults::Kind kind);
// "Link down"; what it does is faults::info(kind).meaning.
std::string_view title_of(faults::Kind kind);

// In the order of the table. None can be meant where the run has nothing of the sort (no name server, no link).
std::vector<faults::Kind> kinds_for(const FaultPlace& place, const FaultGround& ground);

// A value that a form wants.
struct FaultField {
  std::string_view slot;   // "<share>"
  std::string_view label;  // "Share"
  std::string_view hint;   // what a person may write: "5%, 0.05"
  std::vector<std::string> choices{};  // what may well be meant; any other text can be typed
  std::string value{};
};

struct FaultForm {
  faults::Kind kind{};
  std::vector<FaultField> fields{};
  // Words that may be left out, such as "in <share>", each with whether they are said.
  struct Option {
    std::string words;
    std::string label;
    bool is_said = false;
  };
  std::vector<Option> options{};
  // The form in order: a word that stands there as it is, or (word empty) a field; and the option that it belongs to.
  struct Part {
    std::string_view word;
    int field = -1;
    int option = -1;
  };
  std::vector<Part> parts{};
  FaultTiming timing{};

  bool is_lasting() const { return faults::info(kind).is_lasting; }
  // Whether the field's words are said.
  bool is_said(std::size_t field) const;
  std::string what() const;      // without time
  std::string sentence() const;  // with it
};

FaultForm make_form(faults::Kind kind, const FaultPlace& place, const FaultGround& ground);

// The form that made a sentence, to edit it; its fields may have any values. Nothing: it is none.
std::optional<FaultForm> form_of(std::string_view sentence, const FaultGround& ground);

// A sentence as the program will take it: what it means, or what is wrong with it.
struct FaultCheck {
  std::optional<faults::Fault> fault{};
  std::string wrong{};
  std::string right{};
};
// `scenario`: whose hosts, links and addresses must be there; nullptr: that is not looked at.
FaultCheck check_fault(std::string_view sentence, const scenario::Scenario* scenario);

}  // namespace mailroom::viz
