// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_run.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <limits>

#include "sim/main/cli.hpp"
#include "sim/main/cli_words.hpp"

namespace mailroom::cli {
namespace {

using Problem = trace::FileError::Problem;

std::string_view advice_for(Problem problem, const std::string& file) {
  switch (problem) {
    case Problem::not_found:
      return "give the run file that 'mailroom run' wrote (SCENARIO.mailroom)";
    case Problem::no_access:
      return "look at its permissions";
    case Problem::empty:
      return "if the run has just been started, try again in a moment; else run the scenario again";
    case Problem::foreign:
      return file.ends_with(".yaml") || file.ends_with(".yml")
                 ? "this looks like a scenario: 'mailroom run' makes a run file of it"
                 : "give the run file that 'mailroom run' wrote (SCENARIO.mailroom)";
    case Problem::newer:
      return "use the Mailroom that wrote it, or a newer one";
    case Problem::damaged:
      return "run the scenario again: the same scenario and seed give the same run";
    case Problem::in_use:
      return "try again in a moment";
    case Problem::exists:
    case Problem::disk_full:
    case Problem::io:
      break;
  }
  return "look at the disk and at the file's permissions";
}

int complain_of_file(Terminal& terminal, const std::string& file, const trace::FileError& error) {
  std::string text = printable(error.text);
  while (!text.empty() && text.back() == '.') text.pop_back();
  return complain(terminal, kUsage, fmt::format("{}; {}", text, advice_for(error.problem, file)));
}

template <class Rows>
std::string nearest_name(const Rows& rows, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.name);
  return std::string(nearest(name, names));
}

template <class Rows>
std::string no_such(std::string_view noun, const Rows& rows, const std::string& name) {
  const std::string meant = nearest_name(rows, name);
  if (!meant.empty())
    return fmt::format("there is no {} '{}' in this run; did you mean '{}'?", noun, printable(name), meant);
  std::string list;
  for (std::size_t i = 0; i < rows.size() && i < 8; ++i) list += (i == 0 ? "" : ", ") + rows[i].name;
  if (rows.size() > 8) list += ", ...";
  return fmt::format("there is no {} '{}' in this run; there are {}", noun, printable(name), list);
}

}  // namespace

std::expected<Run, trace::FileError> Run::open(const std::filesystem::path& path) {
  auto replay = trace::Replay::open(path);
  if (!replay) return std::unexpected(std::move(replay.error()));
  const auto complete = replay->reader().complete();
  if (!complete) return std::unexpected(complete.error());
  return Run(std::make_unique<trace::Replay>(std::move(*replay)), *complete);
}

const trace::World& Run::world() {
  return world_at(std::numeric_limits<std::int64_t>::max());
}

const trace::World& Run::world_at(std::int64_t time_ns) {
  if (shown_ns_ != time_ns) must(replay_->seek_time(time_ns));
  shown_ns_ = time_ns;
  return replay_->world();
}

int with_run(const std::string& file, Terminal& terminal, const std::function<int(Run&)>& act) {
  auto run = Run::open(file);
  if (!run) return complain_of_file(terminal, file, run.error());
  try {
    if (!run->complete())
      fmt::print(terminal.err,
                 "mailroom: {} is not closed: the run is still going on, or was killed; this is the state so "
                 "far, at "
                 "{}\n",
                 printable(file), clock(run->end_ns()));
    return act(*run);
  } catch (const ReadFailure& failure) {
    return complain_of_file(terminal, file, failure.error());
  }
}

void for_each_event(Run& run, trace::EventQuery query,
                    const std::function<void(const trace::StoredEvent&)>& visit) {
  constexpr std::int64_t kBatch = 1000;
  std::int64_t left = query.limit > 0 ? query.limit : std::numeric_limits<std::int64_t>::max();
  while (left > 0) {
    query.limit = std::min(kBatch, left);
    const auto events = must(run.reader().events(query));
    for (const trace::StoredEvent& e : events) visit(e);
    if (static_cast<std::int64_t>(events.size()) < query.limit) return;
    left -= query.limit;
    query.after = events.back().id;
  }
}

std::string record_again(Run& run, trace::Level level) {
  return fmt::format("this run was recorded at '{}'; run the scenario again with --record {}",
                     trace::name(run.header().level), trace::name(level));
}

std::string no_such_host(Run& run, const std::string& name) {
  return no_such("host", run.header().hosts, name);
}

std::string no_such_link(Run& run, const std::string& name) {
  return no_such("link", run.header().links, name);
}

}  // namespace mailroom::cli
