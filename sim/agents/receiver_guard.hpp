// SPDX-License-Identifier: GPL-2.0-only
// How a receiver guards its host: what one client may do, how much the host takes at all, greylisting,
// tarpits. One for all its sessions. It decides; a session records the decision (policy.decided) and says the
// reply.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocols/smtp/reply.hpp"
#include "protocols/smtp/server_actions.hpp"
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
    trace::FaultId fault{};
    std::int64_t delay_ns = 0;  // of the reply
  };
  // A connection came, while so many sessions are `served`; disconnected() must follow. Only refusals are told: a
  // 421.
  std::optional<Ruling> connected(net::Address client, std::int64_t served);
  void disconnected(net::Address client) { clients_.disconnected(client); }
  // MAIL with the size that it declares (0: none): 450, 452.
  std::optional<Ruling> sender(net::Address client, std::int64_t declared_bytes);
  // RCPT, the `ordinal`th of its transaction (from 1), whatever becomes of it: 450, or a delay of its reply.
  std::optional<Ruling> recipient(net::Address client, std::int64_t ordinal);
  // A recipient that the host would take. Who is `known` (AUTH, or a host that we relay for) is not greylisted.
  struct Recipient {
    net::Address client;
    std::string sender;  // addresses without brackets and routes
    std::string recipient;
    bool is_known = false;
  };
  std::optional<Ruling> greylist(const Recipient& recipient);
  // The event of the ruling that greylist() gave last: what later rulings about the same are because of.
  void greylisted(trace::EventId event);
  // So many octets have no room on the disk: 452. `full`: the event of the write that failed, if there was one.
  Ruling no_room(std::int64_t octets, trace::EventId full = {}) const;
  // Why a session of so many errors is ended with 421.
  Ruling limit_reached(const smtp::LimitReached& limit, std::int64_t errors) const;

 private:
  std::optional<Ruling> no_session_left(std::int64_t served) const;
  Ruling too_much(const ClientBook::Excess& excess, net::Address client) const;

  Mta& mta_;
  ClientBook clients_;
};

}  // namespace mailroom::agents
