// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/until.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sim/story/quantities.hpp"

namespace mailroom::viz {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "250", "5xx": a reply code is meant and not a number of seconds.
bool is_reply(std::string_view text) {
  return text.size() == 3 && text[0] >= '2' && text[0] <= '5' &&
         std::ranges::all_of(text.substr(1),
                             [](char c) { return std::isdigit(static_cast<unsigned char>(c)) || c == 'x'; });
}

}  // namespace

std::expected<Until, std::string> Until::parse(std::string_view text, std::int64_t now_ns,
                                               std::int64_t end_ns) {
  text = trimmed(text);
  if (text.empty())
    return std::unexpected("say what to run to: a time (12.5s, +10m), 5xx, queue>5, host:mx1, or any filter");
  Until until{.text = std::string(text)};
  if (is_reply(text)) {
    until.filter = *Filter::parse(fmt::format("reply:{}", text));
    return until;
  }
  const bool is_later = text.front() == '+';
  const auto time_ns = story::parse_time(is_later ? text.substr(1) : text, end_ns);
  if (time_ns || is_later) {
    if (!time_ns) return std::unexpected(time_ns.error());
    until.time_ns = is_later ? now_ns + std::min(*time_ns, std::int64_t{1} << 61) : *time_ns;
    return until;
  }
  auto filter = Filter::parse(text);
  if (!filter) return std::unexpected(fmt::format("{}; {}", filter.error().wrong, filter.error().right));
  // t>30 alone is a moment, whether anything happens then or not.
  const FilterNode& root = filter->root();
  const FilterNode* only = root.what == FilterNode::What::term ? &root
                           : root.what == FilterNode::What::all && root.children.size() == 1
                               ? &root.children.front()
                               : nullptr;
  if (only && only->what == FilterNode::What::term && only->term.key == FilterKey::time &&
      only->term.least > now_ns)
    until.time_ns = only->term.least;
  until.filter = std::move(*filter);
  return until;
}

Search::Search(const Filter& filter, const Recording& run)
    : matcher_(filter, run.index().facts), last_(run.event()) {
  const trace::World& world = run.world();
  world.hosts.for_each([&](trace::HostId host, const trace::HostState& state) {
    for (std::size_t i = 0; i < state.queue.size(); ++i) {
      queues_.apply({.kind = trace::Kind::message_queued, .host = host});
    }
  });
}

std::expected<std::optional<trace::StoredEvent>, trace::FileError> Search::advance(Recording& run,
                                                                                   std::int64_t until_ns,
                                                                                   std::int64_t most) {
  if (matcher_.facts().last_event() != run.index().facts.last_event()) matcher_.refresh(run.index().facts);
  std::optional<trace::StoredEvent> found;
  const auto read =
      run.reader().for_each({.after = last_, .limit = most}, [&](const trace::StoredEvent& event) {
        if (event.time_ns > until_ns) return false;
        last_ = event.id;
        queues_.apply(event);
        if (matcher_.matches(event, &queues_)) found = event;
        return !found;
      });
  if (!read) return std::unexpected(read.error());
  return found;
}

}  // namespace mailroom::viz
