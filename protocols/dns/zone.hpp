// SPDX-License-Identifier: GPL-2.0-only
// The data of one zone (RFC 1034 §4.2), in canonical order. It holds what it was given, right or wrong: see
// zone_findings.hpp for what is wrong with it. A value; servers and tests share copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocols/dns/record.hpp"

namespace mailroom::dns {

// The records of one owner and type (RFC 2181 §5): the TTL is the smallest that was given (§5.2), no data
// twice.
struct RrSet {
  std::uint32_t ttl_s = 0;
  bool ttls_differed = false;
  std::vector<Rdata> data;
};

class Zone {
 public:
  using Node = std::map<Type, RrSet>;

  explicit Zone(Name apex) : apex_(std::move(apex)) {}

  // A record that is not within the zone is kept in outside() and never served.
  void add(Record record);
  // Instead of all of the same owner and type.
  void replace(Record record);

  const Name& apex() const { return apex_; }
  const std::map<Name, Node>& nodes() const { return nodes_; }
  const std::vector<Record>& outside() const { return outside_; }

  const Node* node(const Name& name) const;  // nullptr: no data of its own
  const RrSet* set(const Name& name, Type type) const;
  // It has data, or something below it has (RFC 4592 §2.2.2: an empty non-terminal), or it is the apex.
  bool exists(const Name& name) const;
  // The first name on the way from the apex down to `name`, itself included, from which on the zone is
  // delegated: it has NS records and is not the apex (RFC 1034 §4.2.1).
  std::optional<Name> cut_above(const Name& name) const;
  // For negative answers, with the TTL that they have (RFC 2308 §3: the smaller of its own and MINIMUM).
  std::optional<Record> negative_soa() const;

 private:
  // Whether the set has the data already; if not, it is about to.
  bool is_known(const Name& owner, const RrSet& set, const Rdata& data);

  static constexpr std::size_t kFew = 16;  // data of a set that are looked through one by one
  Name apex_;
  std::map<Name, Node> nodes_;
  std::map<std::pair<Name, Type>, std::set<std::string>> known_;  // of the sets with more
  std::vector<Record> outside_;
};

// The records of a set, as `owner`'s.
std::vector<Record> records(const Name& owner, const RrSet& set);

}  // namespace mailroom::dns
