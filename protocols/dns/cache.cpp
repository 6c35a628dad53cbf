// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/cache.hpp"

#include <algorithm>

namespace mailroom::dns {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// RFC 2308 §5: a name that does not exist has no data of any type.
constexpr Type kEveryType{0};

}  // namespace

Cache::Entry* Cache::live(const Key& key, std::int64_t now_ns) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  if (found->second->expires_ns <= now_ns) {
    entries_.erase(found->second);
    by_key_.erase(found);
    return nullptr;
  }
  return &*found->second;
}

void Cache::erase(const Key& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  entries_.erase(found->second);
  by_key_.erase(found);
}

void Cache::store(Key key, CacheHit hit, std::uint32_t ttl_s, std::int64_t now_ns) {
  erase(key);
  if (ttl_s == 0 || options_.entries == 0) return;
  entries_.push_front({key, std::move(hit), now_ns + ttl_s * kSecond});
  by_key_.emplace(std::move(key), entries_.begin());
  if (entries_.size() > options_.entries) {
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

void Cache::put(const std::vector<Record>& set, Rank rank, std::int64_t now_ns) {
  if (set.empty()) return;
  Key key{set.front().owner, set.front().type()};
  const Entry* known = live(key, now_ns);
  if (known != nullptr && known->hit.kind == CacheHit::Kind::records && known->hit.rank > rank) return;
  // A courtesy does not outweigh that there is none.
  if (known != nullptr && known->hit.kind == CacheHit::Kind::no_data && rank < Rank::answer) return;
  if (rank >= Rank::answer) erase({key.first, kEveryType});
  const std::uint32_t ttl_s = std::ranges::min(set, {}, &Record::ttl_s).ttl_s;
  CacheHit hit;
  hit.records = set;
  hit.rank = rank;
  store(std::move(key), std::move(hit), std::min(ttl_s, options_.ttl_s), now_ns);
}

void Cache::put_no_such_name(const Name& name, std::uint32_t ttl_s, std::int64_t now_ns) {
  CacheHit hit;
  hit.kind = CacheHit::Kind::no_such_name;
  store({name, kEveryType}, std::move(hit), std::min(ttl_s, options_.negative_ttl_s), now_ns);
}

void Cache::put_no_data(const Name& name, Type type, std::uint32_t ttl_s, std::int64_t now_ns) {
  CacheHit hit;
  hit.kind = CacheHit::Kind::no_data;
  store({name, type}, std::move(hit), std::min(ttl_s, options_.negative_ttl_s), now_ns);
}

void Cache::put_failure(const Name& name, Type type, std::string text, std::uint32_t ttl_s,
                        std::int64_t now_ns) {
  if (live({name, type}, now_ns) != nullptr) return;
  CacheHit hit;
  hit.kind = CacheHit::Kind::failure;
  hit.text = std::move(text);
  store({name, type}, std::move(hit), ttl_s, now_ns);
}

std::optional<CacheHit> Cache::find(const Name& name, Type type, Rank least, std::int64_t now_ns) {
  for (const Type each : {type, kEveryType}) {
    Entry* entry = live({name, each}, now_ns);
    if (entry == nullptr || (entry->hit.kind == CacheHit::Kind::records && entry->hit.rank < least)) continue;
    entries_.splice(entries_.begin(), entries_, by_key_.at(entry->key));
    CacheHit hit = entry->hit;
    hit.ttl_s = static_cast<std::uint32_t>((entry->expires_ns - now_ns) / kSecond);
    for (Record& record : hit.records) record.ttl_s = hit.ttl_s;
    return hit;
  }
  return std::nullopt;
}

}  // namespace mailroom::dns
