// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/filtered_events.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "viz/model/gave_up.hpp"

namespace mailroom::viz {

namespace {

constexpr std::chrono::milliseconds kTryAgain{100};  // a file that its writer holds

}  // namespace

// One filter over one file, as far as it has come.
struct FilteredEvents::Pass {
  std::uint64_t number = 0;
  std::optional<trace::RunFileReader> reader{};
  Facts facts{};
  Matcher matcher{};
  std::optional<Mystery> secret{};
  QueueLengths queues{};
  Found found{};
  bool is_in_use = false;  // its writer commits for long, which is no trouble of the file: to be tried again

  void fail(const trace::FileError& error) {
    is_in_use = error.problem == trace::FileError::Problem::in_use;
    if (!is_in_use) found.failure = error.text;
  }

  void begin(const Question& question, std::uint64_t of) {
    *this = {};
    number = of;
    auto opened = trace::RunFileReader::open(question.path);
    if (!opened) return fail(opened.error());
    reader = std::move(*opened);
    facts = Facts(reader->header());
    matcher = Matcher(question.filter, facts);
    secret = question.secret;
  }

  // The next slice. What its events tell of messages and connections is learned before they are judged.
  void go_on(trace::EventId up_to) {
    trace::EventQuery query;
    query.after = found.read_to;
    query.up_to = up_to;
    query.limit = kSlice;
    const auto events = reader->events(query);
    if (!events) return fail(events.error());
    std::int64_t recipients = facts.recipient_count();
    for (const trace::StoredEvent& event : *events) recipients = std::max(recipients, event.recipient.value);
    if (recipients > facts.recipient_count()) {
      const auto all = reader->recipients();
      if (!all) return fail(all.error());
      facts.add_recipients(*all);
    }
    for (const trace::StoredEvent& event : *events) facts.learn(event);
    matcher.refresh(facts);
    for (const trace::StoredEvent& event : *events) {
      queues.apply(event);
      if (matcher.matches(event, &queues) && !(secret && secret->hides(event))) found.ids.append(event.id.value);
      found.read_to = event.id;
    }
    // Fewer than asked for: the file has no more of them, whatever the last number was.
    if (std::ssize(*events) < kSlice) found.read_to = up_to;
  }
};

FilteredEvents::FilteredEvents() : thread_([this](const std::stop_token& stop) { work(stop); }) {}

FilteredEvents::~FilteredEvents() = default;

void FilteredEvents::ask(const std::filesystem::path& path, const Filter& filter, trace::EventId up_to, const Mystery* secret) {
  const std::scoped_lock lock(mutex_);
  const bool is_other =
      !is_asked_ || asked_.path != path || !(asked_.filter == filter) || up_to < asked_.up_to ||
      asked_.secret.has_value() != (secret != nullptr);
  if (!is_other && asked_.up_to == up_to) return;
  if (is_other) {
    ++number_;
    asked_.secret = secret == nullptr ? std::nullopt : std::optional(*secret);
    found_ = {};
  }
  asked_.path = path;
  asked_.filter = filter;
  asked_.up_to = up_to;
  is_asked_ = true;
  found_.is_done = false;
  changed_.notify_all();
}

FilteredEvents::Found FilteredEvents::found() const {
  const std::scoped_lock lock(mutex_);
  return found_;
}

void FilteredEvents::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return found_.is_done || !found_.failure.empty(); });
}

void FilteredEvents::work(const std::stop_token& stop) {
  Pass pass;
  std::unique_lock lock(mutex_);
  const auto has_work = [&] {
    return is_asked_ && !found_.is_done && (found_.failure.empty() || pass.number != number_);
  };
  while (changed_.wait(lock, stop, has_work)) {
    const Question question = asked_;
    const std::uint64_t number = number_;
    lock.unlock();
    try {
      if (pass.number != number || !pass.reader) pass.begin(question, number);
      if (pass.reader && pass.found.read_to < question.up_to) pass.go_on(question.up_to);
    } catch (const std::exception& why) {
      pass.fail(gave_up(question.path, why));
    }
    lock.lock();
    if (number != number_) continue;
    if (std::exchange(pass.is_in_use, false)) {
      changed_.wait_for(lock, stop, kTryAgain, [&] { return number != number_; });
      continue;
    }
    const bool is_done = pass.found.failure.empty() && pass.found.read_to >= asked_.up_to;
    found_ = pass.found;
    found_.is_done = is_done;
    changed_.notify_all();
  }
}

}  // namespace mailroom::viz
