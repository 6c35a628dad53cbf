// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/run_file_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/trace/event_select.hpp"
#include "sim/trace/file_connection.hpp"
#include "sim/trace/run_file_header.hpp"
#include "sim/trace/sqlite.hpp"

namespace mailroom::trace {

namespace {

namespace fs = std::filesystem;
using Problem = FileError::Problem;

// Steps of a chain of causes; a damaged file may have a circle.
constexpr std::int64_t kMaxCauses = 1'000'000;

// What `change` makes of a result's value; its error stays.
template <class T, class Change>
auto changed(const std::expected<T, FileError>& result, Change change)
    -> std::expected<decltype(change(*result)), FileError> {
  if (!result) return std::unexpected(result.error());
  return change(*result);
}

// Sessions, messages … are numbered from 1, so their numbers are not far beyond what the file has room to tell of,
// though not all are recorded at each level: no more than it has octets. A damaged row that names a much greater one
// would have tables made of nothing but rows between. The size costs nothing to ask for; a count of ten million events
// costs a tenth of a second.
constexpr std::int64_t kSpareIds = std::int64_t{1} << 18;

constexpr std::string_view kSelectFlight =
    "SELECT message, connection, link, from_host, to_host, first_bit_out_ns, last_bit_in_ns, bytes, drops, "
    "id FROM "
    "flight";
constexpr int kFlightIdColumn = 9;

Flight flight_of(sqlite3_stmt* row) {
  return {.message = {sqlite::integer(row, 0)},
          .connection = {sqlite::integer(row, 1)},
          .link = {sqlite::integer(row, 2)},
          .from = {sqlite::integer(row, 3)},
          .to = {sqlite::integer(row, 4)},
          .first_bit_out_ns = EventSelect::moment_ns(sqlite::integer(row, 5)),
          .last_bit_in_ns = sqlite::optional_integer(row, 6).transform(EventSelect::moment_ns).value_or(-1),
          .bytes = sqlite::integer(row, 7),
          .drops = sqlite::integer(row, 8)};
}

}  // namespace

struct RunFileReader::Implementation {
  FileConnection file;
  LoadedHeader loaded;
  std::int64_t most_ids = kSpareIds;  // as of the size when one was beyond it

