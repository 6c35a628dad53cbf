// SPDX-License-Identifier: GPL-2.0-only
// Rows on their way into the tables of a run file, kept in memory until many of them go in one after the
// other. SQLite is quick when its code and pages are in the processor's caches, and slow when a simulation
// runs between any two rows. Internal to sim/trace; knows no SQLite.
//
// Order of calls: begin(), put…() for each column that is not NULL in ascending order, end(). Then a Reader
// takes the rows out in the order in which they came; clear() forgets them.
#pragma once

#include <cassert>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace mailroom::trace {

class RowBuffer {
 public:
  enum class Table : std::uint8_t { event, flight, content, recipient, frame };
  static constexpr int kTables = 5;
  static constexpr int kMaxColumn = 31;
  struct Value {
    enum class Type : std::uint8_t { none, integer, text, blob } type = Type::none;
    int column = 0;  // counted from 1
    std::int64_t integer = 0;
    std::string_view octets{};  // points into the buffer
  };

  // `octets`: how many of texts and blobs the row will have, at most.
  void begin(Table table, std::size_t octets) {
    grow(kRowRoom + octets);
    *end_++ = static_cast<char>(table);
  }
  void put(int column, std::int64_t value) {
    tag(Value::Type::integer, column);
    std::memcpy(end_, &value, sizeof value);
    end_ += sizeof value;
  }
  void put_text(int column, std::string_view text) { put_octets(Value::Type::text, column, text); }
  void put_blob(int column, std::string_view octets) { put_octets(Value::Type::blob, column, octets); }
  void end() {
    *end_++ = 0;
    assert(end_ <= limit_);
  }

  std::size_t size_bytes() const { return static_cast<std::size_t>(end_ - begin_.get()); }
  bool empty() const { return end_ == begin_.get(); }
  void clear() { end_ = begin_.get(); }

  class Reader {
   public:
    explicit Reader(const RowBuffer& buffer) : at_(buffer.begin_.get()), end_(buffer.end_) {}
    bool done() const { return at_ == end_; }
    Table table() { return static_cast<Table>(*at_++); }  // of the next row
    Value next();                                         // type none: the row is over

   private:
    const char* at_;
    const char* end_;
  };

 private:
  // The table, every column's tag and integer or length, and the end.
  static constexpr std::size_t kRowRoom = 2 + kMaxColumn * (1 + sizeof(std::int64_t));

  void tag(Value::Type type, int column) {
    *end_++ = static_cast<char>(static_cast<unsigned>(type) << 5 | static_cast<unsigned>(column));
  }
  void put_octets(Value::Type type, int column, std::string_view octets) {
    tag(type, column);
    const std::uint64_t size = octets.size();
    std::memcpy(end_, &size, sizeof size);
    end_ += sizeof size;
    if (size == 0) return;
    std::memcpy(end_, octets.data(), size);
    end_ += size;
  }
  void grow(std::size_t room);

  std::unique_ptr<char[]> begin_;
  char* end_ = nullptr;
  char* limit_ = nullptr;
};

}  // namespace mailroom::trace
