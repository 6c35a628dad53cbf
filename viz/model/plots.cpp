// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/plots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace mailroom::viz {

namespace {

double seconds(std::int64_t time_ns) {
  return static_cast<double>(time_ns) / 1e9;
}

std::string host_name(const trace::RunHeader& header, trace::HostId id) {
  const auto index = static_cast<std::size_t>(id.value - 1);
  return id.value >= 1 && index < header.hosts.size() ? header.hosts[index].name
                                                      : fmt::format("host {}", id.value);
}

std::string without(std::string_view what, const trace::RunHeader& header, trace::Level needed) {
  return fmt::format("This run was recorded at '{}': {}. Run it again with --record {}.",
                     trace::name(header.level), what, trace::name(needed));
}

}  // namespace

std::vector<PlotPoint> delays_in(std::span<const RootOutcome> outcomes, const PlotRange& range) {
  std::vector<PlotPoint> points;
  for (const RootOutcome& outcome : outcomes) {
    if (outcome.fate != MailFate::delivered || outcome.is_notification || !range.has(outcome.ended_ns))
      continue;
    points.push_back({.x = seconds(outcome.delay_ns()), .event = outcome.event, .message = outcome.message});
  }
  std::sort(points.begin(), points.end(), [](const PlotPoint& a, const PlotPoint& b) {
    return std::pair(a.x, a.event) < std::pair(b.x, b.event);
  });
  for (std::size_t i = 0; i < points.size(); ++i)
    points[i].y = static_cast<double>(i + 1) / static_cast<double>(points.size());
  return points;
}

Plot delay_plot(std::span<const RootOutcome> outcomes, const PlotRange& range) {
  Plot plot = {.title = "Delay from composing to the mailbox",
               .x = {.name = "delay", .unit = "s"},
               .y = {.name = "share of deliveries"},
               .statistics_unit = "s"};
  PlotSeries series = {.name = "deliveries", .points = delays_in(outcomes, range)};
  if (series.points.empty()) {
    plot.empty = "No delivery counts here yet: a delay is known when a message is in a mailbox.";
    return plot;
  }
  std::vector<double> delays_s;
  for (const PlotPoint& point : series.points) delays_s.push_back(point.x);
  plot.statistics = series.statistics = statistics_of(std::move(delays_s));
  plot.series.push_back(std::move(series));
  return plot;
}

namespace {

struct Change {
  std::int64_t time_ns;
  trace::EventId event;
  trace::MessageId message;
  std::int64_t by;
};

// The values after all changes of a moment, from the beginning of the run to `end_ns`.
PlotSeries steps_of(std::string name, std::vector<Change> changes, std::int64_t end_ns,
                    const PlotRange& range) {
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return std::tuple(a.time_ns, a.event, a.by) < std::tuple(b.time_ns, b.event, b.by);
  });
  PlotSeries series = {.name = std::move(name), .points = {{}}};
  std::vector<std::pair<double, double>> lasting;
  std::int64_t since_ns = 0;
  std::int64_t value = 0;
  const auto lasts_until = [&](std::int64_t time_ns) {
    const std::int64_t from_ns = std::max(since_ns, range.from_ns);
    const std::int64_t to_ns = std::min(time_ns, range.until_ns);
    if (to_ns > from_ns) lasting.emplace_back(static_cast<double>(value), seconds(to_ns - from_ns));
    since_ns = time_ns;
  };
  for (std::size_t i = 0; i < changes.size();) {
    const std::int64_t time_ns = changes[i].time_ns;
    std::int64_t next = value;
    const Change* last = nullptr;
    for (; i < changes.size() && changes[i].time_ns == time_ns; ++i) {
      next += changes[i].by;
      last = &changes[i];
    }
    if (next == value) continue;
    lasts_until(time_ns);
    value = next;
    const PlotPoint point = {.x = seconds(time_ns),
                             .y = static_cast<double>(value),
                             .event = last->event,
                             .message = last->message};
    if (series.points.back().x == point.x) {
      series.points.back() = point;
    } else {
      series.points.push_back(point);
    }
  }
  lasts_until(end_ns);
  if (seconds(end_ns) > series.points.back().x)
    series.points.push_back({.x = seconds(end_ns), .y = static_cast<double>(value)});
  series.statistics = statistics_in_time(std::move(lasting));
  return series;
}

}  // namespace

