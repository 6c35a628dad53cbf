// SPDX-License-Identifier: GPL-2.0-only
// What the canvas draws, said in words: for tips, and for who cannot see the picture. A line each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/run_file.hpp"
#include "viz/model/fault_signs.hpp"
#include "viz/model/host_facts.hpp"
#include "viz/model/moments.hpp"
#include "viz/model/motion.hpp"
#include "viz/model/traffic.hpp"

namespace mailroom::viz {

using Words = std::vector<std::string>;

// "north" or, with a label that is another one, "north (North office)"; "host 7" for one that is not there.
std::string name_of(const trace::RunHeader& header, trace::HostId id);
// The name to write beside a node: its label if it has one.
std::string label_of(const trace::HostRow& row);

Words words_of_host(const trace::HostRow& row, const NodeFacts& facts, const NodeLoad& load);
// `forth` and `back`: what is on the link now; null: nothing.
Words words_of_link(const trace::RunHeader& header, trace::LinkId id, const trace::LinkState* state,
                    const LaneTraffic* forth, const LaneTraffic* back);
// `others`: further messages at the same place.
Words words_of_envelope(const trace::RunHeader& header, const trace::World& world,
                        const trace::Flight& flight, const Lane& lane, const Motion& motion,
                        std::int64_t time_ns, std::uint32_t others);
std::string words_of_moment(const trace::RunHeader& header, const Moment& moment);
std::string words_of_fault(const FaultSign& sign);

// "81 %"
std::string percent(double share);
// "1.26 s", "4 min 12 s", "3 h 5 min": three figures, as people read times.
std::string short_time(std::int64_t time_ns);
// "64 kbps", "2.5 Gbps": three figures.
std::string short_rate(std::int64_t rate_bps);
// 1,234 → "1234", 12,345 → "12k", 3,400,000 → "3.4M": what fits into a badge.
std::string short_count(std::int64_t count);

}  // namespace mailroom::viz
