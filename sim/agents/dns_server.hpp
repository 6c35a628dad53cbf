// SPDX-License-Identifier: GPL-2.0-only
// The name server of a host: its zones (dns::Authority) behind port 53, over UDP and TCP (RFC 7766). Never
// recursive. At level full each question and each answer is an event.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/dns/authority.hpp"
#include "sim/net/host.hpp"

namespace mailroom::agents {

inline constexpr std::uint16_t kDnsPort = 53;

// What is wrong with a name server, as plain data; it outlives a crash of its node.
struct NameTrouble {
  std::optional<trace::Blame> stopped{};  // nobody listens
  std::optional<trace::Blame> hung{};     // nothing is answered
  struct Failure {
    dns::Rcode rcode{};  // whatever is asked
    trace::Blame blame{};
  };
  std::optional<Failure> fails{};
  struct Lie {
    dns::Record record;  // said in place of those of the same name and type
    trace::Blame blame{};
  };
  std::map<std::string, Lie> lies{};      // by what they are called
  std::optional<trace::Blame> stale{};    // changes of zones are not heard of
};

class DnsServer final : private net::DatagramUser {
 public:
  // `host` must outlive the server.
  DnsServer(net::Host& host, std::vector<dns::Zone> zones, dns::AuthorityOptions options);
  ~DnsServer() override;

  void start();

  // What is wrong becomes what `change` makes of it; also while the node is out of operation.
  void trouble(const std::function<void(NameTrouble&)>& change);
  // The zone with that apex, if it is served here, has this record in place of those of its name and type, from now on
  // until restore(); while the server is stale, it does not know.
  void replace(const dns::Name& apex, const std::string& called, dns::Record record);
  void restore(const std::string& called);
  // The deepest zone here that the name is in; none.
  std::optional<dns::Name> zone_of(const dns::Name& name) const;

  // The node stops as it is; and runs again.
  void crash();
  void restart();

 private:
  class Session;

  void on_datagram(net::Endpoint from, std::string_view octets) override;
  void accept(std::unique_ptr<net::Connection> connection);
  void over(Session& session);
  // Records question and answer, and leaves the context at the answer; none: nothing is to be said.
  std::optional<std::string> answer(net::Endpoint from, std::string_view octets, dns::Transport transport,
                                    const net::Connection* connection);

  void listen();
  void close();
  void rebuild();
  void amend(dns::Message& said);

  net::Host& host_;
  dns::AuthorityOptions options_;
  std::vector<dns::Zone> zones_;  // as they were at first
  struct Change {
    dns::Name apex;
    std::string called;
    dns::Record record;
  };
  std::vector<Change> changes_;  // since then, in their order
  NameTrouble trouble_;
  std::optional<trace::Blame> amended_{};  // what is to blame for the answer in hand
  bool is_running_ = false;
  dns::Authority authority_;
  std::unique_ptr<net::DatagramSocket> socket_;
  std::unique_ptr<net::Listener> listener_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<std::unique_ptr<Session>> finished_;
  net::Timer clean_timer_{};
};

}  // namespace mailroom::agents
