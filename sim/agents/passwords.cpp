// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/passwords.hpp"

#include <utility>

namespace mailroom::agents {

Passwords::Passwords(const scenario::Host& config) {
  for (const scenario::User& user : config.users) {
    if (!user.password) continue;
    known_.emplace(user.local_part, *user.password);
    for (const std::string& domain : config.domains)
      known_.emplace(user.local_part + "@" + domain, *user.password);
  }
}

Passwords::Verdict Passwords::judge(const smtp::Claim& claim) const {
  const auto found = known_.find(claim.identity);
  if (found == known_.end()) return Verdict::unknown_user;
  return smtp::accepts(claim, found->second) ? Verdict::right : Verdict::wrong_password;
}

std::string_view name(Passwords::Verdict verdict) {
  switch (verdict) {
    case Passwords::Verdict::right:
      return "believed";
    case Passwords::Verdict::wrong_password:
      return "refused, for the password is wrong";
    case Passwords::Verdict::unknown_user:
      return "refused, for no such user has a password";
  }
  std::unreachable();
}

}  // namespace mailroom::agents
