// SPDX-License-Identifier: GPL-2.0-only
// `inspect --why`: the chain of causes from an event up to its root, with the evidence of each as side
// branches.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "sim/main/cli.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/main/inspect_words.hpp"

namespace mailroom::cli {
namespace {

using trace::EventId;
using trace::StoredEvent;

struct Because {
  EventId of;  // the event that it explains
  std::vector<StoredEvent>
      chain;  // the evidence, its cause, … up to the first event that the main chain has too
};

struct Causes {
  std::vector<StoredEvent> chain;  // the event, its cause, … the root
  std::vector<Because> branches;   // in the order of the chain, evidence of evidence behind it
};

Causes causes_of(Run& run, EventId id) {
  Causes causes;
  causes.chain = must(run.reader().causes(id));
  std::set<EventId> told;
  std::vector<StoredEvent> open = causes.chain;
  for (const StoredEvent& e : causes.chain) told.insert(e.id);
  for (std::size_t i = 0; i < open.size() && causes.branches.size() < 1000; ++i) {
    if (!open[i].because) continue;
    Because branch{.of = open[i].id, .chain = {}};
    if (told.contains(open[i].because)) continue;  // it stands in the chain already
    for (StoredEvent& e : must(run.reader().causes(open[i].because))) {
      if (!told.insert(e.id).second) break;
      open.push_back(e);
      branch.chain.push_back(std::move(e));
    }
    if (!branch.chain.empty()) causes.branches.push_back(std::move(branch));
  }
  return causes;
}

// One try to hand over a copy, in a chain: from its re-queueing back to the beginning of the attempt.
struct Try {
  std::size_t begin;
  std::size_t end;
  std::string likeness;  // what it has in common with others; "" if it is like none
};

// Tries in a row that are told by a count.
struct Fold {
  std::size_t begin;
  std::size_t end;
  std::size_t tries;
};

bool is_about_responsibility(trace::Kind kind) {
  const std::string_view name = info(kind).name;
  return name.starts_with("copy.") || name.starts_with("message.") || name.starts_with("run.");
}

// Seconds that are left, addresses, ports: two tries that differ in them alone went alike.
std::string without_numbers(std::string_view text) {
  std::string shape;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (is_digit && shape.ends_with('#')) continue;
    shape += is_digit ? '#' : c;
  }
  return shape;
}

// Most of a long chain is small talk: lines of dialogue, each caused by the one before. A run of them is told
// by its last line and a count, unless an event of the answer names one of them as its reason. Of many tries
// that went alike the last and the first are told, and what others name as their reason.
class Printer {
 public:
  Printer(Run& run, const Causes& causes, Table& table) : run_(run), causes_(causes), table_(table) {
    const auto note_reasons = [&](const std::vector<StoredEvent>& chain) {
      for (const StoredEvent& e : chain)
        if (e.because) {
          reason_for_.emplace(e.because, e.id);
          explained_by_[e.because].push_back({e.id, e.kind});
        }
    };
    note_reasons(causes.chain);
    for (const Because& branch : causes.branches) note_reasons(branch.chain);
  }

  void all() { chain("", causes_.chain, ""); }

  bool left_out_dialogue() const { return left_out_dialogue_; }
  bool left_out_tries() const { return left_out_tries_; }

 private:
  bool is_small_talk(const StoredEvent& e) const {
    return info(e.kind).level == trace::Level::full && e.kind != trace::Kind::timer_expired && e.session &&
           !reason_for_.contains(e.id);
  }

  // The event and all that stands below it: `visit` sees each.
  template <class Visit>
  void visit_with_evidence(const StoredEvent& e, Visit visit) const {
    visit(e);
    for (const Because& branch : causes_.branches) {
      if (branch.of != e.id) continue;
      for (const StoredEvent& below : branch.chain) visit_with_evidence(below, visit);
    }
  }

  // Does an event outside of the try name one of its events as its reason? That a rule decides as it did the
  // last time, and says so, is no more than another try.
  bool explains_others(std::span<const StoredEvent> events) const {
    std::map<EventId, trace::Kind> members;
    for (const StoredEvent& e : events)
      visit_with_evidence(e, [&](const StoredEvent& member) { members.emplace(member.id, member.kind); });
    return std::ranges::any_of(members, [&](const auto& member) {
      const auto explained = explained_by_.find(member.first);
      return explained != explained_by_.end() &&
             !std::ranges::all_of(explained->second, [&](const Explained& one) {
               return members.contains(one.by) || one.kind == member.second;
             });
    });
  }

  std::string likeness(std::span<const StoredEvent> events) const {
    if (explains_others(events)) return {};
    std::string text;
    const auto add = [&](const StoredEvent& e) {
      const bool is_detail = info(e.kind).level >= trace::Level::full && e.kind != trace::Kind::timer_expired;
      if (is_detail && !reason_for_.contains(e.id)) return;
      text += fmt::format("{} {} {} {} {} {}\n", info(e.kind).name, e.host.value, e.message.value,
                          e.copy.value, e.code, without_numbers(e.text));
    };
    for (const StoredEvent& e : events) visit_with_evidence(e, add);
    return text;
  }

