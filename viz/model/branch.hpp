// SPDX-License-Identifier: GPL-2.0-only
// Branch here: what could have gone another way at an event of a run, each as one change with which the run is made again.
// Everything before the change is the same, because the scenario, the seed and what people did are.
//
//     for (const Change& change : changes_at(reader, event)) …      a menu
//     RunOrder order = order_with(header, change, …);               mailroom run … --replay … --fault …
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/trace/run_file_reader.hpp"
#include "viz/model/run_order.hpp"

namespace mailroom::viz {

struct Change {
  std::string title{};    // "This 250 is lost on the way"
  std::string meaning{};  // a sentence: what is done
  trace::EventId at{};    // the event at which the futures part
  std::int64_t at_ns = 0;
  std::vector<std::string> faults{};        // sentences that are added
  std::vector<std::string> without{};       // what is left out: the words of faults ("link a-b down")
  std::string instead_of{};                 // a fault that one of `faults` replaces, likewise
  bool operator==(const Change&) const = default;
};

// What could have been otherwise at this event, the likeliest first. A bounded number of short reads.
std::vector<Change> changes_at(trace::RunFileReader& reader, trace::EventId event);

// A fault that began (its event is fault.began): without it; or mended at a time while it was in force.
std::vector<Change> changes_of_fault(trace::RunFileReader& reader, const trace::StoredEvent& began, std::int64_t now_ns);

// What can happen to a host or a link at a moment of the run.
std::vector<Change> changes_of_host(const trace::RunFileReader& reader, trace::HostId host, std::int64_t at_ns);
std::vector<Change> changes_of_link(const trace::RunFileReader& reader, trace::LinkId link, std::int64_t at_ns);

// How the run is made again with a change. `run_file`: that of the run; its control lines are obeyed again. The error is a
// sentence, where a change cannot be made.
std::expected<RunOrder, std::string> order_with(trace::RunFileReader& reader, const Change& change,
                                                const std::filesystem::path& scenario, const std::filesystem::path& out);

}  // namespace mailroom::viz
