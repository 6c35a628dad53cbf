// SPDX-License-Identifier: GPL-2.0-only
// A small run, written by hand as agents would record it, so that what the verbs say about it is known line
// by line:
//
//   pc1 -- north (router) -- mx1 -- mx2          the hosts and links
//
// alice on pc1 writes to bob and to nobody at south.example. pc1 submits to mx1. mx1 is refused by mx2 (its
// link is cut), re-queues, and hands the message over 15 minutes later: bob gets it, nobody is unknown (550)
// and bounces, and the notification lands in alice's mailbox on mx1. carol's later message to dave still
// waits when the run ends.
#pragma once

#include <filesystem>

#include "sim/trace/event.hpp"
#include "tests/sim/main/call.hpp"

namespace mailroom::tests {

struct ScriptedRun {
  trace::Level level = trace::Level::packets;
  bool finish = true;  // false: as if still growing
  bool chunks = false;  // mx1 hands the message over by BDAT
  bool details = false; // the header says which domains, users and receivers there are
};

// Writes the run to `path`.
void write_scripted_run(const std::filesystem::path& path, const ScriptedRun& options = {});

}  // namespace mailroom::tests
