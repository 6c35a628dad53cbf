// SPDX-License-Identifier: GPL-2.0-only
// Names, records and zones of a test, in few words.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "protocols/dns/master_reader.hpp"
#include "protocols/dns/message.hpp"
#include "protocols/dns/zone.hpp"

namespace mailroom::dns {

inline Name named(std::string_view text) {
  const auto name = Name::parse(text);
  EXPECT_TRUE(name) << text;
  return name.value_or(Name());
}

inline Record record(std::string_view owner, std::uint32_t ttl_s, Rdata data) {
  return {named(owner), Class::in, ttl_s, std::move(data)};
}

// Lines of a master file, with TTLs of 3600 s where they say none.
inline Zone zone(std::string_view apex, const std::vector<std::string_view>& lines) {
  Zone out(named(apex));
  MasterReader reader(named(apex), 3600);
  for (const std::string_view line : lines) {
    const auto record = reader.read_line(line);
    EXPECT_TRUE(record) << line << ": expected " << record.error().expected;
    if (record && *record) out.add(**record);
  }
  return out;
}

inline std::vector<std::string> texts(const std::vector<Record>& records) {
  std::vector<std::string> out;
  for (const Record& record : records) out.push_back(text(record));
  return out;
}

inline Message query(std::string_view name, Type type, std::uint16_t id = 0x1234) {
  Message out;
  out.id = id;
  out.questions = {{named(name), type}};
  return out;
}

}  // namespace mailroom::dns
