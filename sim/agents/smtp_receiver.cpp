// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/smtp_receiver.hpp"

#include <cassert>

#include "sim/agents/mta.hpp"
#include "sim/agents/receiver_session.hpp"

namespace mailroom::agents {

SmtpReceiver::SmtpReceiver(Mta& mta) : mta_(mta) {
  listener_ = mta_.host().network().listen(
      mta_.config().port,
      [this](std::unique_ptr<net::Connection> connection) { accept(std::move(connection)); });
  assert(listener_ != nullptr);
}

SmtpReceiver::~SmtpReceiver() = default;

void SmtpReceiver::accept(std::unique_ptr<net::Connection> connection) {
  // RFC 5321 §3.8, §4.2.3: a receiver that cannot take one more session says 421 instead of 220.
  const bool is_let_in = let_in_ < mta_.config().smtp.connection_limit;
  if (is_let_in) ++let_in_;
  const trace::ConnectionId id = connection->id();
  auto session = std::make_unique<ReceiverSession>(mta_, std::move(connection), [this, id] { ended(id); });
  ReceiverSession& started = *session;
  sessions_.emplace(id, Served{std::move(session), is_let_in});
  started.start(is_let_in ? smtp::Greeting::ready : smtp::Greeting::not_available);
}

void SmtpReceiver::ended(trace::ConnectionId connection) {
  const auto found = sessions_.find(connection);
  assert(found != sessions_.end());
  if (found->second.is_let_in) --let_in_;
  sessions_.erase(found);
}

}  // namespace mailroom::agents
