// SPDX-License-Identifier: GPL-2.0-only
// The plots of a run, from its facts: pure functions. What counts is what the filter passed (see MailFacts)
// and what lies within the range: a delivery by the moment when it was in the mailbox, a reply by its own, a
// queue by each of its moments.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "viz/model/mail_facts.hpp"
#include "viz/model/outcomes.hpp"
#include "viz/model/plot.hpp"

namespace mailroom::viz {

struct PlotRange {
  std::int64_t from_ns = 0;
  std::int64_t until_ns = std::numeric_limits<std::int64_t>::max();
  bool has(std::int64_t time_ns) const { return time_ns >= from_ns && time_ns <= until_ns; }
  friend bool operator==(const PlotRange&, const PlotRange&) = default;
};

struct PlotSet {
  Plot delay;     // distribution of the delay from composing to the mailbox, of users' messages
  Plot queue;     // messages in the queue of all hosts together (first), and of each
  Plot hops;      // what each hop adds to the mean delay, by part
  Plot replies;   // SMTP replies by code, each counted once
  Plot messages;  // deliveries in a time …
  Plot octets;    // … and their octets
};

// `outcomes`: of the same facts.
Plot delay_plot(std::span<const RootOutcome> outcomes, const PlotRange& range);
Plot queue_plot(const MailFacts& facts, const trace::RunHeader& header, const PlotRange& range);
Plot hops_plot(const MailFacts& facts, std::span<const RootOutcome> outcomes, const trace::RunHeader& header,
               const PlotRange& range);
Plot replies_plot(const MailFacts& facts, const trace::RunHeader& header, const PlotRange& range);
struct ThroughputPlots {
  Plot messages;
  Plot octets;
};
ThroughputPlots throughput_plots(const MailFacts& facts, const PlotRange& range);

PlotSet plots_of(const MailFacts& facts, const trace::RunHeader& header, const PlotRange& range);

// The first series of each, one over the other; what A says of axes and title. Empty only if both are.
Plot overlaid(const Plot& a, const Plot& b, const std::string& name_a, const std::string& name_b);

// Delays in seconds of the user's messages that `range` takes, ascending, with what they are about.
std::vector<PlotPoint> delays_in(std::span<const RootOutcome> outcomes, const PlotRange& range);
// 1, 2 or 5 times a power of ten, not less than `least_ns` and at least a millisecond.
std::int64_t nice_window_ns(std::int64_t least_ns);

}  // namespace mailroom::viz
