// SPDX-License-Identifier: GPL-2.0-only
#include "viz/export/job.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "viz/model/run_order.hpp"

extern char** environ;

namespace mailroom::viz {
namespace {

constexpr std::string_view kTables[] = {"deliveries", "events", "comparison"};

// "12.5s": exact, and no longer than it must be.
std::string time_of(std::int64_t time_ns) {
  std::string text = fmt::format("{}.{:09}", time_ns / 1'000'000'000, time_ns % 1'000'000'000);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text + "s";
}

// What is looked at, for the panes that are about it.
std::optional<std::string> selection_of(const Selection& selection) {
  switch (selection.what) {
    case Selection::What::host: return fmt::format("host:{}", selection.host.value);
    case Selection::What::link: return fmt::format("link:{}", selection.link.value);
    case Selection::What::message: return fmt::format("message:{}", selection.message.value);
    case Selection::What::session: return fmt::format("session:{}", selection.session.value);
    case Selection::What::event: return fmt::format("event:{}", selection.event.value);
    case Selection::What::fault:
    case Selection::What::nothing: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> arguments_of(const Desk& desk, const ExportChoice& choice) {
  const View& view = desk.view();
  std::vector<std::string> words = {as_argument(desk.run->path()), "--render", as_argument(choice.path)};
  const auto add = [&](const char* option, std::string value) {
    words.emplace_back(option);
    words.push_back(std::move(value));
  };
  const bool is_movie = choice.format >= ExportFormat::gif;
  const bool is_picture = choice.format == ExportFormat::png || choice.format == ExportFormat::svg;
  if (desk.other && choice.format != ExportFormat::html) add("--compare", as_argument(desk.other->path()));
  if (!view.filter.empty() && choice.format != ExportFormat::html) add("--filter", view.filter);
  if (choice.format == ExportFormat::csv) {
    const bool is_table = std::ranges::find(kTables, choice.table) != std::end(kTables);
    add(is_table ? "--table" : "--plot", choice.table);
  }
  if (is_picture || is_movie) {
    add("--pane", choice.pane);
    add("--size", choice.size);
    add("--theme", std::string(name(desk.settings.theme)));
    if (desk.settings.scale != 1) add("--scale", fmt::format("{}", desk.settings.scale));
    if (const auto selection = selection_of(view.selection)) add("--select", *selection);
  }
  if (is_picture) add("--at", time_of(desk.run->time_ns()));
  if (is_movie) add("--speed", fmt::format("{}", choice.speed));
  if (view.range && !is_picture) {
    add("--from", time_of(view.range->from_ns));
    add("--to", time_of(view.range->until_ns));
  }
  return words;
}

std::string command_line_of(const std::vector<std::string>& arguments) {
  std::string line = "mailroom view";
  for (const std::string& word : arguments) {
    const bool is_plain = !word.empty() && word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                                                  "0123456789-_./:=,+") == std::string::npos;
    if (is_plain) {
      line += ' ' + word;
      continue;
    }
    line += " '";
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

std::expected<ExportJob, std::string> ExportJob::start(const std::vector<std::string>& arguments,
                                                       const std::filesystem::path& out) {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path() / "mailroom-view";
  std::vector<std::string> words = {program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ExportJob job;
  job.out_ = out;
  std::array<int, 2> said{-1, -1};
  if (pipe2(said.data(), O_CLOEXEC) != 0) return std::unexpected(std::string("no pipe can be had; close some programs"));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, said[1], 2);
  const int problem = posix_spawn(&job.process_, program.c_str(), &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(said[1]);
  job.said_ = said[0];
  fcntl(job.said_, F_SETFL, O_NONBLOCK);
  if (problem == 0) return job;
  job.process_ = -1;
  return std::unexpected(fmt::format("{} cannot be started; is all of Mailroom installed?", program.string()));
}

ExportJob::ExportJob(ExportJob&& other) noexcept
    : out_(std::move(other.out_)),
      process_(std::exchange(other.process_, -1)),
      said_(std::exchange(other.said_, -1)),
      heard_(std::move(other.heard_)) {}

ExportJob& ExportJob::operator=(ExportJob&& other) noexcept {
  if (this == &other) return *this;
  stop();
  out_ = std::move(other.out_);
  process_ = std::exchange(other.process_, -1);
  said_ = std::exchange(other.said_, -1);
  heard_ = std::move(other.heard_);
  return *this;
}

ExportJob::~ExportJob() {
  stop();
}

void ExportJob::stop() {
  if (process_ >= 0) {
    kill(process_, SIGTERM);
    while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
  }
  if (said_ >= 0) close(std::exchange(said_, -1));
}

std::optional<ExportJob::End> ExportJob::poll() {
  std::array<char, 512> piece{};
  for (ssize_t got = 0; (got = read(said_, piece.data(), piece.size())) > 0;)
    if (heard_.size() < 2000) heard_.append(piece.data(), static_cast<std::size_t>(got));
  int status = 0;
  const pid_t waited = waitpid(process_, &status, WNOHANG);
  if (waited == 0 || (waited < 0 && errno == EINTR)) return std::nullopt;
  process_ = -1;
  for (ssize_t got = 0; (got = read(said_, piece.data(), piece.size())) > 0;)
    heard_.append(piece.data(), static_cast<std::size_t>(got));
  constexpr std::string_view kName = "mailroom view: ";
  std::string said = heard_.starts_with(kName) ? heard_.substr(kName.size()) : heard_;
  while (!said.empty() && said.back() == '\n') said.pop_back();
  if (waited < 0 && said.empty()) said = "The export has ended, and the system does not tell how; look at its file.";
  return End{.is_good = waited > 0 && status == 0, .said = std::move(said)};
}

}  // namespace mailroom::viz
