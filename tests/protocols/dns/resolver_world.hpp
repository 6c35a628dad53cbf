// SPDX-License-Identifier: GPL-2.0-only
// A resolver joined in memory with name servers, under a clock of their own. Datagrams take 10 ms; each can
// be lost, and a server can be silent, answer by a function of the test, or refuse TCP.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocols/dns/authority.hpp"
#include "protocols/dns/resolver.hpp"
#include "tests/protocols/dns/values.hpp"

namespace mailroom::dns {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMillisecond;

constexpr Ipv4 kRoot = 0x0a000001;
constexpr Ipv4 kTld = 0x0a000002;
constexpr Ipv4 kFirst = 0x0a000003;     // ns1.shop.example
constexpr Ipv4 kSecondNs = 0x0a000004;  // ns2.shop.example
constexpr Ipv4 kOther = 0x0a000005;     // ns.other.example

class ResolverWorld {
 public:
  using Answer = std::function<std::optional<std::string>(std::string_view octets, Transport transport)>;

  // A root, the domain example, shop.example with two servers, other.example with one.
  explicit ResolverWorld(ResolverOptions options = {}, std::vector<std::string_view> shop = {},
                         std::vector<std::string_view> example = {})
      : resolver(std::move(options), {{named("a.root"), kRoot}}, [this] { return draw(); }) {
    serve(kRoot, zone(".", {". 86400 SOA a.root. h. 1 1 1 1 86400", ". NS a.root.", "example. NS ns.example.",
                            "ns.example. A 10.0.0.2"}));
    std::vector<std::string_view> lines = {"@ SOA ns h 1 1 1 1 600", "@ NS ns",
                                           "ns A 10.0.0.2",          "shop NS ns1.shop",
                                           "shop NS ns2.shop",       "ns1.shop A 10.0.0.3",
                                           "ns2.shop A 10.0.0.4",    "other NS ns.other",
                                           "ns.other A 10.0.0.5",    "glueless NS dns.shop"};
    lines.insert(lines.end(), example.begin(), example.end());
    serve(kTld, zone("example", lines));
    lines = {"@ SOA ns1 h 1 1 1 1 300",
             "@ NS ns1",
             "@ NS ns2",
             "ns1 A 10.0.0.3",
             "ns2 A 10.0.0.4",
             "@ 600 MX 10 mx",
             "mx A 10.1.0.1",
             "www CNAME web",
             "web CNAME mx",
             "dns A 10.0.0.5",
             "over CNAME www.other.example."};
    lines.insert(lines.end(), shop.begin(), shop.end());
    serve(kFirst, zone("shop.example", lines));
    serve(kSecondNs, zone("shop.example", lines));
    serve(kOther,
          zone("other.example", {"@ SOA ns h 1 1 1 1 300", "@ NS ns", "ns A 10.0.0.5", "www A 10.1.0.2"}));
    authorities_.at(kOther).add(
        zone("glueless.example", {"@ SOA ns h 1 1 1 1 300", "@ MX 5 mx", "mx A 10.1.0.3"}));
  }
  ResolverWorld(const ResolverWorld&) = delete;

  void serve(Ipv4 server, Zone zone, AuthorityOptions options = {}) {
    authorities_.try_emplace(server, options).first->second.add(std::move(zone));
  }
  void replace(Ipv4 server, Answer answer) { replaced_[server] = std::move(answer); }
  void silence(Ipv4 server) {
    replace(server, [](auto, auto) { return std::nullopt; });
  }
  void shut(Ipv4 server) {  // no one listens there
    silence(server);
    shut_.insert(server);
  }
  void lose(std::function<bool(unsigned datagram)> lost) {
    lost_ = std::move(lost);
  }  // counted from 0, both ways

