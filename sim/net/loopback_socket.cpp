// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/loopback_socket.hpp"

#include <netinet/tcp.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/net/loopback_socket_state.hpp"

namespace mailroom::net {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

LoopbackSocket::LoopbackSocket(std::shared_ptr<State> state) : state_(std::move(state)) {}

LoopbackSocket::~LoopbackSocket() {
  abort();
}

std::unique_ptr<LoopbackSocket> LoopbackSocket::connect(LoopbackLoop& loop, std::uint16_t port,
                                                        const Options& options, ConnectionUser& user) {
  auto state = std::make_shared<State>(loop, options);
  state->user = &user;
  state->connect(port);
  return std::unique_ptr<LoopbackSocket>(new LoopbackSocket(std::move(state)));
}

void LoopbackSocket::set_user(ConnectionUser& user) {
  assert(state_->user == nullptr);
  state_->user = &user;
}

std::uint16_t LoopbackSocket::local_port() const {
  return state_->own_port;
}

std::uint16_t LoopbackSocket::remote_port() const {
  return state_->peer_port;
}

std::size_t LoopbackSocket::send(std::string_view octets) {
  State& own = *state_;
  assert(!own.has_finished);
  if (own.user == nullptr || own.send_failed) return 0;
  const std::size_t taken = std::min(own.room(), octets.size());
  own.pending.append(octets.substr(0, taken));
  if (taken < octets.size()) own.wants_room = true;
  if (taken > 0) own.flush_soon();
  return taken;
}

void LoopbackSocket::finish() {
  State& own = *state_;
  if (own.user == nullptr || own.has_finished) return;
  own.has_finished = true;
  own.wants_room = false;
  own.flush_soon();
}

void LoopbackSocket::abort() {
  if (state_->user == nullptr && !state_->socket.is_open()) return;
  state_->user = nullptr;
  state_->close(true);
}

void LoopbackSocket::set_reading(bool is_reading) {
  State& own = *state_;
  own.is_reading = is_reading;
  if (own.is_established) own.wait_for_octets();
}

// --- what the loop does

void LoopbackSocket::State::connect(std::uint16_t port) {
  peer_port = port;
  Error error;
  socket.open(tcp::v4(), error);
  if (error) {
    asio::post(socket.get_executor(), [self = shared_from_this()] { self->end(End::unreachable); });
    return;
  }
  socket.async_connect({asio::ip::address_v4::loopback(), port}, [self = shared_from_this()](const Error& failure) {
    if (self->user == nullptr) return;
    Error unknown;
    const auto own = failure ? tcp::endpoint() : self->socket.local_endpoint(unknown);
    // A port on which no one listens may be drawn for our own end: TCP then connects it with itself.
    if (!failure && own.port() == self->peer_port) return self->end(End::refused);
    if (failure == asio::error::connection_refused) return self->end(End::refused);
    if (failure == asio::error::timed_out) return self->end(End::timed_out);
    if (failure == asio::error::connection_reset) return self->end(End::reset);  // after it was established
    if (failure || unknown) return self->end(End::unreachable);
    self->own_port = own.port();
    self->begin();
    self->is_in_callback = true;
    self->user->on_established();
    self->is_in_callback = false;
    self->flush();
    self->wait_for_octets();
  });
  watch_idle();
}

void LoopbackSocket::State::begin() {
  is_established = true;
  moved = Clock::now();
  Error ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
}

// What is sent by the end of a callback goes together; outside of one, what is sent in the same turn of the loop.
void LoopbackSocket::State::flush_soon() {
  if (is_in_callback || is_flushing_soon || !is_established) return;
  is_flushing_soon = true;
  asio::post(socket.get_executor(), [self = shared_from_this()] {
    self->is_flushing_soon = false;
    self->flush();
  });
}

void LoopbackSocket::State::flush() {
  if (user == nullptr || !is_established) return;
  if (is_waiting_for_room) return;  // write() comes
  for (;;) {
    write();
    if (!wants_room || room() < options.send_buffer_bytes / 2 || send_failed) break;
    wants_room = false;
    is_in_callback = true;
    user->on_room();
    is_in_callback = false;
    if (user == nullptr) return;
  }
  if (send_failed && (peer_has_finished || !is_reading)) return end(End::reset);  // nothing more will be read
  if (pending_at < pending.size()) return watch_room();
  if (has_finished && !fin_is_sent) {
    fin_is_sent = true;
    Error ignored;  // a reset came first: reading tells
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }
  if (fin_is_sent && peer_has_finished) conclude();
}

void LoopbackSocket::State::write() {
  while (pending_at < pending.size()) {
    Error error;
    const std::size_t sent =
        socket.write_some(asio::buffer(pending.data() + pending_at, pending.size() - pending_at), error);
    if (error == asio::error::would_block) return;
    if (error) {
      // What the other side said before it reset the connection can still be read.
      send_failed = true;
      wants_room = false;
      break;
    }
    moved = Clock::now();
    pending_at += sent;
  }
  pending_at = 0;
  constexpr std::size_t kKept = 4096;
  if (pending.capacity() > kKept) pending = {};
  pending.clear();
}

void LoopbackSocket::State::watch_room() {
  if (is_waiting_for_room) return;
  is_waiting_for_room = true;
  socket.async_wait(tcp::socket::wait_write, [self = shared_from_this()](const Error&) {
    self->is_waiting_for_room = false;
    self->flush();
  });
}

// Both sides have finished. It is over when the other one has everything, which the kernel knows.
void LoopbackSocket::State::conclude() {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state != TCP_CLOSE) {
    constexpr auto kFirst = std::chrono::milliseconds(1), kMost = std::chrono::milliseconds(200);
    patience = std::clamp<Clock::duration>(2 * patience, kFirst, kMost);
    linger.expires_after(patience);
    linger.async_wait([self = shared_from_this()](const Error& error) {
      if (!error && self->user != nullptr) self->conclude();
    });
    return;
  }
  end(has_error() || send_failed ? End::reset : End::closed);
}