Plot queue_plot(const MailFacts& facts, const trace::RunHeader& header, const PlotRange& range) {
  Plot plot = {.title = "Messages in the queue",
               .x = {.name = "time", .unit = "s", .is_time = true},
               .y = {.name = "messages in the queue"},
               .statistics_unit = "messages"};
  if (header.level < trace::Level::mail) {
    plot.empty = without("what stands in queues is left out", header, trace::Level::mail);
    return plot;
  }
  std::vector<Change> all;
  std::map<trace::HostId, std::vector<Change>> by_host;
  for (const QueueStay& stay : facts.stays) {
    if (!facts.counted(stay)) continue;
    auto& of_host = by_host[stay.host];
    const auto add = [&](const Change& change) {
      all.push_back(change);
      of_host.push_back(change);
    };
    add({stay.from_ns, stay.queued, stay.message, 1});
    if (stay.removed) add({stay.to_ns, stay.removed, stay.message, -1});
  }
  if (all.empty()) {
    plot.empty = "No message that counts here has been in a queue yet.";
    return plot;
  }
  plot.series.push_back(steps_of("all hosts", std::move(all), facts.end_ns, range));
  plot.statistics = plot.series.front().statistics;
  for (auto& [host, changes] : by_host)
    plot.series.push_back(steps_of(host_name(header, host), std::move(changes), facts.end_ns, range));
  if (by_host.size() == 1) plot.series.erase(plot.series.begin());
  const auto peak = [](const PlotSeries& series) {
    double most = 0;
    for (const PlotPoint& point : series.points) most = std::max(most, point.y);
    return most;
  };
  std::stable_sort(plot.series.begin() + (by_host.size() == 1 ? 0 : 1), plot.series.end(),
                   [&](const PlotSeries& a, const PlotSeries& b) { return peak(a) > peak(b); });
  return plot;
}

Plot hops_plot(const MailFacts& facts, std::span<const RootOutcome> outcomes, const trace::RunHeader& header,
               const PlotRange& range) {
  constexpr std::size_t kMostBars = 24;
  Plot plot = {.title = "What each hop adds to the mean delay",
               .form = Plot::Form::bars,
               .x = {.name = "hop"},
               .y = {.name = "share of the mean delay", .unit = "s"},
               .statistics_unit = "s"};
  if (header.level < trace::Level::mail) {
    plot.empty =
        without("attempts are left out, so nobody knows where the time went", header, trace::Level::mail);
    return plot;
  }
  struct Sum {
    std::array<std::int64_t, kPartCount> parts_ns{};
    std::int64_t places = 0;  // on the ways that it is on, summed up
    std::int64_t count = 0;
    trace::EventId event{};
    std::int64_t total_ns() const { return HopShare{.parts_ns = parts_ns}.total_ns(); }
  };
  std::map<std::pair<trace::HostId, trace::HostId>, Sum> sums;
  std::int64_t deliveries = 0;
  std::vector<double> delays_s;
  for (const RootOutcome& outcome : outcomes) {
    if (outcome.fate != MailFate::delivered || outcome.is_notification || !range.has(outcome.ended_ns))
      continue;
    ++deliveries;
    delays_s.push_back(seconds(outcome.delay_ns()));
    std::int64_t place = 0;
    for (const HopShare& hop : hops_of(facts, outcome)) {
      Sum& sum = sums[{hop.from, hop.to}];
      for (std::size_t i = 0; i < sum.parts_ns.size(); ++i) sum.parts_ns[i] += hop.parts_ns[i];
      sum.places += place++;
      ++sum.count;
      if (!sum.event) sum.event = outcome.event;
    }
  }
  if (deliveries == 0) {
    plot.empty = "No delivery counts here yet: where the time went is known when a message is in a mailbox.";
    return plot;
  }
  for (int part = 0; part < kPartCount; ++part)
    plot.part_names.emplace_back(name(static_cast<DelayPart>(part)));
  plot.statistics = statistics_of(std::move(delays_s));
  using Row = std::pair<std::pair<trace::HostId, trace::HostId>, Sum>;
  std::vector<Row> rows(sums.begin(), sums.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.second.total_ns() > b.second.total_ns(); });
  const auto add = [&](std::string bar_name, std::string meaning, const Sum& sum) {
    PlotBar bar = {.name = std::move(bar_name), .meaning = std::move(meaning), .event = sum.event};
    for (const std::int64_t part_ns : sum.parts_ns)
      bar.parts.push_back(seconds(part_ns) / static_cast<double>(deliveries));
    plot.bars.push_back(std::move(bar));
  };
  Sum others;
  if (rows.size() > kMostBars) {
    for (std::size_t i = kMostBars - 1; i < rows.size(); ++i) {
      for (std::size_t part = 0; part < others.parts_ns.size(); ++part)
        others.parts_ns[part] += rows[i].second.parts_ns[part];
      ++others.count;
    }
    rows.resize(kMostBars - 1);
  }
  // Few are in the order of the way, by the mean place on it; many have the greatest first.
  constexpr std::size_t kFew = 8;
  if (rows.size() <= kFew)
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
      return a.second.places * b.second.count < b.second.places * a.second.count;
    });
  for (const auto& [hop, sum] : rows) {
    const std::string to = hop.second ? host_name(header, hop.second) : "mailbox";
    add(fmt::format("{} → {}", host_name(header, hop.first), to),
        fmt::format("{} of {} deliveries went this way", sum.count, deliveries), sum);
  }
  if (others.count > 0) add("others", fmt::format("{} more hops", others.count), others);
  if (header.level < trace::Level::full)
    plot.notes.emplace_back(
        "Recorded at 'mail': when a connection was there is not known, so connecting is in transfer.");
  return plot;
}

