// SPDX-License-Identifier: GPL-2.0-only
// Mail is conserved (docs/QUEUE.md): reads the events of a run and says what is wrong, one sentence each.
// Needs a run recorded at `mail` or above.
#pragma once

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/trace/memory_sink.hpp"

namespace mailroom::test {

class Conservation {
 public:
  // `queued`: recipients that each host has in its queue at the end of the run.
  static std::vector<std::string> violations(const std::vector<trace::StoredEvent>& events,
                                             const std::map<trace::HostId, std::int64_t>& queued) {
    Conservation checker;
    for (const trace::StoredEvent& event : events) checker.read(event);
    for (const auto& [host, owned] : checker.owned_) {
      const auto found = queued.find(host);
      const std::int64_t there = found == queued.end() ? 0 : found->second;
      if (owned != there) checker.say("host {} owns {} copies, but {} are queued", host.value, owned, there);
    }
    for (const auto& [host, there] : queued) {
      if (there != 0 && !checker.owned_.contains(host))
        checker.say("host {} owns none, but {} are queued", host.value, there);
    }
    return checker.wrong_;
  }

 private:
  using Kind = trace::Kind;
  struct Copy {
    trace::CopyId root;
    trace::HostId host;
    trace::MessageId message;
    int children = 0;
    bool has_ended = false;
  };
  struct Tree {  // all copies toward one recipient of a message
    int alive = 0;
    bool is_settled = false;  // somebody was told, or has it
  };

  template <class... Arguments>
  void say(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    wrong_.push_back(fmt::format(text, std::forward<Arguments>(arguments)...));
  }

  void read(const trace::StoredEvent& event) {
    switch (event.kind) {
      case Kind::message_composed:
        composed_.insert(event.message);
        return;
      case Kind::message_queued:
        return;
      case Kind::copy_created:
        return create(event);
      case Kind::copy_delivered:
      case Kind::copy_discarded:
      case Kind::copy_destroyed:
        return end(event, true);
      case Kind::copy_bounced:
        if (!composed_.contains({event.value.value_or(0)})) {
          say("copy {} is bounced, but its notification {} does not exist yet", event.copy.value,
              event.value.value_or(0));
        }
        return end(event, true);
      case Kind::copy_relayed:
      case Kind::copy_expanded:
        return end(event, false);
      default:
        return;
    }
  }

  void create(const trace::StoredEvent& event) {
    if (copies_.contains(event.copy)) return say("copy {} is created twice", event.copy.value);
    trace::CopyId root = event.copy;
    if (event.parent) {
      const auto parent = copies_.find(event.parent);
      if (parent == copies_.end()) return say("copy {} has an unknown parent", event.copy.value);
      if (parent->second.message != event.message)
        say("copy {} is of another message than its parent", event.copy.value);
      root = parent->second.root;
      ++parent->second.children;
    }
    copies_[event.copy] = {root, event.host, event.message};
    ++trees_[root].alive;
    ++owned_[event.host];
  }

  void end(const trace::StoredEvent& event, bool settles) {
    const auto found = copies_.find(event.copy);
    if (found == copies_.end()) return say("copy {} ends, but was never created", event.copy.value);
    Copy& copy = found->second;
    if (std::exchange(copy.has_ended, true)) return say("copy {} ends twice", event.copy.value);
    if (copy.host != event.host) say("copy {} ends at another host than its own", event.copy.value);
    if (!settles && copy.children == 0) say("copy {} was handed on, but nobody has it", event.copy.value);
    --owned_[copy.host];
    Tree& tree = trees_[copy.root];
    --tree.alive;
    tree.is_settled = tree.is_settled || settles;
    if (tree.alive == 0 && !tree.is_settled)
      say("with copy {} nobody is responsible any more", event.copy.value);
  }

  std::map<trace::CopyId, Copy> copies_;
  std::map<trace::CopyId, Tree> trees_;  // by root
  std::map<trace::HostId, std::int64_t> owned_;
  std::set<trace::MessageId> composed_;
  std::vector<std::string> wrong_;
};

}  // namespace mailroom::test
