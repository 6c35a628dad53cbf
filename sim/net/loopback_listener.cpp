// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/loopback_listener.hpp"

#include <utility>

#include "sim/net/loopback_socket_state.hpp"

namespace mailroom::net {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {
constexpr int kMostATurn = 32;  // then others have theirs
constexpr auto kPause = std::chrono::milliseconds(100);
}  // namespace

struct LoopbackListener::State : std::enable_shared_from_this<State> {
  using Error = boost::system::error_code;

  State(LoopbackLoop& the_loop, std::shared_ptr<LoopbackGate> the_gate, const LoopbackSocket::Options& of_sockets)
      : loop(the_loop), gate(std::move(the_gate)), options(of_sockets), acceptor(the_loop.context()),
        pause(the_loop.context()) {}

  Error open(std::uint16_t wanted) {
    Error error;
    acceptor.open(tcp::v4(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind({asio::ip::address_v4::loopback(), wanted}, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) acceptor.non_blocking(true, error);
    if (!error) port = acceptor.local_endpoint(error).port();
    return error;
  }

  void wait() {
    if (!accept) return;
    acceptor.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](const Error& error) {
      if (!error) self->take_all();
    });
  }

  void take_all() {
    for (int i = 0; i < kMostATurn && accept; ++i) {
      if (gate->is_exhausted()) return close();
      if (gate->is_full()) {
        gate->when_room([self = shared_from_this()] {
          asio::post(self->acceptor.get_executor(), [self] { self->take_all(); });
        });
        return;
      }
      Error error;
      tcp::endpoint remote;
      auto state = std::make_shared<LoopbackSocket::State>(loop, options);
      acceptor.accept(state->socket, remote, error);
      if (error == asio::error::would_block) break;
      if (error == asio::error::connection_aborted) continue;
      if (error) return rest();  // no descriptors or no memory: they may come back
      state->pass = gate->enter();
      state->peer_port = remote.port();
      state->own_port = port;
      greet(std::move(state));
    }
    wait();
  }

  void greet(std::shared_ptr<LoopbackSocket::State> state) {
    state->begin();
    const Accept keep = accept;  // the listener may go while it accepts
    state->is_in_callback = true;
    keep(std::unique_ptr<LoopbackSocket>(new LoopbackSocket(state)));
    state->is_in_callback = false;
    if (state->user == nullptr) {
      if (state->socket.is_open()) state->close(true);
      return;
    }
    state->watch_idle();
    state->flush();
    state->wait_for_octets();
  }

  void rest() {
    pause.expires_after(kPause);
    pause.async_wait([self = shared_from_this()](const Error& error) {
      if (!error) self->take_all();
    });
  }

  void close() {
    accept = nullptr;
    Error ignored;
    acceptor.close(ignored);
    pause.cancel();
  }

  LoopbackLoop& loop;
  std::shared_ptr<LoopbackGate> gate;
  const LoopbackSocket::Options options;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::uint16_t port = 0;
  Accept accept;
};

LoopbackListener::LoopbackListener(std::shared_ptr<State> state) : state_(std::move(state)) {}

LoopbackListener::~LoopbackListener() {
  state_->close();
}

std::expected<std::unique_ptr<LoopbackListener>, std::error_code> LoopbackListener::open(
    LoopbackLoop& loop, std::uint16_t port, std::shared_ptr<LoopbackGate> gate,
    const LoopbackSocket::Options& options) {
  auto state = std::make_shared<State>(loop, std::move(gate), options);
  if (const auto error = state->open(port)) return std::unexpected(std::error_code(error.value(), std::system_category()));
  return std::unique_ptr<LoopbackListener>(new LoopbackListener(std::move(state)));
}

std::uint16_t LoopbackListener::port() const {
  return state_->port;
}

void LoopbackListener::start(Accept accept) {
  state_->accept = std::move(accept);
  state_->wait();
}

}  // namespace mailroom::net
