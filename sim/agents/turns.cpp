// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/turns.hpp"

#include <fmt/format.h>

namespace mailroom::agents {

smtp::Reply answer_turn(Mta& mta, std::string_view argument, net::Address client) {
  if (argument.starts_with('#'))
    return smtp::reply(458, fmt::format("Unable to queue messages for node {}: no queue here has a name", argument),
                       smtp::EnhancedCode{4, 3, 0});
  const bool below = argument.starts_with('@');
  const std::string_view domain = argument.substr(below ? 1 : 0);
  if (mta.router().is_local(domain) || !mta.relay().stands_in_for(domain, below))
    return smtp::reply(459, fmt::format("Node {} not allowed: I keep no mail for it", argument),
                       smtp::EnhancedCode{4, 7, 1});
  const Scheduler::Turn turn =
      mta.scheduler().turn(domain, below, fmt::format("ETRN {} from {}", argument, to_string(client)));
  constexpr smtp::EnhancedCode kOk{2, 0, 0};
  if (turn.started > 0)
    return smtp::reply(253, fmt::format("OK, {} pending messages for node {} started", turn.started, argument), kOk);
  if (turn.others > 0) return smtp::reply(250, fmt::format("OK, queuing for node {} started", argument), kOk);
  return smtp::reply(251, fmt::format("OK, no messages waiting for node {}", argument), kOk);
}

}  // namespace mailroom::agents
