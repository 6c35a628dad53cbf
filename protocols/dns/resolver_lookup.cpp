// SPDX-License-Identifier: GPL-2.0-only
// From a question to the servers to ask, and to its end (RFC 1034 §5.3.3).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/dns/resolver.hpp"

namespace mailroom::dns {

using resolver::Answered;
using resolver::CloseTcp;
using resolver::ExchangeId;
using resolver::NoteKind;
using resolver::Outcome;
using resolver::Why;

Resolver::Lookup& Resolver::begin(const Name& name, Type type, std::int64_t now_ns) {
  const LookupId id = ++last_id_;
  Lookup& lookup = lookups_[id];
  lookup.id = id;
  lookup.name = lookup.current = name;
  lookup.type = type;
  lookup.give_up_ns = now_ns + options_.total_ns;
  by_question_.insert_or_assign({name, type}, id);
  give_up_.emplace(lookup.give_up_ns, id);
  runnable_.push_back(id);
  return lookup;
}

// Does what is next, unless an answer is awaited. May end the lookup.
void Resolver::advance(Lookup& lookup, std::int64_t now_ns) {
  if (now_ns >= lookup.give_up_ns)
    return finish(lookup.id, Outcome::timed_out, {},
                  fmt::format("no answer within {} s{}{}", options_.total_ns / 1'000'000'000,
                              lookup.trouble.empty() ? "" : "; ", lookup.trouble),
                  now_ns);
  if (lookup.askers.empty() && lookup.dependents.empty())
    return finish(lookup.id, Outcome::failed, {}, "nobody asks any more", now_ns);
  if (lookup.in_patience || lookup.waits_for) return;
  if (!lookup.delegation) {
    if (look_into_cache(lookup, now_ns)) return;
    delegate(lookup, now_ns);
  }
  ask_a_server(lookup, now_ns);
}

// True: that was its end.
bool Resolver::look_into_cache(Lookup& lookup, std::int64_t now_ns) {
  const auto note_hit = [&](std::string text) { note(NoteKind::cache_hit, lookup, 0, std::move(text)); };
  while (true) {
    // RFC 2181 §5.4.1: what came as a courtesy is no answer.
    const auto hit = cache_.find(lookup.current, lookup.type, Rank::answer, now_ns);
    const std::string what = lookup.current.absolute_text() + ' ' + name(lookup.type);
    if (hit) {
      switch (hit->kind) {
        case CacheHit::Kind::records:
          note_hit(fmt::format("{} for another {} s", what, hit->ttl_s));
          finish(lookup.id, Outcome::records, hit->records, {}, now_ns);
          return true;
        case CacheHit::Kind::no_such_name:
          note_hit(
              fmt::format("{} does not exist, for another {} s", lookup.current.absolute_text(), hit->ttl_s));
          finish(lookup.id, Outcome::no_such_name, {}, {}, now_ns);
          return true;
        case CacheHit::Kind::no_data:
          note_hit(fmt::format("no {}, for another {} s", what, hit->ttl_s));
          finish(lookup.id, Outcome::no_data, {}, {}, now_ns);
          return true;
        case CacheHit::Kind::failure:
          note_hit(fmt::format("{} could not be answered: {}", what, hit->text));
          finish(lookup.id, Outcome::failed, {}, hit->text, now_ns);
          return true;
      }
    }
    if (lookup.type == Type::cname || lookup.type == Type::any) return false;
    const auto alias = cache_.find(lookup.current, Type::cname, Rank::answer, now_ns);
    if (!alias || alias->kind != CacheHit::Kind::records) return false;
    note_hit(fmt::format("{} is an alias, for another {} s", lookup.current.absolute_text(), alias->ttl_s));
    if (!take_aliases(lookup, {alias->records.front()}, now_ns)) return true;
  }
}

// False: there is no end to them, and the lookup is at its own.
bool Resolver::take_aliases(Lookup& lookup, const std::vector<Record>& aliases, std::int64_t now_ns) {
  for (const Record& alias : aliases) {
    const Name& target = std::get<Cname>(alias.data).target;
    note(NoteKind::alias, lookup, 0,
         lookup.current.absolute_text() + " is an alias of " + target.absolute_text());
    lookup.aliases.push_back(alias);
    lookup.current = target;
    const bool is_loop =
        std::ranges::any_of(lookup.aliases, [&](const Record& earlier) { return earlier.owner == target; });
    if (!is_loop && lookup.aliases.size() <= options_.aliases) continue;
    std::string chain;
    for (const Record& each : lookup.aliases) chain += each.owner.absolute_text() + " -> ";
    finish(lookup.id, Outcome::failed, {},
           fmt::format("{}: {}{}", is_loop ? "a loop of aliases" : "too many aliases", chain,
                       target.absolute_text()),
           now_ns);
    return false;
  }
  return true;
}

// RFC 1034 §5.3.3 step 2: the nearest zone whose servers can be asked.
void Resolver::delegate(Lookup& lookup, std::int64_t now_ns) {
  lookup.referrals = 0;
  if (!options_.forwarders.empty()) {
    Delegation& delegation = lookup.delegation.emplace();
    delegation.why = Why::forwarder;
    for (const Ipv4 address : options_.forwarders) delegation.servers.push_back({{}, address});
    return order(delegation, now_ns);
  }
  for (Name zone = lookup.current; !zone.is_root() && !lookup.distrusts_cache; zone = zone.parent()) {
    const auto hit = cache_.find(zone, Type::ns, Rank::additional, now_ns);
    if (!hit || hit->kind != CacheHit::Kind::records) continue;
    std::vector<Name> names;
    for (const Record& record : hit->records) names.push_back(std::get<Ns>(record.data).server);
    Delegation delegation = use(zone, names, {}, Why::known_zone, now_ns);
    // Servers within the zone whose addresses are gone can only be found by asking above it.
    std::erase_if(delegation.without_address, [&](const Name& name) { return name.is_within(zone); });
    if (delegation.servers.empty() && delegation.without_address.empty()) continue;
    lookup.delegation = std::move(delegation);
    return;
  }
  Delegation& root = lookup.delegation.emplace();
  for (const RootHint& hint : hints_) root.servers.push_back({hint.name, hint.address});
  order(root, now_ns);
}

void Resolver::exhausted(Lookup& lookup, std::int64_t now_ns) {
  const Delegation& delegation = *lookup.delegation;
  // The cache may know servers that have moved: once, from the root again.
  if (delegation.why == Why::known_zone && !lookup.distrusts_cache && !delegation.was_silent) {
    lookup.distrusts_cache = true;
    end_step(lookup);
    runnable_.push_back(lookup.id);
    return;
  }
  const std::string who =
      options_.forwarders.empty() ? "no server of " + delegation.zone.absolute_text() : "no resolver";
  const std::string why = lookup.trouble.empty() ? "none is known" : lookup.trouble;
  if (delegation.was_silent)
    return finish(lookup.id, Outcome::timed_out, {}, who + " answers; " + why, now_ns);
  finish(lookup.id, Outcome::failed, {}, who + " helps; " + why, now_ns);
}

void Resolver::finish(LookupId id, Outcome outcome, std::vector<Record> records, std::string text,
                      std::int64_t now_ns) {
  end_step(lookups_.at(id));
  auto node = lookups_.extract(id);
  Lookup& lookup = node.mapped();
  by_question_.erase({lookup.name, lookup.type});
  give_up_.erase({lookup.give_up_ns, id});
  const bool failed = outcome == Outcome::failed || outcome == Outcome::timed_out;
  // A failure on the way to another answer may be due to bounds that an own question does not have.
  if (failed && lookup.depth == 0 && lookup.asked_a_server)
    cache_.put_failure(lookup.name, lookup.type, text, options_.failure_ttl_s, now_ns);
  if (!failed)
    text = fmt::format("{} {}: {}", lookup.current.absolute_text(), name(lookup.type),
                       outcome == Outcome::records        ? fmt::format("{} records", records.size())
                       : outcome == Outcome::no_such_name ? "no such name"
                                                          : "no such data");
  for (const LookupId dependent : lookup.dependents) {
    Lookup& waiting = lookups_.at(dependent);
    waiting.waits_for.reset();
    Delegation& delegation = *waiting.delegation;
    for (const Record& record : records)
      if (const auto* a = std::get_if<A>(&record.data))
        delegation.servers.push_back({lookup.name, a->address});
    if (records.empty()) {
      waiting.trouble = fmt::format("no address of the server {}: {}", lookup.name.absolute_text(), text);
      note(NoteKind::no_address, waiting, 0, waiting.trouble);
    }
    runnable_.push_back(dependent);
  }
  if (failed && lookup.depth > 0 && !lookup.askers.empty()) {
    Lookup& again = begin(lookup.name, lookup.type, now_ns);
    again.root = again.id;
    again.cause = lookup.askers.front();
    again.askers = std::move(lookup.askers);
    return;
  }
  const bool from_cache = !lookup.asked_a_server;
  if (from_cache) counts_.from_cache += lookup.askers.size();
  for (const resolver::QuestionId asker : lookup.askers)
    push(Answered{asker, outcome, lookup.aliases, lookup.current, records, from_cache, text});
}

// No answer to what was asked so far is awaited any more.
void Resolver::end_step(Lookup& lookup) {
  while (!lookup.open.empty()) close(*lookup.open.begin());
  if (lookup.waits_for) {
    std::erase(lookups_.at(*lookup.waits_for).dependents, lookup.id);
    runnable_.push_back(*lookup.waits_for);
    lookup.waits_for.reset();
  }
  lookup.delegation.reset();
}

void Resolver::close(ExchangeId id) {
  const auto found = exchanges_.find(id);
  const Exchange& exchange = found->second;
  Lookup& lookup = lookups_.at(exchange.lookup);
  lookup.open.erase(id);
  if (lookup.in_patience == id) lookup.in_patience.reset();
  patience_.erase({exchange.expires_ns, id});
  if (exchange.tcp) {
    push(CloseTcp{id});
  } else {
    by_wire_.erase({exchange.server, exchange.id});
  }
  exchanges_.erase(found);
}

}  // namespace mailroom::dns
