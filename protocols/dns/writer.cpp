// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/writer.hpp"

namespace mailroom::dns {

namespace {

constexpr std::size_t kReach = 0x4000;  // a pointer has 14 bits

}  // namespace

void Writer::u16(unsigned value) {
  u8(value >> 8 & 255);
  u8(value & 255);
}

void Writer::u32(std::uint32_t value) {
  u16(value >> 16);
  u16(value & 0xffff);
}

void Writer::set_u16(std::size_t at, unsigned value) {
  out_[at] = static_cast<char>(value >> 8 & 255);
  out_[at + 1] = static_cast<char>(value & 255);
}

void Writer::name(const Name& name) {
  std::string_view rest = name.octets();
  while (rest.size() > 1) {
    if (const auto earlier = written_.find(rest); earlier != written_.end()) {
      u16(static_cast<unsigned>(0xc000 | earlier->second));
      return;
    }
    if (out_.size() < kReach) {
      written_.emplace(rest, out_.size());
      order_.push_back(rest);
    }
    const std::size_t label = std::size_t{1} + static_cast<unsigned char>(rest[0]);
    out_ += rest.substr(0, label);
    rest.remove_prefix(label);
  }
  u8(0);
}

void Writer::take_back_to(std::size_t size) {
  out_.resize(size);
  while (!order_.empty() && written_.at(order_.back()) >= size) {
    written_.erase(order_.back());
    order_.pop_back();
  }
}

}  // namespace mailroom::dns
