// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/exporter.hpp"

#include <fmt/format.h>

#include <utility>

#include "viz/app/secret.hpp"

namespace mailroom::viz {

void Exporter::join(Desk& desk, std::function<void(std::unique_ptr<Dialog>)> ask) {
  struct Row {
    const char* id;
    const char* title;
    const char* shortcut;
    const char* tip;
    ExportFormat format;
  };
  constexpr Row kRows[] = {
      {"export/png", "Picture (PNG)…", "Ctrl+E", "The whole window or one pane, as it is now", ExportFormat::png},
      {"export/svg", "Drawing (SVG)…", "", "One pane as lines and text, for papers and slides", ExportFormat::svg},
      {"export/csv", "Table (CSV)…", "", "Deliveries, events or the numbers of a plot, for other programs",
       ExportFormat::csv},
      {"export/html", "Page for a browser (HTML)…", "", "One file that replays the run in any browser",
       ExportFormat::html},
      {"export/mp4", "Movie (MP4, WebM, GIF)…", "", "What the window shows as time passes", ExportFormat::mp4}};
  for (const Row& row : kRows)
    desk.commands.add({.id = row.id, .title = row.title, .menu = "Export", .shortcut = row.shortcut, .tip = std::string(row.tip) + ". Not before a mystery is revealed: it would tell",
                       .run = [this, ask, format = row.format](Desk& d) { ask(export_dialog(*this, format, d)); },
                       .is_enabled = [](const Desk& d) { return d.run && !keeps_secret(d); }});
}

void Exporter::start(Desk& desk, const ExportChoice& choice) {
  if (keeps_secret(desk)) return desk.say(Desk::Tone::bad, "The export would tell what the mystery is; reveal it first.");
  auto job = ExportJob::start(arguments_of(desk, choice), choice.path);
  if (!job) {
    desk.say(Desk::Tone::bad, job.error());
    return;
  }
  jobs_.push_back(std::move(*job));
  desk.say(Desk::Tone::plain, fmt::format("{} is being written…", choice.path));
}

void Exporter::draw(Desk& desk) {
  if (jobs_.empty()) return;
  desk.animate(0.1);
  for (std::size_t i = jobs_.size(); i-- > 0;) {
    const auto end = jobs_[i].poll();
    if (!end) continue;
    if (end->is_good) {
      desk.say(Desk::Tone::good, fmt::format("{} is there.", jobs_[i].out().string()));
    } else {
      desk.say(Desk::Tone::bad, end->said.empty() ? "The export failed." : end->said);
    }
    jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace mailroom::viz
