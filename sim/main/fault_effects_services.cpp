// SPDX-License-Identifier: GPL-2.0-only
// SMTP receivers, and the addresses that they know.
#include <algorithm>
#include <cassert>

#include "sim/agents/directory.hpp"
#include "sim/main/fault_effects.hpp"
#include "sim/main/simulation.hpp"

namespace mailroom {

using agents::DialoguePoint;
using agents::ServiceTrouble;
using faults::Fault;
using Kind = faults::Kind;

namespace {

DialoguePoint point_of(const Fault& fault) {
  if (fault.point == "greeting") return {.what = DialoguePoint::What::greeting};
  if (fault.point == ".") return {.what = DialoguePoint::What::final_dot};
  return {.verb = fault.point.empty() ? smtp::Verb::rcpt : smtp::verb_of(fault.point)};
}

}  // namespace

bool FaultEffects::change_service(const Fault& fault, const Blame& blame) {
  const bool is_of_service = fault.kind == Kind::smtp_stopped || fault.kind == Kind::smtp_hung ||
                             fault.kind == Kind::smtp_slow || fault.kind == Kind::smtp_answers;
  if (!is_of_service) return false;
  simulation_.site(fault.node())->mta().trouble_service([&](ServiceTrouble& trouble) {
    if (fault.kind == Kind::smtp_stopped) {
      trouble.stopped = blame;
    } else if (fault.kind == Kind::smtp_hung) {
      trouble.hung = blame;
    } else if (fault.kind == Kind::smtp_slow) {
      trouble.pace.reset();
      if (blame) trouble.pace = {fault.time_ns, *blame};
    } else if (blame) {
      trouble.answers.push_back({.name = fault.what,
                                 .point = point_of(fault),
                                 .code = fault.code,
                                 .address = fault.addresses.empty() ? std::string() : fault.addresses.front(),
                                 .share_per_billion = fault.share_per_billion,
                                 .blame = *blame});
    } else {
      std::erase_if(trouble.answers, [&](const ServiceTrouble::Answer& one) { return one.name == fault.what; });
    }
  });
  return true;
}

// At every host that has its domain.
bool FaultEffects::change_address(const Fault& fault, const Blame& blame) {
  const bool is_of_address = fault.kind == Kind::address_faulty || fault.kind == Kind::address_moved ||
                             fault.kind == Kind::mailbox_over_quota;
  if (!is_of_address) return false;
  const agents::SplitAddress address = agents::split_address(fault.addresses.front());
  for (const scenario::Host& host : scenario_.hosts) {
    const auto is_domain = [&](const std::string& domain) { return agents::lower(domain) == agents::lower(address.domain); };
    if (std::ranges::none_of(host.domains, is_domain)) continue;
    agents::Mta& mta = simulation_.site(host.name)->mta();
    if (fault.kind == Kind::mailbox_over_quota) {
      mta.local().set_over_quota(address.local_part, blame);
    } else if (!blame) {
      mta.addresses().set_right(address.local_part);
    } else if (fault.kind == Kind::address_faulty) {
      mta.addresses().set_unknown(address.local_part, *blame);
    } else {
      mta.addresses().set_moved(address.local_part, fault.addresses.back(), *blame);
    }
  }
  return true;
}

}  // namespace mailroom
