// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/router.hpp"

#include <fmt/format.h>

namespace mailroom::agents {

Router::Router(std::set<std::string> local_domains, std::map<std::string, std::string> forward,
               const Directory& directory)
    : directory_(directory) {
  for (const std::string& domain : local_domains) local_domains_.insert(lower(domain));
  for (const auto& [domain, host] : forward) forward_.emplace(lower(domain), host);
}

bool Router::is_local(std::string_view domain) const {
  // RFC 5321 §4.5.1: <Postmaster> without a domain is the postmaster of whoever receives it.
  return domain.empty() ? !local_domains_.empty() : local_domains_.contains(lower(domain));
}

Route Router::next_hop(const std::string& host) const {
  if (directory_.host(host) != nullptr) return NextHop{host, NextHop::Kind::host};
  return NoRoute{fmt::format("the next host {} is unknown", host)};
}

Route Router::route(std::string_view domain) const {
  if (is_local(domain)) return LocalDomain{};
  if (const auto own = forward_.find(lower(domain)); own != forward_.end()) return next_hop(own->second);
  if (const auto rest = forward_.find("*"); rest != forward_.end()) return next_hop(rest->second);
  if (const auto* direct = directory_.serving(domain)) return NextHop{direct->host, NextHop::Kind::host};
  return NoRoute{fmt::format("no host serves the domain {}", domain)};
}

bool Router::relays(std::string_view domain, net::Address client) const {
  return relay_clients_.contains(client) || forward_.contains(lower(domain));
}

}  // namespace mailroom::agents
