// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/serve_real_end.hpp"

#include <fmt/format.h>

#include <utility>

namespace mailroom::cli {

void RealEnd::take(std::unique_ptr<net::LoopbackSocket> socket) {
  socket_ = std::move(socket);
  socket_->set_user(*this);
  input(RealInput::Kind::began);
}

void RealEnd::connect(net::LoopbackLoop& loop, std::uint16_t port,
                      const net::LoopbackSocket::Options& options) {
  port_ = port;
  socket_ = net::LoopbackSocket::connect(loop, port, options, *this);
}

void RealEnd::input(RealInput::Kind kind, std::string_view octets, std::string_view why) {
  user_.on_input({kind, shared_from_this(), std::string(octets), std::string(why)});
}

// --- from the simulation

void RealEnd::receive(std::string_view octets) {
  if (!socket_) return;
  if (overflow_.empty()) octets.remove_prefix(socket_->send(octets));
  if (octets.empty()) return;
  overflow_ += octets;
  if (!std::exchange(is_held_, true)) input(RealInput::Kind::held);
}

void RealEnd::finish() {
  if (std::exchange(is_finishing_, true) || !socket_ || !overflow_.empty()) return;
  socket_->finish();
}

void RealEnd::end(net::End end) {
  is_over_ = true;
  if (end == net::End::closed)
    finish();
  else
    abort();
  done_if_over();
}

void RealEnd::go_on(bool has_room) {
  if (socket_ && has_room) socket_->set_reading(true);
}

void RealEnd::abort() {
  if (!socket_) return;
  socket_->abort();
  socket_ = nullptr;
}

void RealEnd::done_if_over() {
  if (is_over_ && !socket_ && !std::exchange(is_done_, true)) user_.on_done(*this);
}

// --- from the socket

void RealEnd::on_octets(std::string_view octets) {
  socket_->set_reading(false);  // until this is typed
  input(RealInput::Kind::octets, octets);
}

void RealEnd::on_room() {
  overflow_.erase(0, socket_->send(overflow_));
  if (!overflow_.empty()) return;
  overflow_ = {};
  if (std::exchange(is_held_, false)) input(RealInput::Kind::unheld);
  if (is_finishing_) socket_->finish();
}

void RealEnd::on_peer_finished() {
  input(RealInput::Kind::finished);
}

void RealEnd::on_ended(net::End end) {
  const std::shared_ptr<RealEnd> keep = shared_from_this();
  std::string why;
  if (end == net::End::refused) why = fmt::format("no one listens at 127.0.0.1:{}", port_);
  if (end == net::End::timed_out) why = "silent for too long";
  if (end == net::End::reset) why = "reset from outside";
  if (end == net::End::unreachable) why = "no connection to be had";
  socket_ = nullptr;
  if (end != net::End::closed) input(RealInput::Kind::ended, {}, why);
  done_if_over();
}

}  // namespace mailroom::cli
