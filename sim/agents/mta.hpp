// SPDX-License-Identifier: GPL-2.0-only
// The mail transfer agent of one host: spool, queue, SMTP sender, SMTP receiver, local delivery and
// forwarding (the lecture's SMTP Mail Flow). A user agent's host runs one too, without a receiver: its
// outgoing queue.
//
// Responsibility: commit() makes this host responsible. From then on each copy ends only as delivered,
// relayed, expanded, bounced or discarded by a named rule.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/message/received.hpp"
#include "sim/agents/address_book.hpp"
#include "sim/agents/directory.hpp"
#include "sim/agents/expansion.hpp"
#include "sim/agents/greylist.hpp"
#include "sim/agents/local_delivery.hpp"
#include "sim/agents/mangling.hpp"
#include "sim/agents/notifier.hpp"
#include "sim/agents/relay_permission.hpp"
#include "sim/agents/router.hpp"
#include "sim/agents/scheduler.hpp"
#include "sim/agents/service_trouble.hpp"
#include "sim/net/host.hpp"
#include "sim/net/timer_group.hpp"
#include "sim/queue/queue.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

class SmtpReceiver;
class TurnCaller;

// A message that is to become this host's responsibility.
struct Arrival {
  struct Recipient {
    std::string forward_path;
    trace::CopyId parent{};  // the copy of the host that hands it over; none for a new message
    queue::Asked asked{};
  };
  std::string reverse_path{};
  std::vector<Recipient> recipients{};
  queue::Text text{};
  bool eight_bit = false;
  bool smtputf8 = false;
  std::optional<smtp::Return> ret{};  // these two: RFC 3461 §4.3, §4.4
  std::optional<std::string> envelope_id{};
  bool is_redirected = false;
  bool is_double_bounce = false;
  std::optional<message::Received> received{};  // to be put in front, with the queue's id
};

class Mta {
 public:
  // All must outlive the agent.
  Mta(net::Host& host, const scenario::Host& config, const Directory& directory, Locator& locator);
  ~Mta();

  // Listens, where the host has a receiver, and asks for its mail at the times of the scenario, where it does so.
  void start();

  // Commits the message to the spool and then takes it into the queue, undelivered so far; with it, in the same
  // instant, what aliases, lists and redirections make of it. `committed` is called when it is safe on the disk, at
  // once or later, under the context of this call. If the disk has no room for all of that, nothing was taken, and
  // the error is the event that says so.
  Taken commit(Arrival arrival, OnCommit committed);
  // The host stops as it is, in the middle of everything: what its disk has not synced is gone, and nobody was told
  // that it had been taken. Connections end without a word if the host's network is cut first (else by RST). Not to
  // be called by the agents themselves.
  void crash(std::string_view why);
  // It runs again, with what the disk has. A copy that had ended, but whose end the disk did not know, is followed by
  // one with it as its parent.
  void restart();
  bool is_running() const { return is_running_; }

  // What is wrong with the SMTP service becomes what `change` makes of it; also while the host is out of operation.
  void trouble_service(const std::function<void(ServiceTrouble&)>& change);
  const ServiceTrouble& service_trouble() const { return service_trouble_; }

  // Likewise of what it does to the texts that it takes.
  void trouble_relay(const std::function<void(RelayTrouble&)>& change) { change(relay_trouble_); }
  const RelayTrouble& relay_trouble() const { return relay_trouble_; }
  // Messages that wait in its queue are destroyed, this share of them; `name` is of the random stream.
  void corrupt_spool(std::int64_t share_per_billion, const std::string& name, trace::Blame blame);

  // Begins delivery of a committed message.
  void dispatch(queue::EntryId id) { scheduler_.dispatch(queue_.at(id)); }

  // The event that says that the disk had no room for so much.
  trace::EventId record_full(trace::MessageId message, std::int64_t size_bytes);

  // Whether this is a name of this host, in a source route: its hostname, or a domain that it serves.
  bool is_called(std::string_view domain) const;

  net::Host& host() { return host_; }
  const scenario::Host& config() const { return config_; }
  const Router& router() const { return router_; }
  RelayPermission& relay() { return relay_; }
  const AddressBook& addresses() const { return book_; }
  AddressBook& addresses() { return book_; }
  LocalDelivery& local() { return local_; }
  const queue::Queue& queue() const { return queue_; }
  const Scheduler& scheduler() const { return scheduler_; }
  Scheduler& scheduler() { return scheduler_; }
  // What the receiver remembers of whom it has seen; nullptr: it does not ask. A database on the disk: it survives a
  // crash.
  Greylist* greylist() { return greylist_ ? &*greylist_ : nullptr; }

 private:
  std::string begun_route(std::string_view forward_path) const;
  Expansion expansion_of(const Arrival& arrival) const;
  queue::EntryId enter(queue::Entry entry, const Arrival& arrival, Expansion expansion);
  std::vector<Notifier::Spread> create_copies(std::vector<queue::Entry>& entries, const Arrival& arrival,
                                              Expansion expansion);
  static queue::Asked handed_on(const queue::Asked& asked, Expansion::Into into);
  void record_queued(queue::Entry& entry, std::size_t recipients);
  queue::Recipient create_copy(const queue::Entry& entry, std::string forward_path, trace::CopyId parent);

  net::Host& host_;
  const scenario::Host& config_;
  Router router_;
  RelayPermission relay_;
  AddressBook book_;
  Expander expander_;
  LocalDelivery local_;
  queue::Queue queue_;
  Notifier notifier_;
  Scheduler scheduler_;
  std::optional<Greylist> greylist_;
  ServiceTrouble service_trouble_{};
  RelayTrouble relay_trouble_{};
  std::unique_ptr<SmtpReceiver> receiver_;
  std::unique_ptr<TurnCaller> turns_;
  // Messages that are being written to the spool.
  net::TimerGroup spooling_;
  std::int64_t spooling_bytes_ = 0;
  bool is_running_ = true;
};

}  // namespace mailroom::agents
