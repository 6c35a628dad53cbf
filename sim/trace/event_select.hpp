// SPDX-License-Identifier: GPL-2.0-only
// An EventQuery as SQL, and a row of its answer as a StoredEvent. Internal to sim/trace.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/sqlite.hpp"

namespace mailroom::trace {

class EventSelect {
 public:
  // `kinds`: [i] is what kind i + 1 of the file is here.
  EventSelect(const EventQuery& query, const std::vector<Kind>& kinds);

  const std::string& sql() const { return sql_; }
  void bind(sqlite3_stmt* statement) const;
  // No event of a simulation has a greater number or is later (73 years). Sums of two of them are still numbers.
  static constexpr std::int64_t kMost = std::int64_t{1} << 61;

  // A moment of the run, whatever a damaged file says.
  static std::int64_t moment_ns(std::int64_t time_ns);
  // The greatest number that the event calls anything by, besides events.
  static std::int64_t greatest_id(const StoredEvent& event);
  // False if the row's kind is not in the table, or its number is none.
  static bool read(sqlite3_stmt* row, const std::vector<Kind>& kinds, StoredEvent& event);

 private:
  void where(std::string_view condition, std::int64_t value);

  std::string sql_;
  std::vector<std::int64_t> values_;
};

}  // namespace mailroom::trace
