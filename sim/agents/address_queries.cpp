// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/address_queries.hpp"

#include <fmt/format.h>

namespace mailroom::agents {

namespace {

// Some of those that a word may mean are help enough.
constexpr std::size_t kPossibilitiesLimit = 20;

std::string_view address_in(std::string_view text) {
  const std::size_t open = text.rfind('<');
  if (open != std::string_view::npos && text.ends_with('>')) text = text.substr(open + 1, text.size() - open - 2);
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

smtp::Reply AddressQueries::say(smtp::Say what) const {
  return smtp::say(what,
                   mta_.config().smtp.lecture_texts ? smtp::TextProfile::lecture : smtp::TextProfile::modern,
                   mta_.config().hostname);
}

bool AddressQueries::is_ours(std::string_view address) const {
  const std::string_view domain = split_address(address).domain;
  return domain.empty() || mta_.router().is_local(domain);
}

smtp::Reply AddressQueries::verify(std::string_view text) const {
  const std::string_view address = address_in(text);
  if (!is_ours(address)) return say(smtp::Say::cannot_verify);
  const std::vector<Named> candidates = mta_.addresses().candidates(address);
  const AddressBook::Meaning meaning = mta_.addresses().look_up(split_address(address).local_part);
  if (candidates.empty())  // whoever it is, the catch-all takes it
    return say(meaning.rewriting ? smtp::Say::cannot_verify : smtp::Say::no_such_user);
  if (candidates.size() > 1) {
    smtp::Reply reply = say(smtp::Say::ambiguous_user);
    for (std::size_t i = 0; i < candidates.size() && i < kPossibilitiesLimit; ++i)
      reply.lines.push_back(fmt::format("<{}>", candidates[i].address));
    if (candidates.size() > kPossibilitiesLimit)
      reply.lines.push_back(fmt::format("and {} more", candidates.size() - kPossibilitiesLimit));
    return reply;
  }
  const Named& named = candidates.front();
  smtp::Reply reply = mta_.local().verify(split_address(named.address).local_part, 0);
  if (reply.code == 251 || reply.code == 551) return reply;
  reply = say(smtp::Say::verified);
  reply.lines = {fmt::format("{}<{}>", named.is_list ? "Mailing list " : "", named.address)};
  return reply;
}

smtp::Reply AddressQueries::expand(std::string_view text) const {
  const std::string_view address = address_in(text);
  if (!is_ours(address)) return say(smtp::Say::no_such_user);
  const AddressBook::Meaning meaning = mta_.addresses().look_up(split_address(address).local_part);
  const bool is_user = meaning.user != nullptr;
  if (is_user) return say(smtp::Say::not_a_list);
  if (!meaning.rewriting || meaning.rewriting->rule == Rewriting::Rule::catch_all)
    return say(smtp::Say::no_such_user);
  const auto& members = meaning.rewriting->targets;
  if (members.size() > kMembersLimit) return say(smtp::Say::list_too_long);
  smtp::Reply reply = say(smtp::Say::verified);
  reply.lines.clear();
  for (const std::string& member : members) reply.lines.push_back(fmt::format("<{}>", member));
  return reply;
}

}  // namespace mailroom::agents
