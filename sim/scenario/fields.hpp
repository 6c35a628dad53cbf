// SPDX-License-Identifier: GPL-2.0-only
// Reads the fields of one map by the key table: unknown keys, wrong types and values out of range are
// reported, everything else lands in the target. A target is left as it is when its key is not there or is
// faulty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/keys.hpp"
#include "sim/scenario/report.hpp"

namespace mailroom::scenario {

struct Word {
  std::string text;
  Position at;
};

class Fields {
 public:
  // `value` may be null (all defaults); anything but a map is reported. Keys that `object` does not have are
  // reported unless `others` is set. All arguments must outlive the Fields.
  Fields(const Value& value, const Object& object, Report& report, bool others = false);

  const Value* find(std::string_view key) const;  // nullptr, too, for a key without a value
  bool has(std::string_view key) const { return find(key) != nullptr; }
  // Where the value of `key` is, or else the whole map.
  Position at(std::string_view key) const;
  // Reports it if `key` is not there.
  bool require(std::string_view key) const;

  bool text(std::string_view key, std::string& target) const;
  bool text(std::string_view key, std::optional<std::string>& target) const;
  bool flag(std::string_view key, bool& target) const;
  bool count(std::string_view key, std::int64_t& target, std::int64_t least, std::int64_t most) const;
  bool duration(std::string_view key, std::int64_t& target_ns, std::int64_t least_ns = 0) const;
  bool rate(std::string_view key, std::int64_t& target_bps) const;
  bool size(std::string_view key, std::int64_t& target_bytes, std::int64_t least_bytes = 0) const;
  bool packets(std::string_view key, std::int64_t& target) const;
  bool share(std::string_view key, std::int64_t& target_per_billion) const;
  bool time(std::string_view key, std::int64_t& target_unix_s) const;
  // The position of the word among those of the table.
  std::optional<std::size_t> choice(std::string_view key) const;
  std::vector<Word> texts(std::string_view key) const;

 private:
  const Value* typed(std::string_view key, Type type) const;
  const Value* scalar(std::string_view key, Type type, std::string_view right) const;

  const Value& value_;
  const Object& object_;
  Report& report_;
};

// The parsers behind them, for values that stand elsewhere (in a list, in a map of names).
bool read_duration(const Value& value, std::int64_t& target_ns, std::int64_t least_ns, Report& report);
bool read_size(const Value& value, std::int64_t& target_bytes, std::int64_t least_bytes, Report& report);
// A scalar, or each scalar of a list.
std::vector<Word> read_texts(const Value& value, std::string_view what, Report& report);

}  // namespace mailroom::scenario
