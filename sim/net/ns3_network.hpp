// SPDX-License-Identifier: GPL-2.0-only
// The reference network: every node of a topology as an ns-3 node with its own address, every link with rate,
// delay, queue and loss, real TCP between them. Owns all ns-3 objects; no ns-3 name appears in this header.
//
// Numbers: node i of the graph is HostId i + 1 (routers and LAN segments too), edge j is LinkId j + 1. A LAN
// segment has one rate and delay, the lowest rate and the longest delay of its attachments; queue and loss
// are each attachment's own. A frame leaves over the sender's attachment and is received over the receiver's;
// a flight over a segment names the sender's attachment as its link and the two stations as its ends.
// Direction (`value` of frame events): 0 from the edge's source to its target, 1 the other way.
//
// Order of calls: make the network; give hosts their agents, which listen(), connect() and set timers through
// Host; run_until() or run(), as often as wanted; close(). Agents, their connections and listeners go before
// the network. ns-3 has global state, so a process makes one Ns3Network in its life (asserted). Not
// thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/host.hpp"
#include "sim/net/link_trouble.hpp"
#include "sim/trace/ids.hpp"
#include "sim/trace/recorder.hpp"
#include "topologies/graph.hpp"

namespace mailroom::net {

class Ns3Network {
 public:
  // What a node has beyond its place in the graph. Nodes not named get the default.
  struct HostSpec {
    std::string name;
    std::int64_t disk_bytes = kDefaultDiskBytes;
  };
  struct Options {
    std::uint64_t seed = 1;
    std::int64_t epoch_unix_s = 946'728'000;  // time of day when the run begins
    std::vector<HostSpec> hosts;
  };
  static constexpr std::int64_t kDefaultDiskBytes = 1'000'000'000;

  // Why a run came back.
  enum class Stopped {
    time,  // everything before the time that was asked for has run
    idle,  // nothing is left to do: no timer, no connection that is open or opening
    asked  // stop() was called
  };

  // Every link of the graph must have a rate and a delay (asserted; readers and scenarios see to it).
  // `recorder` must outlive the network.
  Ns3Network(const topology::Graph& graph, trace::Recorder& recorder, const Options& options);
  ~Ns3Network();
  Ns3Network(const Ns3Network&) = delete;
  Ns3Network& operator=(const Ns3Network&) = delete;

  // Nodes that are not LAN segments. The name must exist (asserted).
  Host& host(trace::HostId id);
  Host& host(std::string_view name);
  // {} for a LAN segment.
  Address address_of(trace::HostId id) const;
  // {} if no node has it.
  trace::HostId host_with(Address address) const;

  // Runs everything that lies strictly before `time_ns`, then stands at time_ns - 1: what is done next comes
  // before anything that happens at time_ns. Any way of slicing a run gives the same events. Comes back
  // earlier, with the clock at the last event, when nothing is left to do.
  Stopped run_until(std::int64_t time_ns);
  // Runs until nothing is left to do.
  Stopped run();
  // From within a callback: run() and run_until() come back when it returns.
  void stop();

  // Runs `action` after so long, under the context of this call; with it still to come the run goes on, or does not.
  void after(std::int64_t delay_ns, std::function<void()> action);
  void after_without_work(std::int64_t delay_ns, std::function<void()> action);

  // Faults. What is wrong with a link, of the graph's edge `link` - 1, is what `change` makes of it.
  void change(trace::LinkId link, const std::function<void(LinkTrouble&)>& change);
  // The connections between two hosts, or the one: nothing of them gets through until the fault is over; or they are
  // reset at both ends.
  struct Connections {
    trace::HostId one{}, other{};
    trace::ConnectionId only{};
  };
  void cut(const Connections& which, trace::Blame blame);
  void mend(trace::FaultId fault);
  void reset(const Connections& which, trace::Blame blame);

  std::int64_t now_ns() const;
  // No timer is pending and no connection is open or opening; or nothing that is could ever happen again.
  bool idle() const;
  // ns-3 events run so far, for progress and benches.
  std::uint64_t event_count() const;
  // The version of the library, for the run file: runs are the same for one version of it.
  static std::string_view library();

  // Writes flights that are still under way. Call it after the last run and before the run file is closed.
  void close();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace mailroom::net
