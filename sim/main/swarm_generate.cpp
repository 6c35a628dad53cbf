// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/swarm_generate.hpp"

#include <fmt/format.h>

#include <set>

#include "sim/main/swarm_dice.hpp"
#include "sim/main/swarm_clients.hpp"
#include "sim/main/swarm_faults.hpp"

namespace mailroom::swarm {

namespace {

using Kind = Draft::Kind;

class Generator {
 public:
  Generator(std::uint64_t seed, const Options& options)
      : options_(options), seed_(seed), net_(seed, "network"), hosts_(seed, "hosts"), mail_(seed, "traffic") {}

  Draft generate() {
    draft_.set("mailroom", "1");
    draft_.set("name", fmt::format("Swarm {}", seed_));
    draft_.set("seed", std::to_string(seed_));
    draft_.set("duration", "20d");
    make_network();
    make_hosts();
    make_names();
    make_traffic();
    make_clients();
    make_faults();
    return std::move(draft_);
  }

 private:
  void make_network();
  void make_link(const std::string& a, const std::string& b);
  void make_hosts();
  void make_host(const std::string& name);
  void make_users(Draft& host, const std::string& domain);
  void make_rewriting(Draft& host);
  void make_smtp(Draft& host);
  void make_receiving(Draft& smtp);
  void make_queue(Draft& host);
  void make_backup();
  void make_names();
  void make_traffic();
  void make_clients();
  void make_faults();
  std::string duration(Dice& dice, std::int64_t most_s);
  std::string address(Dice& dice);
  bool policy() { return hosts_.chance(options_.policy); }

