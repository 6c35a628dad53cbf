// SPDX-License-Identifier: GPL-2.0-only
// The mailboxes of a host: the receiver's questions about local mail destinations (the lecture: "verify local
// mail destinations", "target user address has changed: redirect if possible, inform user if not", "lack of
// disk space"), and delivery. What an address stands for is the address book's business.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/mailstore/mailbox.hpp"
#include "protocols/smtp/reply_texts.hpp"
#include "sim/agents/address_book.hpp"
#include "sim/net/host.hpp"
#include "sim/queue/entry.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

class LocalDelivery {
 public:
  // All must outlive it.
  LocalDelivery(net::Host& host, const scenario::Host& config, const AddressBook& book);

  // The reply to RCPT for a local part of a domain of this host: 250 for a mailbox, an alias, a list; 251 for
  // a moved user whose mail is forwarded; 550 for an unknown one; 551 for a moved one; 552 for a mailbox that
  // is full, or would be by `declared_bytes`.
  smtp::Reply verify(std::string_view local_part, std::int64_t declared_bytes) const;

  // Why a message did not get into its mailbox: what a receiver would have answered, and the evidence if
  // there is any.
  struct Refusal {
    smtp::Reply reply;
    trace::EventId because{};
    trace::FaultId fault{};
  };
  // Puts the message into the user's mailbox, with Return-Path and Delivered-To in front, and records it: its
  // UID. All that leads to other addresses was followed when the message came in (Expander), so that an
  // address without a mailbox is unknown, or goes in circles.
  std::expected<std::uint32_t, Refusal> deliver(const queue::Entry& entry, const queue::Recipient& recipient);

  // The mailbox that the name leads to takes nothing more, as if it were full; nobody to blame: again as much as it may.
  void set_over_quota(std::string_view local_part, std::optional<trace::Blame> blame);
  // What is to blame if mail for the name is refused, where a fault is.
  std::optional<trace::Blame> blame(std::string_view local_part) const;

 private:
  std::optional<smtp::Reply> refusal_of(const queue::Entry& entry, std::string_view forward_path) const;
  smtp::Reply say(smtp::Say what) const;

  net::Host& host_;
  const scenario::Host& config_;
  const AddressBook& book_;
  std::map<std::string, mailstore::Mailbox> mailboxes_;  // by the users' names
  std::map<std::string, trace::Blame> over_quota_;       // likewise
};

}  // namespace mailroom::agents
