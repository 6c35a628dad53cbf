// SPDX-License-Identifier: GPL-2.0-only
#include <utility>

#include "protocols/dns/message.hpp"
#include "protocols/dns/reader.hpp"

namespace mailroom::dns {

namespace {

constexpr std::string_view kRdataEnd = "record data that ends where its length says";

Rdata read_txt(Reader& reader) {
  Txt txt;
  do {
    const std::size_t length = reader.u8("the length of a string");
    txt.strings.emplace_back(reader.octets(length, "the whole string"));
  } while (!reader.error() && !reader.at_end());
  return txt;
}

Rdata read_rdata(Reader& reader, Type type, std::size_t length) {
  constexpr std::string_view kAddress = "the whole address";
  constexpr std::string_view kNumber = "the numbers of an SOA record";
  switch (type) {
    case Type::a:
      return A{reader.u32(kAddress)};
    case Type::aaaa: {
      Aaaa out;
      for (std::uint8_t& octet : out.address) octet = reader.u8(kAddress);
      return out;
    }
    case Type::ns:
      return Ns{reader.name()};
    case Type::cname:
      return Cname{reader.name()};
    case Type::ptr:
      return Ptr{reader.name()};
    case Type::mx: {
      const std::uint16_t preference = reader.u16("the preference of an MX record");
      return Mx{preference, reader.name()};
    }
    case Type::soa: {
      Soa soa;
      soa.primary = reader.name();
      soa.responsible = reader.name();
      for (auto* number : {&soa.serial, &soa.refresh_s, &soa.retry_s, &soa.expire_s, &soa.minimum_s})
        *number = reader.u32(kNumber);
      return soa;
    }
    case Type::txt:
      return read_txt(reader);
    default:
      return Opaque{type, std::string(reader.octets(length, kRdataEnd))};
  }
}

// RFC 6891 §6.1.2
void read_options(Reader& reader, Edns& edns) {
  while (!reader.error() && !reader.at_end()) {
    const std::uint16_t code = reader.u16("the code of an EDNS option");
    const std::uint16_t length = reader.u16("the length of an EDNS option");
    edns.options.push_back({code, std::string(reader.octets(length, "the whole EDNS option"))});
  }
}

struct Place {
  std::size_t start;
  bool is_additional;
};

// RFC 6891 §6.1.3: OPT uses the class for a size and the TTL for flags.
void take_edns(Reader& reader, Message& message, const Place& place, const Name& owner, std::uint16_t size,
               std::uint32_t flags) {
  if (!place.is_additional) reader.fail(place.start, "RFC 6891 §6.1.1", "OPT in the additional section only");
  if (!owner.is_root()) reader.fail(place.start, "RFC 6891 §6.1.2", "OPT at the root");
  if (message.edns) reader.fail(place.start, "RFC 6891 §6.1.1", "one OPT record");
  Edns edns{size, static_cast<std::uint8_t>(flags >> 16 & 0xff), (flags & 0x8000) != 0, {}};
  read_options(reader, edns);
  message.rcode = Rcode(std::to_underlying(message.rcode) | flags >> 24 << 4);
  message.edns = std::move(edns);
}

void read_records(Reader& reader, Message& message, std::vector<Record>& section, unsigned count) {
  for (unsigned i = 0; i < count && !reader.error(); ++i) {
    const Place place{reader.at(), &section == &message.additional};
    Name owner = reader.name();
    const Type type{reader.u16("the type of a record")};
    const std::uint16_t cls = reader.u16("the class of a record");
    const std::uint32_t ttl = reader.u32("the TTL of a record");
    const std::uint16_t length = reader.u16("the length of a record's data");
    const std::size_t start = reader.at();
    reader.octets(length, "the whole record");
    if (reader.error()) return;
    Reader data = reader.part(start, length);
    if (type == Type::opt) {
      take_edns(data, message, place, owner, cls, ttl);
    } else {
      // RFC 2181 §8: a TTL with the highest bit set counts as zero.
      section.push_back(
          {std::move(owner), Class{cls}, ttl > 0x7fffffff ? 0 : ttl, read_rdata(data, type, length)});
    }
    if (!data.error() && !data.at_end()) data.fail(data.at(), "RFC 1035 §3.2.1", kRdataEnd);
    if (data.error()) reader.fail(data.error()->offset, data.error()->section, data.error()->expected);
  }
}

void take_flags(Message& message, std::uint16_t flags) {
  message.is_response = (flags & 0x8000) != 0;
  message.opcode = Opcode(flags >> 11 & 15);
  message.is_authoritative = (flags & 0x0400) != 0;
  message.is_truncated = (flags & 0x0200) != 0;
  message.recursion_desired = (flags & 0x0100) != 0;
  message.recursion_available = (flags & 0x0080) != 0;
  message.authentic_data = (flags & 0x0020) != 0;
  message.checking_disabled = (flags & 0x0010) != 0;
  message.rcode = Rcode(flags & 15);
}

}  // namespace

std::expected<Message, ParseError> read_message(std::string_view octets) {
  constexpr std::string_view kHeader = "a header of 12 octets";
  Reader reader(octets);
  Message message;
  message.id = reader.u16(kHeader);
  take_flags(message, reader.u16(kHeader));
  unsigned counts[4];
  for (unsigned& count : counts) count = reader.u16(kHeader);
  for (unsigned i = 0; i < counts[0] && !reader.error(); ++i) {
    Name name = reader.name();
    const Type type{reader.u16("the type of a question")};
    const Class cls{reader.u16("the class of a question")};
    message.questions.push_back({std::move(name), type, cls});
  }
  read_records(reader, message, message.answers, counts[1]);
  read_records(reader, message, message.authority, counts[2]);
  read_records(reader, message, message.additional, counts[3]);
  if (!reader.error() && !reader.at_end())
    reader.fail(reader.at(), "RFC 1035 §4.1", "the end of the message after its last record");
  if (reader.error()) return std::unexpected(*reader.error());
  return message;
}

std::optional<Message> read_header(std::string_view octets) {
  Reader reader(octets);
  Message message;
  message.id = reader.u16("an id");
  take_flags(message, reader.u16("flags"));
  if (reader.error()) return std::nullopt;
  return message;
}

}  // namespace mailroom::dns
