// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_hosts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "protocols/message/address.hpp"
#include "sim/scenario/check_targets.hpp"
#include "sim/scenario/fields.hpp"
#include "sim/scenario/pattern.hpp"
#include "sim/scenario/read_bounces.hpp"
#include "sim/scenario/read_lists.hpp"
#include "sim/scenario/read_queue.hpp"
#include "sim/scenario/read_relay.hpp"
#include "sim/scenario/read_retry.hpp"
#include "sim/scenario/read_users.hpp"
#include "sim/scenario/templates.hpp"

namespace mailroom::scenario {

namespace {

// What a host says about others, with positions: checked once all hosts are known.
struct Later {
  Position at;  // of the host's name
  std::optional<Word> submit_to;
  std::optional<Word> turn;
  std::vector<Word> domains;
  std::vector<ForwardEntry> forward;
  std::vector<Word> relay_clients;
  std::vector<Word> agents;
  std::optional<Word> submit_user;
  std::optional<std::string> submit_password;
  std::optional<Position> hostname_at;  // where it is written
  bool is_repetition = false;
};

void warn_unless_reserved(const std::string& domain, const Position& at, Report& report) {
  if (is_reserved_domain(domain)) return;
  report.warning(at, fmt::format("{} may be someone's real domain", shown(domain)),
                 "names under .example and .test are nobody's (RFC 2606)");
}

std::string in_lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
  });
  return text;
}

// "mx1" in "north.example" is mx1.north.example; labels that both have are there once: "pc.north" is
// pc.north.example.
std::string joined(const std::string& name, const std::string& domain) {
  if (name == domain || name.ends_with("." + domain)) return name;
  for (std::size_t dot = domain.rfind('.'); dot != std::string::npos && dot > 0;
       dot = domain.rfind('.', dot - 1)) {
    const std::string first = domain.substr(0, dot);
    if (name == first || name.ends_with("." + first)) return name + domain.substr(dot);
  }
  return name + "." + domain;
}

constexpr std::string_view kGiveHostname = "give each host a 'hostname' of its own, such as mx2.north.example";

class Reader {
 public:
  Reader(const Topology& topology, const Host& initial, Report& report)
      : topology_(topology), initial_(initial), report_(report) {}

  Hosts read(const Value* value) {
    if (value == nullptr || value->kind == Value::Kind::null) return std::move(made_);
    if (value->kind != Value::Kind::map) {
      report_.mistake(value->at, fmt::format("{} for 'hosts'", describe(*value)),
                      "write a map: a host's name, a colon, what it is");
      made_.is_complete = false;
      return std::move(made_);
    }
    const std::vector<HostEntry> entries = expand_templates(*value, topology_, report_);
    for (const HostEntry& entry : entries) read_host(entry);
    for (std::size_t i = 0; i < made_.hosts.size(); ++i) resolve(i);
    check_hostnames();
    fill_book();
    for (std::size_t i = 0; i < made_.hosts.size(); ++i) read_rewriting_of(entries[i], made_.hosts[i]);
    if (report_.count() == 0) check_targets(entries, made_, report_);
    return std::move(made_);
  }

