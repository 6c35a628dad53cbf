// SPDX-License-Identifier: GPL-2.0-only
#include "viz/export/movie_pipe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>
#include <vector>

extern char** environ;

namespace mailroom::viz {
namespace {

// What each kind of movie asks of the encoder. Debian's players take all of them.
std::vector<std::string> codec_of(const std::string& ending) {
  if (ending == ".gif")
    return {"-vf", "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=none", "-loop", "0"};
  if (ending == ".webm") return {"-c:v", "libvpx-vp9", "-crf", "32", "-b:v", "0", "-pix_fmt", "yuv420p", "-row-mt", "1"};
  // 4:2:0 wants even sizes.
  return {"-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-crf", "20", "-pix_fmt", "yuv420p",
          "-movflags", "+faststart"};
}

void close_all(std::initializer_list<int> descriptors) {
  for (const int descriptor : descriptors)
    if (descriptor >= 0) close(descriptor);
}

}  // namespace

std::filesystem::path program_on_path(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "/usr/bin:/bin";
  while (true) {
    const std::size_t colon = rest.find(':');
    const std::filesystem::path candidate = std::filesystem::path(rest.substr(0, colon)) / name;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(candidate, ignored) && access(candidate.c_str(), X_OK) == 0) return candidate;
    if (colon == std::string_view::npos) return {};
    rest.remove_prefix(colon + 1);
  }
}

std::optional<std::string> MoviePipe::what_is_missing() {
  if (!program_on_path("ffmpeg").empty()) return std::nullopt;
  return std::string("movies are made by the program ffmpeg, which is not installed here; install it "
                                       "(sudo apt install ffmpeg), or export to .html, which any browser replays");
}

std::expected<MoviePipe, std::string> MoviePipe::open(const std::filesystem::path& out, const Picture& picture) {
  if (auto missing = what_is_missing()) return std::unexpected(*missing);
  const std::filesystem::path program = program_on_path("ffmpeg");
  std::vector<std::string> words = {program.string(), "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgba", "-s",
                                    fmt::format("{}x{}", picture.width_px, picture.height_px), "-r",
                                    std::to_string(picture.fps), "-i", "pipe:0"};
  for (std::string& word : codec_of(out.extension().string())) words.push_back(std::move(word));
  // A name that begins with a dash is no option.
  const std::filesystem::path part =
      out.parent_path() / fmt::format("{}.part-{}{}", out.stem().string(), getpid(), out.extension().string());
  words.push_back("file:" + part.string());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  MoviePipe movie;
  movie.out_ = out;
  movie.part_ = part;
  std::array<int, 2> input{-1, -1};
  std::array<int, 2> said{-1, -1};
  if (pipe2(input.data(), O_CLOEXEC) != 0 || pipe2(said.data(), O_CLOEXEC) != 0) {
    close_all({input[0], input[1]});
    return std::unexpected(std::string("no pipe to ffmpeg can be had; close some programs"));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], 0);
  posix_spawn_file_actions_adddup2(&actions, said[1], 2);
  const int failed = posix_spawn(&movie.process_, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close_all({input[0], said[1]});
  movie.input_ = input[1];
  movie.said_ = said[0];
  if (failed != 0) {
    movie.process_ = -1;
    return std::unexpected(fmt::format("{} cannot be started", program.string()));
  }
  signal(SIGPIPE, SIG_IGN);  // an ffmpeg that ends early is told by write()
  return movie;
}

MoviePipe::MoviePipe(MoviePipe&& other) noexcept
    : out_(std::move(other.out_)),
      part_(std::move(other.part_)),
      process_(std::exchange(other.process_, -1)),
      input_(std::exchange(other.input_, -1)),
      said_(std::exchange(other.said_, -1)) {}

MoviePipe::~MoviePipe() {
  if (process_ >= 0) {
    kill(process_, SIGKILL);  // it has nothing to put in order: what it wrote goes
    wait();
    std::error_code ignored;
    std::filesystem::remove(part_, ignored);
  }
  close_all({input_, said_});
}

bool MoviePipe::add(std::span<const std::uint8_t> rgba) {
  while (!rgba.empty()) {
    const ssize_t written = write(input_, rgba.data(), rgba.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    rgba = rgba.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

int MoviePipe::wait() {
  int status = -1;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return status;
}

std::optional<std::string> MoviePipe::finish() {
  close(std::exchange(input_, -1));
  std::string said;
  std::array<char, 512> piece{};
  for (ssize_t got = 0; (got = read(said_, piece.data(), piece.size())) > 0 || (got < 0 && errno == EINTR);)
    if (got > 0 && said.size() < 2000) said.append(piece.data(), static_cast<std::size_t>(got));
  std::error_code failed;
  if (wait() == 0) {
    std::filesystem::rename(part_, out_, failed);
    if (!failed) return std::nullopt;
    said = failed.message();
  }
  std::filesystem::remove(part_, failed);
  return fmt::format("ffmpeg did not make {}: {}", out_.string(), said.substr(0, said.find('\n')));
}

}  // namespace mailroom::viz
