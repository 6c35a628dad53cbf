// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/outsider.hpp"

#include <cassert>
#include <utility>

namespace mailroom::control {

Outsider::Outsider(Name name, net::Host& host, Watcher* const& watcher, Ended ended)
    : name_(name), host_(host), watcher_(watcher), ended_(std::move(ended)) {}

void Outsider::connect(net::Endpoint remote) {
  connection_ = host_.network().connect(remote, *this);
}

void Outsider::take(std::unique_ptr<net::Connection> connection) {
  connection_ = std::move(connection);
  connection_->set_user(*this);
}

void Outsider::type(std::string_view octets) {
  assert(!is_finished_);
  waiting_ += octets.size();
  pieces_.push_back({.octets = std::string(octets), .taken = 0, .context = host_.recorder().context});
  send_what_waits();
}

void Outsider::finish() {
  is_finished_ = true;
  finished_ = host_.recorder().context;
  send_what_waits();
}

void Outsider::reset() {
  connection_->abort();
  on_ended(net::End::reset);
}

void Outsider::hold(bool on) {
  connection_->hold(on);
}

void Outsider::send_what_waits() {
  while (!pieces_.empty()) {
    Piece& piece = pieces_.front();
    const trace::ContextScope scope(host_.recorder(), piece.context);
    const std::size_t taken = connection_->send(std::string_view(piece.octets).substr(piece.taken));
    piece.taken += taken;
    waiting_ -= taken;
    if (piece.taken < piece.octets.size()) return;  // on_room() follows
    pieces_.pop_front();
  }
  if (!is_finished_) return;
  const trace::ContextScope scope(host_.recorder(), finished_);
  connection_->finish();
}

void Outsider::on_established() {
  if (watcher_ != nullptr) watcher_->on_established(name_);
}

void Outsider::on_octets(std::string_view octets) {
  if (watcher_ != nullptr) watcher_->on_octets(name_, octets);
}

void Outsider::on_room() {
  send_what_waits();
  if (pieces_.empty() && watcher_ != nullptr) watcher_->on_room(name_);
}

void Outsider::on_peer_finished() {
  if (watcher_ != nullptr) watcher_->on_peer_finished(name_);
}

void Outsider::on_ended(net::End end) {
  const Ended ended = ended_;  // which goes with this
  ended(name_, end);
}

DatagramOutsider::DatagramOutsider(Name name, net::Host& host, Watcher* const& watcher)
    : name_(name), host_(host), watcher_(watcher), socket_(host.network().open_datagrams(0, *this)) {}

void DatagramOutsider::on_datagram(net::Endpoint, std::string_view octets) {
  if (watcher_ != nullptr) watcher_->on_datagram(name_, octets);
}

void DatagramOutsider::on_port_unreachable(net::Address) {
  if (watcher_ != nullptr) watcher_->on_port_unreachable(name_);
}

}  // namespace mailroom::control
