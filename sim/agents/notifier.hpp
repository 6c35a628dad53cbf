// SPDX-License-Identifier: GPL-2.0-only
// Tells originators what became of their messages: composes delivery status notifications (RFC 3464) as RFC
// 3461 asks for them, and commits them to the spool of the host, each a new message with the null
// reverse-path (RFC 5321 §6.1).
#pragma once

#include <cstdint>
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

  // Whether the originator is to be told that this became of the recipient (RFC 3461 §4.1): what it asked for
  // with NOTIFY, else failures and delays. Never where the reverse-path is null.
  bool wants(const queue::Entry& entry, std::size_t index, dsn::Action action) const;
  // Who gets what nobody else may be told (RFC 5321 §4.5.1): of the first domain of this host, or of its
  // name.
  std::string postmaster() const;

  // One notification of all that is given up: to the originator, or where the reverse-path is null to the
  // postmaster. When it is in the queue, not yet dispatched, `committed` is called. An error: the disk has no
  // room for it; then no message was made.
  Taken failed(const queue::Entry& entry, const std::vector<Outcome>& failures, OnCommit committed);
  // Of those among these recipients whose originator wants to hear that they were delivered, or relayed to a
  // host that will not tell: dispatched at once. Where the disk has no room, the originator is not told.
  void succeeded(const queue::Entry& entry, const std::vector<Outcome>& successes);
  // An address that the message was for has been replaced by others.
  struct Spread {
    queue::Recipient recipient;
    bool is_list = false;  // by the members of a list; else several addresses
    std::string rule{};
    trace::EventId event{};  // that says so
  };
  // The same of those: RFC 3461 §5.2.7.1 has a list be delivery, §5.2.7.3 another address be expansion.
  void spread(const queue::Entry& entry, const std::vector<Spread>& all);
  // The same of those that are still being tried. False: nobody was told, for nobody wants to be or there is no room.
  bool warn_delayed(const queue::Entry& entry, const std::vector<Outcome>& delayed,
                    std::int64_t will_retry_until_ns);

 private:
  dsn::Notification notification_of(const queue::Entry& entry) const;
  static bool wants(const queue::Entry& entry, const queue::Asked& asked, dsn::Action action);
  dsn::Recipient fields_of(const queue::Entry& entry, const queue::Recipient& recipient, const Outcome& outcome,
                           dsn::Action action) const;
  std::int64_t unix_time_s(std::int64_t time_ns) const;
  Taken commit(const queue::Entry& entry, dsn::Notification notification, OnCommit committed);
  bool send(const queue::Entry& entry, dsn::Notification notification);

  Mta& mta_;
  std::int64_t composed_ = 0;
};

}  // namespace mailroom::agents