bool LoopbackSocket::State::has_error() {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0;
}

void LoopbackSocket::State::wait_for_octets() {
  if (user == nullptr) return;
  if (peer_has_finished || !is_reading) return watch_for_reset();
  if (is_waiting_for_octets) return;
  is_waiting_for_octets = true;
  socket.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const Error&) {
    self->is_waiting_for_octets = false;
    self->read();
  });
}

// Where nothing is read, a reset shows as an error of the socket.
void LoopbackSocket::State::watch_for_reset() {
  if (is_watching_for_reset) return;
  is_watching_for_reset = true;
  socket.async_wait(tcp::socket::wait_error, [self = shared_from_this()](const Error& error) {
    self->is_watching_for_reset = false;
    if (error || self->user == nullptr) return;
    if (self->fin_is_sent && self->peer_has_finished) return;  // conclude() looks
    if (self->has_error()) self->end(End::reset);
  });
}

void LoopbackSocket::State::read() {
  if (user == nullptr) return;
  if (!is_reading) return watch_for_reset();
  // One for all: what is in it is gone when the callback returns.
  thread_local char scratch[65'536];
  Error error;
  const std::size_t size = socket.read_some(asio::buffer(scratch), error);
  if (error == asio::error::would_block) return wait_for_octets();
  if (error && (error != asio::error::eof || send_failed))
    return end(error == asio::error::timed_out ? End::timed_out : End::reset);
  moved = Clock::now();
  is_in_callback = true;
  if (error) {
    peer_has_finished = true;
    user->on_peer_finished();
  } else {
    user->on_octets({scratch, size});
  }
  is_in_callback = false;
  flush();
  wait_for_octets();
}

void LoopbackSocket::State::watch_idle() {
  if (options.idle_ns == 0) return;
  idle.expires_at(moved + std::chrono::nanoseconds(options.idle_ns));
  idle.async_wait([self = shared_from_this()](const Error& error) {
    if (error || self->user == nullptr) return;
    if (Clock::now() - self->moved >= std::chrono::nanoseconds(self->options.idle_ns))
      return self->end(End::timed_out);
    self->watch_idle();
  });
}

void LoopbackSocket::State::end(End end) {
  ConnectionUser* const told = std::exchange(user, nullptr);
  close(end != End::closed);
  if (told != nullptr) told->on_ended(end);
}

void LoopbackSocket::State::close(bool by_reset) {
  Error ignored;
  if (by_reset) socket.set_option(tcp::socket::linger(true, 0), ignored);
  socket.close(ignored);
  idle.cancel();
  linger.cancel();
  pending = {};
  pending_at = 0;
  pass.reset();
}

}  // namespace mailroom::net
