// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/smtp_receiver.hpp"

#include <cassert>
#include <utility>

#include "sim/agents/mta.hpp"
#include "sim/agents/receiver_session.hpp"

namespace mailroom::agents {

SmtpReceiver::SmtpReceiver(Mta& mta)
    : mta_(mta),
      guard_(mta),
      passwords_(mta.config()),
      options_(receiver_options(mta.config(), Service::relay)),
      submission_options_(receiver_options(mta.config(), Service::submission)) {
  trouble_changed();
}

SmtpReceiver::~SmtpReceiver() = default;

void SmtpReceiver::trouble_changed() {
  const auto& stopped = mta_.service_trouble().stopped;
  if (stopped && !is_stopped_) stop(*stopped);
  if (!stopped && listeners_.empty()) listen();
  is_stopped_ = stopped.has_value();
  // Who speaks to whom may end in what it says.
  std::vector<trace::ConnectionId> open;
  for (const auto& [id, served] : sessions_) open.push_back(id);
  for (const trace::ConnectionId id : open)
    if (const auto served = sessions_.find(id); served != sessions_.end()) served->second.session->trouble_changed();
}

void SmtpReceiver::stop(trace::Blame blame) {
  listeners_.clear();
  for (auto& [id, served] : std::exchange(sessions_, {})) served.session->stop(blame);
  let_in_ = 0;
  net::Network& network = mta_.host().network();
  network.blame_for_silence(mta_.config().port, blame);
  if (mta_.config().submission_port) network.blame_for_silence(*mta_.config().submission_port, blame);
}

void SmtpReceiver::listen() {
  listen(mta_.config().port, Service::relay);
  if (mta_.config().submission_port) listen(*mta_.config().submission_port, Service::submission);
}

void SmtpReceiver::listen(std::uint16_t port, Service service) {
  listeners_.push_back(
      mta_.host().network().listen(port, [this, service](std::unique_ptr<net::Connection> connection) {
        accept(std::move(connection), service);
      }));
  assert(listeners_.back() != nullptr);
}

void SmtpReceiver::accept(std::unique_ptr<net::Connection> connection, Service service) {
  // RFC 5321 §3.8, §4.2.3: a receiver that cannot take one more session says 421 instead of 220.
  auto refusal = guard_.connected(connection->remote().address, let_in_);
  const bool is_let_in = !refusal;
  if (is_let_in) ++let_in_;
  const trace::ConnectionId id = connection->id();
  auto session =
      std::make_unique<ReceiverSession>(*this, std::move(connection), service, [this, id] { ended(id); });
  ReceiverSession& started = *session;
  sessions_.emplace(id, Served{std::move(session), is_let_in});
  started.start(std::move(refusal));
}

void SmtpReceiver::ended(trace::ConnectionId connection) {
  const auto found = sessions_.find(connection);
  assert(found != sessions_.end());
  if (found->second.is_let_in) --let_in_;
  sessions_.erase(found);
}

}  // namespace mailroom::agents
