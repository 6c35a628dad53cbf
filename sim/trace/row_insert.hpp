// SPDX-License-Identifier: GPL-2.0-only
// A prepared INSERT that takes rows of a RowBuffer, one or several at a time. Internal to sim/trace.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/trace/row_buffer.hpp"
#include "sim/trace/sqlite.hpp"

namespace mailroom::trace {

class RowInsert {
 public:
  // `into`: a table, with the names of its columns if not all are given; `columns` of them; `rows` at a time.
  // False: see sqlite::last_error().
  bool prepare(sqlite3* database, std::string_view into, int columns, std::int64_t rows);
  // The reader's next row is the `row`th (from 0) of those that go in together. Its texts must live until the
  // statement was stepped.
  void bind(RowBuffer::Reader& reader, std::int64_t row);
  sqlite3_stmt* statement() const { return statement_.get(); }
  void close() { statement_.reset(); }

 private:
  sqlite::Statement statement_;
  int columns_ = 0;                   // of a row
  std::vector<std::uint32_t> bound_;  // by row, the columns that its last binding set: only those are cleared
};

}  // namespace mailroom::trace
