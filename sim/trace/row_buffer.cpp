// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/row_buffer.hpp"

#include <algorithm>

namespace mailroom::trace {

void RowBuffer::grow(std::size_t room) {
  if (static_cast<std::size_t>(limit_ - end_) >= room) return;
  const std::size_t used = size_bytes();
  const std::size_t size = std::max<std::size_t>(2 * used, used + room);
  std::unique_ptr<char[]> larger(new char[size]);
  if (used > 0) std::memcpy(larger.get(), begin_.get(), used);
  begin_ = std::move(larger);
  end_ = begin_.get() + used;
  limit_ = begin_.get() + size;
}

RowBuffer::Value RowBuffer::Reader::next() {
  const auto tag = static_cast<unsigned char>(*at_++);
  Value value;
  value.type = static_cast<Value::Type>(tag >> 5);
  value.column = tag & 31;
  if (value.type == Value::Type::none) return value;
  std::memcpy(&value.integer, at_, sizeof value.integer);
  at_ += sizeof value.integer;
  if (value.type == Value::Type::integer) return value;
  const auto size = static_cast<std::size_t>(value.integer);
  value.octets = {at_, size};
  at_ += size;
  return value;
}

}  // namespace mailroom::trace
