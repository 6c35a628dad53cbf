// SPDX-License-Identifier: GPL-2.0-only
// Whom a resolver asks, in which order and how often.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/dns/resolver.hpp"

namespace mailroom::dns {

using resolver::ExchangeId;
using resolver::NoteKind;
using resolver::Outcome;
using resolver::Query;
using resolver::Why;

// What the cache knows of the servers, and `glue` where it knows nothing (not even for a second: TTL 0).
Resolver::Delegation Resolver::use(const Name& zone, const std::vector<Name>& names,
                                   const std::vector<Record>& glue, Why why, std::int64_t now_ns) {
  Delegation out;
  out.zone = zone;
  out.why = why;
  for (const Name& name : names) {
    const std::size_t before = out.servers.size();
    const auto add = [&](const Record& record) {
      const auto* a = std::get_if<A>(&record.data);
      if (a != nullptr && record.owner == name) out.servers.push_back({name, a->address});
    };
    const auto hit = cache_.find(name, Type::a, Rank::additional, now_ns);
    std::ranges::for_each(hit && hit->kind == CacheHit::Kind::records ? hit->records : glue, add);
    if (out.servers.size() == before) out.without_address.push_back(name);
  }
  order(out, now_ns);
  return out;
}

// Shuffled, then those first against whom there is least (RFC 1034 §5.3.3 step 3).
void Resolver::order(Delegation& delegation, std::int64_t now_ns) {
  auto& servers = delegation.servers;
  const auto shuffle = [&](auto& items) {
    for (std::size_t i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[std::uint64_t{random_()} * i >> 32]);
  };
  shuffle(servers);
  shuffle(delegation.without_address);
  std::ranges::stable_sort(servers, {}, [&](const Server& server) {
    return memory_.reluctance(server.address, delegation.zone, now_ns);
  });
}

void Resolver::ask_a_server(Lookup& lookup, std::int64_t now_ns) {
  Delegation& delegation = *lookup.delegation;
  while (true) {
    while (delegation.next < delegation.servers.size()) {
      const std::size_t at = delegation.next++;
      if (delegation.servers[at].is_no_use) continue;
      const Server server = delegation.servers[at];
      Why why = delegation.why;
      if (delegation.round > 0) {
        why = Why::retry;
      } else if (at > 0) {
        why = Why::next_server;
      }
      return send(lookup, server, why, false, now_ns);
    }
    if (!delegation.without_address.empty()) {
      if (find_an_address(lookup, now_ns)) return;
      continue;
    }
    const bool is_any_left =
        std::ranges::any_of(delegation.servers, [](const Server& server) { return !server.is_no_use; });
    if (!is_any_left || delegation.round + 1 >= options_.rounds) return exhausted(lookup, now_ns);
    ++delegation.round;
    delegation.next = 0;
  }
}

// True: it is being looked for. False: try the next one, or its address was known and is among the servers
// now.
bool Resolver::find_an_address(Lookup& lookup, std::int64_t now_ns) {
  Delegation& delegation = *lookup.delegation;
  const Name host = delegation.without_address.back();
  delegation.without_address.pop_back();
  if (const auto hit = cache_.find(host, Type::a, Rank::additional, now_ns);
      hit && hit->kind == CacheHit::Kind::records) {
    for (const Record& record : hit->records)
      delegation.servers.push_back({host, std::get<A>(record.data).address});
    return false;
  }
  const auto give_up = [&](std::string why) {
    lookup.trouble = fmt::format("no address of the server {}: {}", host.absolute_text(), why);
    note(NoteKind::no_address, lookup, 0, lookup.trouble);
    return false;
  };
  const auto known = by_question_.find({host, Type::a});
  if (known != by_question_.end() && waits_in_turn(lookup, known->second))
    return give_up("its zone cannot be reached without it (missing glue)");
  if (known == by_question_.end() && lookup.depth >= options_.depth)
    return give_up("too many name servers on the way");
  if (known == by_question_.end()) {
    Lookup& sub = begin(host, Type::a, now_ns);
    sub.depth = lookup.depth + 1;
    sub.root = lookup.root;
    sub.cause = lookup.cause;
  }
  const LookupId sub = by_question_.at({host, Type::a});
  lookups_.at(sub).dependents.push_back(lookup.id);
  lookup.waits_for = sub;
  return true;
}

// Would `lookup` wait for itself if it waited for `whom`?
bool Resolver::waits_in_turn(const Lookup& lookup, LookupId whom) const {
  std::optional<LookupId> at = whom;
  while (at && *at != lookup.id) at = lookups_.at(*at).waits_for;
  return at.has_value();
}

// Whose bound a query counts for: when that question is over, the one of who still wants to know.
Resolver::Lookup& Resolver::payer_of(Lookup& lookup) {
  if (const auto root = lookups_.find(lookup.root); root != lookups_.end()) return root->second;
  Lookup& payer = lookup.askers.empty() ? payer_of(lookups_.at(lookup.dependents.front())) : lookup;
  lookup.root = payer.id;
  return payer;
}

void Resolver::send(Lookup& lookup, const Server& server, Why why, bool tcp, std::int64_t now_ns) {
  Lookup& payer = payer_of(lookup);
  if (payer.queries >= options_.queries)
    return finish(lookup.id, Outcome::failed, {},
                  fmt::format("more than {} queries{}{}", options_.queries,
                              lookup.trouble.empty() ? "" : "; ", lookup.trouble),
                  now_ns);
  ++payer.queries;
  lookup.asked_a_server = true;

  const Delegation& delegation = *lookup.delegation;
  Exchange exchange;
  exchange.lookup = lookup.id;
  exchange.server = server.address;
  exchange.question = {lookup.current, lookup.type};
  exchange.tcp = tcp;
  exchange.edns = options_.udp_octets > 0 && memory_.has_edns(server.address, now_ns);
  exchange.id = tcp ? static_cast<std::uint16_t>(random_()) : draw_id(server.address);
  const std::int64_t timeout_ns =
      tcp ? options_.tcp_timeout_ns : options_.first_timeout_ns << delegation.round;
  exchange.expires_ns = std::min(now_ns + timeout_ns, lookup.give_up_ns);

  Message message;
  message.id = exchange.id;
  message.recursion_desired = !options_.forwarders.empty();
  message.questions = {exchange.question};
  if (exchange.edns) message.edns = Edns{options_.udp_octets};

  const ExchangeId id = ++last_id_;
  Query query{id,
              lookup.cause,
              lookup.depth,
              server.address,
              server.name,
              delegation.zone,
              lookup.current,
              lookup.type,
              why,
              delegation.round,
              exchange.expires_ns - now_ns,
              write_message(message)};
  patience_.emplace(exchange.expires_ns, id);
  lookup.open.insert(id);
  lookup.in_patience = id;
  if (!tcp) by_wire_.emplace(std::pair(server.address, exchange.id), id);
  exchanges_.emplace(id, std::move(exchange));
  if (tcp) {
    ++counts_.tcp_queries;
    push(resolver::SendOverTcp{std::move(query)});
  } else {
    ++counts_.datagrams_sent;
    push(resolver::SendDatagram{std::move(query)});
  }
}

// RFC 5452 §9.2: not to be guessed, and of no other query that is open with that server.
std::uint16_t Resolver::draw_id(Ipv4 server) {
  auto id = static_cast<std::uint16_t>(random_());
  while (by_wire_.contains({server, id})) ++id;
  return id;
}

}  // namespace mailroom::dns
