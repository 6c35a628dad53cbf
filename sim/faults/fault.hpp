// SPDX-License-Identifier: GPL-2.0-only
// A fault as plain data: what goes wrong, where, when, for how long. parse() in sim/faults/parse.hpp makes it from a
// sentence; docs/FAULTS.md describes the language.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::faults {

enum class Kind : std::uint8_t {
#define FAULT(name, form, rival, lasting, meaning) name,
#include "sim/faults/faults.def"
#undef FAULT
};

struct KindInfo {
  std::string_view name;   // "link_down"
  std::string_view form;   // "link <link> down"
  std::string_view rival;  // faults with the same rival and subject contradict each other
  bool is_lasting;
  std::string_view meaning;
};

inline constexpr KindInfo kKinds[] = {
#define FAULT(name, form, rival, lasting, meaning) {#name, form, rival, lasting, meaning},
#include "sim/faults/faults.def"
#undef FAULT
};
inline constexpr std::size_t kKindCount = std::size(kKinds);
inline constexpr const KindInfo& info(Kind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

// "when mx1 sends the 3rd RCPT": something that a host does, as the run file has it.
struct Condition {
  enum class Act : std::uint8_t {
    connects,  // asks for a connection
    sends,     // a command, a reply or the final dot
    receives,  // likewise
    commits,   // takes a message into its queue
    delivers,  // into a mailbox
    defers,    // a copy waits for its next try
    bounces,
  } act = Act::sends;
  std::string host;
  std::string command;      // "RCPT"; the final dot is "."; empty: none, it is a reply
  int code = 0;             // of a reply
  std::int64_t nth = 1;     // counted within a session where there is one, else at the host
  friend bool operator==(const Condition&, const Condition&) = default;
};

struct When {
  std::int64_t at_ns = 0;        // the first time, or where it is counted from
  std::int64_t interval_ns = 0;  // and then again and again; 0: once
  bool is_random = false;        // Poisson: intervals, and how long it lasts, are means
  std::optional<Condition> condition{};
  bool is_repeated = false;      // each time that the condition comes true
  std::int64_t later_ns = 0;     // so long after the condition
  std::int64_t lasts_ns = 0;     // 0: to the end of the run
};

struct Fault {
  Kind kind{};
  std::string what;  // the sentence without its time, in one spelling: "link a-b down"
  When when;

  // The values of its form; which are there is said by the form.
  std::string link{};
  std::vector<std::string> nodes{};      // hosts too, in the order of the form
  std::vector<std::string> addresses{};  // mailbox addresses, likewise
  std::string point{};                   // of a dialogue: "greeting", a command, or "." for the final dot
  std::string record{};                  // of a zone, as in a master file
  std::int64_t rate_bps = 0;
  std::int64_t time_ns = 0;
  std::int64_t share_per_billion = 1'000'000'000;
  std::int64_t count = 0;
  std::int64_t size_bytes = 0;
  int code = 0;
  int line = 0;  // in the scenario file, for diagnostics

  const std::string& node() const { return nodes.front(); }
};

// By which a fault and its rivals are known: no two of them can be in force at the same time.
std::string slot(const Fault& fault);

}  // namespace mailroom::faults
