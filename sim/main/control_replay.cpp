// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/control_replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/trace/run_file_reader.hpp"

namespace mailroom::control {

std::expected<Replay, std::string> Replay::read(const std::filesystem::path& run_file) {
  auto reader = trace::RunFileReader::open(run_file);
  if (!reader) return std::unexpected(reader.error().text);
  Replay replay;
  replay.scenario_text_ = reader->header().scenario_text;
  replay.overrides_ = reader->header().overrides;
  replay.seed_ = reader->header().seed;
  const trace::EventQuery query{.kinds = {trace::Kind::control_received, trace::Kind::run_ended}};
  const auto done = reader->for_each(query, [&replay](const trace::StoredEvent& event) {
    if (event.kind == trace::Kind::control_received)
      replay.lines_.push_back({event.time_ns, event.text});
    else
      replay.end_ = {event.time_ns, event.text};
    return true;
  });
  if (!done) return std::unexpected(done.error().text);
  return replay;
}

Replay Replay::of(const scenario::Scenario& scenario) {
  Replay replay;
  for (const scenario::ControlLine& line : scenario.control) replay.lines_.push_back({line.at_ns, line.text});
  return replay;
}

std::string Replay::compare(const scenario::Scenario& scenario) {
  std::string overrides;
  // How much is recorded changes nothing that happens.
  const auto add = [&overrides](std::string_view change) {
    if (!change.starts_with("record=")) overrides += fmt::format("{}\n", change);
  };
  for (const std::string& change : scenario.overrides) add(change);
  const std::string now = std::exchange(overrides, {});
  for (std::string_view rest = overrides_; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
    add(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  const std::string before = std::exchange(overrides, {});
  std::string different;
  if (scenario.text != scenario_text_)
    different = "the scenario has changed";
  else if (scenario.seed != seed_)
    different = fmt::format("it had the seed {}", seed_);
  else if (now != before)
    different = before.empty() ? std::string("it had no --set")
                               : "it had --set " + before.substr(0, before.find('\n'));
  if (!different.empty()) end_.reset();
  return different;
}

}  // namespace mailroom::control
