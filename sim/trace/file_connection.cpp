// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/file_connection.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <system_error>

namespace mailroom::trace {

namespace {

namespace fs = std::filesystem;
using Problem = FileError::Problem;

// One thread reads over a connection (RunFileReader), so SQLite need not lock at every value of every row.
constexpr int kReadOnly = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
// A writer that is just committing is waited for so long.
constexpr int kBusyTimeoutMs = 2000;
// The first octets of every SQLite database, and where it says that it is in WAL mode.
constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::size_t kReadVersionOffset = 19;
constexpr std::size_t kSqliteHeaderSize = 100;
constexpr char kWalVersion = 2;

// What can be said of the file without SQLite. Returns whether it is in WAL mode.
std::expected<bool, FileError> look_at(const fs::path& path) {
  const auto problem = [&](Problem kind, std::string_view why) {
    return std::unexpected(FileError{kind, fmt::format("cannot read {}: {}", path.string(), why)});
  };
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return problem(Problem::not_found, "there is no such file");
  if (status.type() == fs::file_type::none) return problem(Problem::no_access, error.message());
  if (status.type() == fs::file_type::directory) return problem(Problem::not_found, "it is a directory");
  if (status.type() != fs::file_type::regular) return problem(Problem::foreign, "it is not an ordinary file");
  std::ifstream file(path, std::ios::binary);
  if (!file) return problem(Problem::no_access, "permission denied");
  std::array<char, kSqliteHeaderSize> start{};
  file.read(start.data(), start.size());
  const std::string_view octets(start.data(), static_cast<std::size_t>(file.gcount()));
  if (octets.empty()) return problem(Problem::empty, "it is empty (a run that is only being started?)");
  if (octets.substr(0, kMagic.size()) != kMagic.substr(0, octets.size())) {
    return problem(Problem::foreign, "it is not a run file of Mailroom");
  }
  if (octets.size() < kSqliteHeaderSize) return problem(Problem::damaged, "it is damaged or cut short");
  return octets[kReadVersionOffset] == kWalVersion;
}

// SQLite does not mind a last page that is cut. To be called while a read holds the file still.
bool is_cut(sqlite3* database, const fs::path& path) {
  std::int64_t size_bytes = 1;
  for (const char* sql : {"PRAGMA page_count", "PRAGMA page_size"}) {
    const auto statement = sqlite::prepare(database, sql);
    if (!statement || sqlite3_step(statement.get()) != SQLITE_ROW) return false;
    size_bytes *= sqlite::integer(statement.get(), 0);
  }
  std::error_code error;
  const auto actual = fs::file_size(path, error);
  return !error && actual < static_cast<std::uintmax_t>(size_bytes);
}

}  // namespace

FileConnection::Result<sqlite3*> FileConnection::connect() {
  if (database_) return database_.get();
  const auto in_wal_mode = look_at(path_);
  if (!in_wal_mode) return std::unexpected(in_wal_mode.error());
  in_wal_mode_ = *in_wal_mode;
  auto opened = sqlite::open(path_, kReadOnly);
  if (!opened) return std::unexpected(opened.error());
  sqlite3_busy_timeout(opened->get(), kBusyTimeoutMs);
  // SQLite looks into the file only now. Where nothing may be written (a read-only medium), a file in WAL
  // mode that has no log is still readable as it is.
  if (!sqlite::execute(opened->get(), "SELECT 1 FROM sqlite_master")) {
    FileError failure = sqlite::last_error(opened->get(), path_, "read");
    std::error_code ignored;
    const bool has_log = fs::exists(path_.string() + "-wal", ignored);
    if (!in_wal_mode_ || has_log || failure.problem != Problem::no_access)
      return std::unexpected(std::move(failure));
    opened = sqlite::open(path_, kReadOnly, true);
    if (!opened) return std::unexpected(opened.error());
  }
  if (!in_wal_mode_ && sqlite::execute(opened->get(), "BEGIN; SELECT 1 FROM sqlite_master")) {
    const bool cut = is_cut(opened->get(), path_);
    sqlite::execute(opened->get(), "COMMIT");
    if (cut) {
      return std::unexpected(FileError{
          Problem::damaged, fmt::format("cannot read {}: it is damaged or cut short", path_.string())});
    }
  }
  database_ = std::move(*opened);
  return database_.get();
}

void FileConnection::release() {
  if (holds_ == 0 && (in_wal_mode_ || !complete_)) database_.reset();
}

FileConnection::Result<void> FileConnection::rows(std::string_view sql, const Bind& bind,
                                                  const Visit& visit) {
  const Hold hold(*this);
  const auto handle = connect();
  if (!handle) return std::unexpected(handle.error());
  const auto statement = sqlite::prepare(*handle, sql);
  if (!statement) return std::unexpected(sqlite::last_error(*handle, path_, "read"));
  if (bind) bind(statement.get());
  for (;;) {
    const int code = sqlite3_step(statement.get());
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_ROW) return std::unexpected(sqlite::last_error(*handle, path_, "read"));
    if (!visit(statement.get())) return {};
  }
}

FileConnection::Result<std::optional<std::int64_t>> FileConnection::first_integer(std::string_view sql,
                                                                                  const Bind& bind) {
  std::optional<std::int64_t> found;
  const auto read = rows(sql, bind, [&](sqlite3_stmt* row) {
    found = sqlite::optional_integer(row, 0);
    return false;
  });
  if (!read) return std::unexpected(read.error());
  return found;
}

}  // namespace mailroom::trace
