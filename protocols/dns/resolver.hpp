// SPDX-License-Identifier: GPL-2.0-only
// A caching resolver that asks its way down from the root (RFC 1034 §5.3.3), or asks others that do
// (forwarders). A value: questions, datagrams and time go in, actions come out (resolver_actions.hpp).
//
//   auto id = resolver.ask(name, Type::mx, now);
//   resolver.receive(datagram, server, now);          // every datagram that comes to its port, in any order
//   resolver.refused(server, now);                    // what was sent there came back: port unreachable
//   resolver.receive_tcp(exchange, message, now);     // or tcp_failed(exchange, why, now)
//   if (deadline_ns() <= now) resolver.expire(now);
//   while (auto action = resolver.next_action())      // after every call
//     perform(*action);                               // each ask() ends with one Answered
//
// Nothing that a server sends is an error of the caller: what is not the answer to a question asked of that
// server, with its id, is ignored and counted (RFC 5452 §9.1). Every question ends within
// ResolverOptions::total_ns.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "protocols/dns/answer_reading.hpp"
#include "protocols/dns/cache.hpp"
#include "protocols/dns/message.hpp"
#include "protocols/dns/resolver_actions.hpp"
#include "protocols/dns/server_memory.hpp"

namespace mailroom::dns {

struct RootHint {
  Name name;
  Ipv4 address = 0;
};

struct ResolverOptions {
  // RFC 1035 §4.2.1: intervals of 2 to 5 seconds at least. RFC 1536 §1: all servers in turn, then all again
  // with the double. 2, 4, 8 and 16 s to a server that is alone; 30 s in all is the most that BIND's
  // resolver-query-timeout allows.
  std::int64_t first_timeout_ns = 2'000'000'000;
  unsigned rounds = 4;
  std::int64_t total_ns = 30'000'000'000;
  std::int64_t tcp_timeout_ns = 10'000'000'000;
  // RFC 1034 §5.2.2, §7.1: bounds of the work for one question.
  unsigned aliases = 16;
  unsigned referrals = 32;  // in a row
  unsigned depth = 7;       // of addresses of name servers, as BIND's max-recursion-depth
  unsigned queries =
      100;  // in all, those for addresses of name servers included, as BIND's max-recursion-queries
  std::uint32_t failure_ttl_s = 5;  // RFC 9520 §3.2: a failure is remembered for at least a second
  std::uint16_t udp_octets = 1232;  // offered by EDNS; 0: no EDNS, and so 512
  // Not empty: these resolve for us (RD); the root is not asked.
  std::vector<Ipv4> forwarders;
  CacheOptions cache;
};

struct ResolverCounts {
  std::uint64_t questions = 0;
  std::uint64_t from_cache = 0;
  std::uint64_t joined = 0;
  std::uint64_t datagrams_sent = 0;
  std::uint64_t tcp_queries = 0;
  std::uint64_t answers = 0;
  std::uint64_t ignored = 0;   // datagrams that answer nothing
  std::uint64_t silences = 0;  // queries without an answer in time
};

class Resolver {
 public:
  // `random` gives 32 random bits a call: ids and the order of equally good servers come from it and nothing
  // else.
  Resolver(ResolverOptions options, std::vector<RootHint> hints, std::function<std::uint32_t()> random);

  resolver::QuestionId ask(const Name& name, Type type, std::int64_t now_ns);
  void receive(std::string_view datagram, Ipv4 server, std::int64_t now_ns);
  void refused(Ipv4 server, std::int64_t now_ns);  // RFC 1122 §4.1.3.3: nobody needs to wait for it
  void receive_tcp(resolver::ExchangeId exchange, std::string_view message, std::int64_t now_ns);
  void tcp_failed(resolver::ExchangeId exchange, std::string_view why, std::int64_t now_ns);

  std::optional<std::int64_t> deadline_ns() const;
  // Does nothing before the deadline.
  void expire(std::int64_t now_ns);

  std::optional<resolver::Action> next_action();

  const Cache& cache() const { return cache_; }
  const ResolverCounts& counts() const { return counts_; }
  std::size_t lookups() const { return lookups_.size(); }  // under way

