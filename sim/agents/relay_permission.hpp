// SPDX-License-Identifier: GPL-2.0-only
// For whom a receiver takes mail that does not end at its host (RFC 5321 §3.6.2 leaves it to the host): for its
// clients, toward domains that it stands in for (a backup MX), for who has logged in; or for everyone, which
// makes it an open relay (RFC 2505 §2.1).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

class RelayPermission {
 public:
  explicit RelayPermission(const scenario::Host& config);
  // A client by its address: the scenario names hosts.
  void add_client(net::Address client) { clients_.insert(client); }

  struct Request {
    std::string_view domain;  // where the mail would go next
    net::Address client;
    bool is_authenticated = false;
  };
  enum class Because : std::uint8_t { client, domain, authenticated, open };
  // Why it is taken; nothing: it is not.
  std::optional<Because> permits(const Request& request) const;
  // Whether it keeps mail for the domain, whoever sends it; `below`: or for one below it. And whether for any.
  bool stands_in_for(std::string_view domain, bool below = false) const;
  bool stands_in() const { return !domains_.empty(); }
  // What a person should know who is refused.
  static std::string refusal(const Request& request);

  // True once: the first that only an open relay would have taken.
  bool first_stranger() { return !std::exchange(was_misused_, true); }

 private:
  scenario::RelayPolicy policy_;
  std::vector<std::string> domains_;  // lower case; ".x": all below x
  std::set<net::Address> clients_;
  bool was_misused_ = false;
};

// Whether a table's key means the domain (both in lower case): the same, or ".x" and it is below x.
bool covers(std::string_view key, std::string_view domain);

}  // namespace mailroom::agents
