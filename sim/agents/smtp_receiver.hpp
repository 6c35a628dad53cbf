// SPDX-License-Identifier: GPL-2.0-only
// The SMTP receiver of a host: listens on its port and serves each connection with a session of
// protocols/smtp. It answers what only the host knows: is this user here, may this client relay, is there
// room on the disk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "sim/net/host.hpp"

namespace mailroom::agents {

class Mta;
class ReceiverSession;

class SmtpReceiver {
 public:
  // `mta` must outlive the receiver. Listens at once; a port that is taken is our own mistake (asserted).
  explicit SmtpReceiver(Mta& mta);
  ~SmtpReceiver();

 private:
  struct Served {
    std::unique_ptr<ReceiverSession> session;
    bool is_let_in;  // false: was told 421, and is no burden
  };
  void accept(std::unique_ptr<net::Connection> connection);
  void ended(trace::ConnectionId connection);

  Mta& mta_;
  std::map<trace::ConnectionId, Served> sessions_;
  std::int64_t let_in_ = 0;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace mailroom::agents
