// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/matcher.hpp"

#include <algorithm>
#include <iterator>

#include "viz/model/matcher_terms.hpp"
#include "viz/model/text_match.hpp"

namespace mailroom::viz {
namespace {

using What = FilterNode::What;
using trace::Kind;

// Sets [i + 1] for each of `count` things that one of the values names: as `is_named` says, or if that is
// none of all as `is_like` says.
template <class Named, class Like>
void name_set(std::vector<bool>& set, const std::vector<std::string>& values, std::int64_t count,
              Named is_named, Like is_like) {
  set.assign(static_cast<std::size_t>(count) + 1, false);
  for (const std::string& value : values) {
    const bool has_star = value.contains('*');
    bool is_found = false;
    for (std::int64_t i = 1; i <= count && !has_star; ++i)
      if (is_named(i, value)) set[static_cast<std::size_t>(i)] = is_found = true;
    for (std::int64_t i = 1; i <= count && !is_found; ++i)
      if (is_like(i, value)) set[static_cast<std::size_t>(i)] = true;
  }
}

bool is_like(std::string_view text, std::string_view value) {
  return value.contains('*') ? fits_pattern(text, value) : contains_folded(text, value);
}

bool is_host(const trace::HostRow& host, std::string_view value) {
  return equals_folded(host.name, value) || (!host.label.empty() && equals_folded(host.label, value)) ||
         (!host.hostname.empty() && equals_folded(host.hostname, value)) ||
         (!host.address.empty() && host.address == value);
}
bool is_host_like(const trace::HostRow& host, std::string_view value) {
  return is_like(host.name, value) || is_like(host.label, value) || is_like(host.hostname, value);
}

}  // namespace

void QueueLengths::apply(const trace::StoredEvent& event) {
  if (event.kind != Kind::message_queued && event.kind != Kind::message_removed) return;
  if (event.host.value < 1 || event.host.value > trace::Table<trace::HostId, int>::kMaxKey) return;
  const auto index = static_cast<std::size_t>(event.host.value);
  if (index >= lengths_.size()) lengths_.resize(index + 1);
  if (event.kind == Kind::message_queued) {
    ++lengths_[index];
  } else if (lengths_[index] > 0) {
    --lengths_[index];
  }
}

std::int64_t QueueLengths::at(trace::HostId host) const {
  if (host.value < 1 || host.value >= std::ssize(lengths_)) return 0;
  return lengths_[static_cast<std::size_t>(host.value)];
}

Matcher::Matcher(Filter filter, Facts facts) : filter_(std::move(filter)), facts_(std::move(facts)) {
  if (!filter_.is_empty()) add(filter_.root());
}

void Matcher::refresh(const Facts& facts) {
  const bool has_new_names = facts.recipient_count() != facts_.recipient_count();
  facts_ = facts;
  if (has_new_names)
    for (Node& node : nodes_) resolve(node);
}

std::uint32_t Matcher::add(const FilterNode& from) {
  Node node{.what = from.what, .term = from.term};
  for (const FilterNode& child : from.children) node.children.push_back(add(child));
  resolve(node);
  nodes_.push_back(std::move(node));
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void Matcher::resolve(Node& node) const {
  if (node.what != What::term) return;
  const FilterKey key = node.term.key;
  const auto& hosts = facts_.hosts();
  const auto& links = facts_.links();
  const auto host = [&](std::int64_t i) -> const trace::HostRow& {
    return hosts[static_cast<std::size_t>(i - 1)];
  };
  const auto link = [&](std::int64_t i) -> const trace::LinkRow& {
    return links[static_cast<std::size_t>(i - 1)];
  };
  const auto path = [&](std::int64_t i) -> const std::string& { return *facts_.recipient({i}); };
  const auto& values = node.term.texts;
  if (key == FilterKey::host || key == FilterKey::from || key == FilterKey::to || key == FilterKey::any)
    name_set(
        node.hosts, values, std::ssize(hosts),
        [&](std::int64_t i, const std::string& v) { return key != FilterKey::any && is_host(host(i), v); },
        [&](std::int64_t i, const std::string& v) { return is_host_like(host(i), v); });
  if (key == FilterKey::link || key == FilterKey::any)
    name_set(
        node.links, values, std::ssize(links),
        [&](std::int64_t i, const std::string& v) {
          return key != FilterKey::any && (equals_folded(link(i).name, v) || equals_folded(link(i).label, v));
        },
        [&](std::int64_t i, const std::string& v) {
          return is_like(link(i).name, v) || is_like(link(i).label, v);
        });
  if (key == FilterKey::rcpt || key == FilterKey::to || key == FilterKey::any)
    name_set(
        node.recipients, values, facts_.recipient_count(),
        [&](std::int64_t i, const std::string& v) { return key != FilterKey::any && is_address(path(i), v); },
        [&](std::int64_t i, const std::string& v) { return is_like(path(i), v); });
  if (key == FilterKey::kind || key == FilterKey::any) {
    node.kinds.assign(trace::kKindCount, false);
    for (std::size_t i = 0; i < node.kinds.size(); ++i)
      for (const std::string& value : values)
        if (key == FilterKey::any ? contains_folded(trace::kKinds[i].name, value)
                                  : fits_pattern(trace::kKinds[i].name, value))
          node.kinds[i] = true;
  }
}

template <class Ask>
Matcher::Answer Matcher::ask(std::uint32_t at, const Ask& ask_term) const {
  const Node& node = nodes_[at];
  switch (node.what) {
    case What::term:
      return ask_term(node);
    case What::negation: {
      const Answer answer = ask(node.children.front(), ask_term);
      return answer == Answer::unknown ? answer : answer == Answer::yes ? Answer::no : Answer::yes;
    }
    case What::all: {
      Answer least = Answer::yes;
      for (const std::uint32_t child : node.children) {
        least = std::min(least, ask(child, ask_term));
        if (least == Answer::no) break;
      }
      return least;
    }
    case What::any: {
      Answer most = Answer::no;
      for (const std::uint32_t child : node.children) {
        most = std::max(most, ask(child, ask_term));
        if (most == Answer::yes) break;
      }
      return most;
    }
  }
  return Answer::unknown;
}

bool Matcher::matches(const trace::StoredEvent& event, const QueueLengths* queues) const {
  if (nodes_.empty()) return true;
  const auto root = static_cast<std::uint32_t>(nodes_.size() - 1);
  return ask(root, [&](const Node& node) { return term_of_event(node, event, queues); }) != Answer::no;
}

bool Matcher::matches(trace::MessageId message, const trace::World& world) const {
  if (nodes_.empty()) return true;
  const auto root = static_cast<std::uint32_t>(nodes_.size() - 1);
  return ask(root, [&](const Node& node) { return term_of_message(node, message, world); }) != Answer::no;
}

bool Matcher::matches(trace::HostId host, const trace::World& world) const {
  if (nodes_.empty()) return true;
  const auto root = static_cast<std::uint32_t>(nodes_.size() - 1);
  const Answer answer = ask(root, [&](const Node& node) { return term_of_host(node, host, world); });
  return answer == Answer::unknown ? holds_match(host, world) : answer == Answer::yes;
}

bool Matcher::matches(trace::LinkId link) const {
  if (nodes_.empty()) return true;
  const auto root = static_cast<std::uint32_t>(nodes_.size() - 1);
  return ask(root, [&](const Node& node) {
           if (node.term.key != FilterKey::link) return Answer::unknown;
           return has(node.links, link) ? Answer::yes : Answer::no;
         }) != Answer::no;
}

}  // namespace mailroom::viz
