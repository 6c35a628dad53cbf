// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/directory.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailroom::agents {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
  });
  return result;
}

SplitAddress split_address(std::string_view address) {
  // The last @: a quoted local part may have others.
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return {address, {}};
  return {address.substr(0, at), address.substr(at + 1)};
}

std::string_view first_hop_domain(std::string_view forward_path) {
  if (!forward_path.starts_with('@')) return split_address(forward_path).domain;
  return forward_path.substr(1, forward_path.find_first_of(",:") - 1);
}

std::string_view without_first_hop(std::string_view forward_path) {
  if (!forward_path.starts_with('@')) return forward_path;
  const std::size_t end = forward_path.find_first_of(",:");
  return end == std::string_view::npos ? std::string_view() : forward_path.substr(end + 1);
}

void Directory::add_host(std::string_view host, net::Endpoint smtp) {
  hosts_.insert_or_assign(std::string(host), Receiver{std::string(host), smtp});
}

void Directory::add_domain(std::string_view domain, std::string_view host) {
  domains_.insert_or_assign(lower(domain), std::string(host));
}

const Directory::Receiver* Directory::host(std::string_view name) const {
  const auto found = hosts_.find(name);
  return found == hosts_.end() ? nullptr : &found->second;
}

const Directory::Receiver* Directory::serving(std::string_view domain) const {
  const auto found = domains_.find(lower(domain));
  return found == domains_.end() ? nullptr : host(found->second);
}

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
  if (const NextHop* hop = directory_.host(host)) return *hop;
  return NoRoute{fmt::format("the next host {} is unknown", host)};
}

Route Router::route(std::string_view domain) const {
  if (is_local(domain)) return LocalDomain{};
  if (const auto own = forward_.find(lower(domain)); own != forward_.end()) return next_hop(own->second);
  if (const auto rest = forward_.find("*"); rest != forward_.end()) return next_hop(rest->second);
  if (const NextHop* direct = directory_.serving(domain)) return *direct;
  return NoRoute{fmt::format("no host serves the domain {}", domain)};
}

bool Router::relays(std::string_view domain, net::Address client) const {
  return relay_clients_.contains(client) || forward_.contains(lower(domain));
}

}  // namespace mailroom::agents
