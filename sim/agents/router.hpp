// SPDX-License-Identifier: GPL-2.0-only
// A host's own decision where mail for a domain goes: here, by its forwarding table, or to the hosts that
// take mail for the domain (the lecture's SMTP forwarding: mostly direct transfer from sender host to receiver
// host; or through an intermediate machine).
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "sim/agents/directory.hpp"
#include "sim/agents/route.hpp"

namespace mailroom::agents {

class Router {
 public:
  // forward: domain, or "*" for all the rest, to the name of the next host (that the directory knows).
  // `directory` must outlive the router.
  Router(std::set<std::string> local_domains, std::map<std::string, std::string> forward,
         const Directory& directory);

  Route route(std::string_view domain) const;
  bool is_local(std::string_view domain) const;

  // Whether mail for the domain is accepted from a host to be forwarded: the table names the domain, or the
  // host is one that forwards through us.
  bool relays(std::string_view domain, net::Address client) const;
  void add_relay_client(net::Address client) { relay_clients_.insert(client); }

 private:
  Route next_hop(const std::string& host) const;

  std::set<std::string> local_domains_;
  std::map<std::string, std::string> forward_;
  const Directory& directory_;
  std::set<net::Address> relay_clients_;
};

}  // namespace mailroom::agents
