// SPDX-License-Identifier: GPL-2.0-only
// A run file as the verbs `inspect` and `export` use it: its reader and replay, the names of hosts, links and
// recipients, and what to tell the user about the file itself.
#pragma once

#include <exception>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sim/main/cli_terminal.hpp"
#include "sim/story/names.hpp"
#include "sim/trace/replay.hpp"
#include "sim/trace/run_file.hpp"

namespace mailroom::cli {

// The run file failed under a verb that had opened it: it is damaged further in, or its disk is. The one
// thing that is thrown in this folder, by must(), and caught where the verb began (with_run()), so that every
// read need not be followed by the same three lines.
class ReadFailure : public std::exception {
 public:
  explicit ReadFailure(trace::FileError error) : error_(std::move(error)) {}
  const char* what() const noexcept override { return error_.text.c_str(); }
  const trace::FileError& error() const { return error_; }

 private:
  trace::FileError error_;
};

template <class T>
T must(std::expected<T, trace::FileError> result) {
  if (!result) throw ReadFailure(std::move(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class Run {
 public:
  static std::expected<Run, trace::FileError> open(const std::filesystem::path& path);

  trace::RunFileReader& reader() { return replay_->reader(); }
  const trace::RunHeader& header() { return replay_->reader().header(); }
  std::string file() { return replay_->reader().path().string(); }

  // False while the run is going on, and for ever if it was killed. As of open().
  bool complete() const { return complete_; }
  std::int64_t end_ns() const { return replay_->end_ns(); }

  // The state after the last event, and at a time. The reference is good until the next call of either.
  const trace::World& world();
  const trace::World& world_at(std::int64_t time_ns);

  // What `tell` makes of the names of the run. Throws ReadFailure where one could not be read.
  template <class Tell>
  auto told(Tell tell) {
    auto text = tell(names_);
    if (names_.failure()) throw ReadFailure(*names_.failure());
    return text;
  }
  std::string host(trace::HostId id) { return names_.host(id); }  // "mx1"; "-" for none
  std::string link(trace::LinkId id) { return names_.link(id); }  // "a-b"
  std::string recipient(trace::RecipientId id) {                  // the forward-path
    return told([id](story::Names& names) { return names.recipient(id); });
  }

  bool records(trace::Level level) { return header().level >= level; }

 private:
  Run(std::unique_ptr<trace::Replay> replay, bool complete)
      : replay_(std::move(replay)), names_(replay_->reader()), complete_(complete) {}
  std::unique_ptr<trace::Replay> replay_;  // at one place, because names_ refers to its reader
  story::Names names_;
  bool complete_ = false;
  std::optional<std::int64_t> shown_ns_;
};

// Opens `file` and does `act`; complains of a file that cannot be opened or read, and says on the error
// stream when the run is not complete. The exit code.
int with_run(const std::string& file, Terminal& terminal, const std::function<int(Run&)>& act);

// The events of a query, read a thousand at a time, so that `visit` may read more about each (a sentence
// does).
void for_each_event(Run& run, trace::EventQuery query,
                    const std::function<void(const trace::StoredEvent&)>& visit);

// "it was recorded at 'mail'; run it again with --record full": for what the level left out.
std::string record_again(Run& run, trace::Level level);

// What to complain of when there is no host or link of the name; with a suggestion.
std::string no_such_host(Run& run, const std::string& name);
std::string no_such_link(Run& run, const std::string& name);

}  // namespace mailroom::cli
