// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_traffic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "protocols/message/compose.hpp"
#include "protocols/message/header.hpp"
#include "sim/scenario/fields.hpp"
#include "sim/scenario/pattern.hpp"

namespace mailroom::scenario {

namespace {

namespace fs = std::filesystem;

// As a person would name the set, for the entry's own name.
std::string short_name(const Value* value) {
  if (value == nullptr) return "header";
  if (value->kind == Value::Kind::scalar) return value->text.substr(0, 100);
  if (value->items.empty()) return "nobody";
  return value->items[0]->text.substr(0, 100) +
         (value->items.size() > 1 ? fmt::format(" and {} more", value->items.size() - 1) : "");
}

class Reader {
 public:
  Reader(Hosts& hosts, const fs::path& folder, Scenario& scenario, Report& report)
      : hosts_(hosts), folder_(folder), scenario_(scenario), report_(report) {}

  void read(const Value& list) {
    if (list.kind != Value::Kind::list)
      report_.mistake(list.at, fmt::format("{} for 'traffic'", describe(list)),
                      "write a list: each entry after '- '");
    for (const ValuePtr& item : list.items) read_entry(*item);
  }

 private:
  void read_entry(const Value& item) {
    const Fields fields(item, object("traffic"), report_);
    if (item.kind != Value::Kind::map) {
      if (item.kind == Value::Kind::null)
        report_.mistake(item.at, "an entry with nothing in it", "say from, to and when");
      return;
    }
    Traffic entry;
    entry.line = item.at.line;
    read_times(fields, entry);
    read_what(fields, entry);
    std::string host;
    if (fields.text("host", host)) read_host(host, fields.at("host"), entry);
    const bool has_files = fields.has("eml");
    if (const Value* from = fields.find("from"))
      entry.from = read_addresses(*from, Side::senders, hosts_.book, report_);
    else if (!has_files)
      fields.require("from");
    if (const Value* to = fields.find("to")) {
      entry.to = read_addresses(*to, Side::recipients, hosts_.book, report_);
      check_recipients(entry.to, to->at);
    } else if (!has_files) {
      fields.require("to");
    }
    entry.name = short_name(fields.find("from")) + " to " + short_name(fields.find("to"));
    const bool is_named = fields.text("name", entry.name);
    if (has_files) return read_files(fields, entry);
    add(std::move(entry), fields.at("from"), is_named ? fields.at("name") : item.at, is_named);
  }

