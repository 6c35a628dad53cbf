// SPDX-License-Identifier: GPL-2.0-only
// What a Resolver tells its host to do or to know, and what became of each question.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/dns/record.hpp"

namespace mailroom::dns::resolver {

using QuestionId = std::uint64_t;  // of ask(); never 0
using ExchangeId = std::uint64_t;  // of one query to one server; never 0

// Why that server is asked, now.
enum class Why : std::uint8_t {
  root_hint,     // nothing nearer is known
  known_zone,    // the cache knows the servers of `zone`
  referral,      // a server referred us to those of `zone`
  next_server,   // the one before was silent or no use
  retry,         // all were silent; once more, with more patience
  without_edns,  // the same one, which did not understand EDNS (RFC 6891 §6.2.2)
  truncated,     // the same one over TCP (RFC 7766 §5)
  forwarder,     // it resolves for us
};
std::string_view name(Why why);  // "root_hint"

struct Query {
  ExchangeId exchange = 0;
  QuestionId question = 0;  // the first one that it is for
  unsigned depth = 0;       // 0: the question itself; more: the address of a name server on the way
  Ipv4 server = 0;          // at port 53
  Name server_name;         // the root: not known
  Name zone;                // asked as a server of
  Name name;                // what is asked
  Type type{};
  Why why{};
  unsigned round = 0;  // how often all servers were silent before
  std::int64_t timeout_ns = 0;
  std::string octets;  // the message; over TCP it still needs frame()
};
std::string text(const Query& query);  // "asks ns.example (10.0.0.1) for example. MX: referral to example."

struct SendDatagram {
  Query query;
};
// Connect, send frame(query.octets), deframe, receive_tcp() or tcp_failed() with query.exchange; then close.
struct SendOverTcp {
  Query query;
};
// That exchange is over for the resolver; close its connection if it is still open.
struct CloseTcp {
  ExchangeId exchange = 0;
};

enum class NoteKind : std::uint8_t {
  cache_hit,   // `name` and `type` were answered from the cache
  joined,      // the same question is under way already
  referral,    // to `zone`, by `server`
  alias,       // `name` is an alias; text says of what
  silent,      // `server` did not answer in time
  lame,        // `server` is no authority for `zone`
  bad_answer,  // `server` answered with an error, or with what is no message; text says which
  truncated,   // TC from `server`
  no_edns,     // `server` did not understand EDNS
  ignored,  // a datagram from `server` that answers nothing that it was asked (RFC 5452 §9.1); question is 0
  tcp_failed,  // text says why
  refused,     // `server` has nobody at that port; text says so
  no_address,  // the name server `name` of `zone` has none that could be found
};
std::string_view name(NoteKind kind);  // "cache_hit"

// For the log.
struct Note {
  NoteKind kind{};
  QuestionId question = 0;
  Name name;
  Type type{};
  Ipv4 server = 0;
  Name zone;
  std::string text;  // for people
};

enum class Outcome : std::uint8_t {
  records,       // there are some
  no_such_name,  // NXDOMAIN
  no_data,       // the name is there, without such records
  failed,        // SERVFAIL, as it were: servers answer nonsense, aliases in a loop, …
  timed_out,     // servers are silent, or the time for it all is over
};
std::string_view name(Outcome outcome);  // "no_such_name"

// The end of a question; exactly one for each ask().
struct Answered {
  QuestionId question = 0;
  Outcome outcome{};
  std::vector<Record> aliases;  // CNAMEs on the way, in order
  Name canonical;               // what the name comes to
  std::vector<Record> records;  // of `canonical` (not the aliases)
  bool from_cache = false;      // no server was asked
  std::string text;             // for people: what was found or went wrong
};

using Action = std::variant<SendDatagram, SendOverTcp, CloseTcp, Note, Answered>;

}  // namespace mailroom::dns::resolver
