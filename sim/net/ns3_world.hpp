// SPDX-License-Identifier: GPL-2.0-only
// What all parts of the ns-3 network share: the recorder and its clock, the conversations, and whether
// anything is left to do.
#pragma once

#include <ns3/simulator.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/net/conversation.hpp"
#include "sim/net/routes.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::net {

struct Ns3World {
  Ns3World(trace::Recorder& the_recorder, const topology::Graph& graph)
      : recorder(the_recorder), routes(graph) {
    names.reserve(num_vertices(graph));
    for (std::size_t v = 0; v < num_vertices(graph); ++v) names.push_back(graph[v].name);
  }

  static std::int64_t now_ns() { return ns3::Simulator::Now().GetTimeStep(); }
  // To be called wherever ns-3 enters our code.
  void enter() { recorder.set_time(now_ns()); }

  bool with_flights() const { return recorder.level() >= trace::Level::mail; }
  bool with_frames() const { return recorder.level() == trace::Level::packets; }

  // Timers that are set and connections that have not ended.
  void add_work() { ++work; }
  void remove_work() {
    if (--work == 0) ns3::Simulator::Stop();  // the run goes on if this very event makes new work
  }

  trace::Recorder& recorder;
  Routes routes;
  std::vector<std::string> names;      // of the nodes
  std::int64_t flights_under_way = 0;  // messages that move over some connection
  Conversations conversations;
  // Of each open socket for datagrams, by the other end: the last that was lost.
  std::map<Endpoint, std::map<Endpoint, trace::EventId>> datagrams_lost;
  std::map<Endpoint, trace::Blame> silent_ports;  // where nobody listens, and what is to blame
  std::uint64_t seed = 0;
  std::int64_t epoch_unix_s = 0;
  std::int64_t work = 0;
  std::int64_t cuts = 0;  // conversations that are cut
  bool is_running = false;
  bool is_closed = false;  // nothing is recorded any more
  std::string scratch;     // octets on their way to a user
};

}  // namespace mailroom::net