  resolver::QuestionId ask(std::string_view name, Type type) {
    const auto id = resolver.ask(named(name), type, now_ns);
    perform();
    return id;
  }
  // ask(), and what came of it.
  resolver::Answered find(std::string_view name, Type type) {
    const auto id = ask(name, type);
    run();
    EXPECT_EQ(answered.count(id), 1U) << name;
    return answered[id];
  }
  // Until all questions are answered, or `enough`.
  void run(const std::function<bool()>& enough = [] { return false; }) {
    while (resolver.lookups() > 0 && !enough()) {
      const auto deadline = resolver.deadline_ns();
      ASSERT_TRUE(deadline) << "a lookup that waits for nothing";
      if (!on_the_way_.empty() && on_the_way_.begin()->first <= *deadline) {
        now_ns = on_the_way_.begin()->first;
        const auto what = std::move(on_the_way_.begin()->second);
        on_the_way_.erase(on_the_way_.begin());
        what();
      } else {
        ASSERT_GE(*deadline, now_ns);
        now_ns = *deadline;
        resolver.expire(now_ns);
      }
      perform();
    }
  }
  void pass(std::int64_t duration_ns) { now_ns += duration_ns; }

  std::optional<std::string> answer(Ipv4 server, std::string_view octets, Transport transport) {
    if (const auto replaced = replaced_.find(server); replaced != replaced_.end())
      return replaced->second(octets, transport);
    const auto authority = authorities_.find(server);
    if (authority == authorities_.end()) return std::nullopt;
    const auto reply = authority->second.receive(octets, transport);
    return reply ? std::optional(reply->octets) : std::nullopt;
  }
  bool noted(resolver::NoteKind kind) const {
    return std::ranges::any_of(notes, [&](const resolver::Note& note) { return note.kind == kind; });
  }

  std::int64_t now_ns = 0;
  std::map<resolver::QuestionId, resolver::Answered> answered;
  std::vector<resolver::Query> queries;
  std::vector<std::string> asked;  // text(Query)
  std::vector<resolver::Note> notes;
  std::vector<resolver::ExchangeId> open_tcp;
  unsigned datagrams = 0;

 private:
  std::uint32_t draw() { return state_ = state_ * 1664525 + 1013904223; }
  bool lost() { return lost_ && lost_(datagrams++); }
  void later(std::function<void()> what) { on_the_way_.emplace(now_ns + 10 * kMillisecond, std::move(what)); }

  void perform() {
    while (const auto action = resolver.next_action()) {
      if (const auto* datagram = std::get_if<resolver::SendDatagram>(&*action)) {
        record(datagram->query);
        if (!lost()) later([this, query = datagram->query] { arrive(query, Transport::udp); });
      } else if (const auto* tcp = std::get_if<resolver::SendOverTcp>(&*action)) {
        record(tcp->query);
        open_tcp.push_back(tcp->query.exchange);
        later([this, query = tcp->query] { arrive(query, Transport::tcp); });
      } else if (const auto* close = std::get_if<resolver::CloseTcp>(&*action)) {
        EXPECT_EQ(std::erase(open_tcp, close->exchange), 1U);
      } else if (const auto* note = std::get_if<resolver::Note>(&*action)) {
        notes.push_back(*note);
      } else {
        const auto& end = std::get<resolver::Answered>(*action);
        EXPECT_TRUE(answered.emplace(end.question, end).second) << "answered twice";
      }
    }
  }
  void record(const resolver::Query& query) {
    queries.push_back(query);
    asked.push_back(text(query));
  }
  void arrive(const resolver::Query& query, Transport transport) {
    auto reply = answer(query.server, query.octets, transport);
    if (transport == Transport::tcp) {
      if (reply) {
        later([this, query, reply] { resolver.receive_tcp(query.exchange, *reply, now_ns); });
      } else {
        later([this, query] { resolver.tcp_failed(query.exchange, "connection refused", now_ns); });
      }
    } else if (shut_.contains(query.server)) {
      later([this, query] { resolver.refused(query.server, now_ns); });
    } else if (reply && !lost()) {
      later([this, query, reply] { resolver.receive(*reply, query.server, now_ns); });
    }
  }

  std::uint32_t state_ = 1;
  std::map<Ipv4, Authority> authorities_;
  std::map<Ipv4, Answer> replaced_;
  std::set<Ipv4> shut_;
  std::function<bool(unsigned)> lost_;
  std::multimap<std::int64_t, std::function<void()>> on_the_way_;

 public:
  Resolver resolver;
};

}  // namespace mailroom::dns
