// SPDX-License-Identifier: GPL-2.0-only
// How a receiver guards its host: what one client may do, how much the host takes at all, greylisting,
// tarpits. One for all its sessions. It decides; a session records the decision (policy.decided) and says the
// reply.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocols/smtp/reply.hpp"
#include "sim/agents/client_book.hpp"
#include "sim/agents/greylist.hpp"

namespace mailroom::agents {

class Mta;

class ReceiverGuard {
 public:
  // `mta` must outlive it.
  explicit ReceiverGuard(Mta& mta);

  struct Ruling {
    std::optional<smtp::Reply> refusal;  // none: let through
    std::string text;                    // the rule and why, for the log
    std::string detail;                  // JSON
    trace::EventId because{};
    std::int64_t delay_ns = 0;  // of the reply
  };
  // A connection came; disconnected() must follow. Only refusals are told: a 421.
  std::optional<Ruling> connected(net::Address client);
  void disconnected(net::Address client) { clients_.disconnected(client); }
  // MAIL: 450, 452.
  std::optional<Ruling> sender(net::Address client);
  // RCPT, the `ordinal`th of its transaction (from 1). Who is `known` (AUTH, or a host that we relay for) is
  // not greylisted.
  struct Recipient {
    net::Address client;
    std::string sender;  // addresses without brackets and routes
    std::string recipient;
    std::int64_t ordinal = 1;
    bool is_known = false;
  };
  std::optional<Ruling> recipient(const Recipient& asked);
  // The event of the ruling that recipient() gave last: what later rulings about the same are because of.
  void recorded(trace::EventId event);

 private:
  std::optional<Ruling> greylist(const Recipient& asked);
  Ruling too_much(const ClientBook::Excess& excess, net::Address client) const;

  Mta& mta_;
  ClientBook clients_;
  bool is_greylisting_ = false;  // the last ruling was the greylist's
};

}  // namespace mailroom::agents