  // Whether the numbers in the event can be true.
  Result<bool> believes(const StoredEvent& event) {
    const std::int64_t greatest = EventSelect::greatest_id(event);
    if (greatest <= most_ids) return true;
    const auto octets = file.first_integer("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    if (!octets) return std::unexpected(octets.error());
    most_ids = kSpareIds + octets->value_or(0);
    return greatest <= most_ids;
  }
};

RunFileReader::RunFileReader(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
RunFileReader::RunFileReader(RunFileReader&&) noexcept = default;
RunFileReader& RunFileReader::operator=(RunFileReader&&) noexcept = default;
RunFileReader::~RunFileReader() = default;

RunFileReader::Result<RunFileReader> RunFileReader::open(const fs::path& path) {
  auto implementation = std::make_unique<Implementation>(FileConnection(path));
  FileConnection& file = implementation->file;
  const FileConnection::Hold hold(file);
  const auto application = file.first_integer("PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  if (application->value_or(0) != kApplicationId) {
    return std::unexpected(FileError{
        Problem::foreign, fmt::format("cannot read {}: it is not a run file of Mailroom", path.string())});
  }
  const auto version = file.first_integer("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  if (version->value_or(0) > kFormatVersion) {
    return std::unexpected(
        FileError{Problem::newer,
                  fmt::format("cannot read {}: a newer version of Mailroom made it (format {}, this is {})",
                              path.string(), **version, kFormatVersion)});
  }
  const auto handle = file.connect();
  if (!handle) return std::unexpected(handle.error());
  auto loaded = read_header(*handle, path);
  if (!loaded) return std::unexpected(std::move(loaded.error()));
  implementation->loaded = std::move(*loaded);
  RunFileReader reader(std::move(implementation));
  if (const auto complete = reader.complete(); !complete) return std::unexpected(complete.error());
  return reader;
}

const fs::path& RunFileReader::path() const {
  return implementation_->file.path();
}
const RunHeader& RunFileReader::header() const {
  return implementation_->loaded.header;
}

const HostRow* RunFileReader::host(HostId id) const {
  const auto& hosts = header().hosts;
  return id.value >= 1 && id.value <= std::ssize(hosts) ? &hosts[static_cast<std::size_t>(id.value - 1)]
                                                        : nullptr;
}

const LinkRow* RunFileReader::link(LinkId id) const {
  const auto& links = header().links;
  return id.value >= 1 && id.value <= std::ssize(links) ? &links[static_cast<std::size_t>(id.value - 1)]
                                                        : nullptr;
}

HostId RunFileReader::host_named(std::string_view name) const {
  const auto& hosts = header().hosts;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (hosts[i].name == name) return {static_cast<std::int64_t>(i) + 1};
  }
  return {};
}

RunFileReader::Result<bool> RunFileReader::complete() {
  const auto found =
      implementation_->file.first_integer("SELECT value = '1' FROM meta WHERE key = 'complete'");
  if (!found) return std::unexpected(found.error());
  const bool complete = found->value_or(0) == 1;
  if (complete) implementation_->file.set_complete();
  return complete;
}

RunFileReader::Result<std::int64_t> RunFileReader::event_count() {
  return changed(implementation_->file.first_integer("SELECT count(*) FROM event"),
                 [](const auto& count) { return count.value_or(0); });
}

RunFileReader::Result<EventId> RunFileReader::last_event() {
  return changed(implementation_->file.first_integer("SELECT max(id) FROM event"),
                 [](const auto& id) { return EventId{std::min(id.value_or(0), EventSelect::kMost)}; });
}

RunFileReader::Result<std::int64_t> RunFileReader::last_time_ns() {
  return changed(implementation_->file.first_integer("SELECT time_ns FROM event ORDER BY id DESC LIMIT 1"),
                 [](const auto& time_ns) { return time_ns.transform(EventSelect::moment_ns).value_or(-1); });
}

RunFileReader::Result<void> RunFileReader::for_each(const EventQuery& query,
                                                    const std::function<bool(const StoredEvent&)>& visit) {
  const std::vector<Kind>& kinds = implementation_->loaded.kinds;
  const EventSelect select(query, kinds);
  StoredEvent event;  // one for all, so that its strings keep their room
  bool known = true;
  Result<bool> believed = true;
  const auto read = implementation_->file.rows(
      select.sql(), [&](sqlite3_stmt* row) { select.bind(row); },
      [&](sqlite3_stmt* row) {
        known = EventSelect::read(row, kinds, event);
        if (!known) return false;
        believed = implementation_->believes(event);
        return believed && *believed && visit(event);
      });
  if (!believed) return std::unexpected(std::move(believed.error()));
  if (read && !*believed) {
    return std::unexpected(FileError{
        Problem::damaged, fmt::format("cannot read {}: event {} names something by a number that is far too great",
                                      path().string(), event.id.value)});
  }
  if (read && !known) {
    return std::unexpected(FileError{
        Problem::damaged, fmt::format("cannot read {}: an event of it has no valid kind", path().string())});
  }
  return read;
}

RunFileReader::Result<std::vector<StoredEvent>> RunFileReader::events(const EventQuery& query) {
  std::vector<StoredEvent> found;
  const auto read = for_each(query, [&](const StoredEvent& event) {
    found.push_back(event);
    return true;
  });
  if (!read) return std::unexpected(read.error());
  return found;
}

RunFileReader::Result<std::optional<StoredEvent>> RunFileReader::event(EventId id) {
  if (!id) return std::nullopt;
  return changed(events({.after = {id.value - 1}, .up_to = id}), [](const std::vector<StoredEvent>& found) {
    return found.empty() ? std::nullopt : std::optional(found.front());
  });
}

RunFileReader::Result<EventId> RunFileReader::last_event_at(std::int64_t time_ns) {
  const FileConnection::Hold hold(implementation_->file);
  const auto newest = last_event();
  if (!newest) return newest;
  // Times ascend with numbers, so halving finds it without an index. All up to `low` are in time, all from
  // `high` on late.
  std::int64_t low = 0;
  std::int64_t high = newest->value + 1;
  EventId found{};
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    std::optional<std::pair<std::int64_t, std::int64_t>> next;
    const auto read = implementation_->file.rows(
        "SELECT id, time_ns FROM event WHERE id >= ? ORDER BY id LIMIT 1",
        [&](sqlite3_stmt* row) { sqlite::bind(row, 1, middle); },
        [&](sqlite3_stmt* row) {
          next = {sqlite::integer(row, 0), sqlite::integer(row, 1)};
          return false;
        });
    if (!read) return std::unexpected(read.error());
    if (next && next->second <= time_ns) {
      found = {next->first};
      low = std::max(middle, next->first);
      if (low >= high) break;
    } else {
      high = middle;
    }
  }
  return found;
}

RunFileReader::Result<std::vector<StoredEvent>> RunFileReader::causes(EventId id) {
  const FileConnection::Hold hold(implementation_->file);
  std::vector<StoredEvent> chain;
  while (id && std::ssize(chain) < kMaxCauses) {
    auto found = event(id);
    if (!found) return std::unexpected(std::move(found.error()));
    if (!*found) break;
    // A cause is always older; anything else is a damaged file.
    id = (*found)->cause < id ? (*found)->cause : EventId{};
    chain.push_back(std::move(**found));
  }
  return chain;
}

RunFileReader::Result<std::optional<std::string>> RunFileReader::first_text(std::string_view sql,
                                                                            std::int64_t id) {
  std::optional<std::string> found;
  const auto read = implementation_->file.rows(
      sql, [&](sqlite3_stmt* row) { sqlite::bind(row, 1, id); },
      [&](sqlite3_stmt* row) {
        found = sqlite::text(row, 0);
        return false;
      });
  if (!read) return std::unexpected(read.error());
  return found;
}

RunFileReader::Result<std::optional<std::string>> RunFileReader::content(ContentId id) {
  return first_text("SELECT octets FROM content WHERE id = ?", id.value);
}

RunFileReader::Result<std::optional<std::string>> RunFileReader::recipient(RecipientId id) {
  return first_text("SELECT forward_path FROM recipient WHERE id = ?", id.value);
}

RunFileReader::Result<RecipientId> RunFileReader::recipient_named(std::string_view forward_path) {
  RecipientId found{};
  const auto read = implementation_->file.rows(
      "SELECT id FROM recipient WHERE forward_path = ?",
      [&](sqlite3_stmt* row) { sqlite::bind(row, 1, forward_path); },
      [&](sqlite3_stmt* row) {
        found = {sqlite::integer(row, 0)};
        return false;
      });
  if (!read) return std::unexpected(read.error());
  return found;
}

RunFileReader::Result<std::vector<std::string>> RunFileReader::recipients() {
  std::vector<std::string> found;
  const auto read = implementation_->file.rows("SELECT forward_path FROM recipient ORDER BY id", {},
                                               [&](sqlite3_stmt* row) {
                                                 found.push_back(sqlite::text(row, 0));
                                                 return true;
                                               });
  if (!read) return std::unexpected(read.error());
  return found;
}

RunFileReader::Result<std::int64_t> RunFileReader::flight_count() {
  return changed(implementation_->file.first_integer("SELECT count(*) FROM flight"),
                 [](const auto& count) { return count.value_or(0); });
}

RunFileReader::Result<void> RunFileReader::for_each_flight(const std::function<bool(const Flight&)>& visit) {
  return implementation_->file.rows(fmt::format("{} ORDER BY first_bit_out_ns, id", kSelectFlight), {},
                                    [&](sqlite3_stmt* row) { return visit(flight_of(row)); });
}

RunFileReader::Result<std::int64_t> RunFileReader::for_each_flight_after(
    std::int64_t row, const std::function<bool(const Flight&)>& visit) {
  const auto read = implementation_->file.rows(
      fmt::format("{} WHERE id > ? ORDER BY id", kSelectFlight),
      [&](sqlite3_stmt* statement) { sqlite::bind(statement, 1, row); },
      [&](sqlite3_stmt* statement) {
        row = sqlite::integer(statement, kFlightIdColumn);
        return visit(flight_of(statement));
      });
  if (!read) return std::unexpected(read.error());
  return row;
}

RunFileReader::Result<std::vector<Flight>> RunFileReader::flights_of(MessageId message) {
  std::vector<Flight> found;
  const auto read = implementation_->file.rows(
      fmt::format("{} WHERE message = ? ORDER BY first_bit_out_ns, id", kSelectFlight),
      [&](sqlite3_stmt* row) { sqlite::bind(row, 1, message.value); },
      [&](sqlite3_stmt* row) {
        found.push_back(flight_of(row));
        return true;
      });
  if (!read) return std::unexpected(read.error());
  return found;
}

RunFileReader::Result<std::optional<std::string>> RunFileReader::frame(EventId frame) {
  return first_text("SELECT octets FROM frame WHERE event = ?", frame.value);
}

RunFileReader::Result<void> RunFileReader::for_each_frame(
    const std::function<bool(const StoredEvent&, std::string_view)>& visit) {
  // Two walks over the same numbers, side by side.
  const FileConnection::Hold hold(implementation_->file);
  const auto handle = implementation_->file.connect();
  if (!handle) return std::unexpected(handle.error());
  const auto octets = sqlite::prepare(*handle, "SELECT octets FROM frame WHERE event = ?");
  if (!octets) return std::unexpected(sqlite::last_error(*handle, path(), "read"));
  std::optional<FileError> error;
  const auto read = for_each({.kinds = {Kind::frame_sent}}, [&](const StoredEvent& event) {
    sqlite::bind(octets.get(), 1, event.id.value);
    const int code = sqlite3_step(octets.get());
    bool on = true;
    if (code == SQLITE_ROW) {
      const auto* data = static_cast<const char*>(sqlite3_column_blob(octets.get(), 0));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(octets.get(), 0));
      on = visit(event, data ? std::string_view(data, size) : std::string_view());
    } else if (code != SQLITE_DONE) {
      error = sqlite::last_error(*handle, path(), "read");
      on = false;
    }
    sqlite3_reset(octets.get());
    return on;
  });
  if (error) return std::unexpected(std::move(*error));
  return read;
}

RunFileReader::Result<std::vector<Note>> RunFileReader::notes() {
  std::vector<Note> found;
  const auto read = implementation_->file.rows("SELECT id, event, time_ns, text FROM note ORDER BY id", {},
                                               [&](sqlite3_stmt* row) {
                                                 found.push_back({sqlite::integer(row, 0),
                                                                  {sqlite::integer(row, 1)},
                                                                  sqlite::optional_integer(row, 2),
                                                                  sqlite::text(row, 3)});
                                                 return true;
                                               });
  if (!read) return std::unexpected(read.error());
  return found;
}

}  // namespace mailroom::trace
