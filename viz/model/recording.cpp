// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/recording.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mailroom::viz {

namespace {

using trace::EventId;

std::vector<trace::Kind> kinds_of_mail() {
  std::vector<trace::Kind> kinds;
  for (int i = 0; i < trace::kKindCount; ++i) {
    if (is_mail(static_cast<trace::Kind>(i))) kinds.push_back(static_cast<trace::Kind>(i));
  }
  return kinds;
}

}  // namespace

Recording::Recording(std::filesystem::path path, trace::RunFileReader reader, const Options& options)
    : path_(std::move(path)), options_(options), reader_(std::move(reader)), index_(path_, options_.index) {}

Recording::Result<std::unique_ptr<Recording>> Recording::open(const std::filesystem::path& path,
                                                              const Options& options) {
  auto reader = trace::RunFileReader::open(path);
  if (!reader) return std::unexpected(std::move(reader.error()));
  const auto complete = reader->complete();
  if (!complete) return std::unexpected(complete.error());
  const auto last = reader->last_event();
  if (!last) return std::unexpected(last.error());
  const auto end_ns = reader->last_time_ns();
  if (!end_ns) return std::unexpected(end_ns.error());
  std::unique_ptr<Recording> recording(new Recording(path, std::move(*reader), options));
  recording->state_.last_event = *last;
  recording->state_.end_ns = std::max<std::int64_t>(*end_ns, 0);
  recording->state_.is_complete = *complete;
  std::error_code ignored;
  if (std::filesystem::file_size(path, ignored) <= options.small_file_bytes) {
    recording->index_.wait();
    recording->index_.look(recording->state_);
  }
  return recording;
}

Recording::Result<bool> Recording::refresh() {
  const bool is_new = index_.look(state_);
  if (awaited_) {
    const Awaited awaited = *awaited_;
    const auto shown = show(awaited.target, awaited.time_ns);
    if (!shown) return std::unexpected(shown.error());
  }
  if (state_.error) return std::unexpected(*state_.error);
  return is_new;
}

Recording::Result<void> Recording::settle() {
  while (awaited_) {
    index_.wait();
    if (const auto news = refresh(); !news && !awaited_) return std::unexpected(news.error());
    if (state_.is_over() && awaited_) break;
  }
  return {};
}

// --- where to

Recording::Result<void> Recording::seek_time(std::int64_t time_ns) {
  const auto target = last_event_at(time_ns);
  if (!target) return std::unexpected(target.error());
  return show(*target, std::max<std::int64_t>(time_ns, 0));
}

Recording::Result<void> Recording::seek_event(EventId id) {
  const auto target = row_at(id);
  if (!target) return std::unexpected(target.error());
  return show(*target, std::nullopt);
}

// The last event at or before a time: from the index where it has read beyond it.
Recording::Result<EventId> Recording::last_event_at(std::int64_t time_ns) {
  const std::int64_t rows = state_.rows.rows_until(time_ns);
  if (rows == state_.rows.size() && state_.rows.last() != state_.last_event)
    return reader_.last_event_at(time_ns);
  return rows == 0 ? EventId{} : state_.rows.id(rows - 1);
}

// The row of an event, or the last one before it.
Recording::Result<EventId> Recording::row_at(EventId id) {
  if (id.value <= 0) return EventId{};
  if (id <= state_.rows.last()) {
    const std::int64_t rows = state_.rows.rows_up_to(id);
    return rows == 0 ? EventId{} : state_.rows.id(rows - 1);
  }
  return one_row({.up_to = id, .newest_first = true, .limit = 1});
}

// --- going there

// nullopt: the time of the event.
Recording::Result<void> Recording::show(EventId target, std::optional<std::int64_t> time_ns) {
  const auto played = play_to(target);
  if (!played) {
    awaited_.reset();
    return std::unexpected(played.error());
  }
  if (*played) {
    awaited_.reset();
    time_ns_ = time_ns.value_or(world_.time_ns);
    return {};
  }
  if (!time_ns) {
    // Its time is needed now, to be told.
    const auto row = reader_.event(target);
    if (!row) return std::unexpected(row.error());
    time_ns = *row ? (*row)->time_ns : 0;
  }
  awaited_ = Awaited{target, *time_ns};
  return {};
}

// Of the states that are kept, the last one at or before the target; nullptr: there is none.
const trace::World* Recording::nearest(EventId target) const {
  const trace::World* best = nullptr;
  const auto& snapshots = state_.snapshots;
  const auto behind = std::upper_bound(
      snapshots.begin(), snapshots.end(), target,
      [](EventId id, const Index::Snapshot& snapshot) { return id < snapshot.world->last_event; });
  if (behind != snapshots.begin()) best = std::prev(behind)->world.get();
  if (const auto near = near_.upper_bound(target); near != near_.begin()) {
    const trace::World& world = std::prev(near)->second;
    if (!best || best->last_event < world.last_event) best = &world;
  }
  return best;
}

// At most so many rows lie between the two; exactly so many where the index has been.
std::int64_t Recording::rows_between(EventId from, EventId to) const {
  const EventId last = state_.rows.last();
  const auto rows_up_to = [&](EventId id) {
    return id <= last ? state_.rows.rows_up_to(id) : state_.rows.size() + (id.value - last.value);
  };
  return rows_up_to(to) - rows_up_to(from);
}

