// SPDX-License-Identifier: GPL-2.0-only
// Names and records of a test, in few words.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <utility>

#include "protocols/dns/record.hpp"

namespace mailroom::dns {

inline Name named(std::string_view text) {
  const auto name = Name::parse(text);
  EXPECT_TRUE(name) << text;
  return name.value_or(Name());
}

inline Record record(std::string_view owner, std::uint32_t ttl_s, Rdata data) {
  return {named(owner), Class::in, ttl_s, std::move(data)};
}

}  // namespace mailroom::dns
