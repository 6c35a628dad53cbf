// SPDX-License-Identifier: GPL-2.0-only
// The name server of a host: its zones (dns::Authority) behind port 53, over UDP and TCP (RFC 7766). Never
// recursive. At level full each question and each answer is an event.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/dns/authority.hpp"
#include "sim/net/host.hpp"

namespace mailroom::agents {

inline constexpr std::uint16_t kDnsPort = 53;

class DnsServer final : private net::DatagramUser {
 public:
  // `host` must outlive the server.
  DnsServer(net::Host& host, std::vector<dns::Zone> zones, dns::AuthorityOptions options);
  ~DnsServer() override;

  void start();

 private:
  class Session;

  void on_datagram(net::Endpoint from, std::string_view octets) override;
  void accept(std::unique_ptr<net::Connection> connection);
  void over(Session& session);
  // Records question and answer, and leaves the context at the answer; none: nothing is to be said.
  std::optional<std::string> answer(net::Endpoint from, std::string_view octets, dns::Transport transport,
                                    const net::Connection* connection);

  net::Host& host_;
  dns::Authority authority_;
  std::unique_ptr<net::DatagramSocket> socket_;
  std::unique_ptr<net::Listener> listener_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<std::unique_ptr<Session>> finished_;
  net::Timer clean_timer_{};
};

}  // namespace mailroom::agents
