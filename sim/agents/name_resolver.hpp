// SPDX-License-Identifier: GPL-2.0-only
// A host's own resolver: dns::Resolver with a socket, TCP connections, timers and chance (the stream "dns").
// It asks name servers from the root down and remembers what it learned.
//
// Each question that leaves the host is name.asked … name.answered with everything between them as effects of
// each other; what is answered from memory is name.remembered. An answer's event names the last trouble on
// the way (query.unanswered) as its evidence.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "protocols/dns/resolver.hpp"
#include "sim/agents/name_service.hpp"
#include "sim/net/deadline.hpp"
#include "sim/net/host.hpp"

namespace mailroom::agents {

class NameResolver final : public NameService, private net::DatagramUser {
 public:
  // `host` must outlive the resolver.
  NameResolver(net::Host& host, dns::ResolverOptions options, std::vector<dns::RootHint> hints);
  ~NameResolver() override;

  void look_up(std::string_view name, RecordType type, Answered answered) override;
  void forget() override;

 private:
  class Exchange;
  using QuestionId = dns::resolver::QuestionId;
  using ExchangeId = dns::resolver::ExchangeId;
  struct Asker {
    RecordType type{};
    std::string name;
    Answered answered;
    trace::Context context;          // who asked; from name.asked on, its event is that
    bool is_aloud = false;           // name.asked was recorded
    trace::EventId trouble{};        // the last on the way
    std::uint64_t trouble_turn = 0;  // when that was
  };

  void on_datagram(net::Endpoint from, std::string_view octets) override;
  void on_port_unreachable(net::Address remote) override;
  void receive_tcp(ExchangeId id, std::string_view message, const Exchange& exchange);
  void tcp_ended(ExchangeId id, net::End end, bool was_answered);
  void expire();

  // Performs what the resolver wants done, for reasons that the context in force names, if it has an event.
  void perform_all();
  void perform(dns::resolver::SendDatagram& action);
  void perform(dns::resolver::SendOverTcp& action);
  void perform(dns::resolver::CloseTcp& action);
  void perform(dns::resolver::Note& action);
  void perform(dns::resolver::Answered& action);

  void ask_aloud(Asker& asker);
  // What is done for a question now is caused by this; `question` may have its answer already.
  trace::Context context_for(QuestionId question);
  trace::EventId record(trace::Event event);
  void record_query(const dns::resolver::Query& query, const net::Connection* connection);
  void record_response(net::Endpoint server, std::string_view octets, const net::Connection* connection);
  void record_answer(const Asker& asker, const dns::resolver::Answered& action, bool is_remembered);

  dns::Resolver fresh() const;

  net::Host& host_;
  const dns::ResolverOptions options_;
  const std::vector<dns::RootHint> hints_;
  dns::Resolver resolver_;
  std::optional<net::Deadline> deadline_;  // as the socket
  std::map<QuestionId, Asker> askers_;
  std::unique_ptr<net::DatagramSocket> socket_;                // while anything is under way
  std::map<ExchangeId, std::unique_ptr<Exchange>> exchanges_;  // over TCP
  std::vector<std::unique_ptr<Exchange>> buried_;
  net::Timer clean_timer_{};
  std::uint64_t turn_ = 0;  // of perform_all()
  // The last query to a server for a question of a name, while anything is under way: what a time-out is
  // caused by.
  std::map<std::tuple<std::uint32_t, dns::Name, dns::Type>, trace::EventId> queries_;
};

}  // namespace mailroom::agents
