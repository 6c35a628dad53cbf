// SPDX-License-Identifier: GPL-2.0-only
// An export from the window: the same program once more, without a window, so that a movie of a minute stops nobody and
// whatever is shown can be made again by the command that is told.
//
// Order of calls: start(); poll() now and then, until it gives how it ended. The destructor ends the process.
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "viz/app/desk.hpp"
#include "viz/export/render.hpp"

namespace mailroom::viz {

// What a person chose in the dialogue.
struct ExportChoice {
  ExportFormat format{};
  std::string path{};
  std::string pane = "all";        // of pictures and movies
  std::string table = "deliveries";  // of CSV: a table or a plot
  std::string size = "1920x1080";
  double speed = 1;                // of movies
};

// The command line that makes it: of the run, the moment, the filter and the selection on the desk. Without the program.
std::vector<std::string> arguments_of(const Desk& desk, const ExportChoice& choice);
// The same as a person would type it.
std::string command_line_of(const std::vector<std::string>& arguments);

class ExportJob {
 public:
  static std::expected<ExportJob, std::string> start(const std::vector<std::string>& arguments,
                                                     const std::filesystem::path& out);
  ExportJob(ExportJob&& other) noexcept;
  ExportJob& operator=(ExportJob&& other) noexcept;
  ~ExportJob();

  const std::filesystem::path& out() const { return out_; }
  struct End {
    bool is_good = false;
    std::string said{};  // on its error stream, without the program's name
  };
  // nullopt: it is still at work.
  std::optional<End> poll();

 private:
  ExportJob() = default;
  void stop();

  std::filesystem::path out_;
  pid_t process_ = -1;
  int said_ = -1;
  std::string heard_;
};

}  // namespace mailroom::viz