// False: it is too far away as long as the index has not come nearer.
Recording::Result<bool> Recording::play_to(EventId target) {
  if (world_.last_event == target) return true;
  const trace::World* from = nearest(target);
  const bool is_here_nearer = world_.last_event <= target && (!from || from->last_event <= world_.last_event);
  const EventId start = is_here_nearer ? world_.last_event : from ? from->last_event : EventId{};
  if (!state_.is_over() && state_.rows.last() < target && rows_between(start, target) > options_.most_at_once)
    return false;
  if (!is_here_nearer) {
    world_ = from ? trace::World(*from) : trace::World();
    since_near_ = 0;
  }
  if (world_.last_event == target) return true;
  const auto read = reader_.for_each({.after = world_.last_event, .up_to = target},
                                     [this](const trace::StoredEvent& event) {
                                       apply(event);
                                       return true;
                                     });
  if (read) return true;
  time_ns_ = world_.time_ns;  // as far as the file goes
  return std::unexpected(read.error());
}

void Recording::apply(const trace::StoredEvent& event) {
  world_.apply(event);
  if (++since_near_ < options_.near_every) return;
  since_near_ = 0;
  near_.insert_or_assign(world_.last_event, world_);
  if (near_.size() <= options_.most_near) return;
  // The one that is farthest away goes.
  const bool is_first_farther = world_.last_event.value - near_.begin()->first.value >
                                std::prev(near_.end())->first.value - world_.last_event.value;
  near_.erase(is_first_farther ? near_.begin() : std::prev(near_.end()));
}

// --- steps

Recording::Result<std::int64_t> Recording::step(std::int64_t count) {
  if (count == 0) return 0;
  awaited_.reset();
  if (count < 0) return step_back(-count);
  const std::int64_t here = state_.rows.rows_up_to(world_.last_event);
  // Far ahead, a snapshot is nearer than here.
  if (here + count <= state_.rows.size()) {
    const auto shown = show(state_.rows.id(here + count - 1), std::nullopt);
    if (!shown) return std::unexpected(shown.error());
    return count;
  }
  std::int64_t steps = 0;
  const auto read =
      reader_.for_each({.after = world_.last_event, .limit = count}, [&](const trace::StoredEvent& event) {
        apply(event);
        ++steps;
        return true;
      });
  if (steps > 0) time_ns_ = world_.time_ns;
  if (!read) return std::unexpected(read.error());
  return steps;
}

Recording::Result<std::int64_t> Recording::step_back(std::int64_t count) {
  if (!world_.last_event) return 0;
  std::int64_t steps = 0;
  EventId target{};
  if (world_.last_event <= state_.rows.last()) {
    const std::int64_t here = state_.rows.rows_up_to(world_.last_event);
    steps = std::min(count, here);
    if (here > steps) target = state_.rows.id(here - steps - 1);
  } else if (world_.last_event.value > 1) {
    const auto read =
        reader_.for_each({.up_to = {world_.last_event.value - 1}, .newest_first = true, .limit = count},
                         [&](const trace::StoredEvent& event) {
                           target = event.id;
                           ++steps;
                           return true;
                         });
    if (!read) return std::unexpected(read.error());
    if (steps < count) target = {};
  }
  // Fewer rows before this one: the step beyond the first of them leads to the beginning.
  if (!target && steps < count && world_.last_event > state_.rows.last()) ++steps;
  const auto shown = show(target, std::nullopt);
  if (!shown) return std::unexpected(shown.error());
  return steps;
}

Recording::Result<bool> Recording::step_mail(bool is_forward) {
  awaited_.reset();
  const auto target = is_forward ? mail_after(world_.last_event) : mail_before(world_.last_event);
  if (!target) return std::unexpected(target.error());
  if (*target == world_.last_event || (is_forward && !*target)) return false;
  const auto shown = show(*target, std::nullopt);
  if (!shown) return std::unexpected(shown.error());
  return true;
}

// 0: there is none.
Recording::Result<EventId> Recording::mail_after(EventId id) {
  const Columns& rows = state_.rows;
  if (id < rows.last()) {
    for (std::int64_t row = rows.rows_up_to(id); row < rows.size(); ++row) {
      if (is_mail(rows.kind(row))) return rows.id(row);
    }
  }
  return one_row({.after = std::max(id, rows.last()), .kinds = kinds_of_mail(), .limit = 1});
}

Recording::Result<EventId> Recording::mail_before(EventId id) {
  const Columns& rows = state_.rows;
  if (id.value > 1 && id.value - 1 > rows.last().value) {
    const auto found = one_row({.after = rows.last(),
                                .up_to = {id.value - 1},
                                .kinds = kinds_of_mail(),
                                .newest_first = true,
                                .limit = 1});
    if (!found || *found) return found;
  }
  for (std::int64_t row = rows.rows_up_to({id.value - 1}) - 1; row >= 0; --row) {
    if (is_mail(rows.kind(row))) return rows.id(row);
  }
  return EventId{};
}

// The first that the file has; 0: none.
Recording::Result<EventId> Recording::one_row(const trace::EventQuery& query) {
  EventId found{};
  const auto read = reader_.for_each(query, [&](const trace::StoredEvent& row) {
    found = row.id;
    return false;
  });
  if (!read) return std::unexpected(read.error());
  return found;
}

}  // namespace mailroom::viz
