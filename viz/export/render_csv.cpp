// SPDX-License-Identifier: GPL-2.0-only
// Tables and pages: what needs no picture.
#include <fmt/format.h>

#include <fstream>

#include "viz/export/html.hpp"
#include "viz/export/render.hpp"
#include "viz/model/compare.hpp"
#include "viz/model/event_test.hpp"
#include "viz/model/plot_csv.hpp"
#include "viz/model/plot_pass.hpp"

namespace mailroom::viz {
namespace {

using Problem = std::optional<std::string>;

// A range of the export, as far as it was given.
PlotRange range_of(const RenderOptions& options) {
  PlotRange range;
  if (options.from_ns) range.from_ns = *options.from_ns;
  if (options.to_ns) range.until_ns = *options.to_ns;
  return range;
}

std::expected<std::shared_ptr<const PlotAnswer>, std::string> answer_of(trace::RunFileReader& reader,
                                                                        const RenderOptions& options,
                                                                        const Filter& filter) {
  auto answer = answer_plots(
      reader, {.filter = options.filter, .test_maker = event_test_of(filter), .range = range_of(options)});
  if (!answer->error.empty()) return std::unexpected(answer->error);
  return answer;
}

Problem write_plot(const PlotSet& plots, const RenderOptions& options) {
  const std::pair<std::string_view, const Plot*> all[] = {{"delay", &plots.delay},
                                                          {"queue", &plots.queue},
                                                          {"hops", &plots.hops},
                                                          {"replies", &plots.replies},
                                                          {"throughput", &plots.messages}};
  for (const auto& [name, plot] : all) {
    if (name != options.plot) continue;
    if (!plot->empty.empty()) return plot->empty;
    std::string text = csv_of(*plot);
    // Two quantities of one time: the octets under the deliveries.
    if (name == "throughput") text += csv_of(plots.octets);
    return write_file(options.out, text);
  }
  return fmt::format("there is no plot '{}' to write; there are delay, queue, hops, replies and throughput", options.plot);
}

Problem write_comparison(trace::RunFileReader& a, const PlotAnswer& answer, const RenderOptions& options,
                         const Filter& filter) {
  if (options.compare.empty()) return "--table comparison needs a second run: --compare B.mailroom";
  auto b = trace::RunFileReader::open(options.compare);
  if (!b) return b.error().text;
  const auto answer_b = answer_of(*b, options, filter);
  if (!answer_b) return answer_b.error();
  const auto rows_a = read_deliveries(a, answer.facts);
  if (!rows_a) return rows_a.error().text;
  const auto rows_b = read_deliveries(*b, (*answer_b)->facts);
  if (!rows_b) return rows_b.error().text;
  return write_file(options.out, csv_of(compare(*rows_a, *rows_b)));
}

Problem write_events(trace::RunFileReader& reader, const RenderOptions& options, const Filter& filter) {
  std::ofstream file(options.out, std::ios::binary | std::ios::trunc);
  const PlotRange range = range_of(options);
  const EventTestMaker maker = event_test_of(filter);
  const EventTest test = maker ? maker(reader) : EventTest();
  const auto written = write_events_csv(
      reader, [&](const trace::StoredEvent& event) { return (!test || test(event)) && range.has(event.time_ns); },
      [&](std::string_view piece) { file.write(piece.data(), static_cast<std::streamsize>(piece.size())); });
  if (!written) return written.error().text;
  file.close();
  return file ? Problem() : cannot_write(options.out);
}

}  // namespace

Problem render_csv(const RenderOptions& options) {
  auto reader = trace::RunFileReader::open(options.run);
  if (!reader) return reader.error().text;
  const auto filter = Filter::parse(options.filter);
  if (!filter) return fmt::format("--filter {}: {}; {}", options.filter, filter.error().wrong, filter.error().right);
  if (options.table == "events") return write_events(*reader, options, *filter);
  const auto answer = answer_of(*reader, options, *filter);
  if (!answer) return answer.error();
  if (!options.plot.empty()) return write_plot((*answer)->plots, options);
  if (options.table == "comparison") return write_comparison(*reader, **answer, options, *filter);
  if (!options.table.empty() && options.table != "deliveries")
    return fmt::format("there is no table '{}'; there are deliveries, events and comparison", options.table);
  const auto rows = read_deliveries(*reader, (*answer)->facts);
  if (!rows) return rows.error().text;
  return write_file(options.out, csv_of(*rows));
}

Problem render_html(const RenderOptions& options) {
  auto reader = trace::RunFileReader::open(options.run);
  if (!reader) return reader.error().text;
  const auto page = html_of(*reader, {.from_ns = options.from_ns.value_or(0),
                                      .until_ns = options.to_ns,
                                      .max_events = options.max_events});
  if (!page) return page.error().text;
  return write_file(options.out, *page);
}

}  // namespace mailroom::viz
