// SPDX-License-Identifier: GPL-2.0-only
// When faults begin and end: at their times, at random, when a condition comes true, or by hand. What they do is the
// target's business. Each is an event when it begins and when it is undone; of faults that contradict each other the
// one that is in force stays, and the other does not begin.
//
// A fault that is still to come keeps no run going; but a host out of operation does, for what waits in its spool.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/faults/fault.hpp"
#include "sim/net/ns3_network.hpp"
#include "sim/net/random.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom {

// What faults act upon.
class FaultTarget {
 public:
  virtual ~FaultTarget() = default;
  // `connection`: that which the condition was about, of a TCP fault that has one; else all that the fault names.
  virtual void begin(const faults::Fault& fault, trace::Blame blame, trace::ConnectionId connection) = 0;
  virtual void end(const faults::Fault& fault, trace::FaultId id) = 0;
  // The one host and the one link that it is about, and all of its links and nodes, for the log.
  struct Place {
    trace::HostId host{};
    trace::LinkId link{};
    std::string detail{};  // JSON
  };
  virtual Place place_of(const faults::Fault& fault) const = 0;
};

class FaultSchedule final : private trace::Observer {
 public:
  // All must outlive the schedule.
  FaultSchedule(net::Ns3Network& network, trace::Recorder& recorder, FaultTarget& target, std::uint64_t seed);
  ~FaultSchedule() override;

  // As its own 'when' says, counted from now.
  void add(faults::Fault fault);
  // Undoes what is in force and is called so ("link a-b down"); false: nothing is.
  bool mend(std::string_view what);
  // What is called so does not come any more, and is undone if it is in force.
  void forget(std::string_view what);
  // What may still come, by the order of adding.
  std::vector<std::string> to_come() const;
  // What is in force now, by the order of beginning.
  std::vector<std::string> in_force() const;

 private:
  struct Planned {
    faults::Fault fault;
    trace::FaultId id;
    net::Random random;
    trace::HostId watched{};                               // of a condition
    std::map<trace::SessionId, std::int64_t> seen{};       // how often it came true, by session
    std::int64_t fired = 0;
    std::int64_t begun = 0;
    bool is_forgotten = false;
  };
  struct InForce {
    std::size_t planned;
    std::int64_t number;  // of beginnings
  };

  void on_event(trace::EventId id, const trace::Event& event) override;
  void arm(std::size_t index, std::int64_t delay_ns);
  std::int64_t interval_ns(Planned& planned);
  void begin(std::size_t index, trace::ConnectionId connection);
  void end(const std::string& slot, std::int64_t number);

  net::Ns3Network& network_;
  trace::Recorder& recorder_;
  FaultTarget& target_;
  std::uint64_t seed_;
  std::vector<Planned> planned_;
  std::map<std::string, std::int64_t> named_;  // how many have these words
  std::map<std::string, InForce> in_force_;    // by slot
  std::int64_t begun_ = 0;
};

}  // namespace mailroom