 private:
  void read_host(const HostEntry& entry) {
    Host host;
    host.name = entry.name;
    host.line = entry.name_at.line;
    host.retry = initial_.retry;
    host.delivery = initial_.delivery;
    host.smtp = initial_.smtp;
    Later later{.at = entry.name_at, .submit_to = {}, .turn = {}, .domains = {}, .forward = {}, .relay_clients = {}, .agents = {}};
    later.is_repetition = entry.is_repetition;
    check_node(entry);
    // A template's mistakes are told for the first of its nodes only.
    Report told_already;
    Report& report = entry.is_repetition ? told_already : report_;
    const std::size_t before = report.count();
    const Fields fields(*entry.value, object("host"), report);
    const std::size_t unknown_keys = report.count() - before;
    read_domains(fields, host, later, report);
    // Where 'domains' is faulty, or may be misspelt, an unknown domain means nothing.
    if (report.count() > before + unknown_keys || (unknown_keys > 0 && !fields.has("domains")))
      made_.is_complete = false;
    std::string text;
    if (fields.text("hostname", text)) {
      later.hostname_at = fields.at("hostname");
      host.hostname = domain_name(text).value_or("");
      if (host.hostname.empty())
        report.mistake(fields.at("hostname"), fmt::format("{} is no host name", shown(text)),
                       "write one such as mx.north.example");
    }
    if (fields.text("submit-to", text)) later.submit_to = Word{text, fields.at("submit-to")};
    host.submit_to = later.submit_to ? std::optional(later.submit_to->text) : std::nullopt;
    host.receiver = !host.submit_to;
    fields.flag("receiver", host.receiver);
    std::int64_t port = host.port;
    fields.count("port", port, 1, 65'535);
    host.port = static_cast<std::uint16_t>(port);
    if (fields.has("submission")) {
      if (fields.count("submission", port, 1, 65'535))
        host.submission_port = static_cast<std::uint16_t>(port);
      if (port == host.port)
        report.mistake(fields.at("submission"), "the port 'submission' is 'port' too", "it is usually 587");
    }
    if (const Value* as = fields.find("submit-as")) read_submit_as(*as, later, report);
    later.agents = fields.texts("agents");
    if (const Value* forward = fields.find("forward")) later.forward = read_forward(*forward, report);
    if (const Value* relay = fields.find("relay"))
      later.relay_clients = read_relay(*relay, host.relay, report);
    if (const Value* disk = fields.find("disk")) read_disk(*disk, host, report);
    if (const Value* retry = fields.find("retry")) read_retry(*retry, host.retry, report);
    if (const Value* delivery = fields.find("delivery")) read_delivery(*delivery, host.delivery, report);
    if (const Value* hold = fields.find("hold")) read_hold(*hold, host.hold, report);
    if (const Value* turn = fields.find("turn")) later.turn = read_turn(*turn, host, report);
    if (const Value* smtp = fields.find("smtp")) read_smtp(*smtp, host.smtp, report);
    if (const Value* bounces = fields.find("bounces")) read_bounces(*bounces, host.bounces, report);
    read_local_parts(fields, host, report);
    read_users(fields.find("users"), host, report);
    made_.index.emplace(host.name, made_.hosts.size());
    made_.hosts.push_back(std::move(host));
    later_.push_back(std::move(later));
  }

  // Where mail goes on to: all mailboxes are known by now.
  void read_rewriting_of(const HostEntry& entry, Host& host) {
    Report told_already;
    Report& report = entry.is_repetition ? told_already : report_;
    read_redirections(entry.value->find("users"), host, made_.book, report);
    read_rewriting(*entry.value, host, made_.book, report);
  }

  void check_node(const HostEntry& entry) {
    const auto found = topology_.vertices.find(entry.name);
    if (found == topology_.vertices.end()) {
      if (!topology_.is_complete) return;
      std::vector<std::string> names;
      for (const topology::Vertex v : boost::make_iterator_range(vertices(topology_.graph)))
        names.push_back(topology_.graph[v].name);
      std::string right = "name it in topology.links or topology.lans";
      if (!report_.is_full() && !names.empty()) right += "; " + suggest(entry.name, names);
      report_.mistake(entry.name_at, fmt::format("the host {} is in no network", shown(entry.name)), right);
    } else if (topology_.graph[found->second].is_lan) {
      report_.mistake(entry.name_at, fmt::format("{} is a LAN", shown(entry.name)), "name a host on it");
    } else if (degree(found->second, topology_.graph) == 0) {
      report_.mistake(entry.name_at,
                      fmt::format("the host {} is in no network: its node has no link", shown(entry.name)),
                      "add one to topology.links");
    }
  }

  void read_domains(const Fields& fields, Host& host, Later& later, Report& report) {
    std::unordered_set<std::string> known;
    for (const Word& word : fields.texts("domains")) {
      const std::optional<std::string> domain = domain_name(word.text);
      if (!domain)
        report.mistake(word.at, fmt::format("{} is no domain", shown(word.text)),
                       "write one such as north.example");
      else if (!known.insert(*domain).second)
        report.mistake(word.at, fmt::format("the domain {} twice at one host", shown(*domain)),
                       "name it once");
      else {
        warn_unless_reserved(*domain, word.at, report);
        host.domains.push_back(*domain);
        later.domains.push_back({*domain, word.at});
      }
    }
  }

  static void read_submit_as(const Value& value, Later& later, Report& report) {
    const Fields fields(value, object("submit-as"), report);
    std::string text;
    if (fields.require("user") && fields.text("user", text))
      later.submit_user = Word{text, fields.at("user")};
    fields.text("password", later.submit_password);
    if (!later.submit_to)
      report.mistake(value.at, "'submit-as' without 'submit-to'", "say which host its mail goes to");
  }

  // Whom its mail is submitted as, once the users of all hosts are known.
  void resolve_submission(Host& host, const Later& later, const Host* server) {
    if (!later.submit_user || server == nullptr) return;
    const Word& word = *later.submit_user;
    const auto found = std::ranges::find(server->users, word.text, &User::local_part);
    if (found == server->users.end()) {
      std::vector<std::string> names;
      for (const User& user : server->users) names.push_back(user.local_part);
      return report_.mistake(word.at,
                             fmt::format("{} is no user of {}", shown(word.text), shown(server->name)),
                             report_.is_full() || names.empty() ? "name one" : suggest(word.text, names));
    }
    if (!found->password)
      report_.mistake(word.at, fmt::format("the user {} has no password", shown(word.text)),
                      fmt::format("give one: users: {{{}: {{password: secret}}}}", word.text));
    else if (!server->submission_port)
      report_.mistake(word.at, fmt::format("{} has no port for submission", shown(server->name)),
                      "set 'submission: 587' there");
    else
      host.submit_as = Host::Submission{word.text, later.submit_password.value_or(*found->password),
                                        *server->submission_port};
  }

  // The host that `word` names as one that takes mail from `from`, or nullptr.
  const Host* receiver_named(const Word& word, const Host& from, std::string_view what, Report& report) {
    const auto found = made_.index.find(word.text);
    if (found == made_.index.end()) {
      std::vector<std::string> names;
      for (const Host& host : made_.hosts)
        if (host.receiver) names.push_back(host.name);
      report.mistake(word.at, fmt::format("{} names {}, which is no host of 'hosts'", what, shown(word.text)),
                     report.is_full() || names.empty() ? "add it to 'hosts'" : suggest(word.text, names));
      return nullptr;
    }
    const Host& host = made_.hosts[found->second];
    if (host.name == from.name)
      report.mistake(word.at, fmt::format("{} names the host itself", what), "name another one");
    else if (!host.receiver)
      report.mistake(word.at, fmt::format("{} names {}, which has no SMTP receiver", what, shown(word.text)),
                     "name one that has, or set 'receiver: true' there");
    else
      return &host;
    return nullptr;
  }

  void resolve(std::size_t i) {
    Host& host = made_.hosts[i];
    const Later& later = later_[i];
    for (const Word& domain : later.domains) add_domain(domain, i);
    if (!later.is_repetition) check_forward(host, later);
    for (const ForwardEntry& entry : later.forward)
      if (entry.to.kind != ForwardTo::Kind::host ||
          receiver_named({entry.to.name, entry.at}, host, "'forward'", report_) != nullptr)
        host.forward[entry.domain] = entry.to;
    resolve_relay_clients(later.relay_clients, topology_, made_.index, host.relay, report_);
    const Host* server = nullptr;
    if (later.submit_to) server = receiver_named(*later.submit_to, host, "'submit-to'", report_);
    resolve_submission(host, later, server);
    if (later.turn && receiver_named(*later.turn, host, "'turn'", report_) == nullptr) host.turn.reset();
    resolve_agents(i, server);
    if (later.hostname_at) return;
    const Host& owner = host.domains.empty() && server != nullptr ? *server : host;
    host.hostname = owner.domains.empty() ? host.name : joined(host.name, owner.domains.front());
  }

  // What could never take effect.
  void check_forward(const Host& host, const Later& later) {
    for (const ForwardEntry& entry : later.forward) {
      if (entry.domain == "*" && later.submit_to)
        report_.mistake(entry.at, "'forward' of all mail beside 'submit-to', which names who takes it",
                        "keep one of them");
      if (std::ranges::find(host.domains, entry.domain) != host.domains.end())
        report_.mistake(entry.at,
                        fmt::format("'forward' of {}, whose mail this host delivers itself", shown(entry.domain)),
                        "leave it out, or take the domain out of 'domains'");
    }
  }

  void add_domain(const Word& domain, std::size_t i) {
    const auto [known, is_new] = made_.book.hosts.emplace(domain.text, i);
    if (is_new) return;
    const Host& other = made_.hosts[known->second];
    report_.mistake(domain.at,
                    fmt::format("the domain {} at {} and at {} (line {})", shown(domain.text),
                                shown(made_.hosts[i].name), shown(other.name), other.line),
                    "one host delivers its mail; others can 'forward' to it");
  }

  // Hosts know each other, and themselves, by their hostnames: one that another host has, or that is the domain of
  // another host, would send mail in circles.
  void check_hostnames() {
    std::unordered_map<std::string, std::size_t> taken;
    for (std::size_t i = 0; i < made_.hosts.size(); ++i) {
      const std::string name = in_lower_case(made_.hosts[i].hostname);
      if (name.empty()) continue;  // it has been told why
      const auto [known, is_new] = taken.emplace(name, i);
      if (!is_new) tell_of_hostname(i, known->second);
      const auto domain = made_.book.hosts.find(name);
      if (domain == made_.book.hosts.end() || domain->second == i) continue;
      const Host& owner = made_.hosts[domain->second];
      report_.mistake(hostname_at(i),
                      fmt::format("the hostname {} of {} is a domain of {} (line {})", shown(name),
                                  shown(made_.hosts[i].name), shown(owner.name), owner.line),
                      std::string(kGiveHostname));
    }
  }

  // Of two hosts, at the one that says its hostname.
  void tell_of_hostname(std::size_t later, std::size_t earlier) {
    if (!later_[later].hostname_at && later_[earlier].hostname_at) std::swap(later, earlier);
    const Host& host = made_.hosts[later];
    const Host& other = made_.hosts[earlier];
    const bool is_template = later_[later].is_repetition && other.line == host.line;
    if (is_template && !told_templates_.insert(host.line).second) return;
    report_.mistake(hostname_at(later),
                    fmt::format("the hostname {} at {} and at {} (line {})", shown(host.hostname),
                                shown(host.name), shown(other.name), other.line),
                    std::string(kGiveHostname));
  }

  const Position& hostname_at(std::size_t i) const {
    return later_[i].hostname_at ? *later_[i].hostname_at : later_[i].at;
  }

  void resolve_agents(std::size_t i, const Host* server) {
    const Later& later = later_[i];
    if (later.agents.empty() && server == nullptr) return;
    const Host& owner = server != nullptr ? *server : made_.hosts[i];
    Agents agents{.host = i, .patterns = {}, .domains = owner.domains};
    for (const Word& word : later.agents) {
      if (word.text.size() > 320) {
        report_.mistake(word.at, "a pattern of more than 320 octets", "write user@domain");
      } else if (word.text.find('@') != std::string::npos) {
        agents.patterns.push_back(word.text);
      } else {
        if (owner.domains.empty())
          report_.mistake(word.at, fmt::format("{} without a domain", shown(word.text)), "write user@domain");
        for (const std::string& domain : owner.domains) agents.patterns.push_back(word.text + "@" + domain);
      }
    }
    made_.agents.push_back(std::move(agents));
  }

  void fill_book() {
    for (const Host& host : made_.hosts)
      for (const User& user : host.users)
        for (const std::string& domain : host.domains)
          made_.book.mailboxes.push_back(message::quoted_local_part(user.local_part) + "@" + domain);
  }

  const Topology& topology_;
  const Host& initial_;
  Report& report_;
  std::vector<Later> later_;
  std::unordered_set<int> told_templates_;  // of one hostname for all of their nodes; by line
  Hosts made_;
};

}  // namespace

Hosts read_hosts(const Value* value, const Topology& topology, const Host& initial, Report& report) {
  return Reader(topology, initial, report).read(value);
}

}  // namespace mailroom::scenario