Plot replies_plot(const MailFacts& facts, const trace::RunHeader& header, const PlotRange& range) {
  Plot plot = {.title = "SMTP replies by code",
               .form = Plot::Form::bars,
               .x = {.name = "code"},
               .y = {.name = "replies"},
               .part_names = {"replies"}};
  if (header.level < trace::Level::full) {
    plot.empty = without("the dialogue is left out", header, trace::Level::full);
    return plot;
  }
  // Each once: where it was sent, or, in a session whose receiver is outside the simulation, where it was
  // received.
  std::unordered_set<trace::SessionId> with_sent;
  for (const ReplyFact& reply : facts.replies)
    if (reply.sent) with_sent.insert(reply.session);
  struct Count {
    std::int64_t count = 0;
    trace::EventId first{};
  };
  std::map<int, Count> counts;
  for (const ReplyFact& reply : facts.replies) {
    if (!reply.counts || !range.has(reply.time_ns) || reply.sent != with_sent.contains(reply.session))
      continue;
    Count& count = counts[reply.code];
    if (count.count++ == 0) count.first = reply.event;
  }
  constexpr std::string_view kMeanings[] = {"positive completion", "positive intermediate",
                                            "transient negative completion", "permanent negative completion"};
  for (const auto& [code, count] : counts)
    plot.bars.push_back({.name = std::to_string(code),
                         .meaning = std::string(kMeanings[code / 100 - 2]),
                         .parts = {static_cast<double>(count.count)},
                         .event = count.first});
  if (plot.bars.empty()) plot.empty = "No SMTP reply counts here yet.";
  return plot;
}

std::int64_t nice_window_ns(std::int64_t least_ns) {
  for (std::int64_t power = 1'000'000;; power *= 10)
    for (const std::int64_t digit : {1, 2, 5})
      if (digit * power >= least_ns || power > std::numeric_limits<std::int64_t>::max() / 100)
        return digit * power;
}

namespace {

// A rate in the unit of time in which it is not a small fraction.
void choose_unit(Plot& plot, std::string_view what) {
  double most = 0;
  for (const PlotPoint& point : plot.series.front().points) most = std::max(most, point.y);
  double factor = 1;
  std::string_view per = "s";
  if (most < 0.5) {
    factor = most * 60 >= 0.5 ? 60 : 3600;
    per = factor == 60 ? "min" : "h";
  }
  for (PlotPoint& point : plot.series.front().points) point.y *= factor;
  plot.y.unit = plot.statistics_unit = fmt::format("{}/{}", what, per);
  std::vector<std::pair<double, double>> lasting;
  const auto& points = plot.series.front().points;
  for (std::size_t i = 0; i + 1 < points.size(); ++i)
    lasting.emplace_back(points[i].y, points[i + 1].x - points[i].x);
  plot.statistics = plot.series.front().statistics = statistics_in_time(std::move(lasting));
}

}  // namespace

