// SPDX-License-Identifier: GPL-2.0-only
// Any octets as an address list: what is read and written reads the same again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocols/message/address.hpp"
#include "protocols/message/header.hpp"

using namespace mailroom::message;  // NOLINT

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto list = parse_address_list(text);
  if (!list) {
    require(list.error().offset <= size && !list.error().section.empty() && !list.error().expected.empty());
    return 0;
  }
  const std::string written = format(*list);
  const auto again = parse_address_list(written);
  require(again.has_value());
  require(*again == *list);
  require(format(*again) == written);
  // Folding changes nothing, as long as no word is too long for any line.
  const std::string field = format_field("To", written);
  const Header header(field);
  require(header.fields().size() == 1);
  if (size < 900) require(parse_address_list(header.fields()[0].value()) == *list);
  for (const Mailbox& mailbox : mailboxes(*list)) {
    const auto path = parse_addr_spec(addr_spec(mailbox));
    require(path.has_value() && *path == mailbox);
  }
  return 0;
}