  std::vector<Try> tries_in(const std::vector<StoredEvent>& events) const {
    std::vector<Try> tries;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].kind != trace::Kind::copy_deferred) continue;
      std::size_t end = i + 1;
      while (end < events.size() && !is_about_responsibility(events[end].kind)) ++end;
      tries.push_back({i, end, likeness(std::span(events).subspan(i, end - i))});
    }
    return tries;
  }

  std::vector<Fold> folds_in(const std::vector<StoredEvent>& events) const {
    constexpr std::size_t kFewest = 2;  // to be worth leaving out
    const std::vector<Try> tries = tries_in(events);
    std::vector<Fold> folds;
    for (std::size_t i = 0; i < tries.size();) {
      std::size_t last = i;
      while (last + 1 < tries.size() && !tries[i].likeness.empty() &&
             tries[last + 1].likeness == tries[i].likeness && tries[last + 1].begin == tries[last].end)
        ++last;
      if (last - i > kFewest) folds.push_back({tries[i + 1].begin, tries[last].begin, last - i - 1});
      i = last + 1;
    }
    return folds;
  }

  void chain(const std::string& indent, const std::vector<StoredEvent>& events, const char* first_relation) {
    constexpr std::size_t kFewest = 3;  // to be worth leaving out
    const std::vector<Fold> folds = folds_in(events);
    auto fold = folds.begin();
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (fold != folds.end() && fold->begin == i) {
        leave_out(indent, *fold, events[fold->end - 1]);
        i = fold->end;
        ++fold;
      }
      std::size_t end = i;
      while (end < events.size() && is_small_talk(events[end]) && events[end].session == events[i].session)
        ++end;
      row(indent, i == 0 ? first_relation : "caused by", events[i], i == 0 && indent.empty());
      if (end < i + 1 + kFewest) continue;
      leave_out(indent, static_cast<std::int64_t>(end - i - 1), events[i].session);
      i = end - 1;
    }
  }

  void row(const std::string& indent, const char* relation, const StoredEvent& e, bool is_asked) {
    std::string text = sentence(run_, e);
    const auto reason = reason_for_.find(e.id);
    const bool stands_below = std::ranges::none_of(
        causes_.branches, [&](const Because& branch) { return branch.chain.front().id == e.id; });
    if (reason != reason_for_.end() && stands_below)
      text += fmt::format(" (the reason for event {})", reason->second.value);
    table_.add({{indent + relation, Ink::dim},
                std::to_string(e.id.value),
                {clock(e.time_ns), Ink::dim},
                {run_.host(e.host), Ink::name},
                {std::move(text), is_asked ? Ink::strong : ink_of(e.kind)}});
    for (const Because& branch : causes_.branches)
      if (branch.of == e.id) chain(indent + "  ", branch.chain, "because");
  }

  void leave_out(const std::string& indent, std::int64_t count, trace::SessionId session) {
    left_out_dialogue_ = true;
    leave_out(indent, fmt::format("{} of session {}", counted(count, "earlier line"), session.value));
  }

  void leave_out(const std::string& indent, const Fold& fold, const StoredEvent& earliest) {
    left_out_tries_ = true;
    leave_out(indent,
              fmt::format("{} earlier tries like this, since {}", fold.tries, clock(earliest.time_ns)));
  }

  void leave_out(const std::string& indent, std::string text) {
    table_.add({{indent + "...", Ink::dim}, "", "", "", {std::move(text), Ink::dim}});
  }

  Run& run_;
  const Causes& causes_;
  Table& table_;
  std::map<EventId, EventId> reason_for_;
  struct Explained {
    EventId by;
    trace::Kind kind;  // of that event
  };
  std::map<EventId, std::vector<Explained>> explained_by_;
  bool left_out_dialogue_ = false;
  bool left_out_tries_ = false;
};

Json chain_json(Run& run, const std::vector<StoredEvent>& chain) {
  Json list = Json::array();
  for (const StoredEvent& e : chain) list.push_back(to_json(run, e));
  return list;
}

}  // namespace

int inspect_why(Run& run, const InspectOptions& options, Terminal& terminal) {
  const EventId id{*options.why};
  if (!must(run.reader().event(id))) {
    const EventId last = must(run.reader().last_event());
    const bool is_left_out = id.value >= 1 && id < last;
    return complain(
        terminal, kUsage,
        is_left_out
            ? fmt::format("event {} is not in this file, because its level leaves it out: {}", id.value,
                          record_again(run, trace::Level::packets))
            : fmt::format("there is no event {} in this run, the last one is {}; 'mailroom inspect {} "
                          "--events' lists them",
                          id.value, last.value, printable(run.file())));
  }
  const Causes causes = causes_of(run, id);
  if (options.json) {
    Json json = {{"event", id.value}, {"chain", chain_json(run, causes.chain)}, {"because", Json::array()}};
    for (const Because& branch : causes.branches)
      json["because"].push_back({{"of", branch.of.value}, {"chain", chain_json(run, branch.chain)}});
    print_json(terminal, json);
    return kDone;
  }
  Table table({{.heading = ""},
               {.heading = "event", .align = Column::Align::right},
               {.heading = "time"},
               {.heading = "host"},
               {.heading = "what happened", .wraps = true}});
  Printer printer(run, causes, table);
  printer.all();
  table.print(terminal, 0);
  const StoredEvent& root = causes.chain.back();
  if (causes.chain.size() > 1)
    fmt::print(terminal.out, "\n{} passed between the first cause and event {}.\n",
               duration(causes.chain.front().time_ns - root.time_ns), id.value);
  if (printer.left_out_dialogue())
    fmt::print(terminal.out, "What was left out: --session NUMBER has the dialogue, --json every step.\n");
  else if (printer.left_out_tries())
    fmt::print(terminal.out, "What was left out: --json has every step.\n");
  return kDone;
}

}  // namespace mailroom::cli
