// SPDX-License-Identifier: GPL-2.0-only
// What the addresses of a host stand for: mailboxes of users, aliases, mailing lists, users who have moved or
// have their mail sent on, and the rest (RFC 5321 §3.4, §3.9; RFC 5233 for subaddresses). It answers
// questions about one address at a time, knows no other host and changes nothing of itself.
//
// A name is looked for as it is written, then without its subaddress, then as a catch-all; among equals an
// alias comes before a list and before a user.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.hpp"
#include "sim/trace/event.hpp"

namespace mailroom::agents {

// Mail to an address goes to others instead.
struct Rewriting {
  enum class Rule { alias, list, moved, redirection, catch_all } rule;
  std::span<const std::string> targets;         // of the scenario
  const scenario::MailingList* list = nullptr;  // of a list
  bool keeps = false;                           // of a redirection: the mailbox gets it too
};

// An address, where it leads, and how: for a reply to VRFY or EXPN.
struct Named {
  std::string address;
  bool is_list = false;
};

class AddressBook {
 public:
  // `host` must outlive the book.
  explicit AddressBook(const scenario::Host& host);

  struct Meaning {
    enum class Kind { unknown, mailbox, moved_away, rewritten } kind = Kind::unknown;
    const scenario::User* user = nullptr;  // of all but aliases, lists and catch-all
    std::optional<Rewriting> rewriting{};
  };
  // Of a local part, quoted or not, in any domain of the host.
  Meaning look_up(std::string_view local_part) const;

  // Something is wrong with an address, whatever it stood for: nobody is called so, or that user has moved and must be
  // written to elsewhere. Until set_right() is said of it.
  void set_unknown(std::string_view local_part, trace::Blame blame);
  void set_moved(std::string_view local_part, const std::string& new_address, trace::Blame blame);
  void set_right(std::string_view local_part);
  // What is to blame, if something is wrong with it.
  std::optional<trace::Blame> blame(std::string_view local_part) const;

  // The user whose mailbox takes mail for the name once nothing is to be rewritten any more; nullptr if there
  // is none.
  const scenario::User* mailbox(std::string_view local_part) const;

  // The user who is called so, wherever the mail goes; nullptr: nobody.
  const scenario::User* owner(std::string_view local_part) const;

  // One form for all ways to write the same address of this host: domain in lower case, local part folded
  // where the host folds it, the host's domain where there is none.
  std::string canonical(std::string_view address) const;
  // Of an address anywhere else: only its domain is ours to fold (RFC 5321 §2.4).
  static std::string canonical_elsewhere(std::string_view address);

  // What VRFY of a text may mean, best first: the name itself; else names that are equal but for case; else
  // names that begin with it (RFC 5321 §3.5.1 leaves it to the host).
  std::vector<Named> candidates(std::string_view text) const;

  const std::vector<scenario::User>& users() const { return users_; }  // postmaster is always among them
  const std::string& domain() const { return domain_; }  // of names without one: the hostname, if the host has none

 private:
  struct Wrong {
    trace::Blame blame;
    std::optional<scenario::User> moved{};  // none: unknown
  };
  std::string folded(std::string_view local_part) const;
  // The name without its detail; nothing if it has none.
  std::optional<std::string> without_detail(const std::string& name) const;
  std::optional<Meaning> known(const std::string& name) const;
  const scenario::User* user(const std::string& name) const;
  const Wrong* wrong(const std::string& name) const;
  void add_role_addresses(const scenario::MailingList& list);

  const scenario::Host& host_;
  std::string domain_;
  std::vector<scenario::User> users_;
  std::map<std::string, const scenario::User*> users_by_name_;
  std::map<std::string, std::span<const std::string>> aliases_;
  std::map<std::string, const scenario::MailingList*> lists_;
  std::deque<std::vector<std::string>> role_targets_;
  std::map<std::string, Wrong> wrong_;  // by folded name
};

}  // namespace mailroom::agents
