// SPDX-License-Identifier: GPL-2.0-only
// An authoritative name server (RFC 1034 §4.3.2) for any number of zones. A value without time: octets in,
// octets out.
//
//   Authority server;
//   server.add(zone);
//   if (auto reply = server.receive(datagram, Transport::udp))   // none: nothing is to be said
//     send(reply->octets);
//   // over TCP: Deframer in, frame(reply->octets) out
//
// Never recursive. Aliases are followed through all zones here (16 at most), wildcards are expanded (RFC
// 4592), names below a cut are referred with glue. AXFR and IXFR are refused.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/dns/message.hpp"
#include "protocols/dns/zone.hpp"

namespace mailroom::dns {

enum class Transport : std::uint8_t { udp, tcp };

enum class ReplyKind : std::uint8_t {
  answer,           // records of that type, or aliases as far as they lead here
  referral,         // a zone below is somebody else's
  no_such_name,     // NXDOMAIN
  no_data,          // the name exists, but has no such records
  refused,          // no zone of ours, or a zone transfer, or another class
  not_implemented,  // another opcode
  format_error,
  bad_version,  // EDNS of a version other than 0
};
std::string_view name(ReplyKind kind);  // "no_such_name"

struct ServerReply {
  ReplyKind kind{};
  Message message;     // before truncation
  std::string octets;  // what goes back
  bool truncated = false;
};

struct AuthorityOptions {
  // RFC 6891 §6.2.5: the largest UDP payload sent or received (no fragments on paths of 1280 octets); 0: no
  // EDNS, OPT is overlooked, as before 1999.
  std::uint16_t udp_octets = 1232;
};

class Authority {
 public:
  explicit Authority(AuthorityOptions options = {}) : options_(options) {}

  void add(Zone zone);  // in place of one with the same apex
  const std::map<Name, Zone>& zones() const { return zones_; }

  // None: a response (QR), or not even an id and flags.
  // `amend`, if there is one, may change what is said before it becomes octets: for servers that do not say the truth.
  using Amend = std::function<void(Message&)>;
  std::optional<ServerReply> receive(std::string_view octets, Transport transport, const Amend& amend = {}) const;
  // The reply's sections, AA and RCODE; id and flags of the query are receive()'s.
  ServerReply answer(const Question& question) const;

 private:
  struct Search;
  const Zone* zone_of(const Name& name) const;
  bool step(Search& search) const;
  void refer(Search& search, const Zone& zone, const Name& cut) const;
  void deny(Search& search, const Zone& zone, ReplyKind kind) const;
  void add_addresses(Message& message) const;
  ServerReply reply_to(const Message& query) const;

  AuthorityOptions options_;
  std::map<Name, Zone> zones_;
};

}  // namespace mailroom::dns
