// SPDX-License-Identifier: GPL-2.0-only
// What both ends of one TCP connection share: its identity, whose octets are what, and what has hit it. The
// network knows both ends, so the receiver can be told under which context the sender sent; no octet on the
// wire says so.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>

#include "sim/net/fifo.hpp"
#include "sim/net/flights.hpp"
#include "sim/net/network.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::net {

class Ns3Socket;

struct Conversation {
  enum Side : std::uint8_t { connecting = 0, accepting = 1 };
  static Side other(Side side) { return side == connecting ? accepting : connecting; }

  struct Piece {  // octets up to an offset, sent under one context
    std::uint64_t end;
    trace::Context context;
  };
  struct Way {  // what one side sends
    Way(trace::Recorder& recorder, trace::ConnectionId id, std::int64_t& flights_under_way)
        : flights(recorder, id, &flights_under_way) {}
    std::uint64_t sent = 0;       // handed to TCP
    std::uint64_t delivered = 0;  // read by the other side
    Fifo<Piece> pieces;           // those with octets that were not delivered yet
    trace::Context last;          // of the last octets sent
    trace::Context finish;        // of finish(), or of what aborted
    bool closed = false;          // this side has ended, with everything acknowledged both ways
    FlightLog flights;
  };

  // `flights_under_way` counts the messages under way in all conversations; it outlives this.
  Conversation(trace::Recorder& recorder, trace::ConnectionId connection, trace::SessionId the_session,
               std::int64_t& flights_under_way)
      : id(connection),
        session(the_session),
        ways{Way(recorder, connection, flights_under_way), Way(recorder, connection, flights_under_way)} {}

  // Notes that octets were sent under `context`.
  void sends(Side side, std::uint64_t octets, const trace::Context& context, bool with_flights);
  // The context of the octet at `offset` of what `side` sent; of the connection, if it is no longer known.
  const trace::Context& context_at(Side side, std::uint64_t offset) const;
  // A segment's sequence number as an offset in the stream of `side`. ns-3 begins at 0, SYN has that.
  std::uint64_t offset_of(Side side, std::uint32_t sequence) const {
    const std::uint64_t near = ways[side].sent;
    const auto distance = static_cast<std::int32_t>(sequence - static_cast<std::uint32_t>(near + 1));
    return near + static_cast<std::uint64_t>(static_cast<std::int64_t>(distance));
  }

  trace::ConnectionId id;
  trace::SessionId session;
  Endpoint ends[2];
  trace::HostId hosts[2];
  trace::Context opened;       // of connect()
  trace::Context last_finish;  // of the latest finish() or abort, of either side
  trace::EventId disturbance{};
  std::optional<trace::Blame> cut{};  // by a fault: nothing of it gets through
  bool was_accepted = false;  // a SYN that comes late is of no new connection
  int sockets = 0;            // of both ends that still are
  Ns3Socket* receivers[2] = {};  // those sockets, by side
  Way ways[2];
};

// Conversations by their two endpoints, for accepting sockets and for frames.
class Conversations {
 public:
  struct Found {
    Conversation* conversation = nullptr;
    Conversation::Side sender = Conversation::connecting;
  };

  void add(const std::shared_ptr<Conversation>& conversation, std::int64_t now_ns);
  // No socket of it is left. It is known for a while yet, for what is still on the way.
  void retire(const std::shared_ptr<Conversation>& conversation, std::int64_t now_ns);
  // Who sends from `source` to `destination`.
  Found find(Endpoint source, Endpoint destination) const;
  std::shared_ptr<Conversation> shared(Endpoint source, Endpoint destination) const;
  std::size_t size() const { return by_ends_.size() / 2; }
  // All of them, in the order of their numbers.
  std::vector<std::shared_ptr<Conversation>> all() const;

 private:
  struct Key {
    Endpoint source, destination;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  struct Entry {
    std::shared_ptr<Conversation> conversation;
    Conversation::Side sender;
  };
  struct Retired {
    std::shared_ptr<Conversation> conversation;
    std::int64_t since_ns;
  };

  void remove(const Conversation& conversation);

  std::unordered_map<Key, Entry, Hash> by_ends_;
  std::deque<Retired> retired_;
};

}  // namespace mailroom::net
