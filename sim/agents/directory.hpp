// SPDX-License-Identifier: GPL-2.0-only
// The network-wide directory of who serves which domain: the static table that stands in for the DNS where a
// scenario wants no DNS. And mail addresses, as routing sees them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/agents/route.hpp"
#include "sim/net/network.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

// Lower case of the domain: domains compare without regard to case (RFC 5321 §2.4).
std::string lower(std::string_view text);

// Local part and domain of a mailbox address; the domain is empty where there is none (<Postmaster>).
struct SplitAddress {
  std::string_view local_part;
  std::string_view domain;
};
SplitAddress split_address(std::string_view address);

// The address of an address literal "[10.0.0.1]" (RFC 5321 §4.1.3); nothing for other domains and for literals
// that this network has no way to.
std::optional<net::Address> literal_address(std::string_view domain);

// The mailbox at the end of a forward-path.
std::string_view without_route(std::string_view forward_path);
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
    std::string hostname;  // in the DNS
  };
  void add_host(std::string_view host, net::Endpoint smtp, std::string_view hostname = {});
  void add_domain(std::string_view domain, std::string_view host);

  // The mailing lists that the host where a message begins its way expands. `host` must outlive the directory.
  void add_lists(const scenario::Host& host);
  // One of them; `address` in lower case but for its local part.
  const scenario::MailingList* list(std::string_view address) const;  // nullptr: there is none

  const Receiver* host(std::string_view name) const;       // nullptr: unknown
  const Receiver* serving(std::string_view domain) const;  // the domain's own receiver
  // Where a receiver listens at that address, of a host or of none.
  std::uint16_t port_at(net::Address address) const;

 private:
  std::map<std::string, Receiver, std::less<>> hosts_;
  std::map<std::string, std::string, std::less<>> domains_;
  std::map<net::Address, std::uint16_t> ports_;
  std::map<std::string, const scenario::MailingList*, std::less<>> lists_;
};

// Finds next hops in the directory, at once.
class DirectoryLocator final : public Locator {
 public:
  explicit DirectoryLocator(const Directory& directory) : directory_(directory) {}  // must outlive it
  void locate(const NextHop& next_hop, std::function<void(const Located&)> found) override;

 private:
  const Directory& directory_;
};

}  // namespace mailroom::agents
