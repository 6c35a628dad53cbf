// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/loopback_udp.hpp"

#include <linux/errqueue.h>

#include <boost/asio/ip/udp.hpp>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mailroom::net {

namespace asio = boost::asio;
using udp = asio::ip::udp;

namespace {
constexpr int kMostATurn = 32;  // then others have theirs
}  // namespace

struct LoopbackUdp::State : std::enable_shared_from_this<State> {
  using Error = boost::system::error_code;

  explicit State(LoopbackLoop& loop) : socket(loop.context()) {}

  Error open(std::uint16_t wanted) {
    Error error;
    socket.open(udp::v4(), error);
    if (!error) socket.bind({asio::ip::address_v4::loopback(), wanted}, error);
    // Who is not there is told by the kernel of each datagram, with where it was sent to.
    const int wanted_errors = 1;
    if (!error && setsockopt(socket.native_handle(), IPPROTO_IP, IP_RECVERR, &wanted_errors, sizeof wanted_errors) != 0)
      error.assign(errno, boost::system::system_category());
    if (!error) socket.non_blocking(true, error);
    if (!error) port = socket.local_endpoint(error).port();
    return error;
  }

  void wait() {
    if (user == nullptr) return;
    socket.async_wait(udp::socket::wait_read, [self = shared_from_this()](const Error& error) {
      if (!error) self->receive_all();
    });
  }

  void receive_all() {
    for (int i = 0; i < kMostATurn && user != nullptr; ++i) {
      thread_local char scratch[65'536];
      Error error;
      udp::endpoint from;
      const std::size_t size = socket.receive_from(asio::buffer(scratch), from, 0, error);
      if (!error) {
        user->on_datagram(from.port(), {scratch, size});
      } else if (!receive_refusals() && error != asio::error::connection_refused) {
        break;  // there is nothing more
      }
    }
    wait();
  }

  // What the kernel has to say of datagrams that were sent. False: nothing.
  bool receive_refusals() {
    bool was_any = false;
    for (int i = 0; i < kMostATurn && user != nullptr; ++i) {
      sockaddr_in to{};
      char beginning[1];
      iovec octets{beginning, sizeof beginning};
      alignas(cmsghdr) char control[512];
      msghdr message{};
      message.msg_name = &to;
      message.msg_namelen = sizeof to;
      message.msg_iov = &octets;
      message.msg_iovlen = 1;
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      if (recvmsg(socket.native_handle(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) break;
      was_any = true;
      for (const cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
           part = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(part))) {
        if (part->cmsg_level != IPPROTO_IP || part->cmsg_type != IP_RECVERR) continue;
        sock_extended_err what{};
        std::memcpy(&what, CMSG_DATA(part), sizeof what);
        if (what.ee_errno == ECONNREFUSED) user->on_refused(ntohs(to.sin_port));
        break;
      }
    }
    return was_any;
  }

  udp::socket socket;
  std::uint16_t port = 0;
  LoopbackUdpUser* user = nullptr;
};

LoopbackUdp::LoopbackUdp(std::shared_ptr<State> state) : state_(std::move(state)) {}

LoopbackUdp::~LoopbackUdp() {
  state_->user = nullptr;
  State::Error ignored;
  state_->socket.close(ignored);
}

std::expected<std::unique_ptr<LoopbackUdp>, std::error_code> LoopbackUdp::open(LoopbackLoop& loop,
                                                                               std::uint16_t port) {
  auto state = std::make_shared<State>(loop);
  if (const auto error = state->open(port))
    return std::unexpected(std::error_code(error.value(), std::system_category()));
  return std::unique_ptr<LoopbackUdp>(new LoopbackUdp(std::move(state)));
}

std::uint16_t LoopbackUdp::port() const {
  return state_->port;
}

void LoopbackUdp::start(LoopbackUdpUser& user) {
  state_->user = &user;
  state_->wait();
}

bool LoopbackUdp::send(std::uint16_t to_port, std::string_view octets) {
  State::Error error;
  const udp::endpoint to(asio::ip::address_v4::loopback(), to_port);
  // An error of an earlier datagram is reported by the next call; the loop reads what it says.
  for (int tries = 0; tries < 2; ++tries) {
    state_->socket.send_to(asio::buffer(octets.data(), octets.size()), to, 0, error);
    if (error != asio::error::connection_refused) break;
  }
  return !error;
}

}  // namespace mailroom::net
