// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/fault_words.hpp"

#include <fmt/format.h>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"

namespace mailroom::story {
namespace {

// What a fault is about, as its form begins, and as a reason tells it.
struct Subject {
  std::string_view begins;
  std::string_view told;
};
constexpr Subject kSubjects[] = {
    {"link ", "the link "},
    {"host ", "the host "},
    {"address ", "the address "},
    {"disk of ", "the disk of "},
    {"smtp of ", "the SMTP receiver of "},
    {"mailbox ", "the mailbox "},
    {"spool of ", "the spool of "},
    {"clock of ", "the clock of "},
    {"dns of ", "the name server "},
};

// What became of it.
struct State {
  std::string_view begins;
  std::string_view told;
};
constexpr State kStates[] = {
    {"answers ", "answered "},
    {"moved to ", "had moved to "},
    {"over quota", "was over its quota"},
    {"slow ", "was as slow as "},
    {"lying ", "was lying: "},
};

std::string told(std::string_view subject, std::string_view name, std::string_view state) {
  for (const State& known : kStates)
    if (state.starts_with(known.begins))
      return fmt::format("{}{} {}{}", subject, name, known.told, state.substr(known.begins.size()));
  return fmt::format("{}{} was {}", subject, name, state);
}

}  // namespace

std::string as_reason(std::string_view fault) {
  const std::string text = printable(fault);
  const std::string_view all = text;
  for (const Subject& subject : kSubjects) {
    if (!all.starts_with(subject.begins)) continue;
    const std::string_view rest = all.substr(subject.begins.size());
    std::size_t end = rest.find(' ');
    // "link a -- b down": a link without a name of its own.
    if (end != std::string_view::npos && rest.substr(end).starts_with(" -- ")) end = rest.find(' ', end + 4);
    if (end == std::string_view::npos) break;
    return told(subject.told, rest.substr(0, end), rest.substr(end + 1));
  }
  if (all.starts_with("tcp "))
    if (const std::size_t end = all.rfind(' '), between = all.find(" -- ");
        between != std::string_view::npos && between + 4 < end)
      return fmt::format("the TCP connection of {} and {} was {}", all.substr(4, between - 4),
                         all.substr(between + 4, end - between - 4), all.substr(end + 1));
  if (all.starts_with("partition "))
    return fmt::format("the network was in two parts, with {} in one of them", all.substr(10));
  if (all.starts_with("dns changed to ")) return fmt::format("the zone was changed to {}", all.substr(15));
  if (all.starts_with("relay ")) return fmt::format("the relay does not conform: {}", all.substr(6));
  return fmt::format("of the fault '{}'", all);
}

std::string in_force_words(std::int64_t began_ns, std::int64_t ended_ns) {
  if (began_ns < 0) return {};
  if (ended_ns < 0) return fmt::format("from {} on", duration(began_ns));
  if (ended_ns <= began_ns) return "at " + duration(began_ns);
  return fmt::format("from {} to {}", duration(began_ns), duration(ended_ns));
}

}  // namespace mailroom::story
