// SPDX-License-Identifier: GPL-2.0-only
// Who may say who they are to this host (AUTH): its users that have a password, as "ann" or "ann@its.domain".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/smtp/auth.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

class Passwords {
 public:
  explicit Passwords(const scenario::Host& config);

  // Whether the claim is true. Why not is for the log; a client is not told.
  enum class Verdict { right, wrong_password, unknown_user };
  Verdict judge(const smtp::Claim& claim) const;

 private:
  std::map<std::string, std::string, std::less<>> known_;
};
std::string_view name(Passwords::Verdict verdict);

}  // namespace mailroom::agents
