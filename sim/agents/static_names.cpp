// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/static_names.hpp"

#include <fmt/format.h>

#include "sim/agents/directory.hpp"
#include "sim/agents/name_answers.hpp"

namespace mailroom::agents {

StaticNames::Entry& StaticNames::make(std::string_view name) {
  const std::string key = lower(name);
  // What a name stands under exists too, though it has no records (RFC 8020).
  for (std::size_t dot = key.find('.'); dot != std::string::npos; dot = key.find('.', dot + 1))
    entries_.try_emplace(key.substr(dot + 1));
  return entries_[key];
}

void StaticNames::add(std::string_view name, const dns::Rdata& data) {
  NameAnswer one;
  put(data, one);
  Entry& entry = make(name);
  const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  append(entry.addresses, one.addresses);
  append(entry.mail_exchangers, one.mail_exchangers);
  if (!one.texts.empty()) append(entry.texts[dns::type_of(data)], one.texts);
}

void StaticNames::look_up(std::string_view name, RecordType type, Answered answered) {
  NameAnswer answer;
  answer.name = answer.canonical = lower(name);
  const Entry* entry = find(answer.canonical);
  // RFC 1034 §3.6.2: an alias is followed, unless it is what was asked for.
  for (std::size_t aliases = 0; entry != nullptr && type != RecordType::cname; ++aliases) {
    const auto alias = entry->texts.find(RecordType::cname);
    if (alias == entry->texts.end()) break;
    if (aliases == entries_.size()) {
      answer.why = fmt::format("the aliases of {} lead in a circle", answer.name);
      return answered(answer);
    }
    answer.canonical = alias->second.front();
    entry = find(answer.canonical);
  }
  if (entry == nullptr) {
    answer.status = NameAnswer::Status::no_name;
    return answered(answer);
  }
  if (type == RecordType::a) answer.addresses = entry->addresses;
  if (type == RecordType::mx) answer.mail_exchangers = entry->mail_exchangers;
  if (const auto texts = entry->texts.find(type); texts != entry->texts.end()) answer.texts = texts->second;
  const bool is_found = !answer.addresses.empty() || !answer.mail_exchangers.empty() || !answer.texts.empty();
  answer.status = is_found ? NameAnswer::Status::found : NameAnswer::Status::no_data;
  answered(answer);
}

const StaticNames::Entry* StaticNames::find(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found != entries_.end()) return &found->second;
  // RFC 4592 §3.3.1: the wildcard below the closest name above that exists, and no other.
  std::string_view above = name;
  do {
    const std::size_t dot = above.find('.');
    above.remove_prefix(dot == std::string_view::npos ? above.size() : dot + 1);
  } while (!above.empty() && !entries_.contains(above));
  const auto wildcard = entries_.find(above.empty() ? "*" : fmt::format("*.{}", above));
  return wildcard == entries_.end() ? nullptr : &wildcard->second;
}

}  // namespace mailroom::agents
