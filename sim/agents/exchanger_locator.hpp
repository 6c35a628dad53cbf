// SPDX-License-Identifier: GPL-2.0-only
// Finds the hosts that take mail for a domain by asking a name service (RFC 5321 §5.1): mail exchangers by
// preference, those of equal preference in random order, each with all its addresses; the domain's own host
// where it names no exchanger; nobody for a null MX (RFC 7505). A host that finds itself among the exchangers
// leaves out itself and all that are no better, lest mail goes in a circle.
//
// Every look-up ends as route.found or route.failed, caused by the last answer. Exchangers are asked for one after
// the other, so that the order of questions, and with it the run, does not depend on which answer comes first.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sim/agents/directory.hpp"
#include "sim/agents/name_service.hpp"
#include "sim/agents/route.hpp"
#include "sim/net/host.hpp"

namespace mailroom::agents {

class ExchangerLocator final : public Locator {
 public:
  // More exchangers of one domain than this are not asked for.
  static constexpr std::size_t kMostExchangers = 30;

  // `hostname` is the host's own name in the DNS. All must outlive the locator; no answer may come after it.
  ExchangerLocator(net::Host& host, NameService& names, const Directory& directory, std::string_view hostname);

  void locate(const NextHop& next_hop, std::function<void(const Located&)> found) override;
  bool asks_dns() const override { return true; }

 private:
  struct Search;
  using Shared = std::shared_ptr<Search>;

  void take_exchangers(const Shared& search, const NameAnswer& answer);
  static void leave_out_self(Search& search, const MailExchanger& self);
  void shuffle_equals(Search& search);
  void ask_next(const Shared& search);
  void take_addresses(const Shared& search, const NameAnswer& answer);
  void finish(Search& search);
  void succeed(Search& search);
  void fail(Search& search, Unlocated reason);

  net::Host& host_;
  NameService& names_;
  const Directory& directory_;
  std::string hostname_;
};

}  // namespace mailroom::agents
