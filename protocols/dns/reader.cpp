// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/reader.hpp"

#include <string>
#include <utility>

#include "protocols/dns/message.hpp"

namespace mailroom::dns {

namespace {

constexpr unsigned kPointersInAName =
    127;  // as many as there can be labels; more can only lead to each other

}  // namespace

void Reader::fail(std::size_t offset, std::string_view section, std::string_view expected) {
  if (!error_) error_ = {offset, section, expected};
}

bool Reader::need(std::size_t count, std::string_view expected) {
  if (error_) return false;
  if (count <= end_ - at_) return true;
  fail(at_, "RFC 1035 §4.1", expected);
  return false;
}

std::string_view Reader::octets(std::size_t count, std::string_view expected) {
  if (!need(count, expected)) return {};
  at_ += count;
  return message_.substr(at_ - count, count);
}

std::uint8_t Reader::u8(std::string_view expected) {
  const std::string_view got = octets(1, expected);
  return got.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(got[0]);
}

std::uint16_t Reader::u16(std::string_view expected) {
  const unsigned high = u8(expected);
  return static_cast<std::uint16_t>(high << 8 | u8(expected));
}

std::uint32_t Reader::u32(std::string_view expected) {
  const std::uint32_t high = u16(expected);
  return high << 16 | u16(expected);
}

Reader Reader::part(std::size_t start, std::size_t count) const {
  Reader out = *this;
  out.at_ = start;
  out.end_ = start + count;
  return out;
}

Name Reader::name() {
  constexpr std::string_view kSection = "RFC 1035 §4.1.4";
  std::string out;
  const std::size_t start = at_;
  std::size_t at = at_;       // where we read; at_ stays behind the first pointer
  std::size_t segment = at_;  // where this run of labels began: pointers lead to before it
  std::size_t end = end_;     // of what may be read
  unsigned pointers = 0;
  const auto fail_at = [&](std::size_t offset, std::string_view section, std::string_view expected) {
    fail(offset, section, expected);
    return Name();
  };
  if (error_) return {};
  while (true) {
    if (at >= end) return fail_at(at, kSection, "a label, a pointer or the end of the name");
    const auto length = static_cast<unsigned char>(message_[at]);
    if (length >= 0xc0) {
      if (at + 1 >= end) return fail_at(at, kSection, "a pointer of two octets");
      const auto target =
          static_cast<std::size_t>((length & 0x3f) << 8 | static_cast<unsigned char>(message_[at + 1]));
      if (target < kHeaderOctets || target >= segment)
        return fail_at(at, kSection, "a pointer to an earlier name");
      if (++pointers > kPointersInAName) return fail_at(start, kSection, "a name with at most 127 pointers");
      if (pointers == 1) at_ = at + 2;
      end = segment;
      at = segment = target;
      continue;
    }
    if (length > kLabelOctets) return fail_at(at, kSection, "a label of at most 63 octets, or a pointer");
    if (length >= end - at) return fail_at(at, kSection, "the whole label");
    if (out.size() + length + 1 + (length != 0) > kNameOctets)
      return fail_at(start, "RFC 1035 §2.3.4", "a name of at most 255 octets");
    out.append(message_, at, std::size_t{1} + length);
    at += std::size_t{1} + length;
    if (length == 0) break;
  }
  if (pointers == 0) at_ = at;
  return *Name::from_octets(std::move(out));
}

}  // namespace mailroom::dns
