// SPDX-License-Identifier: GPL-2.0-only
// A YAML file as a tree that knows where everything stands. It keeps what a person must be told about: a key
// that is there twice, quotes, positions. Whatever the octets are, parsing takes memory and time in
// proportion to kMaxFileBytes and kMaxWeight, never more.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/report.hpp"

namespace mailroom::scenario {

inline constexpr std::size_t kMaxFileBytes = 4 * 1024 * 1024;
inline constexpr int kMaxDepth = 32;  // a scenario needs six
inline constexpr std::size_t kMaxWeight =
    2'000'000;  // values after every alias is written out; long texts weigh more

struct Value;
using ValuePtr = std::shared_ptr<const Value>;

struct Value {
  enum class Kind { null, scalar, list, map } kind = Kind::null;
  struct Entry {
    std::string key;
    Position key_at;
    ValuePtr value;
  };

  Position at;
  std::string text;  // of a scalar
  std::vector<ValuePtr> items;
  std::vector<Entry> entries;  // each key once, by order of the file
  std::size_t weight = 1;

  // The value of `key`, or nullptr.
  const Value* find(std::string_view key) const;
};

// "a list", "a map", "nothing", "'the text'": for messages.
std::string describe(const Value& value);

// Reads a whole regular file of at most `max_bytes`; on failure reports at `where` and returns false. `kind`
// says what it should be ("the scenario").
bool read_file(const std::filesystem::path& path, std::size_t max_bytes, const Position& where,
               std::string_view kind, Report& report, std::string& octets);

// The one document of `text`. Mistakes go to `report`; nullptr if there is no tree to look at. `at.file`
// names the text, as in every position of the tree; `has_lines` false: a text too short to say where in it.
ValuePtr parse_document(std::string_view text, const Position& at, Report& report, bool has_lines = true);

// Applies one "key.path=value" of --set, or one "faults+=sentence" of --fault; see Overrides in sim/scenario/load.hpp.
ValuePtr apply_override(const ValuePtr& root, const std::string& override, Report& report);

}  // namespace mailroom::scenario
