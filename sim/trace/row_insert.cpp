// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/row_insert.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mailroom::trace {

bool RowInsert::prepare(sqlite3* database, std::string_view into, int columns, std::int64_t rows) {
  columns_ = columns;
  bound_.assign(static_cast<std::size_t>(rows), 0);
  const std::vector<std::string_view> parameters(static_cast<std::size_t>(columns), "?");
  const std::string row = fmt::format("({})", fmt::join(parameters, ","));
  const std::vector<std::string_view> all(static_cast<std::size_t>(rows), row);
  statement_ = sqlite::prepare(database, fmt::format("INSERT INTO {} VALUES {}", into, fmt::join(all, ",")));
  return statement_ != nullptr;
}

void RowInsert::bind(RowBuffer::Reader& reader, std::int64_t row) {
  const int first = static_cast<int>(row) * columns_;
  std::uint32_t now = 0;
  for (RowBuffer::Value value = reader.next(); value.type != RowBuffer::Value::Type::none;
       value = reader.next()) {
    const int parameter = first + value.column;
    switch (value.type) {
      case RowBuffer::Value::Type::text:
        sqlite::bind(statement_.get(), parameter, value.octets);
        break;
      case RowBuffer::Value::Type::blob:
        sqlite::bind_octets(statement_.get(), parameter, value.octets);
        break;
      default:
        sqlite::bind(statement_.get(), parameter, value.integer);
    }
    now |= 1U << value.column;
  }
  std::uint32_t& before = bound_[static_cast<std::size_t>(row)];
  for (std::uint32_t stale = before & ~now; stale != 0; stale &= stale - 1) {
    sqlite3_bind_null(statement_.get(), first + __builtin_ctz(stale));
  }
  before = now;
}

}  // namespace mailroom::trace
