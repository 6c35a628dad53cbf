// SPDX-License-Identifier: GPL-2.0-only
// Who sends what when: turns one traffic entry of a scenario into messages of the user agents. Each entry
// draws from a random stream of its own, so that entries do not disturb each other.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/agents/user_agent.hpp"
#include "sim/net/random.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

class TrafficSource {
 public:
  // The user agent that sends for an address under this entry; nullptr: it runs elsewhere, and what it sends is not
  // our concern.
  using AgentFor = std::function<UserAgent*(const scenario::Traffic&, const std::string& from)>;

  // `clock` gives the time; any host of the run. `traffic` and `clock` must outlive the source.
  TrafficSource(const scenario::Traffic& traffic, std::uint64_t seed, net::Host& clock, AgentFor agent_for);

  // Sets the first timers. Once.
  void start();
  // Messages asked of user agents so far, and in all; each sender counts. (Where the
  // sender is drawn and may be a recipient, the plan shrinks as that turns out.)
  std::int64_t sent() const { return sent_; }
  std::int64_t planned() const { return planned_; }

 private:
  // One train of messages: that of one sender, or of all senders where each message draws its own.
  struct Train {
    const std::string* from;  // null: drawn for each message
    std::int64_t left;
    std::int64_t next_ns;
    net::Random random;
  };
  void arm(std::size_t index);
  void run(std::size_t index);
  void send_one(Train& train);
  void send(UserAgent* agent, const std::string& from, const std::vector<std::string>& to);
  const std::string& draw(const std::vector<std::string>& members, Train& train, const std::string* except);

  const scenario::Traffic& traffic_;
  net::Host& clock_;
  AgentFor agent_for_;
  std::vector<Train> trains_;
  std::map<std::string_view, std::uint64_t> places_;  // of the recipients to draw from, the first where one is named twice
  std::int64_t sent_ = 0;
  std::int64_t planned_ = 0;
};

}  // namespace mailroom::agents
