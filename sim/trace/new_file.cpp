// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/new_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/sqlite.hpp"

namespace mailroom::trace {

namespace {

namespace fs = std::filesystem;
using Problem = FileError::Problem;

constexpr std::array<const char*, 3> kCompanions = {"-wal", "-shm", "-journal"};

// Whether the file there may be replaced: an older run file, or an empty one, that nobody is using.
std::expected<void, FileError> check_replaceable(const fs::path& path) {
  const auto reader = RunFileReader::open(path);
  if (!reader) {
    switch (reader.error().problem) {
      case Problem::empty:
        return {};
      case Problem::newer:
      case Problem::damaged:
        break;
      case Problem::foreign:
        return std::unexpected(
            FileError{Problem::exists,
                      fmt::format("{} is not a run file of Mailroom, so it is not replaced", path.string())});
      default:
        return std::unexpected(reader.error());
    }
  }
  // A live writer always holds the right to write. A damaged file fails otherwise, which is fine here.
  const auto database = sqlite::open(path, SQLITE_OPEN_READWRITE);
  if (!database) return std::unexpected(database.error());
  if (!sqlite::execute(database->get(), "BEGIN IMMEDIATE") &&
      (sqlite3_errcode(database->get()) & 0xFF) == SQLITE_BUSY) {
    return std::unexpected(sqlite::last_error(database->get(), path, "replace"));
  }
  return {};
}

}  // namespace

void remove_file_and_companions(const fs::path& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
  for (const char* companion : kCompanions) fs::remove(path.string() + companion, ignored);
}

std::expected<void, FileError> make_new_file(const fs::path& path, bool overwrite) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return std::unexpected(FileError{Problem::exists, fmt::format("{} is a directory", path.string())});
  }
  if (fs::exists(path, ignored)) {
    if (!overwrite) {
      return std::unexpected(FileError{Problem::exists, fmt::format("{} exists already", path.string())});
    }
    if (const auto replaceable = check_replaceable(path); !replaceable) return replaceable;
  }
  if (overwrite) remove_file_and_companions(path);
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
  if (file < 0) {
    const int error = errno;
    const Problem problem = error == EEXIST   ? Problem::exists
                            : error == ENOSPC ? Problem::disk_full
                                              : Problem::no_access;
    return std::unexpected(FileError{
        problem, fmt::format("cannot make {}: {}", path.string(), std::generic_category().message(error))});
  }
  ::close(file);
  return {};
}

}  // namespace mailroom::trace