  void read_times(const Fields& fields, Traffic& entry) {
    const bool has_at = fields.duration("at", entry.start_ns);
    fields.duration("start", entry.start_ns);
    if (has_at && (fields.has("start") || fields.has("every") || fields.has("poisson")))
      report_.mistake(fields.at("at"), "'at' together with start, every or poisson",
                      "'at' is for one time; use 'start' with the others");
    if (fields.has("every") && fields.has("poisson"))
      report_.mistake(fields.at("poisson"), "both 'every' and 'poisson'", "keep one of them");
    if (fields.duration("every", entry.interval_ns, 1)) entry.when = Traffic::When::every;
    if (fields.duration("poisson", entry.interval_ns, 1)) entry.when = Traffic::When::poisson;
    fields.count("count", entry.count, 1, 1'000'000'000);
    if (entry.when == Traffic::When::every && entry.count > 1 &&
        entry.interval_ns > (INT64_MAX - entry.start_ns) / (entry.count - 1))
      report_.mistake(fields.at("count"), "the last message would come after 292 years",
                      "use less of count or every");
  }

  void read_what(const Fields& fields, Traffic& entry) {
    entry.subject = "Hello";
    fields.text("subject", entry.subject);
    fields.text("text", entry.text);
    std::int64_t size = 0;
    constexpr std::int64_t kMost = 1'000'000'000;
    if (fields.size("size", size)) {
      entry.size_bytes = size;
      if (size > kMost) report_.mistake(fields.at("size"), "a message of more than 1 GB", "at most 1GB");
    }
    for (const char* key : {"subject", "text", "size"})
      if (fields.has("eml") && fields.has(key))
        report_.mistake(fields.at(key), fmt::format("'{}' together with 'eml'", key),
                        "a file's message is sent as it is");
    if (entry.text.empty() && !entry.size_bytes) entry.text = "Hello!\n";
  }

  void read_host(const std::string& name, const Position& at, Traffic& entry) {
    if (hosts_.index.contains(name)) {
      entry.host = name;
      return;
    }
    if (!hosts_.is_complete) return;
    std::vector<std::string> names;
    for (const Host& host : hosts_.hosts) names.push_back(host.name);
    report_.mistake(at, fmt::format("{} is no host of 'hosts'", shown(name)),
                    names.empty() || report_.is_full() ? "add it there" : suggest(name, names));
  }

  // Faulty recipients are what labs are made of, so they are only warned of.
  void check_recipients(const AddressSet& to, const Position& at) {
    if (!hosts_.is_complete) return;
    for (const std::string& address : to.members) {
      const std::string domain(domain_of(address));
      if (address.empty()) {
        report_.mistake(at, "'<>' as a recipient", "only a sender can be the null reverse-path");
      } else if (!domain.starts_with('[') && !hosts_.book.hosts.contains(domain) && !is_forwarded(domain) &&
                 told_domains_.insert(domain).second) {
        report_.warning(at, fmt::format("no host has the domain {}", shown(domain)),
                        "mail to it will come back");
      }
    }
  }

  // Whether some host's own table says where its mail goes.
  bool is_forwarded(const std::string& domain) const {
    return std::ranges::any_of(hosts_.hosts, [&](const Host& host) { return host.forward.contains(domain); });
  }

  // --- files

  std::vector<fs::path> files_of(const Word& word) {
    const fs::path path = folder_ / word.text;
    const std::string name = path.filename().string();
    if (!is_pattern(name)) return {path};
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator it(path.parent_path(), error), end; !error && it != end; it.increment(error))
      if (matches(name, it->path().filename().string()) && it->is_regular_file(error))
        found.push_back(it->path());
    if (error)
      report_.mistake(word.at,
                      fmt::format("cannot read the folder of {}: {}", shown(word.text), error.message()),
                      "paths are relative to the scenario's folder");
    else if (found.empty())
      report_.mistake(word.at, fmt::format("{} matches no file", shown(word.text)),
                      "paths are relative to the scenario's folder");
    std::ranges::sort(found);
    return found;
  }

  void read_files(const Fields& fields, const Traffic& pattern) {
    if (fields.find("eml")->kind == Value::Kind::list && fields.find("eml")->items.empty())
      report_.mistake(fields.at("eml"), "no file", "name one or more");
    for (const Word& word : fields.texts("eml"))
      for (const fs::path& path : files_of(word)) {
        Traffic entry = pattern;
        entry.eml.emplace();
        if (!read_file(path, message_bytes_left_, word.at, "a message", report_, *entry.eml)) continue;
        message_bytes_left_ -= entry.eml->size();
        entry.eml_name = path.lexically_relative(folder_).string();
        if (entry.eml_name->empty()) entry.eml_name = path.string();
        entry.name += "/" + path.filename().string();
        read_header(fields, word.at, entry);
        add(std::move(entry), fields.has("from") ? fields.at("from") : word.at, fields.at("name"), false);
      }
  }

  // What the entry does not say is taken from the message's header, as a user agent would.
  void read_header(const Fields& fields, const Position& at, Traffic& entry) {
    if (fields.has("from") && fields.has("to")) return;
    const message::Envelope envelope = message::envelope_of(message::Header(*entry.eml));
    if (!fields.has("to")) {
      for (const std::string& path : envelope.forward_paths)
        if (const auto address = mailbox_address(path)) entry.to.members.push_back(*address);
      if (entry.to.members.empty())
        report_.mistake(at, fmt::format("the header of {} names no recipient", shown(*entry.eml_name)),
                        "say it here: to: […]");
      check_recipients(entry.to, at);
      entry.to = {};  // the user agent reads it from the header again
    }
    if (fields.has("from")) return;
    if (const auto address = mailbox_address(envelope.reverse_path))
      entry.from.members = {*address};
    else
      report_.mistake(at, fmt::format("the header of {} names no sender", shown(*entry.eml_name)),
                      "say it here: from: …");
  }

