// SPDX-License-Identifier: GPL-2.0-only
// Tells originators what became of their messages: composes delivery status notifications (RFC 3464) and commits
// them to the spool of the host, each a new message with the null reverse-path (RFC 5321 §6.1).
#pragma once

#include <string>
#include <vector>

#include "protocols/dsn/compose_report.hpp"
#include "sim/agents/outcome.hpp"
#include "sim/agents/scheduler.hpp"
#include "sim/queue/entry.hpp"

namespace mailroom::agents {

class Mta;

class Notifier {
 public:
  // `mta` owns the notifier.
  explicit Notifier(Mta& mta) : mta_(mta) {}

  // One notification of all that is given up of an entry whose reverse-path is not null. It is in the queue
  // then, not yet dispatched. An error: the disk has no room for it; then no message was made.
  Committed failed(const queue::Entry& entry, const std::vector<Outcome>& failures);

 private:
  Committed commit(const queue::Entry& entry, dsn::Notification notification);
  dsn::Report report_on(const queue::Entry& entry) const;
  dsn::Recipient fields_of(const queue::Entry& entry, const Outcome& outcome) const;

  Mta& mta_;
};

}  // namespace mailroom::agents
