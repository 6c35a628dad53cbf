// SPDX-License-Identifier: GPL-2.0-only
// A movie through the program ffmpeg: it gets frame by frame on its standard input and writes the file.
//
// Order of calls: open(); add() for each frame; finish(). The movie grows under a name of its own beside the wanted one,
// and gets that when it is whole: what was there before stays until then. The destructor stops ffmpeg and takes the half
// of a movie away.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace mailroom::viz {

class MoviePipe {
 public:
  struct Picture {
    int width_px = 0;
    int height_px = 0;
    int fps = 25;
  };
  // What to install, as a sentence; nullopt: ffmpeg is there.
  static std::optional<std::string> what_is_missing();
  // By the ending of `out`: .gif, .mp4, .webm. The error says what to install, or what else is wrong.
  static std::expected<MoviePipe, std::string> open(const std::filesystem::path& out, const Picture& picture);
  MoviePipe(MoviePipe&& other) noexcept;
  MoviePipe& operator=(MoviePipe&&) = delete;
  ~MoviePipe();

  // Rows from the top, four octets (RGBA) a pixel. False: ffmpeg takes no more; finish() says why.
  bool add(std::span<const std::uint8_t> rgba);
  // nullopt: the movie is there.
  std::optional<std::string> finish();

 private:
  MoviePipe() = default;
  int wait();

  std::filesystem::path out_;
  std::filesystem::path part_;  // what is there of it
  pid_t process_ = -1;
  int input_ = -1;
  int said_ = -1;  // what ffmpeg complains of
};

// Where a program is that a shell would find; empty: nowhere.
std::filesystem::path program_on_path(std::string_view name);

}  // namespace mailroom::viz