  const Options& options_;
  std::uint64_t seed_;
  Dice net_, hosts_, mail_;
  Draft draft_;
  Ground ground_;
  std::vector<std::string> addresses_;
  std::set<std::string> agents_;  // hosts of user agents
  bool has_passwords_ = false;
};

// From milliseconds up, more often short than long.
std::string Generator::duration(Dice& dice, std::int64_t most_s) {
  switch (dice.between(0, 2)) {
    case 0:
      return fmt::format("{}ms", dice.between(1, 999));
    case 1:
      return fmt::format("{}s", dice.between(1, std::max<std::int64_t>(most_s / 20, 1)));
    default:
      return fmt::format("{}s", dice.between(1, most_s));
  }
}

void Generator::make_link(const std::string& a, const std::string& b) {
  Draft& link = draft_.at("topology").at("links", Kind::list).append();
  Draft& way = link.at(fmt::format("{} -- {}", a, b));
  way.set("rate", net_.one_of({"100Mbps", "10Mbps", "1Mbps", "64kbps"}));
  way.set("delay", net_.one_of({"100us", "1ms", "10ms", "40ms"}));
  ground_.links.push_back(fmt::format("{} -- {}", a, b));
  if (!net_.chance(options_.bad_link)) return;
  if (net_.chance(400)) way.set("rate", net_.one_of({"9600bps", "33600bps"}));
  if (net_.chance(300)) way.set("delay", net_.one_of({"300ms", "600ms", "2s"}));
  if (net_.chance(400)) way.set("loss", net_.one_of({"0.5%", "2%", "8%"}));
  if (net_.chance(300)) way.set("queue", net_.one_of({"2", "5"}));
}

void Generator::make_network() {
  const std::int64_t mail_hosts = net_.between(2, options_.mail_hosts_most);
  for (std::int64_t i = 1; i <= mail_hosts; ++i) ground_.hosts.push_back(fmt::format("h{}", i));
  std::vector<std::string> nodes = ground_.hosts;
  if (net_.chance(options_.user_agent_host)) {
    agents_.insert("pc");
    nodes.emplace_back("pc");
    ground_.hosts.emplace_back("pc");
  }
  for (std::int64_t i = net_.between(0, options_.routers_most); i > 0; --i) nodes.push_back(fmt::format("r{}", i));
  ground_.nodes = nodes;
  std::size_t first = 1;
  if (nodes.size() > 2 && net_.chance(options_.lan)) {
    Draft& lan = draft_.at("topology").at("lans", Kind::list).append();
    lan.set("name", "lan");
    Draft& on_it = lan.at("hosts", Kind::list);
    first = static_cast<std::size_t>(net_.between(2, static_cast<std::int64_t>(nodes.size()) - 1));
    for (std::size_t i = 0; i < first; ++i) on_it.append(nodes[i]);
  }
  // A tree, and some more.
  for (std::size_t i = first; i < nodes.size(); ++i)
    make_link(nodes[static_cast<std::size_t>(net_.between(0, static_cast<std::int64_t>(i) - 1))], nodes[i]);
  for (std::int64_t i = net_.between(0, options_.extra_links_most); i > 0; --i) {
    const std::string a = net_.pick(nodes), b = net_.pick(nodes);
    if (a != b) make_link(a, b);
  }
}

std::string Generator::address(Dice& dice) {
  if (!dice.chance(options_.unknown_recipient)) return dice.pick(addresses_);
  return dice.one_of({"nobody@", "postmaster@", "Ann@", "ann+news@", "info@", "list@"}) + dice.pick(ground_.receivers) +
         ".example";
}

void Generator::make_users(Draft& host, const std::string& domain) {
  Draft& users = host.at("users");
  for (const char* name : {"ann", "ben", "cleo"}) {
    if (!hosts_.chance(800) && !users.children.empty()) continue;
    Draft& user = users.at(name);
    addresses_.push_back(fmt::format("{}@{}", name, domain));
    if (policy()) user.set("quota", hosts_.one_of({"0", "1kB", "5kB"}));
  }
}

void Generator::make_rewriting(Draft& host) {
  const std::string domain = host.at("domains", Kind::scalar).value;
  const auto other_than = [&](const std::string& own) {
    for (;;)
      if (std::string target = address(hosts_); target != own + "@" + domain) return target;
  };
  const auto target = [&] { return other_than("list"); };
  for (Draft& user : host.at("users").children) {
    if (hosts_.chance(options_.rewriting / 4)) {
      Draft& moved = user.at("moved");
      moved.set("to", other_than(user.key));
      moved.set("answer", hosts_.one_of({"refuse", "forward"}));
    } else if (hosts_.chance(options_.rewriting / 2)) {
      user.set("forward", other_than(user.key));
      if (hosts_.chance(500)) user.set("keep", "true");
    }
  }
  if (hosts_.chance(options_.rewriting)) host.at("aliases").set("info", other_than("info"));
  if (hosts_.chance(options_.rewriting)) {
    Draft& list = host.at("lists").at("list");
    Draft& members = list.at("members", Kind::list);
    std::set<std::string> named;
    for (std::int64_t i = hosts_.between(1, 4); i > 0; --i) named.insert(target());
    for (const std::string& one : named) members.append(one);
    if (hosts_.chance(300)) list.set("expand", "at-sender");
    if (hosts_.chance(300)) list.set("header", "true");
  }
  if (policy()) host.set("catch-all", target());
  if (policy()) host.set("subaddress", "\"+\"");
  if (policy()) host.set("fold-case", "true");
  if (policy()) host.set("delivered-to", "false");
}

void Generator::make_receiving(Draft& smtp) {
  if (policy()) smtp.set("size-limit", hosts_.one_of({"500", "2kB", "20kB"}));
  if (policy()) smtp.set("recipient-limit", hosts_.one_of({"1", "2"}));
  if (policy()) smtp.set("connection-limit", "1");
  if (policy()) smtp.set("hop-limit", hosts_.one_of({"1", "2", "5"}));
  if (policy()) smtp.set("idle-time-out", hosts_.one_of({"2s", "20s"}));
  if (policy()) smtp.set("service-time", hosts_.one_of({"500ms", "20s"}));
  if (policy()) smtp.set("greeting-delay", hosts_.one_of({"1s", "40s"}));
  if (policy()) smtp.set("check-sender", hosts_.one_of({"null-mx", "domain"}));
  if (policy()) smtp.set("source-routes", hosts_.one_of({"honour", "ignore", "refuse"}));
  for (const char* offer : {"chunking", "dsn", "smtputf8", "pipelining"})
    if (policy()) smtp.set(offer, "false");
  if (policy()) smtp.set("limits", "true");
  if (policy()) smtp.at("tarpit").set("delay", hosts_.one_of({"1s", "10s"}));
  if (policy()) smtp.at("greylist").set("delay", hosts_.one_of({"10s", "5m"}));
  if (policy()) smtp.at("load").set("queue", "2");
  if (policy()) smtp.at("clients").set("message-rate", "1");
  if (policy()) smtp.at("clients").set("recipient-rate", "1");
  if (policy()) smtp.at("clients").set("connection-rate", "1");
  if (policy()) {
    smtp.at("errors").set("soft", "1");
    smtp.at("errors").set("hard", "2");
  }
}

void Generator::make_smtp(Draft& host) {
  Draft smtp;
  if (hosts_.chance(options_.rfc821_host)) {
    smtp.set("extended", "false");
    if (hosts_.chance(300)) smtp.set("eighth-bit", "refuse");
  }
  make_receiving(smtp);
  if (policy()) smtp.set("messages-per-connection", "1");
  if (policy()) smtp.set("connections-per-destination", "1");
  if (policy()) smtp.set("recipients-per-message", "1");
  if (policy()) smtp.set("send-chunks", "true");
  if (policy()) smtp.set("follow-moved", "true");
  if (smtp.children.empty()) return;
  smtp.key = "smtp";
  host.children.push_back(std::move(smtp));
}

void Generator::make_queue(Draft& host) {
  Draft& retry = host.at("retry");
  if (hosts_.chance(250)) retry.set("profile", hosts_.one_of({"rfc5321", "postfix", "exim", "opensmtpd", "qmail"}));
  else retry.set("intervals", hosts_.one_of({"[20s, 1m, 5m]", "[1m]", "[10m]"}));
  retry.set("give-up", hosts_.one_of({"1m", "20m", "2h", "1d"}));
  if (policy()) retry.set("delay-warning", hosts_.one_of({"30s", "5m"}));
  if (policy()) host.at("delivery").set("profile", "postfix");
  if (policy()) host.at("delivery").set("active-limit", "1");
  if (policy()) host.at("delivery").set("idle", "20s");
  if (policy()) host.at("delivery").set("address-limit", "1");
  if (policy()) host.at("bounces").set("double-bounce", hosts_.one_of({"discard", "hold", "postmaster"}));
  if (policy()) host.at("bounces").set("return", "full");
  if (policy()) host.at("hold", Kind::list).append().set("until", hosts_.one_of({"10s", "1h"}));
  if (hosts_.chance(options_.slow_disk)) {
    host.at("disk").set("sync", hosts_.one_of({"5ms", "100ms", "3s"}));
    if (hosts_.chance(300)) host.at("disk").set("write", "20ms");
  }
  if (hosts_.chance(options_.small_disk)) host.at("disk").set("size", hosts_.one_of({"3kB", "10kB", "30kB"}));
}

void Generator::make_host(const std::string& name) {
  Draft& host = draft_.at("hosts").at(name);
  make_queue(host);
  make_smtp(host);
  if (agents_.contains(name)) {
    host.set("submit-to", ground_.receivers.front());
    if (!has_passwords_) return;
    Draft& as = host.at("submit-as");
    as.set("user", "ann");
    if (hosts_.chance(300)) as.set("password", "wrong");
    return;
  }
  make_rewriting(host);
  if (hosts_.chance(options_.forwarding) && ground_.receivers.size() > 2) {
    const std::string& hub = hosts_.pick(ground_.receivers);
    const std::string& whose = hosts_.pick(ground_.receivers);
    if (hub != name) host.at("forward").set(whose == name || hosts_.chance(500) ? "\"*\"" : whose + ".example", hub);
  }
  if (policy()) host.at("relay").set("open", "true");
}

// A second exchanger that takes what is for somebody else, and is asked for it.
void Generator::make_backup() {
  if (ground_.receivers.size() < 2 || !hosts_.chance(options_.backup)) return;
  const std::string& owner = ground_.receivers[0];
  const std::string& backup = ground_.receivers[1];
  draft_.at("hosts").at(backup).at("relay").set("domains", owner + ".example");
  Draft& exchangers = draft_.at("dns").at("zones").at(owner + ".example").at("mx", Kind::list);
  exchangers.append("10 " + owner);
  exchangers.append("20 " + backup);
  Draft& turn = draft_.at("hosts").at(owner).at("turn");
  turn.set("host", ground_.receivers[static_cast<std::size_t>(hosts_.between(1, static_cast<std::int64_t>(ground_.receivers.size()) - 1))]);
  turn.set("at", hosts_.one_of({"[5m, 20m, 1h]", "[30s, 2m]"}));
}

void Generator::make_hosts() {
  has_passwords_ = hosts_.chance(options_.passwords);

  for (const std::string& name : ground_.hosts) {
    if (agents_.contains(name)) continue;
    ground_.receivers.push_back(name);
    Draft& host = draft_.at("hosts").at(name);
    host.set("domains", name + ".example");
    make_users(host, name + ".example");
  }
  if (has_passwords_) {
    Draft& first = draft_.at("hosts").at(ground_.receivers.front());
    first.set("submission", "587");
    ground_.submission = ground_.receivers.front();
    first.at("users").at("ann").set("password", "secret");
  }
  for (const std::string& name : ground_.hosts) make_host(name);
}

void Generator::make_names() {
  ground_.has_name_servers = !net_.chance(options_.static_names);
  Draft& dns = draft_.at("dns");
  if (!ground_.has_name_servers) return dns.set("mode", "static");
  make_backup();
  dns.set("ttl", net_.one_of({"1s", "1m", "1h"}));
  if (net_.chance(200)) dns.set("udp-size", "512");
  if (net_.chance(150)) {
    Draft& zone = dns.at("zones").at(net_.pick(ground_.receivers) + ".example");
    if (zone.children.empty()) zone.set("null-mx", "true");
  }
  if (net_.chance(150)) {
    Draft& mx = dns.at("zones").at(net_.pick(ground_.receivers) + ".example");
    if (mx.children.empty()) {
      Draft& list = mx.at("mx", Kind::list);
      for (const std::string& host : ground_.receivers)
        if (net_.chance(600)) list.append(fmt::format("{} {}", net_.between(1, 2) * 10, host));
      if (list.children.empty()) list.append("10 " + ground_.receivers.front());
    }
  }
}

void Generator::make_traffic() {
  for (std::int64_t i = mail_.between(1, options_.traffic_most); i > 0; --i) {
    Draft& entry = draft_.at("traffic", Kind::list).append();
    entry.set("name", fmt::format("t{}", i));
    if (mail_.chance(options_.null_reverse_path)) {
      entry.set("from", "\"<>\"");
      entry.set("host", mail_.pick(ground_.receivers));
    } else {
      entry.set("from", mail_.pick(addresses_));
    }
    Draft& to = entry.at("to", Kind::list);
    std::set<std::string> named;
    for (std::int64_t n = mail_.between(1, 4); n > 0; --n) named.insert(address(mail_));
    for (const std::string& one : named) to.append(one);
    if (mail_.chance(500)) {
      entry.set("at", duration(mail_, 60));
    } else {
      entry.set(mail_.chance(500) ? "every" : "poisson", duration(mail_, 120));
      entry.set("count", std::to_string(mail_.between(2, 6)));
    }
    if (mail_.chance(400)) entry.set("size", mail_.one_of({"600", "4kB", "40kB"}));
    if (mail_.chance(options_.notify))
      entry.at("dsn").set("notify", mail_.one_of({"never", "success", "[success, failure, delay]", "[failure, delay]"}));
  }
}

void Generator::make_clients() {
  Dice dice(seed_, "clients");
  ground_.addresses = addresses_;
  for (int number = 1; number <= 3 && dice.chance(options_.rude_client); ++number)
    for (const std::string& line : typed_session(dice, ground_, number))
      draft_.at("control", Kind::list).append("'" + line + "'");
}

void Generator::make_faults() {
  Dice dice(seed_, "faults");
  std::set<std::string> slots;
  for (std::int64_t i = dice.between(0, options_.faults_most); i > 0; --i) {
    const std::string sentence = fault_sentence(dice, ground_, dice.chance(options_.conditional), slots);
    if (!sentence.empty()) draft_.at("faults", Kind::list).append("'" + sentence + "'");
  }
}

}  // namespace

Draft generate(std::uint64_t seed, const Options& options) {
  return Generator(seed, options).generate();
}

}  // namespace mailroom::swarm
