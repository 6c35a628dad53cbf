// SPDX-License-Identifier: GPL-2.0-only
// Octets on their way into a connection that may not have room for all of them, each piece with the context
// that it is sent under.
#pragma once

#include <string>
#include <string_view>

#include "sim/net/fifo.hpp"
#include "sim/net/network.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::agents {

class Outbox {
 public:
  void push(std::string octets, const trace::Context& context) {
    if (!octets.empty()) pieces_.push_back({std::move(octets), 0, context});
  }
  bool empty() const { return pieces_.empty(); }

  // Sends what there is room for. True: all is sent.
  bool flush(net::Connection& connection, trace::Recorder& recorder) {
    while (!pieces_.empty()) {
      Piece& piece = pieces_.front();
      trace::ContextScope scope(recorder, piece.context);
      piece.sent += connection.send(std::string_view(piece.octets).substr(piece.sent));
      if (piece.sent < piece.octets.size()) return false;
      pieces_.pop_front();
    }
    return true;
  }

 private:
  struct Piece {
    std::string octets;
    std::size_t sent = 0;
    trace::Context context;
  };
  net::Fifo<Piece> pieces_;
};

}  // namespace mailroom::agents
