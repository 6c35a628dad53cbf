// SPDX-License-Identifier: GPL-2.0-only
// A host that was away, or has no line that is always open, asks another one for the mail that waits there for its
// domains (ETRN, RFC 1985): one connection, an ETRN for each domain, QUIT. What waits comes over connections of that
// host's. A call that fails is not repeated before its next time.
#pragma once

#include <map>
#include <memory>

#include "sim/agents/route.hpp"
#include "sim/net/alive.hpp"
#include "sim/net/host.hpp"
#include "sim/net/timer_group.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

class TurnCaller {
 public:
  // All must outlive it; `config` has a turn.
  TurnCaller(net::Host& host, const scenario::Host& config, Locator& locator);
  ~TurnCaller();
  // Calls at those of the times that are not over.
  void start();

 private:
  class Call;
  void call();
  void connect(const Located& located);

  net::Host& host_;
  const scenario::Host& config_;
  Locator& locator_;
  std::map<std::int64_t, std::unique_ptr<Call>> calls_;
  std::int64_t last_call_ = 0;
  net::TimerGroup timers_;
  net::Alive alive_;
};

}  // namespace mailroom::agents
