// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/note_writer.hpp"

#include <utility>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/sqlite.hpp"

namespace mailroom::trace {
namespace {

// A frame of a window waits for it.
constexpr int kBusyTimeoutMs = 50;

bool insert(sqlite3* database, const std::vector<Note>& notes) {
  const auto statement = sqlite::prepare(database, "INSERT INTO note (id, event, time_ns, text) VALUES (?, ?, ?, ?)");
  if (!statement) return false;
  std::int64_t id = 0;
  for (const Note& note : notes) {
    sqlite3_reset(statement.get());
    sqlite3_clear_bindings(statement.get());
    sqlite::bind(statement.get(), 1, ++id);
    if (note.event) sqlite::bind(statement.get(), 2, note.event.value);
    if (note.time_ns) sqlite::bind(statement.get(), 3, *note.time_ns);
    sqlite::bind(statement.get(), 4, std::string_view(note.text));
    if (sqlite3_step(statement.get()) != SQLITE_DONE) return false;
  }
  return true;
}

}  // namespace

std::expected<void, FileError> write_notes(const std::filesystem::path& path, const std::vector<Note>& notes) {
  // Says whether this is a run file at all, before anything is written.
  if (const auto reader = RunFileReader::open(path); !reader) return std::unexpected(reader.error());
  auto database = sqlite::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX);
  if (!database) return std::unexpected(std::move(database.error()));
  sqlite3* const file = database->get();
  sqlite3_busy_timeout(file, kBusyTimeoutMs);
  if (sqlite::execute(file, "BEGIN IMMEDIATE") && sqlite::execute(file, "DELETE FROM note") && insert(file, notes) &&
      sqlite::execute(file, "COMMIT"))
    return {};
  FileError error = sqlite::last_error(file, path, "keep notes in");
  if (!sqlite3_get_autocommit(file)) sqlite::execute(file, "ROLLBACK");
  return std::unexpected(std::move(error));
}

}  // namespace mailroom::trace
