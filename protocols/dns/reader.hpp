// SPDX-License-Identifier: GPL-2.0-only
// Reads numbers, octets and names of a message from front to back. The first error stays: later reads give
// zeros, and the caller looks at error() when it is done with a part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocols/dns/name.hpp"
#include "protocols/dns/parse_error.hpp"

namespace mailroom::dns {

class Reader {
 public:
  explicit Reader(std::string_view message) : message_(message), end_(message.size()) {}

  std::uint8_t u8(std::string_view expected);
  std::uint16_t u16(std::string_view expected);
  std::uint32_t u32(std::string_view expected);
  std::string_view octets(std::size_t count, std::string_view expected);
  // RFC 1035 §4.1.4: labels, and a pointer to an earlier name in place of the last ones.
  Name name();

  std::size_t at() const { return at_; }
  // A reader of the `count` octets from `start` alone; its pointers may lead to anything before them.
  Reader part(std::size_t start, std::size_t count) const;
  bool at_end() const { return at_ == end_; }

  void fail(std::size_t offset, std::string_view section, std::string_view expected);
  const std::optional<ParseError>& error() const { return error_; }

 private:
  bool need(std::size_t count, std::string_view expected);

  std::string_view message_;
  std::size_t at_ = 0;
  std::size_t end_;
  std::optional<ParseError> error_;
};

}  // namespace mailroom::dns
