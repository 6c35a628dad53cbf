// SPDX-License-Identifier: GPL-2.0-only
// What runs on one mail host of a scenario, whatever network it stands on: a mail agent and a user agent beside
// it. And what all mail hosts of a scenario know of each other, for networks that have only some of them.
#pragma once

#include <functional>
#include <string_view>

#include "sim/agents/directory.hpp"
#include "sim/agents/exchanger_locator.hpp"
#include "sim/agents/mta.hpp"
#include "sim/agents/user_agent.hpp"
#include "sim/net/host.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom {

class Site {
 public:
  // All must outlive it; `config` is the host's part of the scenario.
  Site(const scenario::Host& config, net::Host& host, agents::NameService& names,
       const agents::Directory& directory)
      : locator_(host, names, directory, config.hostname),
        mta_(host, config, directory, locator_),
        user_agent_(mta_) {}

  agents::Mta& mta() { return mta_; }
  const agents::Mta& mta() const { return mta_; }
  agents::UserAgent& user_agent() { return user_agent_; }

 private:
  agents::ExchangerLocator locator_;  // before who asks it
  agents::Mta mta_;
  agents::UserAgent user_agent_;
};

// The simulated address of a node of the scenario.
using AddressOf = std::function<net::Address(std::string_view node)>;
// What runs on a mail host; nullptr: not here.
using SiteOf = std::function<Site*(std::string_view host)>;

// Who listens where and serves which domain. `scenario` must outlive the directory.
agents::Directory directory_of(const scenario::Scenario& scenario, const AddressOf& address_of);

// A host forwards for those that it names; if it names none, for those that are set up to forward, or to submit,
// through it.
void permit_relaying(const scenario::Scenario& scenario, const SiteOf& site_of, const AddressOf& address_of);

}  // namespace mailroom
