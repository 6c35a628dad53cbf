// SPDX-License-Identifier: GPL-2.0-only
#include "viz/export/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "topologies/units.hpp"
#include "viz/app/settings.hpp"

namespace mailroom::viz {
namespace {

constexpr int kUsage = 2;

constexpr const char* kExamples = R"(Examples:
  mailroom view two-offices.mailroom
  mailroom view run.mailroom --render map.png --at 12.5s --pane topology --theme projector
  mailroom view run.mailroom --render ladder.svg --pane ladder --filter msg:3
  mailroom view run.mailroom --render delay.csv --plot delay
  mailroom view a.mailroom --compare b.mailroom --render both.csv --table comparison
  mailroom view run.mailroom --render talk.mp4 --from 1m --to 2m --speed 5
  mailroom view run.mailroom --render replay.html)";

struct Raw {
  std::string size;
  std::string at;
  std::string from;
  std::string to;
  std::string theme;
};

std::unexpected<int> complain(const std::string& text) {
  fmt::print(stderr, "mailroom view: {}\n", text);
  return std::unexpected(kUsage);
}

// "1920x1080"
bool read_size(const std::string& text, int& width, int& height) {
  char after = 0;
  return std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &after) == 2 && width >= 64 && height >= 64 &&
         width <= 8192 && height <= 8192;
}

// False: it was not a time. Nothing stays nothing.
bool read_time(const std::string& text, std::optional<std::int64_t>& time_ns) {
  if (text.empty()) return true;
  const auto read = topology::parse_duration_ns(text);
  if (read) time_ns = *read;
  return read.has_value();
}

void add_options(CLI::App& cli, CommandLine& line, RenderOptions& picture, Raw& raw) {
  cli.add_option("FILE", line.file, "a run file (.mailroom), or a scenario (.yaml) to be run here");
  cli.add_option("--at", raw.at, "the moment that is shown: 12.5s, 1h2m (a picture's default: the end)")
      ->type_name("TIME");
  cli.add_option("--size", raw.size, "of the window or the picture in pixels")
      ->type_name("WxH")
      ->default_str("1280x800");
  cli.add_option("--theme", raw.theme, "light, dark or projector")->type_name("THEME");
  cli.add_option("--compare", picture.compare, "a second run beside it: the same seed with one change")
      ->type_name("RUN");
  cli.add_option("--filter", picture.filter, "what counts: 'rcpt:bob reply:4xx host:mx2 t>30'")->type_name("FILTER");
  cli.add_option("--select", picture.select, "what is looked at: message:3, session:2, host:mx1, link:a-b, event:41; several with commas")
      ->type_name("WHAT");
  cli.add_option("--registry", line.registry, "for scripts: keep the places of all widgets in this file")
      ->type_name("FILE");
  const std::string group = "Export, without a window";
  cli.add_option("--render", picture.out, "by its ending: .png .svg .csv .html .gif .mp4 .webm")
      ->type_name("FILE")
      ->group(group);
  cli.add_option("--pane", picture.pane, "topology, timeline, ladder, events, plots, inspector, …, or all")
      ->type_name("PANE")
      ->default_str("all")
      ->group(group);
  cli.add_option("--plot", picture.plot, "of pane plots, and of .csv: delay, queue, hops, replies, throughput, compare")
      ->type_name("PLOT")
      ->group(group);
  cli.add_option("--table", picture.table, "of .csv: deliveries, events or comparison")->type_name("TABLE")->group(group);
  cli.add_option("--scale", picture.scale, "of letters and signs: 0.75 to 3")
      ->check(CLI::Range(Settings::kMinScale, Settings::kMaxScale))
      ->group(group);
  cli.add_option("--from", raw.from, "of movies and .html: where they begin")->type_name("TIME")->group(group);
  cli.add_option("--to", raw.to, "of movies and .html: where they end")->type_name("TIME")->group(group);
  cli.add_option("--speed", picture.speed, "of movies: simulated seconds a second")
      ->check(CLI::Range(0.0001, 100'000.0))
      ->default_str("1")
      ->group(group);
  cli.add_option("--fps", picture.fps, "of movies: pictures a second")
      ->check(CLI::Range(1, 60))
      ->default_str("25")
      ->group(group);
  cli.add_option("--events", picture.max_events, "of .html: at most so many events in the page")
      ->check(CLI::Range(std::int64_t{100}, std::int64_t{1'000'000}))
      ->default_str("20000")
      ->group(group);
}

}  // namespace

std::expected<CommandLine, int> parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  RenderOptions picture;
  Raw raw;
  CLI::App cli("watch a run: envelopes in motion, queues, dialogues, causes", "mailroom view");
  cli.footer(kExamples);
  add_options(cli, line, picture, raw);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return std::unexpected(cli.exit(error) == 0 ? 0 : kUsage);
  }
  if (!raw.size.empty() && !read_size(raw.size, line.width_px, line.height_px))
    return complain("--size " + raw.size + " is no size; write it as 1280x800 (64 to 8192 pixels each)");
  if (!raw.theme.empty()) {
    for (int i = 0; i < kThemeCount; ++i)
      if (name(static_cast<ThemeName>(i)) == raw.theme) picture.theme = static_cast<ThemeName>(i);
    if (name(picture.theme) != raw.theme)
      return complain("there is no theme '" + raw.theme + "'; there are light, dark and projector");
    line.theme = raw.theme;
  }
  for (const auto& [option, text, time_ns] :
       {std::tuple("--at", &raw.at, &line.at_ns), std::tuple("--from", &raw.from, &picture.from_ns),
        std::tuple("--to", &raw.to, &picture.to_ns)})
    if (!read_time(*text, *time_ns))
      return complain(fmt::format("{} {} is no time; write it as 12.5s, 3m or 1h2m", option, *text));
  if (picture.from_ns && picture.to_ns && *picture.from_ns >= *picture.to_ns)
    return complain("--from must be before --to");
  line.compare = picture.compare.string();
  line.filter = picture.filter;
  picture.at_ns = line.at_ns;
  picture.run = line.file;
  picture.width_px = line.width_px;
  picture.height_px = line.height_px;
  if (!picture.out.empty()) {
    if (line.file.empty())
      return complain("--render needs a run file: mailroom view RUN.mailroom --render picture.png");
    line.picture = picture;
  }
  return line;
}

}  // namespace mailroom::viz
