// SPDX-License-Identifier: GPL-2.0-only
// What the writer and the reader of run files need of SQLite: handles that close themselves, and its errors
// in our words. Internal to sim/trace.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/trace/run_file.hpp"

namespace mailroom::trace::sqlite {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

// `flags` as of sqlite3_open_v2. `path` is taken as a file's name, whatever it looks like; with `immutable`,
// without any locks or journals. On failure nothing stays open.
std::expected<Database, FileError> open(const std::filesystem::path& path, int flags, bool immutable = false);

// The last failure on `database` while doing something with the file ("write to"), as a sentence.
FileError last_error(sqlite3* database, const std::filesystem::path& path, std::string_view doing);
// Runs statements that give no rows. False: see last_error().
bool execute(sqlite3* database, const char* sql);
// nullptr: see last_error().
Statement prepare(sqlite3* database, std::string_view sql);

// Parameters, counted from 1. Texts must live until the statement was stepped.
inline void bind(sqlite3_stmt* statement, int index, std::int64_t value) {
  sqlite3_bind_int64(statement, index, value);
}
inline void bind(sqlite3_stmt* statement, int index, std::string_view text) {
  sqlite3_bind_text64(statement, index, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}
inline void bind(sqlite3_stmt* statement, int index, std::optional<double> value) {
  if (value) {
    sqlite3_bind_double(statement, index, *value);
  } else {
    sqlite3_bind_null(statement, index);
  }
}
inline void bind_octets(sqlite3_stmt* statement, int index, std::string_view octets) {
  sqlite3_bind_blob64(statement, index, octets.data() ? octets.data() : "", octets.size(), SQLITE_STATIC);
}
// NULL for an empty text.
inline void bind_text_or_null(sqlite3_stmt* statement, int index, std::string_view text) {
  if (text.empty()) {
    sqlite3_bind_null(statement, index);
  } else {
    bind(statement, index, text);
  }
}

// Columns, counted from 0. NULL is 0, "" or nullopt.
inline std::int64_t integer(sqlite3_stmt* statement, int column) {
  return sqlite3_column_int64(statement, column);
}
inline std::optional<std::int64_t> optional_integer(sqlite3_stmt* statement, int column) {
  if (sqlite3_column_type(statement, column) == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_int64(statement, column);
}
inline std::optional<double> optional_real(sqlite3_stmt* statement, int column) {
  if (sqlite3_column_type(statement, column) == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_double(statement, column);
}
// Texts and blobs alike.
inline std::string text(sqlite3_stmt* statement, int column) {
  const auto* octets = static_cast<const char*>(sqlite3_column_blob(statement, column));
  return octets ? std::string(octets, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)))
                : std::string();
}

}  // namespace mailroom::trace::sqlite
