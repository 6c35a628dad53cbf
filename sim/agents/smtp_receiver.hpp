// SPDX-License-Identifier: GPL-2.0-only
// The SMTP receiver of a host: listens on its port, and on that for submission if it has one, and serves each
// connection with a session of protocols/smtp. It has what all sessions share: options, guard, passwords.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "sim/agents/passwords.hpp"
#include "sim/agents/receiver_guard.hpp"
#include "sim/agents/receiver_options.hpp"
#include "sim/agents/service_trouble.hpp"
#include "sim/net/host.hpp"

namespace mailroom::agents {

class Mta;
class ReceiverSession;

class SmtpReceiver {
 public:
  // `mta` must outlive the receiver. Listens at once, unless the service is stopped; a port that is taken is our own mistake (asserted).
  explicit SmtpReceiver(Mta& mta);
  ~SmtpReceiver();

  Mta& mta() { return mta_; }
  // The trouble of the service is another one than before.
  void trouble_changed();
  ReceiverGuard& guard() { return guard_; }
  const Passwords& passwords() const { return passwords_; }
  const std::shared_ptr<const smtp::ServerOptions>& options(Service service) const {
    return service == Service::submission ? submission_options_ : options_;
  }

 private:
  struct Served {
    std::unique_ptr<ReceiverSession> session;
    bool is_let_in;  // false: was told 421, and is no burden
  };
  void listen();
  void listen(std::uint16_t port, Service service);
  void stop(trace::Blame blame);
  void accept(std::unique_ptr<net::Connection> connection, Service service);
  void ended(trace::ConnectionId connection);

  Mta& mta_;
  ReceiverGuard guard_;
  Passwords passwords_;
  std::shared_ptr<const smtp::ServerOptions> options_;
  std::shared_ptr<const smtp::ServerOptions> submission_options_;
  std::map<trace::ConnectionId, Served> sessions_;
  std::int64_t let_in_ = 0;
  bool is_stopped_ = false;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
};

}  // namespace mailroom::agents
