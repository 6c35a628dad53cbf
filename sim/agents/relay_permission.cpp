// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/relay_permission.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/agents/directory.hpp"

namespace mailroom::agents {

bool covers(std::string_view key, std::string_view domain) {
  if (!key.starts_with('.')) return key == domain;
  return domain.size() > key.size() && domain.ends_with(key);
}

RelayPermission::RelayPermission(const scenario::Host& config) : policy_(config.relay) {
  if (policy_.domains) {
    for (const std::string& domain : *policy_.domains) domains_.push_back(lower(domain));
  } else {
    // "*" says where mail goes, not for whom.
    for (const auto& [domain, to] : config.forward)
      if (domain != "*") domains_.push_back(lower(domain));
  }
}

std::optional<RelayPermission::Because> RelayPermission::permits(const Request& request) const {
  const auto holds_client = [&](const scenario::Network& network) { return network.has(request.client.value); };
  if (clients_.contains(request.client)) return Because::client;
  if (policy_.clients && std::ranges::any_of(policy_.clients->networks, holds_client)) return Because::client;
  const std::string domain = lower(request.domain);
  if (stands_in_for(domain)) return Because::domain;
  if (policy_.authenticated && request.is_authenticated) return Because::authenticated;
  if (policy_.open) return Because::open;
  return std::nullopt;
}

bool RelayPermission::stands_in_for(std::string_view name, bool below) const {
  const std::string domain = lower(name);
  return std::ranges::any_of(domains_, [&](const std::string& key) {
    return covers(key, domain) || (below && (covers("." + domain, key) || key == "." + domain));
  });
}

std::string RelayPermission::refusal(const Request& request) {
  return fmt::format("Relaying denied: mail for {} does not end here, and {} is no host that I pass mail on for",
                     request.domain.empty() ? "that address" : request.domain, to_string(request.client));
}

}  // namespace mailroom::agents
