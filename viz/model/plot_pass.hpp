// SPDX-License-Identifier: GPL-2.0-only
// Makes the plots of a run file in a background thread with a reader of its own, so that no frame waits for
// them.
//
// Order of calls, all from one thread: ask() whenever it is to be asked (every frame will do: the same
// question again costs nothing); look at result() and progress(). A new filter starts over; a new range or a
// file that grew goes on with what is gathered already. The destructor cancels and waits for the thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "sim/trace/run_file_reader.hpp"
#include "viz/model/compare.hpp"
#include "viz/model/plots.hpp"

namespace mailroom::viz {

// What passes a filter; called in ascending order of events, in the thread that it was made in.
using EventTest = std::function<bool(const trace::StoredEvent&)>;
// Makes one for a reader of its own thread, which outlives it: it learns from it what comes as the file grows.
using EventTestMaker = std::function<EventTest(trace::RunFileReader&)>;

struct PlotAnswer;

struct PlotQuestion {
  std::filesystem::path path;
  std::string filter{};         // its text: another text, another filter; empty: everything counts
  EventTestMaker test_maker{};  // of that filter
  PlotRange range{};
  trace::EventId
      up_to{};  // the file's last event that the asker knows of: a greater one than before means that it grew
  std::int64_t file_number = 0;  // another number, another run, though the path be the same
  bool with_deliveries = false;
  // Of a second run (B): the answer of the first, with its deliveries, to compare with.
  std::shared_ptr<const PlotAnswer> a{};

  // The same, but that the file may have grown since.
  bool is_about_the_same_as(const PlotQuestion& other) const;
};

struct PlotAnswer {
  std::uint64_t number = 0;  // another one for each answer of this process, unlike an address
  trace::RunHeader header;
  MailFacts facts;
  PlotSet plots;
  std::vector<DeliveryRow> deliveries{};     // if they were asked for
  std::optional<Comparison> comparison{};    // of A with this one, if that was asked for
  std::vector<std::string> differences{};    // why the two may be no fair pair
  std::string filter{};
  PlotRange range{};
  bool complete = false;  // all events that were asked for are in it
  std::string error{};    // the file could not be read further: a sentence
};

// The same in the caller's thread, for exports and tests. `goes_on` is asked now and then with the share that
// is done; false cancels, and the answer is not complete.
std::shared_ptr<const PlotAnswer> answer_plots(trace::RunFileReader& reader, const PlotQuestion& question,
                                               const std::function<bool(double)>& goes_on = {});

class PlotPass {
 public:
  PlotPass();
  ~PlotPass();
  PlotPass(const PlotPass&) = delete;
  PlotPass& operator=(const PlotPass&) = delete;

  void ask(const PlotQuestion& question);
  // Stops what is going on, until a question that differs from the last one.
  void cancel();
  // The newest that there is: while a run is read for the first time, now and then what is known so far.
  // nullptr: nothing yet.
  std::shared_ptr<const PlotAnswer> result() const;
  bool busy() const { return busy_; }
  double progress() const { return progress_; }  // of what is going on, 0 to 1
  // Waits until nothing is going on.
  void wait();

 private:
  class Gathering;
  void work(const std::stop_token& stop);
  void publish(std::shared_ptr<const PlotAnswer> answer);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<PlotQuestion> asked_;  // the last question
  std::uint64_t question_number_ = 0;  // of it
  std::uint64_t answered_number_ = 0;
  std::shared_ptr<const PlotAnswer> result_;
  std::atomic<std::uint64_t> newest_{0};  // question_number_, for a look without the lock
  std::atomic<bool> busy_{false};
  std::atomic<double> progress_{0};
  std::jthread thread_;  // last: it is stopped and joined before the rest goes
};

}  // namespace mailroom::viz
