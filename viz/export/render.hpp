// SPDX-License-Identifier: GPL-2.0-only
// Exports of a run without a window: `mailroom view RUN --render FILE`. The file's ending says what it is. The same run
// and options give the same octets, but for movies, whose encoder decides.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "viz/draw/theme.hpp"

namespace mailroom::viz {

class App;
class Desk;

enum class ExportFormat : std::uint8_t { png, svg, csv, html, gif, mp4, webm };
// By the ending of a name. The error: a sentence with the endings that there are.
std::expected<ExportFormat, std::string> format_of(const std::filesystem::path& path);

struct RenderOptions {
  std::filesystem::path run{};
  std::filesystem::path compare{};  // a second run; empty: none
  std::filesystem::path out{};
  std::optional<std::int64_t> at_ns{};    // none: the end of the run
  std::optional<std::int64_t> from_ns{};  // of movies and pages; none: the beginning
  std::optional<std::int64_t> to_ns{};    // likewise; none: the end
  double speed = 1;                       // of movies: simulated seconds a second
  int fps = 25;
  int width_px = 1280;
  int height_px = 800;
  std::string pane = "all";
  std::string plot{};   // of the pane `plots`, or of .csv; empty: the first
  std::string table{};  // of .csv: deliveries, events, comparison
  std::string filter{};
  std::string select{};  // "message:3", "host:mx1": what is looked at
  ThemeName theme = ThemeName::light;
  float scale = 1;
  std::int64_t max_events = 20'000;  // of a page
};

// What went wrong, as a sentence that says what to do; nullopt: the file is there. Movies tell their progress on the
// error stream, if that is a terminal.
std::optional<std::string> render(const RenderOptions& options);

// --- what render() does, for the Export menu too

// The run, the moment, the filter and the pane that `options` ask for, in an app with nothing open yet.
std::optional<std::string> prepare(App& app, const RenderOptions& options);
// Chooses "message:3" and its like on the desk; "" nothing.
std::optional<std::string> select(Desk& desk, const std::string& what);
// The id of a pane that people may call otherwise ("map" is "topology"); empty: there is none.
std::string pane_named(const App& app, std::string_view name);
std::optional<std::string> render_csv(const RenderOptions& options);
std::optional<std::string> render_html(const RenderOptions& options);
std::optional<std::string> render_movie(const RenderOptions& options);
// The frames until nothing is busy any more, for at most two minutes. `frame` draws one.
void settle(App& app, const std::function<void()>& frame);
// Into a file beside it first, which then takes its name: a failure leaves what was there.
std::optional<std::string> write_file(const std::filesystem::path& path, std::string_view octets);
std::string cannot_write(const std::filesystem::path& path);

}  // namespace mailroom::viz
