// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/check_targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include "protocols/message/address.hpp"
#include "sim/scenario/read_users.hpp"

namespace mailroom::scenario {

namespace {

// Mail for one name goes to others.
struct Rule {
  std::string what;  // "the alias 'info'"
  std::size_t host;
  std::span<const std::string> targets;
  Position at;
  bool arrives = false;  // somebody gets it: a mailbox, or another network
  std::vector<std::size_t> from{};  // rules that lead here
  std::vector<const std::string*> nobody{};
};

class Check {
 public:
  Check(const Hosts& hosts, Report& report) : hosts_(hosts), report_(report), names_(hosts.hosts.size()) {}

  void run(const std::vector<HostEntry>& entries) {
    for (std::size_t i = 0; i < hosts_.hosts.size(); ++i) gather(*entries[i].value, i);
    for (std::size_t i = 0; i < rules_.size(); ++i)
      for (const std::string& target : rules_[i].targets) follow(i, target);
    for (std::size_t i = 0; i < rules_.size(); ++i)
      if (rules_[i].arrives) fresh_.push_back(i);
    while (!fresh_.empty()) {
      const std::size_t at = fresh_.back();
      fresh_.pop_back();
      for (const std::size_t from : rules_[at].from) arrive(from);
    }
    for (std::size_t i = 0; i < rules_.size(); ++i)
      if (!entries[rules_[i].host].is_repetition) tell(rules_[i]);
  }

 private:
  // What a name of a host stands for: a rule, or a mailbox.
  struct Meaning {
    std::optional<std::size_t> rule;
  };
  using Names = std::unordered_map<std::string, Meaning>;  // by name, folded; what only a catch-all takes is none

  // The names of a host, in the order in which they win (sim/agents/address_book.hpp).
  void gather(const Value& value, std::size_t i) {
    const Host& host = hosts_.hosts[i];
    const auto key_at = [&](std::string_view part, std::size_t index) {
      return value.find(part)->entries[index].key_at;
    };
    for (std::size_t k = 0; k < host.aliases.size(); ++k)
      add(i, host.aliases[k].name, fmt::format("the alias {}", shown(host.aliases[k].name)), host.aliases[k].targets,
          key_at("aliases", k));
    for (std::size_t k = 0; k < host.lists.size(); ++k)
      add(i, host.lists[k].name, fmt::format("the list {}", shown(host.lists[k].name)), host.lists[k].members,
          key_at("lists", k));
    for (std::size_t k = 0; k < host.users.size(); ++k) add_user(value, i, host.users[k], k);
    for (const MailingList& list : host.lists)
      for (const char* role : {"-owner", "-request"}) add_mailbox(i, list.name + role);
    add_mailbox(i, "postmaster");
    if (!host.catch_all.empty()) rules_.push_back({"'catch-all'", i, host.catch_all, value.find("catch-all")->at});
  }

  void add(std::size_t host, const std::string& name, std::string what, std::span<const std::string> targets,
           const Position& at) {
    names_[host].try_emplace(name_of(host, name), Meaning{rules_.size()});
    rules_.push_back({std::move(what), host, targets, at});
  }

  void add_mailbox(std::size_t host, const std::string& name) {
    names_[host].try_emplace(name_of(host, name), Meaning{});
  }

  void add_user(const Value& value, std::size_t host, const User& user, std::size_t k) {
    // An alias of the same name may mean the mailbox.
    const auto alias = names_[host].find(name_of(host, user.local_part));
    if (alias != names_[host].end() && !user.moved_to && (user.forward.empty() || user.keep))
      rules_[*alias->second.rule].arrives = true;
    if (!user.moved_to && user.forward.empty()) return add_mailbox(host, user.local_part);
    const Position& at = value.find("users")->entries[k].key_at;  // who has settings is in a map
    if (user.moved_to)
      return add(host, user.local_part, fmt::format("the user {}, who has moved,", shown(user.local_part)),
                 std::span(&*user.moved_to, 1), at);
    const std::size_t rule = rules_.size();
    add(host, user.local_part, fmt::format("the redirection of {}", shown(user.local_part)), user.forward, at);
    rules_[rule].arrives = user.keep;
  }

  // RFC 5321 §4.5.1: postmaster in any case.
  std::string name_of(std::size_t host, std::string_view local_part) const {
    std::string small(local_part);
    std::ranges::transform(small, small.begin(), [](char octet) {
      return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
    });
    return small == "postmaster" ? small : folded(hosts_.hosts[host], local_part);
  }

  void arrive(std::size_t rule) {
    if (std::exchange(rules_[rule].arrives, true)) return;
    fresh_.push_back(rule);
  }

  void follow(std::size_t from, const std::string& target) {
    const auto owner = hosts_.book.hosts.find(std::string(domain_of(target)));
    if (owner == hosts_.book.hosts.end()) {
      rules_[from].arrives = true;  // not ours to judge
      return;
    }
    const auto meaning = look_up(owner->second, target);
    if (!meaning) {
      rules_[from].nobody.push_back(&target);
    } else if (meaning->rule) {
      rules_[*meaning->rule].from.push_back(from);
    } else {
      rules_[from].arrives = true;
    }
  }

  std::optional<Meaning> look_up(std::size_t host, const std::string& address) const {
    const Names& names = names_[host];
    const auto mailbox = message::parse_addr_spec(address);
    const std::string local_part = mailbox ? mailbox->local_part : address.substr(0, address.rfind('@'));
    const auto known = [&](std::string_view name) -> std::optional<Meaning> {
      const auto found = names.find(name_of(host, name));
      return found == names.end() ? std::nullopt : std::optional(found->second);
    };
    if (const auto meaning = known(local_part)) return meaning;
    if (const std::string& marks = hosts_.hosts[host].subaddress; !marks.empty())
      if (const std::size_t mark = local_part.find_first_of(marks, 1); mark != std::string::npos)
        if (const auto meaning = known(std::string_view(local_part).substr(0, mark))) return meaning;
    return std::nullopt;
  }

  void tell(const Rule& rule) {
    if (!rule.nobody.empty()) {
      const std::size_t more = rule.nobody.size() - 1;
      report_.warning(rule.at,
                      fmt::format("{} leads to {}{}, and there is no such name", rule.what,
                                  shown(*rule.nobody.front()), more == 0 ? "" : fmt::format(" and {} like it", more)),
                      "name a user, an alias or a list of that host");
    } else if (!rule.arrives) {
      report_.warning(rule.at, fmt::format("{} leads in a circle, or to those that do", rule.what),
                      "let one of them lead to a mailbox; mail to these bounces");
    }
  }

  const Hosts& hosts_;
  Report& report_;
  std::vector<Rule> rules_;
  std::vector<Names> names_;  // by host
  std::vector<std::size_t> fresh_;
};

}  // namespace

void check_targets(const std::vector<HostEntry>& entries, const Hosts& hosts, Report& report) {
  Check(hosts, report).run(entries);
}

}  // namespace mailroom::scenario
