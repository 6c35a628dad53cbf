// SPDX-License-Identifier: GPL-2.0-only
// Where mail for a domain goes, by static tables: the network-wide directory of who serves which domain, and
// a host's own router over it (the lecture's SMTP forwarding: mostly direct transfer from sender host to
// receiver host; or through an intermediate machine). DNS and MX records take the directory's place behind
// Router.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "sim/net/network.hpp"

namespace mailroom::agents {

// Lower case of the domain: domains compare without regard to case (RFC 5321 §2.4).
std::string lower(std::string_view text);

// Local part and domain of a mailbox address; the domain is empty where there is none (<Postmaster>).
struct SplitAddress {
  std::string_view local_part;
  std::string_view domain;
};
SplitAddress split_address(std::string_view address);

// The domain that mail for a forward-path goes to first: the head of its source route ("@r1,@r2:u@d"), if it
// has one.
std::string_view first_hop_domain(std::string_view forward_path);
// The forward-path that is left when the head of its source route is reached (RFC 821 §3.6); one without a
// route stays.
std::string_view without_first_hop(std::string_view forward_path);

// Known to all hosts of a run.
class Directory {
 public:
  struct Receiver {
    std::string host;
    net::Endpoint endpoint;
  };
  void add_host(std::string_view host, net::Endpoint smtp);
  void add_domain(std::string_view domain, std::string_view host);

  const Receiver* host(std::string_view name) const;       // nullptr: unknown
  const Receiver* serving(std::string_view domain) const;  // the domain's own receiver

 private:
  std::map<std::string, Receiver, std::less<>> hosts_;
  std::map<std::string, std::string, std::less<>> domains_;
};

struct LocalDomain {};
using NextHop = Directory::Receiver;
struct NoRoute {
  std::string reason;
};
using Route = std::variant<LocalDomain, NextHop, NoRoute>;

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
