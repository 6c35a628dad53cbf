// SPDX-License-Identifier: GPL-2.0-only
// A reader's connection to a run file. While the run is live, it is opened for each read and closed after it:
// the writer can make one plain file of it only while nobody has it open. Internal to sim/trace.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/trace/sqlite.hpp"

namespace mailroom::trace {

class FileConnection {
 public:
  template <class T>
  using Result = std::expected<T, FileError>;
  using Bind = std::function<void(sqlite3_stmt*)>;
  using Visit = std::function<bool(sqlite3_stmt*)>;

  explicit FileConnection(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }

  // Runs a query: bind() sets its parameters, visit() sees each row and returns false to stop.
  Result<void> rows(std::string_view sql, const Bind& bind, const Visit& visit);
  // The first column of the first row; nullopt: NULL, or no row.
  Result<std::optional<std::int64_t>> first_integer(std::string_view sql, const Bind& bind = {});

  // The open database, for what takes more than one query; hold a Hold meanwhile.
  Result<sqlite3*> connect();
  // The run is over, so the connection may stay open.
  void set_complete() { complete_ = true; }

  // Keeps the connection open between the reads of one call.
  class Hold {
   public:
    explicit Hold(FileConnection& connection) : connection_(connection) { ++connection_.holds_; }
    ~Hold() {
      --connection_.holds_;
      connection_.release();
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    FileConnection& connection_;
  };

 private:
  void release();

  std::filesystem::path path_;
  sqlite::Database database_;
  bool in_wal_mode_ = false;
  bool complete_ = false;
  int holds_ = 0;
};

}  // namespace mailroom::trace
