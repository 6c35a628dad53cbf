// SPDX-License-Identifier: GPL-2.0-only
// Any octets as a DNS message: what is read and written reads the same again, whole and truncated.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocols/dns/framing.hpp"
#include "protocols/dns/message.hpp"

using namespace mailroom::dns;  // NOLINT

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_names(const Message& message) {
  for (const auto* section : {&message.answers, &message.authority, &message.additional}) {
    for (const Record& record : *section) {
      const auto again = Name::parse(record.owner.absolute_text());
      require(again && again->same_octets(record.owner));
      require(!text(record).empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  Deframer deframer;
  deframer.receive(octets);
  while (const auto message = deframer.next()) require(message->size() + 2 <= size);

  const auto message = read_message(octets);
  require(read_header(octets).has_value() == (size >= 4));
  if (!message) {
    require(message.error().offset <= size && !message.error().section.empty() &&
            !message.error().expected.empty());
    return 0;
  }
  check_names(*message);
  const std::string written = write_message(*message);
  require(written.size() <= kTcpOctets);
  const auto again = read_message(written);
  require(again.has_value());
  require(again->is_truncated || *again == *message);
  const std::string cut = write_message(*message, kUdpOctets);
  require(cut.size() <= kUdpOctets);
  const auto less = read_message(cut);
  require(less.has_value());
  require(less->answers.size() <= message->answers.size() &&
          less->edns.has_value() == message->edns.has_value());
  return 0;
}
