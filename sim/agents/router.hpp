// SPDX-License-Identifier: GPL-2.0-only
// A host's own decision where mail for a domain goes: here, by its transport table, or to the hosts that take
// mail for the domain (the lecture's SMTP forwarding: mostly direct transfer from sender host to receiver host;
// or through an intermediate machine).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sim/agents/directory.hpp"
#include "sim/agents/route.hpp"
#include "sim/scenario/routing.hpp"

namespace mailroom::agents {

struct RoutingTables {
  std::set<std::string> local_domains{};  // and the hostname of a host that takes mail
  // Domain, ".x" for all below x, or "*" for the rest; the longest that fits holds.
  std::map<std::string, scenario::ForwardTo> forward{};
  net::Address own{};     // mail for user@[own address] ends here, if any mail does
  bool asks_dns = false;  // other mail goes to its domain's exchangers, whoever they are; else to whom the
                          // directory names
};

class Router {
 public:
  // `directory` must outlive the router.
  Router(RoutingTables tables, const Directory& directory);

  // Domains compare without case; address literals (RFC 5321 §4.1.3) come with their brackets.
  Route route(std::string_view domain) const;
  bool is_local(std::string_view domain) const;

 private:
  const scenario::ForwardTo* by_table(const std::string& domain) const;
  Route follow(const scenario::ForwardTo& to) const;

  RoutingTables tables_;
  const Directory& directory_;
};

}  // namespace mailroom::agents
