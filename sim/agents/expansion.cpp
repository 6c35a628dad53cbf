// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/expansion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "protocols/message/header.hpp"
#include "protocols/message/utf8.hpp"
#include "sim/trace/discard_rules.hpp"

namespace mailroom::agents {

namespace {

constexpr std::string_view kDeliveredTo = "Delivered-To";
constexpr std::string_view kListPost = "List-Post";

std::string text_of(const Rewriting& rewriting, const std::string& address) {
  const auto& targets = rewriting.targets;
  const std::string to = targets.size() == 1 ? targets.front() : fmt::format("{} addresses", targets.size());
  switch (rewriting.rule) {
    case Rewriting::Rule::alias:
      return fmt::format("alias {}: {}", address, to);
    case Rewriting::Rule::list:
      return fmt::format("list {}: {} member{}", address, targets.size(), targets.size() == 1 ? "" : "s");
    case Rewriting::Rule::moved:
      return fmt::format("user has moved to {}", to);
    case Rewriting::Rule::redirection:
      return fmt::format("{} redirects to {}{}", address, to, rewriting.keeps ? ", and keeps a copy" : "");
    case Rewriting::Rule::catch_all:
      return fmt::format("catch-all for {}: {}", address, to);
  }
  return {};
}

// RFC 2919 §3 for the identifier; RFC 2369 §3. What a list further out has said of posting stays (RFC 2369
// §4); an identifier is added for each list (RFC 2919 §7).
std::string list_fields(const scenario::MailingList& list, const std::string& address, bool is_of_list) {
  const std::string_view domain = split_address(address).domain;
  std::string fields;
  if (!list.name.starts_with('"') && !address.starts_with('"'))
    fields += message::format_field("List-Id", fmt::format("<{}.{}>", list.name, domain));
  if (is_of_list) return fields;
  fields += message::format_field(kListPost, fmt::format("<mailto:{}>", address));
  fields += message::format_field("List-Owner", fmt::format("<mailto:{}>", list.owner));
  return fields;
}

// Those who knew nothing of SMTPUTF8 when they wrote the message get none of it in their header.
bool may_stand(std::string_view fields, const Expander::Message& message) {
  return message.smtputf8 || message::is_ascii(fields);
}

std::string key_of_mailbox(const scenario::User& user) {
  return "mailbox of " + user.local_part;
}

}  // namespace

// A plan in the making.
struct Expander::Work {
  const Message& message;
  Expansion made{};
  std::unordered_map<std::string, std::size_t> reached{};  // what goal_of() says -> the copy toward it
  std::vector<int> depths{};                               // of copies
  std::vector<bool> is_final{};                            // of copies: not to be rewritten
  std::vector<std::pair<std::size_t, std::size_t>> left_to{};  // a copy, and one that makes it needless

