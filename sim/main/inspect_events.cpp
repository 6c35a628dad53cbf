// SPDX-License-Identifier: GPL-2.0-only
// `inspect --events`: events with their numbers, a line each. Streams, so that a run of millions of events
// can be listed.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <charconv>

#include "sim/main/cli.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/main/inspect_words.hpp"
#include "sim/story/story.hpp"

namespace mailroom::cli {
namespace {

using trace::Kind;
using trace::StoredEvent;
using Wrong = std::string;  // what to complain of

std::vector<Kind> all_kinds() {
  std::vector<Kind> kinds;
  for (int i = 0; i < trace::kKindCount; ++i) kinds.push_back(static_cast<Kind>(i));
  return kinds;
}

// "copy.deferred", or all kinds of the noun "copy".
std::expected<std::vector<Kind>, Wrong> kinds_named(const std::vector<std::string>& names) {
  std::vector<Kind> kinds;
  for (const std::string& name : names) {
    const std::size_t before = kinds.size();
    if (const auto kind = trace::kind_named(name)) kinds.push_back(*kind);
    for (const Kind kind : all_kinds())
      if (info(kind).name.starts_with(name + ".")) kinds.push_back(kind);
    if (kinds.size() > before) continue;
    std::vector<std::string> candidates;
    std::string nouns;
    for (const Kind kind : all_kinds()) {
      candidates.emplace_back(info(kind).name);
      const std::string noun(info(kind).name.substr(0, info(kind).name.find('.')));
      if (std::ranges::find(candidates, noun) != candidates.end()) continue;
      candidates.push_back(noun);
      nouns += (nouns.empty() ? "" : ", ") + noun;
    }
    const std::string_view meant = nearest(name, candidates);
    return std::unexpected(
        meant.empty()
            ? fmt::format("there is no kind of event '{}'; the nouns are {}", printable(name), nouns)
            : fmt::format("there is no kind of event '{}'; did you mean '{}'?", printable(name), meant));
  }
  return kinds;
}

std::expected<trace::EventQuery, Wrong> query_of(Run& run, const InspectOptions& options) {
  trace::EventQuery query;
  auto kinds = kinds_named(options.kinds);
  if (!kinds) return std::unexpected(kinds.error());
  query.kinds = std::move(*kinds);
  const auto from = parse_time(options.from, run.end_ns());
  const auto until = parse_time(options.until, run.end_ns());
  if (!from) return std::unexpected(from.error());
  if (!until) return std::unexpected(until.error());
  query.from_ns = *from;
  if (options.until != "end") query.until_ns = *until;
  query.limit = options.limit;
  if (options.session) query.session = {*options.session};
  if (!options.host.empty()) {
    query.host = run.reader().host_named(options.host);
    if (!query.host) return std::unexpected(no_such_host(run, options.host));
  }
  if (!options.message.empty()) {
    const auto messages = story::messages_named(run.world(), options.message);
    if (messages.empty())
      return std::unexpected(fmt::format("there is no message '{}' in this run", printable(options.message)));
    query.message = messages.front();
  }
  return query;
}

std::string left_padded(const std::string& text, std::size_t width) {
  return std::string(width > columns(text) ? width - columns(text) : 0, ' ') + text;
}
std::string right_padded(const std::string& text, std::size_t width) {
  return text + std::string(width > columns(text) ? width - columns(text) : 0, ' ');
}

// Widths are known before the first event is: the rows need not be kept.
struct Widths {
  std::size_t event = 5;
  std::size_t time = 0;
  std::size_t host = 4;
  std::size_t kind = 4;
};
Widths widths_for(Run& run, const trace::EventQuery& query) {
  Widths widths;
  widths.event = std::max<std::size_t>(5, std::to_string(must(run.reader().last_event()).value).size());
  widths.time = clock(run.end_ns()).size();
  for (const trace::HostRow& host : run.header().hosts)
    widths.host = std::max(widths.host, columns(host.name));
  for (const Kind kind : query.kinds.empty() ? all_kinds() : query.kinds)
    widths.kind = std::max(widths.kind, info(kind).name.size());
  return widths;
}

void print_event(Run& run, const StoredEvent& e, const Widths& widths, Terminal& terminal) {
  const std::string before =
      fmt::format("{}  {}  {}  {}  ", left_padded(std::to_string(e.id.value), widths.event),
                  dyed(terminal, Ink::dim, left_padded(clock(e.time_ns), widths.time)),
                  dyed(terminal, Ink::name, right_padded(run.host(e.host), widths.host)),
                  right_padded(std::string(info(e.kind).name), widths.kind));
  const std::size_t indent = widths.event + widths.time + widths.host + widths.kind + 8;
  const auto width = static_cast<std::size_t>(terminal.width);
  const std::string text = sentence(run, e);
  // A person gets wrapped lines; a program (grep, sort) one line an event.
  const auto lines =
      terminal.is_person && width > indent + 24 ? wrapped(text, width - indent) : std::vector{text};
  fmt::print(terminal.out, "{}{}\n", before, dyed(terminal, ink_of(e.kind), lines.front()));
  for (std::size_t i = 1; i < lines.size(); ++i)
    fmt::print(terminal.out, "{}{}\n", std::string(indent, ' '), dyed(terminal, ink_of(e.kind), lines[i]));
}

void print_array(Run& run, const trace::EventQuery& query, Terminal& terminal) {
  bool is_first = true;
  terminal.out << '[';
  for_each_event(run, query, [&](const StoredEvent& e) {
    terminal.out << (is_first ? "\n" : ",\n")
                 << to_json(run, e).dump(-1, ' ', false, Json::error_handler_t::replace);
    is_first = false;
  });
  terminal.out << "\n]\n";
}

}  // namespace

int inspect_events(Run& run, const InspectOptions& options, Terminal& terminal) {
  const auto query = query_of(run, options);
  if (!query) return complain(terminal, kUsage, query.error());
  if (options.json) {
    print_array(run, *query, terminal);
    return kDone;
  }
  const Widths widths = widths_for(run, *query);
  bool any = false;
  for_each_event(run, *query, [&](const StoredEvent& e) {
    any = true;
    print_event(run, e, widths, terminal);
  });
  if (any) return kDone;
  std::string hint;
  for (const Kind kind : query->kinds)
    if (!run.records(info(kind).level)) hint = "; " + record_again(run, info(kind).level);
  fmt::print(terminal.out, "No such event in this run{}.\n", hint);
  return kDone;
}

}  // namespace mailroom::cli
