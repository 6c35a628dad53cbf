// SPDX-License-Identifier: GPL-2.0-only
// The scenarios that the bench runs, and what one of their runs sent: the script by which the floor sends the
// same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mailroom::bench {

// How often a sender asks the DNS for its next host: when a TTL is over, or for each message.
enum class Names { asked_once_a_ttl, asked_each_time };

// Two hosts, so many links apart; each message over a connection of its own, command by command.
std::string path_scenario(std::size_t hops, std::size_t octets, std::size_t messages, Names names);
// So many hosts in a tree of routers, `fan` to a router; all write to all, at random moments.
std::string tree_scenario(std::size_t hosts, std::size_t fan, std::size_t messages);
// A host whose only link loses everything: all of its messages stay queued.
std::string queue_scenario(std::size_t messages, std::size_t octets);

// What the two ends of a session said, in octets on the wire: the receiver's greeting first, then in turn.
// Before that, what was asked of name servers, and their answers.
struct Script {
  std::vector<std::int64_t> client, server;
  std::vector<std::int64_t> questions, answers;
};
// Of the only session of a run of one message, recorded at full.
Script script_of(const std::filesystem::path& run_file);

struct Frames {
  std::int64_t count = 0;
  std::int64_t octets = 0;  // on the wire, all links
};
// Of a run recorded at packets.
Frames frames_of(const std::filesystem::path& run_file);

}  // namespace mailroom::bench
