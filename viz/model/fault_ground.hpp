// SPDX-License-Identifier: GPL-2.0-only
// What there is in a run that can fail, by the names that sentences of faults use; and what a person has pointed at.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/run_file.hpp"

namespace mailroom::viz {

struct FaultGround {
  std::vector<std::string> nodes;         // hosts and routers; no LAN segments
  std::vector<std::string> mail_hosts;    // those with a mail agent
  std::vector<std::string> receivers;     // those with an SMTP receiver
  std::vector<std::string> name_servers;  // nodes where zones are served
  std::vector<std::string> links;         // all, attachments to LANs among them
  std::vector<std::string> wires;         // links that are no attachments: they fail in more ways
  std::vector<std::string> addresses;     // mailboxes, at most kMostAddresses
  std::vector<std::string> domains;

  static constexpr std::size_t kMostAddresses = 2000;
  // The host where a domain is local; empty: none.
  std::string host_of(std::string_view address) const;
  // By host, the domains and addresses that are its own.
  std::vector<std::string> addresses_of(std::string_view host) const;

  std::vector<std::pair<std::string, std::string>> domain_hosts;  // (domain, host)
};

// From the header of a run file, whatever is in it.
FaultGround ground_of(const trace::RunHeader& header);

// What a person has pointed at.
struct FaultPlace {
  enum class Of { everything, host, link, conversation, address } of = Of::everything;
  std::string name{};    // of a host, a link or an address; of a conversation: who connected
  std::string other{};   // of a conversation: who listened
  bool operator==(const FaultPlace&) const = default;
};

}  // namespace mailroom::viz
