// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/sqlite.hpp"

#include <fmt/format.h>

#include <cerrno>

namespace mailroom::trace::sqlite {

namespace {

using Problem = FileError::Problem;

bool means_no_room(int system_error) {
  // A file that may grow no further (a quota, a limit of the shell) is as full as a disk.
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

// What the operating system last said about a file of the database.
int last_errno(sqlite3_file* file) {
  int system_error = 0;
  if (file && file->pMethods) file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &system_error);
  return system_error;
}

// Whether the last failure of reading or writing was for want of room. SQLite itself says so only for ENOSPC.
bool ran_out_of_room(sqlite3* database) {
  sqlite3_file* file = nullptr;
  sqlite3_file* journal = nullptr;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal);
  return means_no_room(sqlite3_system_errno(database)) || means_no_room(last_errno(file)) ||
         means_no_room(last_errno(journal));
}

Problem problem_of(int code) {
  switch (code) {
    case SQLITE_FULL:
      return Problem::disk_full;
    case SQLITE_NOTADB:
      return Problem::foreign;
    case SQLITE_CORRUPT:
      return Problem::damaged;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Problem::in_use;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return Problem::no_access;
    default:
      break;
  }
  return Problem::io;
}

std::string_view explanation(Problem problem) {
  switch (problem) {
    case Problem::disk_full:
      return "there is no room left for it";
    case Problem::foreign:
      return "it is not a run file of Mailroom";
    case Problem::damaged:
      return "it is damaged or cut short";
    case Problem::in_use:
      return "another program is using it";
    default:
      return "";
  }
}

// A file name as a URI, so that names with '?', '#' or '%' mean themselves.
std::string uri_of(const std::filesystem::path& path) {
  std::string uri = "file://";
  for (const char c : path.string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

}  // namespace

std::expected<Database, FileError> open(const std::filesystem::path& path, int flags, bool immutable) {
  // An absolute name is never one of SQLite's special ones (":memory:", "").
  std::error_code ignored;
  const std::filesystem::path absolute = std::filesystem::absolute(path, ignored);
  const std::string name = immutable ? uri_of(absolute) + "?immutable=1" : absolute.string();
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &opened, flags | (immutable ? SQLITE_OPEN_URI : 0), nullptr);
  Database database(opened);
  if (code != SQLITE_OK) return std::unexpected(last_error(opened, path, "open"));
  sqlite3_extended_result_codes(opened, 1);
  return database;
}

FileError last_error(sqlite3* database, const std::filesystem::path& path, std::string_view doing) {
  const int code = database ? sqlite3_errcode(database) & 0xFF : SQLITE_NOMEM;
  Problem problem = problem_of(code);
  if (code == SQLITE_IOERR && ran_out_of_room(database)) problem = Problem::disk_full;
  std::string_view why = explanation(problem);
  if (why.empty()) why = database ? sqlite3_errmsg(database) : "out of memory";
  return {problem, fmt::format("cannot {} {}: {}", doing, path.string(), why)};
}

bool execute(sqlite3* database, const char* sql) {
  return sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

Statement prepare(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  return Statement(statement);
}

}  // namespace mailroom::trace::sqlite