ThroughputPlots throughput_plots(const MailFacts& facts, const PlotRange& range) {
  constexpr std::int64_t kWindows = 60;
  // A damaged file's times may be negative.
  const std::int64_t end_ns = std::max<std::int64_t>(std::min(facts.end_ns, range.until_ns), 0);
  const std::int64_t start_ns = std::clamp<std::int64_t>(range.from_ns, 0, end_ns);
  ThroughputPlots plots;
  plots.messages = {.title = "Deliveries",
                    .x = {.name = "time", .unit = "s", .is_time = true},
                    .y = {.name = "deliveries"}};
  plots.octets = {.title = "Octets delivered", .x = plots.messages.x, .y = {.name = "octets"}};
  const std::int64_t window_ns = nice_window_ns((end_ns - start_ns) / kWindows);
  const std::int64_t first = start_ns / window_ns;
  struct Window {
    std::int64_t deliveries = 0;
    std::int64_t octets = 0;
    trace::EventId event{};
  };
  std::vector<Window> windows(static_cast<std::size_t>(end_ns / window_ns - first + 1));
  bool any = false;
  for (const trace::CopyId id : facts.deliveries) {
    const CopyFact& copy = *facts.copies.find(id);
    if (copy.ended_ns < start_ns || copy.ended_ns > end_ns || !facts.counted(id)) continue;
    Window& window = windows[static_cast<std::size_t>(copy.ended_ns / window_ns - first)];
    const MessageFact* message = facts.messages.find(copy.message);
    ++window.deliveries;
    window.octets += message != nullptr ? message->size_bytes : 0;
    if (!window.event) window.event = copy.ended;
    any = true;
  }
  if (!any) {
    plots.messages.empty = plots.octets.empty = "No delivery counts here yet.";
    return plots;
  }
  PlotSeries messages = {.name = "deliveries"};
  PlotSeries octets = {.name = "octets"};
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const std::int64_t from_ns = std::max((first + static_cast<std::int64_t>(i)) * window_ns, start_ns);
    const Window& window = windows[i];
    messages.points.push_back({.x = seconds(from_ns),
                               .y = static_cast<double>(window.deliveries) / seconds(window_ns),
                               .event = window.event});
    octets.points.push_back({.x = seconds(from_ns),
                             .y = static_cast<double>(window.octets) / seconds(window_ns),
                             .event = window.event});
  }
  for (PlotSeries* series : {&messages, &octets})
    if (seconds(end_ns) > series->points.back().x)
      series->points.push_back({.x = seconds(end_ns), .y = series->points.back().y});
  plots.messages.series.push_back(std::move(messages));
  plots.octets.series.push_back(std::move(octets));
  choose_unit(plots.messages, "deliveries");
  choose_unit(plots.octets, "octets");
  const std::string note = fmt::format("Counted in windows of {} s.", seconds(window_ns));
  plots.messages.notes.push_back(note);
  plots.octets.notes.push_back(note);
  return plots;
}

Plot overlaid(const Plot& a, const Plot& b, const std::string& name_a, const std::string& name_b) {
  Plot plot = a.empty.empty() ? a : b;
  plot.series.clear();
  plot.statistics.reset();  // there would be two
  for (const auto& [one, name] : {std::pair(&a, &name_a), std::pair(&b, &name_b)}) {
    if (one->series.empty()) continue;
    plot.series.push_back(one->series.front());
    plot.series.back().name = *name;
  }
  plot.notes.clear();
  plot.empty = plot.series.empty() ? a.empty : "";
  return plot;
}

PlotSet plots_of(const MailFacts& facts, const trace::RunHeader& header, const PlotRange& range) {
  const std::vector<RootOutcome> outcomes = outcomes_of(facts);
  ThroughputPlots throughput = throughput_plots(facts, range);
  return {.delay = delay_plot(outcomes, range),
          .queue = queue_plot(facts, header, range),
          .hops = hops_plot(facts, outcomes, header, range),
          .replies = replies_plot(facts, header, range),
          .messages = std::move(throughput.messages),
          .octets = std::move(throughput.octets)};
}

}  // namespace mailroom::viz
