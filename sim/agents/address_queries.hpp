// SPDX-License-Identifier: GPL-2.0-only
// The replies to VRFY and EXPN (RFC 5321 §3.5), where the host's policy is to answer them.
#pragma once

#include <string_view>

#include "protocols/smtp/reply_texts.hpp"
#include "sim/agents/mta.hpp"

namespace mailroom::agents {

class AddressQueries {
 public:
  // More members than this are not listed.
  static constexpr std::size_t kMembersLimit = 1000;

  // `mta` must outlive it.
  explicit AddressQueries(Mta& mta) : mta_(mta) {}

  // `text` is what the client asked for: a name, an address, or an address in angle brackets. Every 250, 251,
  // 551 names a mailbox (§3.5.2).
  //
  // 250; 251 and 551 for a moved user; 252 for other hosts' addresses and those that only the catch-all
  // takes; 550; 553 with the possibilities if several are meant.
  smtp::Reply verify(std::string_view text) const;
  // 250 with the members of a list or alias, a line each; 252 if they are too many; 550 if it is none.
  smtp::Reply expand(std::string_view text) const;

 private:
  smtp::Reply say(smtp::Say what) const;
  bool is_ours(std::string_view address) const;

  Mta& mta_;
};

}  // namespace mailroom::agents
