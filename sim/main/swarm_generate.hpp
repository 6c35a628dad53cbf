// SPDX-License-Identifier: GPL-2.0-only
// Random scenarios: topology, policies, traffic and faults, by one struct of probabilities. The same seed and options
// give the same scenario.
#pragma once

#include <cstdint>

#include "sim/main/swarm_draft.hpp"

namespace mailroom::swarm {

// Shares are in thousandths.
struct Options {
  std::int64_t mail_hosts_most = 5;
  std::int64_t routers_most = 3;
  std::int64_t extra_links_most = 3;
  std::int64_t lan = 150;            // some of the nodes share a segment
  std::int64_t bad_link = 300;       // slow, far, lossy, short queue
  std::int64_t user_agent_host = 200;  // beside the mail hosts
  std::int64_t rfc821_host = 150;
  std::int64_t policy = 90;          // each of the policies that a host may have
  std::int64_t rewriting = 200;      // each of aliases, lists, redirections, moved users, catch-all
  std::int64_t forwarding = 200;     // through another host
  std::int64_t backup = 250;         // a host keeps the mail of another one, which asks for it now and then
  std::int64_t passwords = 250;      // for AUTH
  std::int64_t slow_disk = 250;
  std::int64_t small_disk = 80;
  std::int64_t static_names = 250;
  std::int64_t traffic_most = 5;
  std::int64_t unknown_recipient = 150;
  std::int64_t null_reverse_path = 60;
  std::int64_t notify = 200;
  std::int64_t rude_client = 250;    // somebody types to a receiver, and not always SMTP
  std::int64_t faults_most = 5;
  std::int64_t conditional = 350;    // a fault that waits for something to happen
};

Draft generate(std::uint64_t seed, const Options& options);

}  // namespace mailroom::swarm