 private:
  using LookupId = std::uint64_t;
  struct Server {
    Name name;
    Ipv4 address = 0;
    bool is_no_use = false;  // for this question
  };
  // The servers of a zone, for one step of a lookup.
  struct Delegation {
    Name zone;
    std::vector<Server> servers;
    std::vector<Name> without_address;
    resolver::Why why = resolver::Why::root_hint;
    std::size_t next = 0;  // of servers
    unsigned round = 0;
    bool was_silent = false;  // one of them
  };
  // One question that is under way, for whoever asked it.
  struct Lookup {
    LookupId id = 0;
    LookupId root = 0;  // whose work it is
    unsigned depth = 0;
    Name name;
    Type type{};
    std::int64_t give_up_ns = 0;
    resolver::QuestionId cause = 0;
    std::vector<resolver::QuestionId> askers;
    std::vector<LookupId> dependents;
    std::optional<LookupId> waits_for;

    Name current;  // what the name came to
    std::vector<Record> aliases;
    std::optional<Delegation> delegation;
    std::set<resolver::ExchangeId> open;              // also those that were silent: a late answer is one
    std::optional<resolver::ExchangeId> in_patience;  // the one whose time is not over
    unsigned referrals = 0;
    unsigned queries = 0;  // of the root: all
    bool asked_a_server = false;
    bool distrusts_cache = false;
    std::string trouble;  // the last
  };
  struct Exchange {
    LookupId lookup = 0;
    Ipv4 server = 0;
    std::uint16_t id = 0;
    Question question;
    bool tcp = false;
    bool edns = false;
    std::int64_t expires_ns = 0;
  };
  using Exchanges = std::map<resolver::ExchangeId, Exchange>;

  // resolver.cpp: what comes in, and time
  void take(Exchanges::iterator exchange, std::string_view octets, std::int64_t now_ns);
  void lose_patience(resolver::ExchangeId id, std::int64_t now_ns);
  void run(std::int64_t now_ns);
  void push(resolver::Action action) { actions_.push_back(std::move(action)); }
  void note(resolver::NoteKind kind, const Lookup& lookup, Ipv4 server, std::string text);
  void ignore(Ipv4 server, std::string_view why);

  // resolver_lookup.cpp: from a question to its servers and its end
  Lookup& begin(const Name& name, Type type, std::int64_t now_ns);
  void advance(Lookup& lookup, std::int64_t now_ns);
  bool look_into_cache(Lookup& lookup, std::int64_t now_ns);
  bool take_aliases(Lookup& lookup, const std::vector<Record>& aliases, std::int64_t now_ns);
  void delegate(Lookup& lookup, std::int64_t now_ns);
  void finish(LookupId id, resolver::Outcome outcome, std::vector<Record> records, std::string text,
              std::int64_t now_ns);
  void exhausted(Lookup& lookup, std::int64_t now_ns);
  void end_step(Lookup& lookup);
  void close(resolver::ExchangeId id);

  // resolver_servers.cpp: whom to ask
  Delegation use(const Name& zone, const std::vector<Name>& names, const std::vector<Record>& glue,
                 resolver::Why why, std::int64_t now_ns);
  void order(Delegation& delegation, std::int64_t now_ns);
  void ask_a_server(Lookup& lookup, std::int64_t now_ns);
  bool find_an_address(Lookup& lookup, std::int64_t now_ns);
  bool waits_in_turn(const Lookup& lookup, LookupId whom) const;
  void send(Lookup& lookup, const Server& server, resolver::Why why, bool tcp, std::int64_t now_ns);
  Lookup& payer_of(Lookup& lookup);
  std::uint16_t draw_id(Ipv4 server);

  // resolver_answers.cpp: what an answer means
  void take_answer(Lookup& lookup, const Exchange& exchange, const Message& message, std::int64_t now_ns);
  void take_reading(Lookup& lookup, const Exchange& exchange, const Message& message, std::int64_t now_ns);
  void is_no_use(Lookup& lookup, Ipv4 server, std::string why);
  bool asks_again(Lookup& lookup, const Exchange& exchange, const Message& message, std::int64_t now_ns);

  ResolverOptions options_;
  std::vector<RootHint> hints_;
  std::function<std::uint32_t()> random_;
  Cache cache_;
  ServerMemory memory_;
  ResolverCounts counts_;
  std::uint64_t last_id_ = 0;  // of questions, lookups and exchanges
  std::map<LookupId, Lookup> lookups_;
  std::map<std::pair<Name, Type>, LookupId> by_question_;
  Exchanges exchanges_;
  std::map<std::pair<Ipv4, std::uint16_t>, resolver::ExchangeId> by_wire_;  // over UDP
  std::set<std::pair<std::int64_t, LookupId>> give_up_;
  std::set<std::pair<std::int64_t, resolver::ExchangeId>> patience_;
  std::deque<LookupId> runnable_;
  std::deque<resolver::Action> actions_;
};

}  // namespace mailroom::dns
