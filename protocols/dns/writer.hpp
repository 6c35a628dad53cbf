// SPDX-License-Identifier: GPL-2.0-only
// Writes numbers, octets and names of a message, with name compression (RFC 1035 §4.1.4). What was written
// since a mark can be taken back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/dns/name.hpp"

namespace mailroom::dns {

class Writer {
 public:
  void u8(unsigned value) { out_ += static_cast<char>(value); }
  void u16(unsigned value);
  void u32(std::uint32_t value);
  void octets(std::string_view octets) { out_ += octets; }
  // A pointer to an earlier name with the same last labels, case included, stands for these. The name must
  // live as long as the writer.
  void name(const Name& name);
  void set_u16(std::size_t at, unsigned value);

  std::size_t size() const { return out_.size(); }
  void take_back_to(std::size_t size);
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::map<std::string_view, std::size_t> written_;  // the last labels of a name -> where
  std::vector<std::string_view> order_;              // of written_
};

}  // namespace mailroom::dns
