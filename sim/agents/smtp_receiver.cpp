// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/smtp_receiver.hpp"

#include <cassert>

#include "sim/agents/mta.hpp"
#include "sim/agents/receiver_session.hpp"

namespace mailroom::agents {

SmtpReceiver::SmtpReceiver(Mta& mta)
    : mta_(mta),
      guard_(mta),
      passwords_(mta.config()),
      options_(receiver_options(mta.config(), Service::relay)),
      submission_options_(receiver_options(mta.config(), Service::submission)) {
  listen(mta.config().port, Service::relay);
  if (mta.config().submission_port) listen(*mta.config().submission_port, Service::submission);
}

SmtpReceiver::~SmtpReceiver() = default;

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
