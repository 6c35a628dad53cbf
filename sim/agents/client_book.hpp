// SPDX-License-Identifier: GPL-2.0-only
// What each client of a receiver does: its connections that are open, and what it asked for within the
// current period. (Postfix's anvil: a period begins with the first request after the last one ended.)
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "sim/net/network.hpp"
#include "sim/scenario/receiving.hpp"

namespace mailroom::agents {

class ClientBook {
 public:
  // `limits` must outlive it.
  explicit ClientBook(const scenario::ClientLimits& limits) : limits_(limits) {}

  enum class Limit : std::uint8_t { connections, connection_rate, message_rate, recipient_rate };
  struct Excess {
    Limit limit;
    std::int64_t most;
    std::int64_t count;
  };
  // Each counts, also what is too much, and says so then.
  std::optional<Excess> connected(net::Address client, std::int64_t now_ns);
  void disconnected(net::Address client);
  std::optional<Excess> message(net::Address client, std::int64_t now_ns);
  std::optional<Excess> recipient(net::Address client, std::int64_t now_ns);

  std::int64_t period_ns() const { return limits_.period_ns; }
  std::size_t clients() const { return clients_.size(); }  // that it remembers

 private:
  struct Client {
    std::int64_t open = 0;
    std::int64_t began_ns = 0;
    std::int64_t connections = 0;
    std::int64_t messages = 0;
    std::int64_t recipients = 0;
  };
  bool has_rates() const {
    return limits_.connection_rate > 0 || limits_.message_rate > 0 || limits_.recipient_rate > 0;
  }
  Client& renewed(net::Address client, std::int64_t now_ns);

  const scenario::ClientLimits& limits_;
  std::map<net::Address, Client> clients_;
};

}  // namespace mailroom::agents
