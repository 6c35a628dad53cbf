// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/server_memory.hpp"

#include <algorithm>

namespace mailroom::dns {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kFirstSilence = 30 * kSecond;  // doubled with each further one
constexpr std::int64_t kLongest = 300 * kSecond;      // RFC 2308 §7.1, §7.2
constexpr std::size_t kKnown = 10'000;

}  // namespace

ServerMemory::Known& ServerMemory::known(Ipv4 server, std::int64_t now_ns) {
  if (servers_.size() >= kKnown && !servers_.contains(server)) {
    std::erase_if(servers_, [&](const auto& each) {
      return each.second.silent_until_ns <= now_ns && each.second.no_edns_until_ns <= now_ns;
    });
    if (servers_.size() >= kKnown) servers_.erase(servers_.begin());
  }
  return servers_[server];
}

void ServerMemory::answered(Ipv4 server, std::int64_t now_ns) {
  const auto found = servers_.find(server);
  if (found == servers_.end()) return;
  found->second.silences = 0;
  found->second.silent_until_ns = 0;
  if (found->second.no_edns_until_ns <= now_ns) servers_.erase(found);
}

void ServerMemory::was_silent(Ipv4 server, std::int64_t now_ns) {
  Known& it = known(server, now_ns);
  it.silences = std::min(it.silences + 1, 5U);
  it.silent_until_ns = now_ns + std::min(kFirstSilence << (it.silences - 1), kLongest);
}

void ServerMemory::is_lame(Ipv4 server, const Name& zone, std::int64_t now_ns) {
  if (lame_until_ns_.size() >= kKnown) {
    std::erase_if(lame_until_ns_, [&](const auto& each) { return each.second <= now_ns; });
    if (lame_until_ns_.size() >= kKnown) lame_until_ns_.erase(lame_until_ns_.begin());
  }
  lame_until_ns_[{server, zone}] = now_ns + kLongest;
}

void ServerMemory::knows_no_edns(Ipv4 server, std::int64_t now_ns) {
  known(server, now_ns).no_edns_until_ns = now_ns + kLongest;
}

bool ServerMemory::has_edns(Ipv4 server, std::int64_t now_ns) const {
  const auto found = servers_.find(server);
  return found == servers_.end() || found->second.no_edns_until_ns <= now_ns;
}

int ServerMemory::reluctance(Ipv4 server, const Name& zone, std::int64_t now_ns) const {
  const auto lame = lame_until_ns_.find({server, zone});
  if (lame != lame_until_ns_.end() && lame->second > now_ns) return 2;
  const auto found = servers_.find(server);
  return found != servers_.end() && found->second.silent_until_ns > now_ns ? 1 : 0;
}

}  // namespace mailroom::dns
