// SPDX-License-Identifier: GPL-2.0-only
// Every key of the scenario language, once: name, type, default, meaning. The loader reads by this table, the
// JSON Schema is made from it, the reference of docs/SCENARIO.md is printed from it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

namespace mailroom::scenario {

enum class Type {
  text,      // any scalar
  flag,      // true or false
  count,     // a whole number
  duration,  // 10ms, 1h30m
  rate,      // 64kbps
  size,      // 10MB; a bare number is octets
  packets,   // 50
  share,     // 0.1% or 0.001
  time,      // 2000-01-01T12:00:00Z
  choice,    // one of the words of `of`
  texts,     // a text or a list of texts
  object,    // a map with the keys of object `of`
  list,      // a list of items of shape `of`
  map,       // a map of names to shape `of`
  shape,     // what schema.cpp and the reader know as `of`
};

struct Key {
  std::string_view name;
  Type type;
  std::string_view of;        // for choice: words with '|' between; for object, list, map, shape: its name
  std::string_view fallback;  // what stands if it is not given, as docs show it; "required" if it must be
  std::string_view meaning;
};

struct Object {
  std::string_view name;
  std::string_view meaning;
  std::span<const Key> keys;

  const Key* find(std::string_view key) const;
};

std::span<const Object> objects();
const Object& object(std::string_view name);  // must be there

// The JSON Schema that is shipped as sim/scenario/scenario.schema.json, with a final line end.
std::string json_schema();
// The tables of the reference part of docs/SCENARIO.md.
std::string reference_markdown();

}  // namespace mailroom::scenario
