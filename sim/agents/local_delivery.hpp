// SPDX-License-Identifier: GPL-2.0-only
// The users of a host and their mailboxes: the receiver's questions about local mail destinations (the
// lecture: "verify local mail destinations", "target user address has changed: redirect if possible, inform
// user if not", "lack of disk space"), and delivery.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/mailstore/mailbox.hpp"
#include "protocols/smtp/reply_texts.hpp"
#include "sim/net/host.hpp"
#include "sim/queue/entry.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

class LocalDelivery {
 public:
  // `hostname` and `texts` are for the replies; `domain` names the mailbox of an address without one
  // (<Postmaster>).
  LocalDelivery(net::Host& host, std::vector<scenario::User> users, smtp::TextProfile texts,
                std::string hostname, std::string domain);

  // The reply to RCPT (or VRFY) for a local part of a domain of this host: 250; 251 for a moved user whose
  // mail is forwarded; 550 for an unknown one; 551 for a moved one; 552 for a mailbox that is full, or would
  // be by `declared_bytes`.
  smtp::Reply verify(std::string_view local_part, std::int64_t declared_bytes) const;

  // Where a moved user's mail is forwarded to; nullptr for all others.
  const std::string* forwarded_to(std::string_view local_part) const;

  // Why a message did not get into its mailbox: what a receiver would have answered, and the evidence if
  // there is any.
  struct Refusal {
    smtp::Reply reply;
    trace::EventId because{};
  };
  // Puts the message into the user's mailbox, with Return-Path in front, and records it: its UID.
  std::expected<std::uint32_t, Refusal> deliver(const queue::Entry& entry, const queue::Recipient& recipient);

 private:
  struct Account {
    scenario::User user;
    mailstore::Mailbox mailbox;
  };
  Account* find(std::string_view local_part);
  const Account* find(std::string_view local_part) const;
  smtp::Reply say(smtp::Say what) const;

  net::Host& host_;
  smtp::TextProfile texts_;
  std::string hostname_;
  std::string domain_;
  std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace mailroom::agents
