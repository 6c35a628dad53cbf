// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_users.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "protocols/message/address.hpp"
#include "sim/scenario/fields.hpp"

namespace mailroom::scenario {

namespace {

void read_moved(const Value& value, const Word& word, User& user, const Host& host, Report& report) {
  const Fields fields(value, object("moved"), report);
  std::string to;
  if (fields.require("to") && fields.text("to", to)) {
    if (const auto new_address = mailbox_address(to))
      user.moved_to = *new_address;
    else
      report.mistake(fields.at("to"), fmt::format("{} is no address: {}", shown(to), new_address.error()),
                     "write user@domain");
  }
  if (const auto choice = fields.choice("answer")) user.moved = *choice == 0 ? Moved::refuse : Moved::forward;
  for (const std::string& domain : host.domains)
    if (user.moved_to == message::quoted_local_part(user.local_part) + "@" + domain)
      report.mistake(fields.at("to"), fmt::format("{} moved to where they are", shown(word.text)),
                     "give the new address");
}

void read_user(const Word& word, const Value& value, Host& host, std::unordered_set<std::string>& known,
               Report& report) {
  const std::optional<std::string> name = local_part(word.text);
  if (!name)
    return report.mistake(word.at, fmt::format("{} is no user name", shown(word.text)),
                          "write what stands before the '@' only");
  if (!known.insert(folded(host, *name)).second)
    return report.mistake(
        word.at, fmt::format("the user {} twice", shown(word.text)),
        host.fold_case ? "name each once; with 'fold-case' case makes no difference" : "name each once");
  User user{.local_part = *name, .quota_bytes = {}, .moved_to = {}};
  const Fields fields(value, object("user"), report);
  std::int64_t quota = 0;
  if (fields.size("quota", quota)) user.quota_bytes = quota;
  if (const Value* moved = fields.find("moved")) read_moved(*moved, word, user, host, report);
  fields.flag("keep", user.keep);
  fields.text("password", user.password);
  if (user.password && (user.password->empty() || user.password->find('\0') != std::string::npos)) {
    report.mistake(fields.at("password"), "an empty password, or one with NUL", "write a word");
    user.password.reset();
  }
  if (fields.has("keep") && !fields.has("forward"))
    report.mistake(fields.at("keep"), "'keep' without 'forward'", "say where a copy goes: forward: [...]");
  if (fields.has("moved") && fields.has("forward"))
    report.mistake(fields.at("forward"), "'forward' of a user who has moved", "keep one of them");
  host.users.push_back(std::move(user));
}

}  // namespace

std::optional<std::string> local_part(std::string_view name) {
  const std::string address = std::string(name) + "@x.example";
  const auto mailbox = message::parse_addr_spec(address);
  if (!mailbox || !mailbox_address(address) || name.find('@') != std::string_view::npos) return std::nullopt;
  return mailbox->local_part;
}

std::string folded(const Host& host, std::string_view local_part) {
  std::string text(local_part);
  if (host.fold_case)
    std::ranges::transform(text, text.begin(), [](char octet) {
      return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
    });
  return text;
}

void read_users(const Value* value, Host& host, Report& report) {
  if (value == nullptr) return;
  static const Value kNothing{};
  std::unordered_set<std::string> known;
  if (value->kind == Value::Kind::map) {
    for (const Value::Entry& entry : value->entries)
      read_user({entry.key, entry.key_at}, *entry.value, host, known, report);
  } else {
    for (const ValuePtr& item : value->items)  // [ann: {quota: 1kB}]
      if (item->kind == Value::Kind::map)
        return report.mistake(item->at, "a map in the list 'users'",
                              "users that have settings are a map: users: {ann: {quota: 1kB}, bob: {}}");
    for (const Word& word : read_texts(*value, "users", report))
      read_user(word, kNothing, host, known, report);
  }
  if (!host.users.empty() && host.domains.empty())
    report.mistake(value->at, fmt::format("users of {}, which has no domain", shown(host.name)),
                   "give it 'domains', or say 'agents' if they only send from here");
}

void read_redirections(const Value* value, Host& host, AddressBook& book, Report& report) {
  if (value == nullptr || value->kind != Value::Kind::map || host.domains.empty()) return;
  for (const Value::Entry& entry : value->entries) {
    const Value* forward = entry.value->find("forward");
    if (forward == nullptr || forward->kind == Value::Kind::null) continue;
    const std::optional<std::string> name = local_part(entry.key);
    const auto user =
        std::ranges::find_if(host.users, [&](const User& one) { return name && one.local_part == *name; });
    if (user == host.users.end()) continue;  // it has been told why
    user->forward = read_targets(*forward, host.domains.front(), book, report);
  }
}

}  // namespace mailroom::scenario
