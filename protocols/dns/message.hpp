// SPDX-License-Identifier: GPL-2.0-only
// A DNS message (RFC 1035 §4), with EDNS(0) (RFC 6891) taken out of its additional section, and its octets.
//
//   auto message = read_message(datagram);            // or a ParseError
//   std::string octets = write_message(message, 512); // at most 512 of them; TC where something had to stay
//   out
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dns/parse_error.hpp"
#include "protocols/dns/record.hpp"

namespace mailroom::dns {

inline constexpr std::size_t kHeaderOctets = 12;
inline constexpr std::size_t kUdpOctets = 512;    // RFC 1035 §4.2.1, without EDNS
inline constexpr std::size_t kTcpOctets = 65535;  // RFC 1035 §4.2.2

struct Question {
  Name name;
  Type type{};
  Class cls = Class::in;
  friend bool operator==(const Question&, const Question&) = default;
};
std::string text(const Question& question);  // "example. IN MX"

struct EdnsOption {
  std::uint16_t code = 0;
  std::string octets;
  friend bool operator==(const EdnsOption&, const EdnsOption&) = default;
};

// RFC 6891 §6.1.2, §6.1.3. The upper bits of the response code are in Message::rcode.
struct Edns {
  std::uint16_t udp_octets = kUdpOctets;  // the largest UDP payload that its sender can receive
  std::uint8_t version = 0;
  bool dnssec_ok = false;
  std::vector<EdnsOption> options;
  friend bool operator==(const Edns&, const Edns&) = default;
};

struct Message {
  std::uint16_t id = 0;
  bool is_response = false;  // QR
  Opcode opcode = Opcode::query;
  bool is_authoritative = false;     // AA
  bool is_truncated = false;         // TC
  bool recursion_desired = false;    // RD
  bool recursion_available = false;  // RA
  bool authentic_data = false;       // AD (RFC 4035 §3.2.3)
  bool checking_disabled = false;    // CD (RFC 4035 §3.2.2)
  Rcode rcode = Rcode::no_error;     // above 15 only with edns
  std::vector<Question> questions;
  std::vector<Record> answers;
  std::vector<Record> authority;
  std::vector<Record> additional;
  std::optional<Edns> edns;

  friend bool operator==(const Message&, const Message&) = default;
};

// Time is bounded by the number of octets: a compression pointer leads to an earlier name only, and at most
// 127 are followed in one name. RFC 1035 §4.1; what follows the last record is an error.
std::expected<Message, ParseError> read_message(std::string_view octets);

// What the first octets say (id, and flags where there are any), when the rest is no message: to answer
// FORMERR. Sections are empty. None: not even id and flags (4 octets) are there.
std::optional<Message> read_header(std::string_view octets);

// Names in the question, owner names and those in NS, CNAME, PTR, MX and SOA are compressed (RFC 1035 §4.1.4;
// RFC 3597 §4: no others), with their case kept. At most `limit_octets` (at least 512; more than 65535 counts
// as 65535): RRsets that don't fit stay out whole, and TC is set where the answer, the authority section or
// the glue of a referral is incomplete (RFC 2181 §9, RFC 9471 §3.1); an is_truncated of `message` is written
// too.
std::string write_message(const Message& message, std::size_t limit_octets = kTcpOctets);

}  // namespace mailroom::dns
