// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/resolver.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mailroom::dns {

using resolver::Action;
using resolver::ExchangeId;
using resolver::Note;
using resolver::NoteKind;
using resolver::QuestionId;

Resolver::Resolver(ResolverOptions options, std::vector<RootHint> hints,
                   std::function<std::uint32_t()> random)
    : options_(std::move(options)),
      hints_(std::move(hints)),
      random_(std::move(random)),
      cache_(options_.cache) {
  assert(random_ && options_.rounds > 0 && options_.first_timeout_ns > 0 && options_.total_ns > 0);
}

QuestionId Resolver::ask(const Name& name, Type type, std::int64_t now_ns) {
  const QuestionId id = ++last_id_;
  ++counts_.questions;
  if (const auto known = by_question_.find({name, type}); known != by_question_.end()) {
    Lookup& lookup = lookups_.at(known->second);
    lookup.askers.push_back(id);
    ++counts_.joined;
    push(Note{NoteKind::joined, id, name, type, 0, {}, "the same question is under way"});
    return id;
  }
  Lookup& lookup = begin(name, type, now_ns);
  lookup.root = lookup.id;
  lookup.cause = id;
  lookup.askers.push_back(id);
  run(now_ns);
  return id;
}

void Resolver::receive(std::string_view datagram, Ipv4 server, std::int64_t now_ns) {
  const auto header = read_header(datagram);
  if (!header) return ignore(server, "it is no message");
  if (!header->is_response) return ignore(server, "it is no response");
  const auto found = by_wire_.find({server, header->id});
  if (found == by_wire_.end()) return ignore(server, "no query of that id is open with that server");
  take(exchanges_.find(found->second), datagram, now_ns);
  run(now_ns);
}

void Resolver::refused(Ipv4 server, std::int64_t now_ns) {
  constexpr std::string_view kWhy = "no one listens there";
  std::vector<ExchangeId> open;
  for (auto at = by_wire_.lower_bound({server, 0}); at != by_wire_.end() && at->first.first == server; ++at)
    open.push_back(at->second);
  for (const ExchangeId id : open) {
    Lookup& lookup = lookups_.at(exchanges_.at(id).lookup);
    memory_.was_silent(server, now_ns);
    note(NoteKind::refused, lookup, server, std::string(kWhy));
    is_no_use(lookup, server, std::string(kWhy));
    close(id);
    runnable_.push_back(lookup.id);
  }
  run(now_ns);
}

void Resolver::receive_tcp(ExchangeId exchange, std::string_view message, std::int64_t now_ns) {
  const auto found = exchanges_.find(exchange);
  if (found == exchanges_.end() || !found->second.tcp) return;
  const auto header = read_header(message);
  if (!header || !header->is_response || header->id != found->second.id)
    return ignore(found->second.server, "its id is another");
  take(found, message, now_ns);
  run(now_ns);
}

void Resolver::tcp_failed(ExchangeId exchange, std::string_view why, std::int64_t now_ns) {
  const auto found = exchanges_.find(exchange);
  if (found == exchanges_.end() || !found->second.tcp) return;
  Lookup& lookup = lookups_.at(found->second.lookup);
  const Ipv4 server = found->second.server;
  note(NoteKind::tcp_failed, lookup, server, std::string(why));
  is_no_use(lookup, server, "no TCP connection: " + std::string(why));
  close(exchange);
  runnable_.push_back(lookup.id);
  run(now_ns);
}

// The datagram comes from the right server and has the right id; RFC 5452 §9.1 wants the question too.
void Resolver::take(Exchanges::iterator exchange, std::string_view octets, std::int64_t now_ns) {
  const Exchange it = exchange->second;
  const ExchangeId id = exchange->first;
  const auto message = read_message(octets);
  // Who cannot read a question does not repeat it.
  const bool repeats_none = message && message->questions.empty() && message->rcode != Rcode::no_error;
  if (message && !repeats_none && message->questions != std::vector{it.question})
    return ignore(it.server, "it answers another question");
  Lookup& lookup = lookups_.at(it.lookup);
  ++counts_.answers;
  memory_.answered(it.server, now_ns);
  close(id);
  if (message) {
    take_answer(lookup, it, *message, now_ns);
  } else {
    const auto& error = message.error();
    const std::string why = "no DNS message: at octet " + std::to_string(error.offset) + " not " +
                            std::string(error.expected) + " (" + std::string(error.section) + ")";
    note(NoteKind::bad_answer, lookup, it.server, why);
    is_no_use(lookup, it.server, why);
  }
  runnable_.push_back(it.lookup);
}

void Resolver::ignore(Ipv4 server, std::string_view why) {
  ++counts_.ignored;
  push(Note{NoteKind::ignored, 0, {}, {}, server, {}, std::string(why)});
}

std::optional<std::int64_t> Resolver::deadline_ns() const {
  std::optional<std::int64_t> out;
  if (!give_up_.empty()) out = give_up_.begin()->first;
  if (!patience_.empty() && (!out || patience_.begin()->first < *out)) out = patience_.begin()->first;
  return out;
}

void Resolver::expire(std::int64_t now_ns) {
  while (!patience_.empty() && patience_.begin()->first <= now_ns)
    lose_patience(patience_.begin()->second, now_ns);
  while (!give_up_.empty() && give_up_.begin()->first <= now_ns) {
    runnable_.push_back(give_up_.begin()->second);
    give_up_.erase(give_up_.begin());
  }
  run(now_ns);
}

// The exchange stays open: its answer may still come while others are asked.
void Resolver::lose_patience(ExchangeId id, std::int64_t now_ns) {
  const Exchange& exchange = exchanges_.at(id);
  Lookup& lookup = lookups_.at(exchange.lookup);
  patience_.erase({exchange.expires_ns, id});
  lookup.in_patience.reset();
  ++counts_.silences;
  memory_.was_silent(exchange.server, now_ns);
  lookup.trouble = ipv4_text(exchange.server) + " did not answer";
  if (lookup.delegation) lookup.delegation->was_silent = true;
  note(NoteKind::silent, lookup, exchange.server, lookup.trouble);
  runnable_.push_back(lookup.id);
  if (exchange.tcp) close(id);
}

void Resolver::run(std::int64_t now_ns) {
  while (!runnable_.empty()) {
    const LookupId id = runnable_.front();
    runnable_.pop_front();
    const auto found = lookups_.find(id);
    if (found != lookups_.end()) advance(found->second, now_ns);
  }
}

void Resolver::note(NoteKind kind, const Lookup& lookup, Ipv4 server, std::string text) {
  Note out{kind, lookup.cause, lookup.current, lookup.type, server, {}, std::move(text)};
  if (lookup.delegation) out.zone = lookup.delegation->zone;
  push(std::move(out));
}

std::optional<Action> Resolver::next_action() {
  if (actions_.empty()) return std::nullopt;
  Action out = std::move(actions_.front());
  actions_.pop_front();
  return out;
}

}  // namespace mailroom::dns
