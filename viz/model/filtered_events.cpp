// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/filtered_events.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace mailroom::viz {

// One filter over one file, as far as it has come.
struct FilteredEvents::Pass {
  std::uint64_t number = 0;
  std::optional<trace::RunFileReader> reader{};
  Facts facts{};
  Matcher matcher{};
  QueueLengths queues{};
  Found found{};

  void begin(const Question& question, std::uint64_t of) {
    *this = {};
    number = of;
    auto opened = trace::RunFileReader::open(question.path);
    if (!opened) {
      found.failure = opened.error().text;
      return;
    }
    reader = std::move(*opened);
    facts = Facts(reader->header());
    matcher = Matcher(question.filter, facts);
  }

  // The next slice. What its events tell of messages and connections is learned before they are judged.
  void go_on(trace::EventId up_to) {
    trace::EventQuery query;
    query.after = found.read_to;
    query.up_to = up_to;
    query.limit = kSlice;
    const auto events = reader->events(query);
    if (!events) {
      found.failure = events.error().text;
      return;
    }
    std::int64_t recipients = facts.recipient_count();
    for (const trace::StoredEvent& event : *events) {
      facts.learn(event);
      recipients = std::max(recipients, event.recipient.value);
    }
    if (recipients > facts.recipient_count()) {
      const auto all = reader->recipients();
      if (!all) {
        found.failure = all.error().text;
        return;
      }
      facts.add_recipients(*all);
    }
    matcher.refresh(facts);
    for (const trace::StoredEvent& event : *events) {
      queues.apply(event);
      if (matcher.matches(event, &queues)) found.ids.append(event.id.value);
      found.read_to = event.id;
    }
    // Fewer than asked for: the file has no more of them, whatever the last number was.
    if (std::ssize(*events) < kSlice) found.read_to = up_to;
  }
};

FilteredEvents::FilteredEvents() : thread_([this](const std::stop_token& stop) { work(stop); }) {}

FilteredEvents::~FilteredEvents() = default;

void FilteredEvents::ask(const std::filesystem::path& path, const Filter& filter, trace::EventId up_to) {
  const std::scoped_lock lock(mutex_);
  const bool is_other =
      !is_asked_ || asked_.path != path || !(asked_.filter == filter) || up_to < asked_.up_to;
  if (!is_other && asked_.up_to == up_to) return;
  if (is_other) {
    ++number_;
    found_ = {};
  }
  asked_ = {.path = path, .filter = filter, .up_to = up_to};
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
    if (pass.number != number) pass.begin(question, number);
    if (pass.found.failure.empty() && pass.found.read_to < question.up_to) pass.go_on(question.up_to);
    lock.lock();
    if (number != number_) continue;
    const bool is_done = pass.found.failure.empty() && pass.found.read_to >= asked_.up_to;
    found_ = pass.found;
    found_.is_done = is_done;
    changed_.notify_all();
  }
}

}  // namespace mailroom::viz
