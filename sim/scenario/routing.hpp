// SPDX-License-Identifier: GPL-2.0-only
// How a host passes mail on, as plain data: its transport table, for whom it relays, what it does with source
// routes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailroom::scenario {

// Where mail for a domain goes by a host's own table.
struct ForwardTo {
  enum class Kind : std::uint8_t {
    host,        // a host of the scenario, whatever the DNS says
    exchangers,  // those of a domain, which need not be the recipient's
    refuse,      // nowhere: it comes back
  };
  ForwardTo() = default;
  ForwardTo(std::string host) : name(std::move(host)) {}
  ForwardTo(const char* host) : name(host) {}

  Kind kind = Kind::host;
  std::string name;           // the host, or the domain
  std::string enhanced_code;  // of refuse: "5.1.2"
  std::string text;           // of refuse: why
  friend bool operator==(const ForwardTo&, const ForwardTo&) = default;
};
// As the file has it: "relay", "mx:south.example", "error:5.1.2 closed".
std::string to_string(const ForwardTo& to);

// Addresses that begin alike: "10.1.0.0/16".
struct Network {
  std::uint32_t address = 0;  // host byte order
  int bits = 32;
  bool has(std::uint32_t other) const { return bits == 0 || ((address ^ other) >> (32 - bits)) == 0; }
  friend bool operator==(const Network&, const Network&) = default;
};
std::string to_string(const Network& network);
std::optional<Network> network(std::string_view text);  // an address alone is a network of one

// For whom a receiver takes mail that does not end at its host.
struct RelayPolicy {
  struct Clients {
    std::vector<std::string> hosts;  // names of the scenario's hosts
    std::vector<Network> networks;
  };
  std::optional<Clients> clients;  // none: the hosts that forward or submit through it
  std::optional<std::vector<std::string>> domains;  // of recipients; ".x": all below x. None: those of its table
  bool open = false;                                // for everyone
  bool authenticated = true;                        // for who has said who they are (AUTH)
};

// A receiver and the source route of a forward-path, "@r1,@r2:u@d".
enum class SourceRoutes : std::uint8_t {
  honour,  // RFC 821 §3.6: goes to the next host of the route; the way back grows
  ignore,  // RFC 5321 §3.3, App. C: goes to the mailbox at its end
  refuse,  // RFC 5321 §4.1.1.3: 550
};

}  // namespace mailroom::scenario
