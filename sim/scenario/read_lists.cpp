// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "protocols/message/address.hpp"
#include "sim/scenario/read_users.hpp"

namespace mailroom::scenario {

namespace {

// RFC 5322 §3.2.3: what an unquoted local part may have beside letters and digits, but for the dot.
constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";

const Value* value_of(const Value& host, std::string_view key) {
  const Value* value = host.find(key);
  return value == nullptr || value->kind == Value::Kind::null ? nullptr : value;
}

class Reader {
 public:
  Reader(Host& host, AddressBook& book, Report& report) : host_(host), book_(book), report_(report) {
    for (const User& user : host.users) users_.insert(folded(host, user.local_part));
  }

  void read_aliases(const Value& aliases) {
    if (!is_map(aliases, "aliases", "{info: [ann, bob@south.example]}")) return;
    for (const Value::Entry& entry : aliases.entries) {
      const std::optional<std::string> name = new_name(entry, "alias");
      if (!name) continue;
      if (entry.value->kind == Value::Kind::null) {
        report_.mistake(entry.key_at, fmt::format("nothing for the alias {}", shown(entry.key)),
                        "say where its mail goes");
        continue;
      }
      host_.aliases.push_back({*name, targets(*entry.value)});
    }
  }

  void read_lists(const Value& lists) {
    if (!is_map(lists, "lists", "{staff: {members: [ann, bob]}}")) return;
    for (const Value::Entry& entry : lists.entries) {
      const std::optional<std::string> name = new_name(entry, "list");
      if (!name) continue;
      if (users_.contains(folded(host_, *name))) {
        report_.mistake(entry.key_at, fmt::format("{} is a user and a list", shown(entry.key)),
                        "give one of them another name");
        continue;
      }
      read_list(*name, *entry.value);
    }
  }

  void read_catch_all(const Value& value) { host_.catch_all = targets(value); }

 private:
  bool is_map(const Value& value, std::string_view what, std::string_view right) {
    if (value.kind != Value::Kind::map)
      report_.mistake(value.at, fmt::format("{} for '{}'", describe(value), what),
                      fmt::format("write a map such as {}", right));
    return value.kind == Value::Kind::map;
  }

  std::optional<std::string> new_name(const Value::Entry& entry, std::string_view what) {
    std::optional<std::string> name = local_part(entry.key);
    if (!name)
      report_.mistake(entry.key_at, fmt::format("{} is no name for {}", shown(entry.key), indefinite(what)),
                      "write what stands before the '@' only");
    else if (!names_.insert(folded(host_, *name)).second) {
      report_.mistake(entry.key_at, fmt::format("the name {} twice among aliases and lists", shown(entry.key)),
                      "give each its own");
      name.reset();
    } else {
      for (const std::string& domain : host_.domains)
        book_.rewritten.push_back(message::quoted_local_part(*name) + "@" + domain);
    }
    return name;
  }

  static std::string indefinite(std::string_view what) {
    return fmt::format("{} {}", what == "alias" ? "an" : "a", what);
  }

  std::vector<std::string> targets(const Value& value) {
    return read_targets(value, host_.domains.front(), book_, report_);
  }

  std::string address(std::string_view name) const {
    return message::quoted_local_part(name) + "@" + host_.domains.front();
  }

  void read_list(const std::string& name, const Value& value) {
    const Fields fields(value, object("mailing-list"), report_);
    MailingList list{.name = name, .members = {}, .owner = address(name + "-owner")};
    if (fields.require("members")) list.members = targets(*fields.find("members"));
    std::string owner;
    if (fields.text("owner", owner)) read_owner(owner, fields.at("owner"), list);
    if (const auto choice = fields.choice("expand"))
      list.expand = *choice == 0 ? MailingList::Expand::here : MailingList::Expand::at_sender;
    fields.flag("header", list.header);
    // What a nested list leads to is found out in the run; this much can be seen at once.
    if (std::ranges::find(list.members, address(name)) != list.members.end())
      report_.warning(fields.at("members"), fmt::format("the list {} contains itself", shown(name)),
                      "it is not expanded twice; its other members get the message once");
    host_.lists.push_back(std::move(list));
  }

  void read_owner(const std::string& text, const Position& at, MailingList& list) {
    const bool is_name = text.find('@') == std::string::npos;
    const auto owner = mailbox_address(is_name ? text + "@" + host_.domains.front() : text);
    if (owner)
      list.owner = *owner;
    else
      report_.mistake(at, fmt::format("{} is no address: {}", shown(text), owner.error()),
                      "write user@domain");
    if (list.owner == address(list.name))
      report_.warning(at, fmt::format("the list {} is its own owner", shown(list.name)),
                      "what tells of a failed copy goes to all its members");
  }

  Host& host_;
  AddressBook& book_;
  Report& report_;
  std::unordered_set<std::string> users_, names_;
};

}  // namespace

void read_local_parts(const Fields& fields, Host& host, Report& report) {
  std::string marks;
  if (fields.text("subaddress", marks)) {
    if (marks.empty() || marks.find_first_not_of(kMarks) != std::string::npos)
      report.mistake(fields.at("subaddress"), fmt::format("{} for 'subaddress'", shown(marks)),
                     "write the mark, such as \"+\" or \"-\", or several of them as one text");
    else
      host.subaddress = marks;
  }
  fields.flag("fold-case", host.fold_case);
  host.delivered_to = host.smtp.extended;
  fields.flag("delivered-to", host.delivered_to);
}

void read_rewriting(const Value& value, Host& host, AddressBook& book, Report& report) {
  const Value* aliases = value_of(value, "aliases");
  const Value* lists = value_of(value, "lists");
  const Value* catch_all = value_of(value, "catch-all");
  for (const auto& [what, given] : {std::pair{"aliases", aliases}, {"lists", lists}, {"'catch-all'", catch_all}})
    if (given != nullptr && host.domains.empty()) {
      report.mistake(given->at, fmt::format("{} of {}, which has no domain", what, shown(host.name)),
                     "give it 'domains'");
      return;
    }
  Reader reader(host, book, report);
  if (aliases != nullptr) reader.read_aliases(*aliases);
  if (lists != nullptr) reader.read_lists(*lists);
  if (catch_all != nullptr) reader.read_catch_all(*catch_all);
}

}  // namespace mailroom::scenario
