// SPDX-License-Identifier: GPL-2.0-only
// Any octets as a message: split, joined, unfolded, made canonical; its trace fields and its envelope read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocols/message/compose.hpp"
#include "protocols/message/header.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/received.hpp"

using namespace mailroom::message;  // NOLINT

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void read_field(const Field& field) {
  require(is_field_name(field.name()));
  const std::string value = field.unfolded();
  require(value.find('\n') == std::string::npos);
  const std::string again = format_field(field.name(), value);
  const Header header(again);
  // A name `From ` cannot be: names have no blanks. So a field that is written is one field.
  require(header.fields().size() == 1 && header.body().empty() && header.envelope_line().empty());
  (void)parse_date_time(field.value());
  (void)parse_message_ids(field.value());
  (void)parse_return_path(field.value());
  if (const auto received = parse_received(field.value())) {
    const std::string written = format(*received);
    const Header one(written);
    require(one.fields().size() == 1 && one.body().empty());
    require(parse_received(one.fields()[0].value()).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const Header header(octets);
  std::string joined(header.envelope_line());
  for (const Field& field : header.fields()) {
    joined += field.octets;
    read_field(field);
  }
  joined += header.separator();
  joined += header.body();
  require(joined == octets);
  require(header.envelope_line().size() + header.fields_octets().size() + header.separator().size() +
              header.body().size() ==
          size);
  const std::string crlf = canonical(octets, FinalLineEnd::ensure);
  require(is_canonical(crlf, FinalLineEnd::ensure));
  require(envelope_of(Header(crlf)).forward_paths == envelope_of(header).forward_paths);
  return 0;
}
