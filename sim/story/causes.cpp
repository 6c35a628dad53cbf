// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/causes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace mailroom::story {
namespace {

using trace::EventId;
using trace::StoredEvent;

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

// Makes the steps of the telling, and knows what of it names what as its reason.
class Teller {
 public:
  explicit Teller(const Causes& causes) : causes_(causes) {
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

  std::vector<Step> all() {
    chain(0, causes_.chain, Step::Relation::asked);
    return std::move(steps_);
  }

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

  void chain(int depth, const std::vector<StoredEvent>& events, Step::Relation first_relation) {
    constexpr std::size_t kFewest = 3;  // to be worth leaving out
    const std::vector<Fold> folds = folds_in(events);
    auto fold = folds.begin();
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (fold != folds.end() && fold->begin == i) {
        add(depth, Step::Relation::fewer_tries, events[fold->end - 1],
            static_cast<std::int64_t>(fold->tries));
        i = fold->end;
        ++fold;
      }
      std::size_t end = i;
      while (end < events.size() && is_small_talk(events[end]) && events[end].session == events[i].session)
        ++end;
      tell(depth, i == 0 ? first_relation : Step::Relation::caused_by, events[i]);
      if (end < i + 1 + kFewest) continue;
      add(depth, Step::Relation::fewer_lines, events[i], static_cast<std::int64_t>(end - i - 1));
      i = end - 1;
    }
  }

  void tell(int depth, Step::Relation relation, const StoredEvent& e) {
    add(depth, relation, e, 0);
    const auto reason = reason_for_.find(e.id);
    const bool stands_below = std::ranges::none_of(
        causes_.branches, [&](const Because& branch) { return branch.chain.front().id == e.id; });
    if (reason != reason_for_.end() && stands_below) steps_.back().reason_for = reason->second;
    for (const Because& branch : causes_.branches)
      if (branch.of == e.id) chain(depth + 1, branch.chain, Step::Relation::because);
  }

  void add(int depth, Step::Relation relation, const StoredEvent& e, std::int64_t count) {
    steps_.push_back({.relation = relation, .depth = depth, .event = e, .count = count});
  }

  const Causes& causes_;
  std::vector<Step> steps_;
  std::map<EventId, EventId> reason_for_;
  struct Explained {
    EventId by;
    trace::Kind kind;  // of that event
  };
  std::map<EventId, std::vector<Explained>> explained_by_;
};

}  // namespace

std::expected<Causes, trace::FileError> causes_of(trace::RunFileReader& reader, EventId id) {
  Causes causes;
  auto main_chain = reader.causes(id);
  if (!main_chain) return std::unexpected(std::move(main_chain.error()));
  causes.chain = std::move(*main_chain);
  std::set<EventId> told;
  std::vector<StoredEvent> open = causes.chain;
  for (const StoredEvent& e : causes.chain) told.insert(e.id);
  for (std::size_t i = 0; i < open.size() && causes.branches.size() < 1000; ++i) {
    if (!open[i].because) continue;
    Because branch{.of = open[i].id, .chain = {}};
    if (told.contains(open[i].because)) continue;  // it stands in the chain already
    // One by one: mostly, evidence soon comes to what is known already.
    for (EventId at = open[i].because; at && told.insert(at).second;) {
      auto event = reader.event(at);
      if (!event) return std::unexpected(std::move(event.error()));
      if (!*event) break;
      // A cause is always older; anything else is a damaged file.
      at = (*event)->cause < at ? (*event)->cause : EventId{};
      open.push_back(**event);
      branch.chain.push_back(std::move(**event));
    }
    if (!branch.chain.empty()) causes.branches.push_back(std::move(branch));
  }
  return causes;
}

std::vector<Step> steps_of(const Causes& causes) {
  return Teller(causes).all();
}

}  // namespace mailroom::story
