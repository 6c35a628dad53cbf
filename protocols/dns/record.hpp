// SPDX-License-Identifier: GPL-2.0-only
// Resource records (RFC 1035 §3.2, §3.3): the types that mail needs as values, all others as octets (RFC
// 3597).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "protocols/dns/addresses.hpp"
#include "protocols/dns/codes.hpp"
#include "protocols/dns/name.hpp"

namespace mailroom::dns {

struct A {
  Ipv4 address = 0;
  friend bool operator==(const A&, const A&) = default;
};
struct Aaaa {
  Ipv6 address{};
  friend bool operator==(const Aaaa&, const Aaaa&) = default;
};
struct Ns {
  Name server;
  friend bool operator==(const Ns&, const Ns&) = default;
};
struct Cname {
  Name target;
  friend bool operator==(const Cname&, const Cname&) = default;
};
struct Ptr {
  Name target;
  friend bool operator==(const Ptr&, const Ptr&) = default;
};
struct Mx {
  std::uint16_t preference = 0;  // the lower one is tried first
  Name exchange;                 // the root: no mail here (RFC 7505 §3)
  friend bool operator==(const Mx&, const Mx&) = default;
};
struct Soa {
  Name primary;      // MNAME
  Name responsible;  // RNAME: a mailbox, its first label the local part
  std::uint32_t serial = 1;
  std::uint32_t refresh_s = 3600;
  std::uint32_t retry_s = 600;
  std::uint32_t expire_s = 604800;
  std::uint32_t minimum_s = 300;  // how long "there is none" may be believed (RFC 2308 §4)
  friend bool operator==(const Soa&, const Soa&) = default;
};
struct Txt {
  std::vector<std::string> strings;  // at least one, each of at most 255 octets
  friend bool operator==(const Txt&, const Txt&) = default;
};
// Of any other type.
struct Opaque {
  Type type{};
  std::string octets;  // at most 65535
  friend bool operator==(const Opaque&, const Opaque&) = default;
};

using Rdata = std::variant<A, Aaaa, Ns, Cname, Ptr, Mx, Soa, Txt, Opaque>;
Type type_of(const Rdata& data);
std::string text(const Rdata& data);  // as in a master file, names absolute: "10 mx1.example."

// The host that an NS or MX record names; else nullptr.
const Name* named_host(const Rdata& data);

struct Record {
  Name owner;
  Class cls = Class::in;
  std::uint32_t ttl_s = 0;
  Rdata data;

  Type type() const { return type_of(data); }
  friend bool operator==(const Record&, const Record&) = default;
};
std::string text(const Record& record);  // "example. 3600 IN MX 10 mx1.example."

}  // namespace mailroom::dns