  void add(Expansion::Copy copy, bool final) {
    depths.push_back(copy.parent == Expansion::kNone ? 0 : depths[copy.parent] + 1);
    is_final.push_back(final);
    made.copies.push_back(std::move(copy));
  }
  void discard_needless();
};

bool Expander::is_local(std::string_view forward_path) const {
  return !forward_path.starts_with('@') && router_.is_local(split_address(forward_path).domain);
}

std::string Expander::key_of(std::string_view forward_path) const {
  return is_local(forward_path) ? book_.canonical(forward_path)
                                : AddressBook::canonical_elsewhere(forward_path);
}

// Whom a copy toward a forward-path is for, one text for all ways to say it: a mailbox, or a user, of this host; else
// an address, by whatever route.
std::string Expander::goal_of(std::string_view forward_path) const {
  const std::string_view mailbox = without_route(forward_path);
  if (!is_local(mailbox)) return AddressBook::canonical_elsewhere(mailbox);
  const AddressBook::Meaning meaning = book_.look_up(split_address(mailbox).local_part);
  if (meaning.kind == AddressBook::Meaning::Kind::mailbox) return key_of_mailbox(*meaning.user);
  if (meaning.user != nullptr) return "user " + meaning.user->local_part;
  return book_.canonical(mailbox);
}

Expander::Carried Expander::carried(std::string_view trace_fields, std::string_view content) const {
  Carried carried;
  queue::Visited::Addresses before;
  std::size_t heeded = config_.delivered_to ? 0 : kHeededFields;
  for (const std::string_view octets : {trace_fields, content}) {
    const message::Header header(octets);
    for (const message::Field& field : header.fields()) {
      if (field.is(kListPost)) carried.is_of_list = true;
      if (heeded == kHeededFields || !field.is(kDeliveredTo)) continue;
      ++heeded;
      if (const std::string address = field.unfolded(); address.size() <= kAddressOctets)
        before.insert(key_of(address));
    }
  }
  if (!before.empty())
    carried.delivered_to.before = std::make_shared<const queue::Visited::Addresses>(std::move(before));
  return carried;
}

Expansion Expander::expand(std::vector<std::string> forward_paths, const Message& message) const {
  Work work{.message = message};
  work.made.groups.push_back(
      {.reverse_path = std::string(message.reverse_path), .delivered_to = message.carried.delivered_to});
  work.made.copies.reserve(forward_paths.size());
  bool is_rewritten = false;
  for (std::string& path : forward_paths) {
    const std::size_t index = work.made.copies.size();
    const auto [found, is_first] = work.reached.emplace(goal_of(path), index);
    work.add({.forward_path = std::move(path)}, !is_first);
    if (is_first) continue;
    Expansion::Copy& copy = work.made.copies.back();
    copy.rule = fmt::format("{}: {} has one already", trace::kOneCopyRule, copy.forward_path);
    work.left_to.emplace_back(index, found->second);
    is_rewritten = true;
  }
  for (std::size_t index = 0; index < work.made.copies.size(); ++index) {
    if (const auto rewriting = rewriting_of(work, index)) {
      replace(work, index, *rewriting);
      is_rewritten = true;
    }
  }
  if (is_rewritten) work.discard_needless();
  for (const Expansion::Copy& copy : work.made.copies)
    if (copy.rule.empty()) ++work.made.groups[copy.group].open;
  return std::move(work.made);
}

std::optional<Rewriting> Expander::rewriting_of(const Work& work, std::size_t index) const {
  if (work.is_final[index] || work.depths[index] >= kDepthLimit) return std::nullopt;
  const std::string& path = work.made.copies[index].forward_path;
  if (path.starts_with('@')) return std::nullopt;
  if (is_local(path)) {
    // A loop: local delivery says so.
    if (work.message.carried.delivered_to.contains(book_.canonical(path))) return std::nullopt;
    return book_.look_up(split_address(path).local_part).rewriting;
  }
  const scenario::MailingList* list =
      work.message.begins_here ? directory_.list(AddressBook::canonical_elsewhere(path)) : nullptr;
  if (list == nullptr) return std::nullopt;
  return Rewriting{Rewriting::Rule::list, list->members, list};
}

// The entry of what an address is replaced by: that of the address itself, unless anything differs.
std::size_t Expander::make_group(Work& work, std::size_t index, const Rewriting& rewriting) const {
  const std::size_t above = work.made.copies[index].group;
  Expansion::Group group = work.made.groups[above];
  const std::string address = key_of(work.made.copies[index].forward_path);
  bool differs = false;
  if (rewriting.list != nullptr) {
    if (!group.reverse_path.empty() && group.reverse_path != rewriting.list->owner) {
      group.reverse_path = rewriting.list->owner;
      differs = true;
    }
    if (rewriting.list->header) {
      const bool is_of_list = work.message.carried.is_of_list || group.fields.find(kListPost) != std::string::npos;
      const std::string fields = list_fields(*rewriting.list, address, is_of_list);
      if (may_stand(fields, work.message)) group.fields.insert(0, fields);
      differs = true;
    }
  }
  if (config_.delivered_to) {
    if (may_stand(address, work.message)) group.fields.insert(0, message::format_field(kDeliveredTo, address));
    group.delivered_to.here.push_back(address);
    differs = true;
  }
  if (!differs) return above;
  work.made.groups.push_back(std::move(group));
  return work.made.groups.size() - 1;
}

// Whether the address that leads back to `target` means the mailbox of that name: a user who keeps a copy, an
// alias that names itself.
bool Expander::keeps_own(const Work& work, std::size_t index, std::size_t target) const {
  std::size_t above = index;
  while (above != target && above != Expansion::kNone) above = work.made.copies[above].parent;
  if (above == Expansion::kNone) return false;
  const std::string& path = work.made.copies[target].forward_path;
  return is_local(path) && book_.mailbox(split_address(path).local_part) != nullptr;
}

void Expander::replace(Work& work, std::size_t index, const Rewriting& rewriting) const {
  const std::string address = work.made.copies[index].forward_path;
  const std::size_t above = work.made.copies[index].group;
  const bool left_list = work.made.copies[index].left_list || rewriting.list != nullptr;
  std::optional<std::size_t> below;
  std::size_t children = 0;
  std::size_t needless = 0;
  const auto add = [&](const std::string& path, std::size_t group, bool is_final) {
    work.add({.forward_path = path, .parent = index, .group = group, .left_list = left_list}, is_final);
    ++children;
  };
  // Its mailbox has been looked for already.
  const auto keep = [&](const std::string& path) {
    const scenario::User& user = *book_.mailbox(split_address(path).local_part);
    const auto [found, is_first] = work.reached.emplace(key_of_mailbox(user), work.made.copies.size());
    if (is_first) {
      add(path, above, true);
    } else {
      work.left_to.emplace_back(index, found->second);
      ++needless;
    }
  };
  const std::string own_key = goal_of(address);
  if (rewriting.keeps) keep(address);
  for (const std::string& target : rewriting.targets) {
    const std::string key = goal_of(target);
    if (rewriting.keeps && key == own_key) continue;
    const auto found = work.reached.find(key);
    if (found == work.reached.end()) {
      work.reached.emplace(key, work.made.copies.size());
      if (!below) below = make_group(work, index, rewriting);
      add(target, *below, false);
    } else if (!rewriting.keeps && keeps_own(work, index, found->second)) {
      keep(target);
    } else {
      work.left_to.emplace_back(index, found->second);
      ++needless;
    }
  }
  Expansion::Copy& copy = work.made.copies[index];
  copy.children = children;
  if (rewriting.list != nullptr) copy.into = Expansion::Into::list;
  else if (rewriting.targets.size() + (rewriting.keeps ? 1 : 0) > 1) copy.into = Expansion::Into::several;
  copy.rule = text_of(rewriting, address);
  if (needless > 0 && children > 0) copy.rule += fmt::format(", {} of them reached already", needless);
}

// A copy without children is needless if who it leads to have a copy by another way. If they have none, it
// goes in circles: it stays, and local delivery says so.
void Expander::Work::discard_needless() {
  std::vector<Expansion::Copy>& copies = made.copies;
  std::vector<std::vector<std::size_t>> leads_to_me(left_to.empty() ? 0 : copies.size());
  std::vector<bool> arrives(copies.size(), false);
  std::vector<std::size_t> fresh;
  for (const auto& [from, to] : left_to) leads_to_me[to].push_back(from);
  const auto mark = [&](std::size_t index) {
    if (arrives[index]) return;
    arrives[index] = true;
    fresh.push_back(index);
  };
  for (std::size_t index = 0; index < copies.size(); ++index)
    if (copies[index].rule.empty()) mark(index);
  while (!fresh.empty()) {
    const std::size_t index = fresh.back();
    fresh.pop_back();
    if (copies[index].parent != Expansion::kNone) mark(copies[index].parent);
    if (!leads_to_me.empty())
      for (const std::size_t from : leads_to_me[index]) mark(from);
  }
  for (std::size_t index = 0; index < copies.size(); ++index) {
    Expansion::Copy& copy = copies[index];
    if (copy.rule.empty() || copy.children > 0) continue;
    const bool came_twice = copy.parent == Expansion::kNone && is_final[index];  // and says so
    if (arrives[index] && !came_twice)
      copy.rule = fmt::format("{}: whom {} leads to have one already", trace::kOneCopyRule, copy.forward_path);
    else if (!arrives[index])
      copy.rule.clear();
  }
}

}  // namespace mailroom::agents
