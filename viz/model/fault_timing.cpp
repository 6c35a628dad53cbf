// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/fault_timing.hpp"

#include <fmt/format.h>

#include "topologies/units.hpp"

namespace mailroom::viz {

bool wants_object(std::string_view act) { return act == "sends" || act == "receives"; }

std::string ordinal(std::int64_t number) {
  constexpr std::string_view kSuffix[] = {"th", "st", "nd", "rd"};
  const bool is_teen = number / 10 % 10 == 1;
  return fmt::format("{}{}", number, kSuffix[!is_teen && number % 10 < 4 ? number % 10 : 0]);
}

namespace {

// As the person wrote it if it is no plain number: the parser will say what is wrong.
std::string nth_words(const std::string& nth) {
  if (nth.empty() || nth == "1") return {};
  if (nth.size() > 9 || nth.find_first_not_of("0123456789") != std::string::npos) return " the " + nth;
  return " the " + ordinal(std::stoll(nth));
}

}  // namespace

std::string FaultTiming::words(bool is_lasting) const {
  std::string said;
  const auto say = [&said](std::string_view words) { (said += said.empty() ? "" : " ") += words; };
  switch (begins) {
    case Begins::now:
      break;
    case Begins::at:
      say("at " + at);
      break;
    case Begins::every:
      if (has_first) say("at " + at);
      say((is_random ? "randomly every " : "every ") + every);
      break;
    case Begins::when:
      say(fmt::format("{} {} {}{}", is_whenever ? "whenever" : "when", host, act, nth_words(nth)));
      if (wants_object(act)) say(object);
      else if (!nth_words(nth).empty()) say("time");
      if (!later.empty()) said += fmt::format(", {} later", later);
      break;
  }
  if (!is_lasting || (!lasts && begins != Begins::every)) return said;
  if (begins == Begins::when && !later.empty()) said += ",";
  say("for " + lasts_for);
  return said;
}

FaultTiming timing_of(const faults::When& when) {
  FaultTiming timing;
  const auto time = [](std::int64_t ns) { return topology::format_duration(ns); };
  timing.lasts = when.lasts_ns > 0;
  if (timing.lasts) timing.lasts_for = time(when.lasts_ns);
  if (when.condition) {
    const faults::Condition& condition = *when.condition;
    timing.begins = FaultTiming::Begins::when;
    timing.host = condition.host;
    timing.act = kConditionActs[static_cast<std::size_t>(condition.act)];
    if (condition.code != 0) timing.object = std::to_string(condition.code);
    else if (condition.command == ".") timing.object = "final dot";
    else if (!condition.command.empty()) timing.object = condition.command;
    timing.nth = std::to_string(condition.nth);
    timing.is_whenever = when.is_repeated;
    if (when.later_ns > 0) timing.later = time(when.later_ns);
  } else if (when.interval_ns > 0) {
    timing.begins = FaultTiming::Begins::every;
    timing.every = time(when.interval_ns);
    timing.is_random = when.is_random;
    timing.has_first = when.at_ns > 0;
    if (timing.has_first) timing.at = time(when.at_ns);
  } else if (when.at_ns > 0) {
    timing.begins = FaultTiming::Begins::at;
    timing.at = time(when.at_ns);
  }
  return timing;
}

}  // namespace mailroom::viz
