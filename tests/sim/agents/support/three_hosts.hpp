// SPDX-License-Identifier: GPL-2.0-only
// ann at a writes to b, whose addresses stand for others, some of them at c.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/sim/agents/support/mail_world.hpp"

namespace mailroom::test {

struct ThreeHosts : MailWorld {
  explicit ThreeHosts(scenario::Host to) : b(add(std::move(to))) {}
  Site& b;
  Site& c = add(mail_host("c", "c.test", {"cid", "cy"}));
  Site& a = add(mail_host("a", "a.test", {"ann"}));
  bool send(const std::vector<std::string>& to) { return MailWorld::send(a, "ann@a.test", to); }
  // By which rules addresses were rewritten, or what else the events of a kind say.
  std::vector<std::string> rules(trace::Kind kind = trace::Kind::copy_expanded) const {
    std::vector<std::string> texts;
    for (const trace::StoredEvent& event : of(kind)) texts.push_back(event.text);
    return texts;
  }
};

}  // namespace mailroom::test
