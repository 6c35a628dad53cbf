// SPDX-License-Identifier: GPL-2.0-only
// Reads ladders of large or growing runs in a thread with a reader of its own, so that no frame waits.
//
// Order of calls, all from one thread: ask() whenever something else is wanted or the run has grown (the same
// question again costs nothing), look at result(). The newest question wins. The destructor waits for a read
// that is under way.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "viz/model/ladder.hpp"

namespace mailroom::viz {

class LadderLoader {
 public:
  struct Question {
    std::filesystem::path path;
    LadderQuestion ladder;
    trace::EventId up_to{};  // the last event that the asker knows of
    friend bool operator==(const Question&, const Question&) = default;
  };

  LadderLoader();
  ~LadderLoader();
  LadderLoader(const LadderLoader&) = delete;
  LadderLoader& operator=(const LadderLoader&) = delete;

  void ask(const Question& question);
  // The last that was read, whatever was asked since; nullptr: none yet.
  std::shared_ptr<const Ladder> result() const;
  // Why the last question has no answer; empty: it has, or will have.
  std::string failure() const;
  bool is_busy() const;
  void wait();

 private:
  void work(const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Question> asked_;  // the last one
  bool is_answered_ = true;
  std::shared_ptr<const Ladder> result_;
  std::string failure_;
  std::jthread thread_;  // the last: it uses all of the above
};

}  // namespace mailroom::viz
