// SPDX-License-Identifier: GPL-2.0-only
// What drives everything of the loopback network: waits for sockets and timers and calls who asked. One thread.
#pragma once

#include <cstdint>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace mailroom::net {

class LoopbackLoop {
 public:
  LoopbackLoop();
  ~LoopbackLoop();
  LoopbackLoop(const LoopbackLoop&) = delete;
  LoopbackLoop& operator=(const LoopbackLoop&) = delete;

  // Does what comes within the next `wall_ns`, or until stop(). It may be called again and again.
  void run_for(std::int64_t wall_ns);
  // From within a callback: run_for() comes back when it returns.
  void stop();

  boost::asio::io_context& context();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace mailroom::net
