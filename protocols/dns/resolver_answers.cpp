// SPDX-License-Identifier: GPL-2.0-only
// What the answer of a server does to a lookup (RFC 1034 §5.3.3 step 4).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/dns/resolver.hpp"

namespace mailroom::dns {

using resolver::NoteKind;
using resolver::Outcome;
using resolver::Why;

void Resolver::is_no_use(Lookup& lookup, Ipv4 server, std::string why) {
  lookup.trouble = ipv4_text(server) + ": " + why;
  if (!lookup.delegation) return;
  for (Server& each : lookup.delegation->servers)
    if (each.address == server) each.is_no_use = true;
}

void Resolver::take_answer(Lookup& lookup, const Exchange& exchange, const Message& message,
                           std::int64_t now_ns) {
  if (asks_again(lookup, exchange, message, now_ns)) return;
  if (message.is_truncated || (message.rcode != Rcode::no_error && message.rcode != Rcode::name_error)) {
    const std::string why = message.is_truncated ? "truncated over TCP" : name(message.rcode);
    const bool is_lame = message.rcode == Rcode::refused;
    if (is_lame) memory_.is_lame(exchange.server, lookup.delegation->zone, now_ns);
    note(is_lame ? NoteKind::lame : NoteKind::bad_answer, lookup, exchange.server, why);
    return is_no_use(lookup, exchange.server, why);
  }
  take_reading(lookup, exchange, message, now_ns);
}

// True: the same server, otherwise.
bool Resolver::asks_again(Lookup& lookup, const Exchange& exchange, const Message& message,
                          std::int64_t now_ns) {
  const Server server{{}, exchange.server};
  const auto& servers = lookup.delegation->servers;
  const auto known = std::ranges::find(servers, exchange.server, &Server::address);
  const Server& whom = known == servers.end() ? server : *known;
  // RFC 6891 §6.2.2, §7: a server of before EDNS says FORMERR or NOTIMP, and sends no OPT.
  const bool no_edns = exchange.edns && ((message.rcode == Rcode::format_error && !message.edns) ||
                                         (message.rcode == Rcode::not_implemented && !message.edns) ||
                                         message.rcode == Rcode::bad_version);
  const bool truncated = message.is_truncated && !exchange.tcp;
  if (!no_edns && !truncated) return false;
  if (no_edns) memory_.knows_no_edns(exchange.server, now_ns);
  note(no_edns ? NoteKind::no_edns : NoteKind::truncated, lookup, exchange.server,
       no_edns ? name(message.rcode) + " to a query with EDNS" : "the answer is truncated");
  const Server copy = whom;
  const Why why = no_edns ? Why::without_edns : Why::truncated;
  while (!lookup.open.empty()) close(*lookup.open.begin());
  send(lookup, copy, why, no_edns ? exchange.tcp : true, now_ns);
  return true;
}

void Resolver::take_reading(Lookup& lookup, const Exchange& exchange, const Message& message,
                            std::int64_t now_ns) {
  using Kind = AnswerReading::Kind;
  const Name zone = lookup.delegation->zone;
  AnswerReading reading = read_answer(message, exchange.question, zone);
  // What a forwarder answers it has from others: as good as any answer, and no referral.
  if (!options_.forwarders.empty() && reading.kind == Kind::lame && message.recursion_available)
    reading.kind = message.rcode == Rcode::name_error ? Kind::no_such_name : Kind::no_data;
  if (reading.kind == Kind::lame || (reading.kind == Kind::referral && !options_.forwarders.empty())) {
    const std::string why = reading.why.empty() ? "it does not resolve for us" : reading.why;
    memory_.is_lame(exchange.server, zone, now_ns);
    note(NoteKind::lame, lookup, exchange.server, why);
    return is_no_use(lookup, exchange.server, why);
  }
  for (const auto& [set, rank] : reading.to_cache) cache_.put(set, rank, now_ns);

  if (reading.kind == Kind::referral) {
    note(NoteKind::referral, lookup, exchange.server, "referral to " + reading.zone.absolute_text());
    if (++lookup.referrals > options_.referrals)
      return finish(lookup.id, Outcome::failed, {}, "too many referrals", now_ns);
    const unsigned referrals = lookup.referrals;
    end_step(lookup);
    lookup.referrals = referrals;
    std::vector<Record> glue;
    for (const auto& [set, rank] : reading.to_cache)
      if (rank == Rank::additional) glue.insert(glue.end(), set.begin(), set.end());
    lookup.delegation = use(reading.zone, reading.servers, glue, Why::referral, now_ns);
    return;
  }
  const LookupId id = lookup.id;
  if (!take_aliases(lookup, reading.aliases, now_ns)) return;
  switch (reading.kind) {
    case Kind::records:
      return finish(id, Outcome::records, std::move(reading.records), {}, now_ns);
    case Kind::no_such_name:
      if (reading.denial_ttl_s) cache_.put_no_such_name(reading.last, *reading.denial_ttl_s, now_ns);
      return finish(id, Outcome::no_such_name, {}, {}, now_ns);
    case Kind::no_data:
      if (reading.denial_ttl_s)
        cache_.put_no_data(reading.last, exchange.question.type, *reading.denial_ttl_s, now_ns);
      return finish(id, Outcome::no_data, {}, {}, now_ns);
    default:
      end_step(lookup);  // from the cache on, for what the aliases came to
  }
}

}  // namespace mailroom::dns
