// SPDX-License-Identifier: GPL-2.0-only
// Obeys control lines (sim/scenario/control_line.hpp). A line is obeyed at the present time, before anything that has not
// happened yet, and recorded as control.received, which is the cause of all that follows from it. The same lines at
// the same times give the same run, event by event; what cannot be obeyed is refused with a sentence, changes nothing
// and is not recorded.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/control_line.hpp"
#include "sim/main/control_target.hpp"
#include "sim/main/fault_control.hpp"
#include "sim/main/outsider.hpp"
#include "sim/main/simulation.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::control {

class Controller {
 public:
  // All must outlive the controller. simulation.close() comes before it goes: what is open then is no event.
  Controller(Simulation& simulation, const scenario::Scenario& scenario, trace::Recorder& recorder);
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  void add_target(ControlTarget& target) { targets_.push_back(&target); }
  void set_watcher(Watcher* watcher) { watcher_ = watcher; }

  // Whether lines that begin with this word are for the controller, or for a target of its.
  bool understands(std::string_view first_word) const;
  // To be called while the simulation stands. The error is a sentence for a person.
  std::expected<void, std::string> apply(std::string_view text);
  std::expected<void, std::string> apply(const Line& line);

  // While on, time goes on even if nothing is left to do.
  void stay(bool on);
  // Lets all happen that belongs to the present instant, whether or not there is anything to do afterwards.
  void settle();
  // A number that no line has used.
  Name next_name() const { return {last_number_ + 1, 0}; }
  // Whether a connection is open, or opening.
  bool is_open(Name name) const { return outsiders_.contains(name); }
  // The number of an open connection's conversation in the run file.
  trace::SessionId session(Name name) const;
  // Octets that were typed and wait for room in the simulated connection; 0 if there is none.
  std::size_t waiting(Name name) const;

 private:
  class Port;
  std::optional<std::string> objection(const Line& line) const;
  std::optional<std::string> objection_to_new(Name name) const;
  std::optional<std::string> objection_to_node(const std::string& host) const;
  std::optional<std::string> objection_to_unknown(Name name) const;
  ControlTarget* target_of(std::string_view text) const;
  trace::Event about(const Line& line) const;
  void obey(const Line& line);
  void connect(const Connect& line);
  void listen(const Listen& line);
  void send(const Datagram& line);
  void finish(Name name);
  Outsider& add(Name name, net::Host& host);
  void end(Name name, net::End end);

  Simulation& simulation_;
  trace::Recorder& recorder_;
  net::Host& clock_;
  std::map<std::string, bool, std::less<>> nodes_;  // by name: whether it is a LAN segment
  Watcher* watcher_ = nullptr;
  FaultControl faults_;
  std::vector<ControlTarget*> targets_;
  std::map<Name, std::unique_ptr<Outsider>> outsiders_;
  std::map<Name, std::unique_ptr<DatagramOutsider>> datagrams_;
  std::map<Name, std::unique_ptr<Port>> ports_;
  std::uint32_t last_number_ = 0;
  net::Timer staying_{};
};

}  // namespace mailroom::control
