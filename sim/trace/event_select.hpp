// SPDX-License-Identifier: GPL-2.0-only
// An EventQuery as SQL, and a row of its answer as a StoredEvent. Internal to sim/trace.
#pragma once

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
  // False if the row's kind is not in the table.
  static bool read(sqlite3_stmt* row, const std::vector<Kind>& kinds, StoredEvent& event);

 private:
  void where(std::string_view condition, std::int64_t value);

  std::string sql_;
  std::vector<std::int64_t> values_;
};

}  // namespace mailroom::trace