  // --- who sends from where

  void add(Traffic entry, const Position& from_at, const Position& name_at, bool is_named) {
    for (const std::string& sender : entry.from.members) find_agent(sender, entry, from_at);
    const int number = ++names_[entry.name];
    if (number > 1 && is_named)
      report_.mistake(name_at, fmt::format("two entries of the name {}", shown(entry.name)),
                      "the name keys an entry's chance: give each its own");
    if (number > 1) entry.name += fmt::format(" #{}", number);
    scenario_.traffic.push_back(std::move(entry));
  }

  void find_agent(const std::string& sender, const Traffic& entry, const Position& at) {
    if (entry.host || scenario_.agents.contains(sender) || !hosts_.is_complete) return;
    if (const std::optional<std::size_t> host = agent_host(sender)) {
      scenario_.agents[sender] = hosts_.hosts[*host].name;
      if (!is_user(sender))
        report_.warning(at, fmt::format("the sender {} has no mailbox", shown(sender)),
                        "mail back to them will be lost or refused");
      return;
    }
    if (!told_senders_.insert(sender.empty() ? sender : std::string(domain_of(sender))).second) return;
    if (sender.empty())
      return report_.mistake(at, "the sender '<>' has no host", "say which user agent sends it: host: …");
    std::vector<std::string> domains;
    for (const Host& host : hosts_.hosts)
      domains.insert(domains.end(), host.domains.begin(), host.domains.end());
    std::string right = "say which host sends it (host: …), or list them in a host's 'agents'";
    if (!domains.empty() && !report_.is_full()) right += "; domains: " + suggest(domain_of(sender), domains);
    report_.mistake(at, fmt::format("no host has the domain of the sender {}", shown(sender)), right);
  }

  bool is_user(const std::string& address) {
    if (users_.empty()) {
      users_.insert(hosts_.book.mailboxes.begin(), hosts_.book.mailboxes.end());
      users_.insert(hosts_.book.rewritten.begin(), hosts_.book.rewritten.end());
    }
    return users_.contains(address);
  }

  // A host that names the sender; else one that submits to the host of the sender's domain; else that host
  // itself.
  std::optional<std::size_t> agent_host(const std::string& sender) {
    if (agents_by_pattern_.empty() && agents_by_domain_.empty()) index_agents();
    if (const auto found = agents_by_name_.find(sender); found != agents_by_name_.end()) return found->second;
    for (const auto& [pattern, host] : agents_by_pattern_)
      if (matches(pattern, sender)) return host;
    const std::string domain(domain_of(sender));
    if (const auto found = agents_by_domain_.find(domain); found != agents_by_domain_.end())
      return found->second;
    if (const auto found = hosts_.book.hosts.find(domain); found != hosts_.book.hosts.end())
      return found->second;
    return std::nullopt;
  }

  void index_agents() {
    for (const Agents& agents : hosts_.agents) {
      for (const std::string& pattern : agents.patterns) {
        if (is_pattern(pattern))
          agents_by_pattern_.emplace_back(pattern, agents.host);
        else
          agents_by_name_.emplace(mailbox_address(pattern).value_or(pattern), agents.host);
      }
      if (agents.patterns.empty())
        for (const std::string& domain : agents.domains) agents_by_domain_.emplace(domain, agents.host);
    }
  }

  Hosts& hosts_;
  const fs::path& folder_;
  Scenario& scenario_;
  Report& report_;
  std::size_t message_bytes_left_ = kMaxMessageBytes;
  std::map<std::string, int> names_;
  std::unordered_set<std::string> users_, told_domains_, told_senders_;
  std::unordered_map<std::string, std::size_t> agents_by_name_, agents_by_domain_;
  std::vector<std::pair<std::string, std::size_t>> agents_by_pattern_;
};

}  // namespace

void read_traffic(const Value* value, Hosts& hosts, const fs::path& folder, Scenario& scenario,
                  Report& report) {
  if (value == nullptr || value->kind == Value::Kind::null) return;
  Reader(hosts, folder, scenario, report).read(*value);
}

}  // namespace mailroom::scenario
