// SPDX-License-Identifier: GPL-2.0-only
// What a resolver remembers until its time is over: record sets, that a name or its data does not exist (RFC
// 2308 §5), and that a question could not be answered (RFC 2308 §7.1, RFC 9520 §3.2). Bounded: when full, the
// entry that was not asked for the longest is dropped. Time is absolute and comes in as an argument; TTLs go
// out aged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/dns/record.hpp"

namespace mailroom::dns {

// How far data is believed (RFC 2181 §5.4.1), least first. Newer data replaces what is ranked as high or
// lower.
enum class Rank : std::uint8_t {
  additional,            // glue and other courtesies
  referral,              // the authority section of an answer without AA
  answer,                // the answer section of an answer without AA
  authority,             // the authority section of an answer with AA
  authoritative_answer,  // the answer section of an answer with AA
};

struct CacheOptions {
  std::size_t entries = 100'000;
  std::uint32_t ttl_s = 604'800;          // at most; a week, as BIND's max-cache-ttl
  std::uint32_t negative_ttl_s = 10'800;  // at most; RFC 2308 §5: one to three hours
};

struct CacheHit {
  enum class Kind : std::uint8_t { records, no_such_name, no_data, failure };
  Kind kind{};
  std::vector<Record> records;  // with the seconds that are left to them
  Rank rank{};
  std::uint32_t ttl_s = 0;  // left to it
  std::string text;         // of a failure
};

class Cache {
 public:
  explicit Cache(CacheOptions options = {}) : options_(options) {}

  // Records of one owner and type, with one TTL each as they came; the smallest counts. TTL 0 is not kept.
  void put(const std::vector<Record>& set, Rank rank, std::int64_t now_ns);
  void put_no_such_name(const Name& name, std::uint32_t ttl_s, std::int64_t now_ns);
  void put_no_data(const Name& name, Type type, std::uint32_t ttl_s, std::int64_t now_ns);
  void put_failure(const Name& name, Type type, std::string text, std::uint32_t ttl_s, std::int64_t now_ns);

  // Records below `least` are overlooked. Denials and failures have no rank.
  std::optional<CacheHit> find(const Name& name, Type type, Rank least, std::int64_t now_ns);

  std::size_t size() const { return entries_.size(); }

 private:
  using Key = std::pair<Name, Type>;
  struct Entry {
    Key key;
    CacheHit hit;
    std::int64_t expires_ns;
  };

  Entry* live(const Key& key, std::int64_t now_ns);
  void store(Key key, CacheHit hit, std::uint32_t ttl_s, std::int64_t now_ns);
  void erase(const Key& key);

  CacheOptions options_;
  std::list<Entry> entries_;  // the last asked for first
  std::map<Key, std::list<Entry>::iterator> by_key_;
};

}  // namespace mailroom::dns
