// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/fault_menu.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/faults/parse.hpp"
#include "sim/scenario/fault_targets.hpp"

namespace mailroom::viz {

namespace {

using faults::Kind;
using Of = FaultPlace::Of;

struct Entry {
  FaultGroup group;
  std::string_view title;
};

// By the order of faults.def.
constexpr Entry kEntries[] = {
    {FaultGroup::lecture, "Host unreachable"},
    {FaultGroup::lecture, "Host out of operation"},
    {FaultGroup::lecture, "TCP connection fails: reset"},
    {FaultGroup::lecture, "TCP connection fails: cut without a word"},
    {FaultGroup::lecture, "Faulty destination address"},
    {FaultGroup::lecture, "Target user's address has changed"},
    {FaultGroup::lecture, "Lack of disk space"},
    {FaultGroup::network, "Link down"},
    {FaultGroup::network, "Slow link"},
    {FaultGroup::network, "Longer delay"},
    {FaultGroup::network, "Lost frames"},
    {FaultGroup::network, "Lost frames, in bursts"},
    {FaultGroup::network, "Duplicated frames"},
    {FaultGroup::network, "Reordered frames"},
    {FaultGroup::network, "Corrupted frames"},
    {FaultGroup::network, "Partition of the network"},
    {FaultGroup::services, "SMTP receiver stopped"},
    {FaultGroup::services, "SMTP receiver hung"},
    {FaultGroup::services, "Slow replies"},
    {FaultGroup::services, "Reply of my choice (4yz, 5yz)"},
    {FaultGroup::disks, "Slow disk"},
    {FaultGroup::disks, "Mailbox over quota"},
    {FaultGroup::disks, "Spool corrupted (destroys mail)"},
    {FaultGroup::services, "Clock ahead"},
    {FaultGroup::services, "Clock behind"},
    {FaultGroup::names, "Name server stopped"},
    {FaultGroup::names, "Name server hung"},
    {FaultGroup::names, "Name server answers SERVFAIL"},
    {FaultGroup::names, "Name server answers NXDOMAIN"},
    {FaultGroup::names, "Name server lies"},
    {FaultGroup::names, "Zone changed"},
    {FaultGroup::names, "Name server is stale"},
    {FaultGroup::relays, "Clears bit 8"},
    {FaultGroup::relays, "Wraps long lines"},
    {FaultGroup::relays, "Trims blanks at line ends"},
    {FaultGroup::relays, "Writes >From"},
    {FaultGroup::relays, "Converts line ends"},
    {FaultGroup::relays, "Truncates messages"},
};
static_assert(std::size(kEntries) == faults::kKindCount, "a fault without a title");

bool has_slot(Kind kind, std::string_view slot) { return faults::info(kind).form.find(slot) != std::string_view::npos; }
bool is_of_names(Kind kind) { return faults::info(kind).form.starts_with("dns"); }
bool is_of_tcp(Kind kind) { return faults::info(kind).form.starts_with("tcp"); }
bool is_of_own_address(Kind kind) { return has_slot(kind, "<address>") && kind != Kind::smtp_answers; }
bool is_of_link(Kind kind) { return has_slot(kind, "<link>"); }
// What an attachment to a LAN segment can have.
bool can_attachment(Kind kind) {
  return kind == Kind::link_down || kind == Kind::link_losing || kind == Kind::link_losing_in_bursts ||
         kind == Kind::link_corrupting;
}

bool contains(const std::vector<std::string>& list, std::string_view name) { return std::ranges::find(list, name) != list.end(); }

// Whether the run has what the form names.
bool is_possible(Kind kind, const FaultGround& ground) {
  if (is_of_names(kind)) return !ground.name_servers.empty();
  if (is_of_link(kind)) return can_attachment(kind) ? !ground.links.empty() : !ground.wires.empty();
  if (is_of_tcp(kind) || kind == Kind::partition) return ground.nodes.size() > 1;
  if (has_slot(kind, "<receiver>")) return !ground.receivers.empty();
  if (is_of_own_address(kind)) return !ground.domains.empty();
  if (has_slot(kind, "<host>")) return !ground.mail_hosts.empty();
  return !ground.nodes.empty();
}

bool is_of_host(Kind kind, const std::string& host, const FaultGround& ground) {
  if (is_of_link(kind)) return false;
  if (is_of_names(kind)) return contains(ground.name_servers, host);
  if (has_slot(kind, "<receiver>")) return contains(ground.receivers, host);
  const bool is_mail_host = contains(ground.mail_hosts, host);
  if (is_of_own_address(kind)) return std::ranges::any_of(ground.domain_hosts, [&](const auto& one) { return one.second == host; });
  if (has_slot(kind, "<host>") || is_of_tcp(kind)) return is_mail_host;
  return contains(ground.nodes, host);
}

bool applies(Kind kind, const FaultPlace& place, const FaultGround& ground) {
  switch (place.of) {
    case Of::everything:
      return true;
    case Of::host:
      return is_of_host(kind, place.name, ground);
    case Of::link:
      return is_of_link(kind) && contains(ground.links, place.name) &&
             (can_attachment(kind) || contains(ground.wires, place.name));
    case Of::conversation:
      return is_of_tcp(kind) || (faults::info(kind).form.starts_with("smtp") && contains(ground.receivers, place.other));
    case Of::address:
      return has_slot(kind, "<address>") && !ground.host_of(place.name).empty();
  }
  return false;
}

}  // namespace

std::string_view title_of(FaultGroup group) {
  switch (group) {
    case FaultGroup::lecture:
      return "Possible errors of the lecture";
    case FaultGroup::network:
      return "Network";
    case FaultGroup::services:
      return "Services";
    case FaultGroup::disks:
      return "Disks and mailboxes";
    case FaultGroup::names:
      return "Names (DNS)";
    case FaultGroup::relays:
      return "Relays that do not conform";
  }
  return {};
}

FaultGroup group_of(Kind kind) { return kEntries[static_cast<std::size_t>(kind)].group; }
std::string_view title_of(Kind kind) { return kEntries[static_cast<std::size_t>(kind)].title; }

std::vector<Kind> kinds_for(const FaultPlace& place, const FaultGround& ground) {
  std::vector<Kind> kinds;
  for (std::size_t i = 0; i < faults::kKindCount; ++i) {
    const auto kind = static_cast<Kind>(i);
    if (is_possible(kind, ground) && applies(kind, place, ground)) kinds.push_back(kind);
  }
  return kinds;
}

FaultCheck check_fault(std::string_view sentence, const scenario::Scenario* scenario) {
  auto fault = faults::parse(sentence);
  if (!fault) return {.wrong = fault.error().wrong, .right = fault.error().right};
  if (scenario != nullptr) {
    scenario::settle_link(*fault, scenario->topology);
    if (const auto mistake = scenario::fault_mistake(*fault, scenario->topology, scenario->hosts, scenario->dns))
      return {.wrong = mistake->wrong, .right = mistake->right};
  }
  return {.fault = std::move(*fault)};
}

}  // namespace mailroom::viz
