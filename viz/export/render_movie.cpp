// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>

#include "viz/app/app.hpp"
#include "viz/app/egl_screen.hpp"
#include "viz/export/movie_pipe.hpp"
#include "viz/export/render.hpp"

namespace mailroom::viz {
namespace {

constexpr std::int64_t kMostFrames = 100'000;  // over an hour; more is a mistake in --speed

// Whether who started this wants no movie any more: what there is of it is taken away in order.
volatile std::sig_atomic_t is_stopped = 0;
void stop(int) { is_stopped = 1; }

// "[######    ] 60 %", on a terminal.
void tell(std::int64_t frame, std::int64_t count) {
  static const bool is_terminal = isatty(2) == 1;
  if (!is_terminal || (frame % 5 != 0 && frame != count)) return;
  const auto done = static_cast<std::size_t>(frame * 30 / count);
  fmt::print(stderr, "\r[{}{}] {} of {} pictures{}", std::string(done, '#'), std::string(30 - done, ' '), frame, count,
             frame == count ? "\n" : "");
  std::fflush(stderr);
}

}  // namespace

std::optional<std::string> render_movie(const RenderOptions& options) {
  if (auto missing = MoviePipe::what_is_missing()) return missing;
  Settings settings;
  settings.theme = options.theme;
  settings.scale = options.scale;
  settings.is_first_start = false;
  auto screen = EglScreen::create(std::move(settings), options.width_px, options.height_px);
  if (!screen) return screen.error();
  App& app = (*screen)->app();
  if (auto problem = prepare(app, options)) return problem;
  Desk& desk = app.desk();
  const std::int64_t end_ns = desk.run->end_ns();
  const std::int64_t from_ns = std::min(options.from_ns.value_or(0), end_ns);
  const std::int64_t to_ns = std::clamp(options.to_ns.value_or(end_ns), from_ns, end_ns);
  const double frame_ns = options.speed * 1e9 / options.fps;
  const double wanted = std::ceil(static_cast<double>(to_ns - from_ns) / frame_ns) + 1;
  if (wanted > static_cast<double>(kMostFrames))
    return fmt::format("that would be {:.0f} pictures; choose a part by --from and --to, or a greater --speed", wanted);
  const auto count = static_cast<std::int64_t>(wanted);
  std::signal(SIGTERM, stop);
  std::signal(SIGINT, stop);
  // After all that can be wrong, so that a mistake costs nobody the movie that is there.
  auto movie = MoviePipe::open(options.out, {options.width_px, options.height_px, options.fps});
  if (!movie) return movie.error();
  desk.show_time(from_ns);
  settle(app, [&] { (*screen)->frame(); });
  for (std::int64_t i = 0; i < count; ++i) {
    if (is_stopped != 0) return "stopped; there is no movie";
    desk.show_time(std::min(from_ns + static_cast<std::int64_t>(frame_ns * static_cast<double>(i)), to_ns));
    if (const auto shown = desk.run->settle(); !shown) return shown.error().text;
    (*screen)->frame(1.0 / options.fps);
    if (desk.trouble) return desk.trouble->text;
    if (!movie->add((*screen)->pixels())) break;
    tell(i + 1, count);
  }
  return movie->finish();
}

}  // namespace mailroom::viz
