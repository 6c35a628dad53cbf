// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/client_book.hpp"

#include <cassert>

namespace mailroom::agents {

namespace {

std::optional<ClientBook::Excess> judge(ClientBook::Limit limit, std::int64_t most, std::int64_t count) {
  if (most == 0 || count <= most) return std::nullopt;
  return ClientBook::Excess{limit, most, count};
}

}  // namespace

ClientBook::Client& ClientBook::renewed(net::Address client, std::int64_t now_ns) {
  Client& known = clients_[client];
  if (now_ns - known.began_ns >= limits_.period_ns) known = {.open = known.open, .began_ns = now_ns};
  return known;
}

std::optional<ClientBook::Excess> ClientBook::connected(net::Address client, std::int64_t now_ns) {
  Client& known = renewed(client, now_ns);
  ++known.open;
  ++known.connections;
  if (const auto excess = judge(Limit::connections, limits_.connections, known.open)) return excess;
  return judge(Limit::connection_rate, limits_.connection_rate, known.connections);
}

void ClientBook::disconnected(net::Address client) {
  const auto found = clients_.find(client);
  assert(found != clients_.end() && found->second.open > 0);
  // Who has no connection open counts only for rates.
  if (--found->second.open == 0 && !has_rates()) clients_.erase(found);
}

std::optional<ClientBook::Excess> ClientBook::message(net::Address client, std::int64_t now_ns) {
  if (limits_.message_rate == 0) return std::nullopt;
  return judge(Limit::message_rate, limits_.message_rate, ++renewed(client, now_ns).messages);
}

std::optional<ClientBook::Excess> ClientBook::recipient(net::Address client, std::int64_t now_ns) {
  if (limits_.recipient_rate == 0) return std::nullopt;
  return judge(Limit::recipient_rate, limits_.recipient_rate, ++renewed(client, now_ns).recipients);
}

}  // namespace mailroom::agents
