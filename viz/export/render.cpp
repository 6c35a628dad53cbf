// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/app.hpp"
#include "viz/export/render.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include "viz/app/egl_screen.hpp"
#include "viz/app/null_screen.hpp"
#include "viz/export/png.hpp"
#include "sim/story/quantities.hpp"
#include "viz/model/filter.hpp"

namespace mailroom::viz {
namespace {

// Enough for what is laid out over several frames, and for what fades in.
constexpr int kFrames = 4;
constexpr std::chrono::seconds kMostWait{120};

// Names of panes that people look for, and what they are called here.
constexpr std::pair<std::string_view, std::string_view> kOtherNames[] = {
    {"canvas", "topology"}, {"map", "topology"}, {"inspector", "message"}};

Settings settings_of(const RenderOptions& options) {
  Settings settings;
  settings.theme = options.theme;
  settings.scale = options.scale;
  settings.is_first_start = false;
  return settings;
}

std::optional<std::string> render_png(const RenderOptions& options) {
  auto screen = EglScreen::create(settings_of(options), options.width_px, options.height_px);
  if (!screen) return screen.error();
  if (auto problem = prepare((*screen)->app(), options)) return problem;
  settle((*screen)->app(), [&] { (*screen)->frame(); });
  if (!write_png(options.out, (*screen)->pixels(), options.width_px, options.height_px))
    return cannot_write(options.out);
  return std::nullopt;
}

// One drawn pane as a document. The error: a sentence.
std::expected<std::string, std::string> svg_of(const RenderOptions& options) {
  NullScreen screen(settings_of(options), options.width_px, options.height_px);
  if (auto problem = prepare(screen.app(), options)) return std::unexpected(*problem);
  settle(screen.app(), [&] { screen.frame(); });
  Desk& desk = screen.app().desk();
  const std::string pane = pane_named(screen.app(), options.pane);
  Svg svg({0, 0, static_cast<float>(options.width_px), static_cast<float>(options.height_px)}, pane + "-");
  desk.svg = &svg;
  desk.svg_pane = pane;
  screen.frame();
  desk.svg = nullptr;
  if (svg.is_empty())
    return std::unexpected(fmt::format("a drawing (.svg) is of what is drawn: --pane topology, timeline, ladder, plots, host, "
                                       "or all of them; '{}' can be had as .png",
                                       options.pane));
  return svg.finish(desk.ui.theme->panel);
}

// The drawn panes on one page, as the window has them.
std::expected<std::string, std::string> svg_of_all(const RenderOptions& options) {
  struct Place {
    const char* pane;
    double left, top, right, bottom;
  };
  constexpr Place kPlaces[] = {{"topology", 0, 0, 1, 0.5},
                               {"timeline", 0, 0.5, 1, 0.6},
                               {"ladder", 0, 0.6, 0.55, 1},
                               {"plots", 0.55, 0.6, 1, 1}};
  constexpr int kGap = 4;
  std::vector<Svg::Part> parts;
  for (const Place& place : kPlaces) {
    const auto x = [&](double share) { return static_cast<int>(share * options.width_px); };
    const auto y = [&](double share) { return static_cast<int>(share * options.height_px); };
    RenderOptions one = options;
    one.pane = place.pane;
    one.width_px = std::max(x(place.right) - x(place.left) - (place.right < 1 ? kGap : 0), 64);
    one.height_px = std::max(y(place.bottom) - y(place.top) - (place.bottom < 1 ? kGap : 0), 32);
    auto document = svg_of(one);
    if (!document) return document;
    parts.push_back({{static_cast<float>(x(place.left)), static_cast<float>(y(place.top))}, std::move(*document)});
  }
  return Svg::page(static_cast<float>(options.width_px), static_cast<float>(options.height_px),
                   Theme::of(options.theme).background, parts);
}

std::optional<std::string> render_svg(const RenderOptions& options) {
  const auto document = options.pane == "all" ? svg_of_all(options) : svg_of(options);
  if (!document) return document.error();
  return write_file(options.out, *document);
}

}  // namespace

std::string pane_named(const App& app, std::string_view name) {
  if (app.pane(name) != nullptr) return std::string(name);
  for (const auto& [other, id] : kOtherNames)
    if (other == name && app.pane(id) != nullptr) return std::string(id);
  return {};
}

std::expected<ExportFormat, std::string> format_of(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 7> kEndings = {".png", ".svg", ".csv", ".html", ".gif", ".mp4", ".webm"};
  const std::string ending = path.extension().string();
  for (std::size_t i = 0; i < kEndings.size(); ++i)
    if (kEndings[i] == ending) return static_cast<ExportFormat>(i);
  return std::unexpected(fmt::format("'{}' does not say what to make of the run; end the name in .png, .svg, .csv, .html, "
                                     ".gif, .mp4 or .webm",
                                     path.string()));
}

std::optional<std::string> select(Desk& desk, const std::string& what) {
  if (what.empty()) return std::nullopt;
  const std::size_t colon = what.find(':');
  const std::string noun = what.substr(0, colon);
  const std::string value = colon == std::string::npos ? "" : what.substr(colon + 1);
  trace::RunFileReader& reader = desk.run->reader();
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_number = failed == std::errc() && end == value.data() + value.size() && number > 0;
  if (noun == "host" && !is_number) number = reader.host_named(value).value;
  if (noun == "link" && !is_number)
    for (std::size_t i = 0; i < reader.header().links.size(); ++i)
      if (reader.header().links[i].name == value) number = static_cast<std::int64_t>(i) + 1;
  if (number > 0 && noun == "host") return desk.select(trace::HostId{number}), std::nullopt;
  if (number > 0 && noun == "link") return desk.select(trace::LinkId{number}), std::nullopt;
  if (is_number && noun == "message") return desk.select(trace::MessageId{number}), std::nullopt;
  if (is_number && noun == "session") return desk.select(trace::SessionId{number}), std::nullopt;
  if (is_number && noun == "event") {
    const auto event = reader.event({number});
    if (!event) return event.error().text;
    if (*event) return desk.select(**event), std::nullopt;
  }
  return fmt::format("--select {}: there is nothing of that name; write message:3, session:2, host:mx1, link:a-b or event:41",
                     what);
}

std::optional<std::string> prepare(App& app, const RenderOptions& options) {
  Desk& desk = app.desk();
  if (options.pane != "all") {
    const std::string pane = pane_named(app, options.pane);
    if (pane.empty()) {
      std::string all = "all";
      for (const auto& one : app.panes()) all += fmt::format(", {}", one->about().id);
      return fmt::format("there is no pane '{}'; there are {}", options.pane, all);
    }
    app.show_only(pane);
  }
  // A scenario would be run here, and replace the run file that somebody may have of it.
  for (const std::filesystem::path& path : {options.run, options.compare})
    if (path.extension() == ".yaml" || path.extension() == ".yml")
      return fmt::format("{} is a scenario; make a run of it first (mailroom run {}), and a picture of that",
                         path.string(), path.string());
  if (!desk.open(options.run) || !desk.run) return desk.words().back().text;
  if (!options.compare.empty() && !desk.open_to_compare(options.compare)) return desk.words().back().text;
  if (const auto filter = Filter::parse(options.filter); !filter)
    return fmt::format("--filter {}: {}; {}", options.filter, filter.error().wrong, filter.error().right);
  desk.look([&](View& v) { v.filter = options.filter; });
  if (!options.plot.empty() && !desk.commands.run("plots/" + options.plot, desk))
    return fmt::format("there is no plot '{}'; there are delay, queue, hops, replies, throughput, and with --compare "
                       "compare",
                       options.plot);
  for (std::string_view rest = options.select; !rest.empty();) {
    const std::string one(rest.substr(0, rest.find(',')));
    if (auto problem = select(desk, one)) return problem;
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  if (options.at_ns.value_or(0) > desk.run->end_ns())
    return fmt::format("--at is beyond the end of the run, which is at {}", story::clock(desk.run->end_ns()));
  desk.show_time(options.at_ns.value_or(desk.run->end_ns()));
  if (desk.trouble) return desk.trouble->text;
  if (const auto shown = desk.run->settle(); !shown) return shown.error().text;
  return std::nullopt;
}

void settle(App& app, const std::function<void()>& frame) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kFrames; ++i) frame();
  while (app.is_busy() && std::chrono::steady_clock::now() - begin < kMostWait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    frame();
  }
  frame();
}

std::string cannot_write(const std::filesystem::path& path) {
  return path.string() + " cannot be written; is there such a folder, and room on the disk?";
}

std::optional<std::string> write_file(const std::filesystem::path& path, std::string_view octets) {
  std::filesystem::path half = path;
  half += ".part";
  std::ofstream file(half, std::ios::binary | std::ios::trunc);
  file.write(octets.data(), static_cast<std::streamsize>(octets.size()));
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(half, path, failed);
  if (file && !failed) return std::nullopt;
  std::filesystem::remove(half, failed);
  return cannot_write(path);
}

std::optional<std::string> render(const RenderOptions& options) {
  const auto format = format_of(options.out);
  if (!format) return format.error();
  switch (*format) {
    case ExportFormat::png:
      return render_png(options);
    case ExportFormat::svg:
      return render_svg(options);
    case ExportFormat::csv:
      return render_csv(options);
    case ExportFormat::html:
      return render_html(options);
    case ExportFormat::gif:
    case ExportFormat::mp4:
    case ExportFormat::webm:
      return render_movie(options);
  }
  return std::nullopt;
}

}  // namespace mailroom::viz
