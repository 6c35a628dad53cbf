// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/site.hpp"

namespace mailroom {

agents::Directory directory_of(const scenario::Scenario& scenario, const AddressOf& address_of) {
  agents::Directory directory;
  for (const scenario::Host& host : scenario.hosts) {
    directory.add_host(host.name, {address_of(host.name), host.port}, host.hostname);
    // Its own name too: source routes, and notifications along a grown reverse-path, name hosts.
    if (host.receiver) directory.add_domain(host.hostname, host.name);
    // Whether or not anyone listens: a receiver that is out of operation refuses, and its mail waits.
    for (const std::string& domain : host.domains) directory.add_domain(domain, host.name);
    directory.add_lists(host);
  }
  return directory;
}

void permit_relaying(const scenario::Scenario& scenario, const SiteOf& site_of, const AddressOf& address_of) {
  const auto permit = [&](const std::string& relay, const std::string& client) {
    if (Site* const site = site_of(relay)) site->mta().relay().add_client(address_of(client));
  };
  const auto permit_by_default = [&](const std::string& relay, const std::string& client) {
    const Site* const site = site_of(relay);
    if (site != nullptr && !site->mta().config().relay.clients) permit(relay, client);
  };
  for (const scenario::Host& host : scenario.hosts) {
    if (host.relay.clients)
      for (const std::string& client : host.relay.clients->hosts) permit(host.name, client);
    if (host.submit_to) permit_by_default(*host.submit_to, host.name);
    for (const auto& [domain, to] : host.forward)
      if (to.kind == scenario::ForwardTo::Kind::host) permit_by_default(to.name, host.name);
  }
}

}  // namespace mailroom
