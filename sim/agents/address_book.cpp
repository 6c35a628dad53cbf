// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/address_book.hpp"

#include <algorithm>

#include "protocols/message/address.hpp"
#include "sim/agents/directory.hpp"

namespace mailroom::agents {

namespace {

// Postmaster is known everywhere and in any case (RFC 5321 §4.5.1).
constexpr std::string_view kPostmaster = "postmaster";

// The local part that a quoted one means.
std::string unquoted(std::string_view local_part) {
  if (!local_part.starts_with('"')) return std::string(local_part);
  std::string plain;
  for (std::size_t i = 1; i + 1 < local_part.size(); ++i) {
    if (local_part[i] == '\\') ++i;
    plain += local_part[i];
  }
  return plain;
}

}  // namespace

AddressBook::AddressBook(const scenario::Host& host)
    : host_(host),
      domain_(lower(host.domains.empty() ? host.hostname : host.domains.front())),
      users_(host.users) {
  const auto is_postmaster = [](const scenario::User& one) { return lower(one.local_part) == kPostmaster; };
  if (std::ranges::none_of(users_, is_postmaster)) {
    scenario::User& postmaster = users_.emplace_back();
    postmaster.local_part = kPostmaster;
  }
  for (const scenario::User& one : users_) users_by_name_.emplace(folded(one.local_part), &one);
  for (const scenario::Alias& alias : host.aliases) aliases_.emplace(folded(alias.name), alias.targets);
  for (const scenario::MailingList& list : host.lists) lists_.emplace(folded(list.name), &list);
  for (const scenario::MailingList& list : host.lists) add_role_addresses(list);
}

// Where people write to who runs the list: NAME-request (RFC 2142 §6), and NAME-owner, which is its
// reverse-path if it has no other.
void AddressBook::add_role_addresses(const scenario::MailingList& list) {
  const std::string owner = message::quoted_local_part(list.name + "-owner") + "@" + domain_;
  const std::string target = list.owner == owner ? std::string(kPostmaster) + "@" + domain_ : list.owner;
  for (const char* role : {"-owner", "-request"}) {
    const std::string name = folded(list.name + role);
    if (users_by_name_.contains(name) || lists_.contains(name) || aliases_.contains(name)) continue;
    aliases_.emplace(name, role_targets_.emplace_back(std::vector{target}));
  }
}

std::string AddressBook::folded(std::string_view local_part) const {
  std::string plain = unquoted(local_part);
  if (host_.fold_case) return lower(plain);
  std::string small = lower(plain);
  return small == kPostmaster ? small : plain;
}

std::optional<std::string> AddressBook::without_detail(const std::string& name) const {
  if (host_.subaddress.empty()) return std::nullopt;
  const std::size_t mark = name.find_first_of(host_.subaddress, 1);
  if (mark == std::string::npos) return std::nullopt;
  return folded(name.substr(0, mark));  // postmaster+detail, in any case
}

const scenario::User* AddressBook::user(const std::string& name) const {
  const auto found = users_by_name_.find(name);
  return found == users_by_name_.end() ? nullptr : found->second;
}

void AddressBook::set_unknown(std::string_view local_part, trace::Blame blame) {
  wrong_.insert_or_assign(folded(local_part), Wrong{blame});
}

void AddressBook::set_moved(std::string_view local_part, const std::string& new_address, trace::Blame blame) {
  scenario::User moved;
  moved.local_part = folded(local_part);
  moved.moved_to = new_address;
  moved.moved = scenario::Moved::refuse;
  wrong_.insert_or_assign(folded(local_part), Wrong{blame, std::move(moved)});
}

void AddressBook::set_right(std::string_view local_part) {
  wrong_.erase(folded(local_part));
}

std::optional<trace::Blame> AddressBook::blame(std::string_view local_part) const {
  const Wrong* const found = wrong(folded(local_part));
  return found == nullptr ? std::nullopt : std::optional(found->blame);
}

// Of the name as it is written; and of that without its detail, unless something else is called so.
const AddressBook::Wrong* AddressBook::wrong(const std::string& name) const {
  if (wrong_.empty()) return nullptr;
  if (const auto found = wrong_.find(name); found != wrong_.end()) return &found->second;
  const auto base = without_detail(name);
  if (!base || known(name)) return nullptr;
  const auto found = wrong_.find(*base);
  return found == wrong_.end() ? nullptr : &found->second;
}

std::optional<AddressBook::Meaning> AddressBook::known(const std::string& name) const {
  using enum Meaning::Kind;
  if (const auto alias = aliases_.find(name); alias != aliases_.end())
    return Meaning{rewritten, nullptr, Rewriting{Rewriting::Rule::alias, alias->second}};
  if (const auto list = lists_.find(name); list != lists_.end())
    return Meaning{rewritten, nullptr,
                   Rewriting{Rewriting::Rule::list, list->second->members, list->second}};
  const scenario::User* one = user(name);
  if (one == nullptr) return std::nullopt;
  if (one->moved_to && one->moved == scenario::Moved::refuse) return Meaning{moved_away, one};
  if (one->moved_to)
    return Meaning{rewritten, one, Rewriting{Rewriting::Rule::moved, std::span(&*one->moved_to, 1)}};
  if (!one->forward.empty())
    return Meaning{rewritten, one,
                   Rewriting{Rewriting::Rule::redirection, one->forward, nullptr, one->keep}};
  return Meaning{mailbox, one};
}

AddressBook::Meaning AddressBook::look_up(std::string_view local_part) const {
  const std::string name = folded(local_part);
  if (const Wrong* const found = wrong(name)) {
    if (!found->moved) return {};
    return {Meaning::Kind::moved_away, &*found->moved};
  }
  if (auto meaning = known(name)) return *meaning;
  if (const auto base = without_detail(name))
    if (auto meaning = known(*base)) return *meaning;
  if (host_.catch_all.empty()) return {};
  return {Meaning::Kind::rewritten, nullptr, Rewriting{Rewriting::Rule::catch_all, host_.catch_all}};
}

const scenario::User* AddressBook::owner(std::string_view local_part) const {
  const std::string name = folded(local_part);
  if (const scenario::User* const one = user(name)) return one;
  const auto base = without_detail(name);
  return base ? user(*base) : nullptr;
}

const scenario::User* AddressBook::mailbox(std::string_view local_part) const {
  const std::string name = folded(local_part);
  if (wrong(name) != nullptr) return nullptr;
  const scenario::User* one = owner(local_part);
  if (one == nullptr || one->moved_to || (!one->forward.empty() && !one->keep)) return nullptr;
  return one;
}

std::string AddressBook::canonical(std::string_view address) const {
  const SplitAddress split = split_address(address);
  return message::quoted_local_part(folded(split.local_part)) + "@" +
         (split.domain.empty() ? domain_ : lower(split.domain));
}

std::string AddressBook::canonical_elsewhere(std::string_view address) {
  const SplitAddress split = split_address(address);
  return std::string(split.local_part) + "@" + lower(split.domain);
}

std::vector<Named> AddressBook::candidates(std::string_view text) const {
  const std::string name = folded(split_address(text).local_part);
  const auto named = [this](const std::string& one) {
    const scenario::User* owner = user(one);
    const std::string local_part = owner != nullptr ? owner->local_part : one;
    return Named{message::quoted_local_part(local_part) + "@" + domain_, lists_.contains(one)};
  };
  if (const Wrong* const found = wrong(name)) {
    if (found->moved) return {named(name)};
    return {};
  }
  if (known(name)) return {named(name)};
  if (const auto base = without_detail(name); base && known(*base)) return {named(*base)};
  std::vector<Named> equal, longer;
  const auto look_at = [&](const std::string& one) {
    if (wrong(one) != nullptr) return;
    if (lower(one) == lower(name)) equal.push_back(named(one));
    else if (!name.empty() && lower(one).starts_with(lower(name))) longer.push_back(named(one));
  };
  for (const auto& [one, owner] : users_by_name_) look_at(one);
  for (const auto& [one, targets] : aliases_)
    if (!users_by_name_.contains(one)) look_at(one);
  for (const auto& [one, list] : lists_) look_at(one);
  if (!equal.empty()) return equal;
  // Part of a name is no address.
  return split_address(text).domain.empty() ? longer : std::vector<Named>{};
}

}  // namespace mailroom::agents
