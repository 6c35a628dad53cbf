// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/router.hpp"

#include <fmt/format.h>

#include <utility>

namespace mailroom::agents {

Router::Router(RoutingTables tables, const Directory& directory)
    : tables_(std::move(tables)), directory_(directory) {
  std::set<std::string> local_domains;
  for (const std::string& domain : tables_.local_domains) local_domains.insert(lower(domain));
  tables_.local_domains = std::move(local_domains);
  std::map<std::string, scenario::ForwardTo> forward;
  for (auto& [domain, to] : tables_.forward) forward.emplace(lower(domain), std::move(to));
  tables_.forward = std::move(forward);
}

bool Router::is_local(std::string_view domain) const {
  if (tables_.local_domains.empty()) return false;
  // RFC 5321 §4.5.1: <Postmaster> without a domain is the postmaster of whoever receives it.
  if (domain.empty()) return true;
  if (domain.starts_with('[')) return tables_.own && literal_address(domain) == tables_.own;
  return tables_.local_domains.contains(lower(domain));
}

const scenario::ForwardTo* Router::by_table(const std::string& domain) const {
  auto found = tables_.forward.find(domain);
  for (std::size_t dot = domain.find('.'); found == tables_.forward.end() && dot != std::string::npos;
       dot = domain.find('.', dot + 1))
    if (dot > 0 && !domain.starts_with('[')) found = tables_.forward.find(domain.substr(dot));
  if (found == tables_.forward.end()) found = tables_.forward.find("*");
  return found == tables_.forward.end() ? nullptr : &found->second;
}

Route Router::follow(const scenario::ForwardTo& to) const {
  switch (to.kind) {
    case scenario::ForwardTo::Kind::host:
      if (directory_.host(to.name) != nullptr) return NextHop{to.name, NextHop::Kind::host};
      return NoRoute{fmt::format("the next host {} is unknown", to.name)};
    case scenario::ForwardTo::Kind::exchangers:
      return NextHop{to.name, NextHop::Kind::exchangers};
    case scenario::ForwardTo::Kind::refuse:
      return NoRoute{to.text, to.enhanced_code, true};
  }
  std::unreachable();
}

Route Router::route(std::string_view domain) const {
  if (is_local(domain)) return LocalDomain{};
  const std::string name = lower(domain);
  if (const auto* to = by_table(name)) return follow(*to);
  if (name.empty()) return NoRoute{"an address without a domain, and no mail ends here"};
  if (tables_.asks_dns || name.starts_with('[')) return NextHop{name, NextHop::Kind::exchangers};
  if (const auto* direct = directory_.serving(name)) return NextHop{direct->host, NextHop::Kind::host};
  return NoRoute{fmt::format("no host serves the domain {}", domain)};
}

}  // namespace mailroom::agents
