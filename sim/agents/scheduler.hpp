// SPDX-License-Identifier: GPL-2.0-only
// Takes messages from the queue and sees each recipient through: to local delivery, or to the SMTP sender of
// its destination (per-destination delivery: recipients of a message with one next hop go out together). What
// fails for now is re-queued by the retry schedule; what fails for good, or for too long, is given up
// (docs/QUEUE.md).
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/agents/local_delivery.hpp"
#include "sim/agents/outcome.hpp"
#include "sim/agents/router.hpp"
#include "sim/net/host.hpp"
#include "sim/queue/queue.hpp"
#include "sim/queue/retry_schedule.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

class SmtpSender;

// The rule by which a notification that cannot be delivered is dropped (`copy.discarded`).
inline constexpr std::string_view kNullReversePathRule = "null reverse-path: nobody to tell";
// The rule by which a message is dropped whose originator could not be told for a day, for want of disk
// space.
inline constexpr std::string_view kNoRoomRule = "no room for a notification for a day";

// Some recipients of one message, to be handed to one next hop in one transaction.
struct Job {
  queue::EntryId entry = 0;
  std::vector<std::size_t> recipients;
  trace::EventId cause{};  // the event that made them ready: queued, or due again
};

// All that waits for one next hop, and the connections to it.
struct Destination {
  NextHop next_hop;
  std::deque<Job> ready;
  std::vector<std::unique_ptr<SmtpSender>> senders;
};

// The entry that a message became when it was committed to the spool; or, if the disk had no room, the event
// that says so.
using Committed = std::expected<queue::EntryId, trace::EventId>;

class Scheduler {
 public:
  // Called with what is given up of an entry whose reverse-path is not null: makes the notification to the
  // originator and puts it into the queue, without dispatching it.
  using Notify = std::function<Committed(const queue::Entry&, const std::vector<Outcome>&)>;

  // Called with a recipient whose host said 551 and a new address: makes a copy toward that, which replaces the
  // recipient's, and puts it into the queue, without dispatching it.
  using Redirect = std::function<Committed(const queue::Entry&, std::size_t index, const std::string& new_address)>;

  Scheduler(net::Host& host, const scenario::Host& config, queue::Queue& queue, const Router& router,
            Locator& locator, LocalDelivery& local, Notify notify);
  ~Scheduler();

  // From now on a 551 is followed, once for a message and recipient (RFC 5321 §3.4).
  void follow_moved(Redirect redirect) { redirect_ = std::move(redirect); }

  // Starts delivery of the recipients of an entry that just became ready. The entry may be gone afterwards.
  void dispatch(queue::Entry& entry, const std::vector<std::size_t>& ready, trace::EventId cause);
  void dispatch(queue::Entry& entry);  // all of them: a new entry, and those that it was expanded into

  // For the SMTP sender of a destination
  // ---------------------------------------------------------------------------- The next job for a
  // connection that is ready for one: its recipients are active from now on.
  std::optional<Job> next_job(Destination& destination);
  // The outcomes of a job, one for each of its recipients.
  void report(queue::EntryId entry, const std::vector<Outcome>& outcomes);
  // The destination did not let a connection in: unless another one is in session, all that waits for it
  // fails for now.
  void fail_waiting(Destination& destination, const Outcome& reason);
  // The sender is through with its connection. It is destroyed when control is back with the network.
  void finished(Destination& destination, SmtpSender& sender);

  std::size_t destinations() const { return destinations_.size(); }  // in use now
  queue::Queue& queue() { return queue_; }
  Locator& locator() { return locator_; }
  net::Host& host() { return host_; }
  const scenario::Host& config() const { return config_; }

 private:
  static std::string told(const Outcome& outcome);
  Outcome deliver_locally(queue::Entry& entry, std::size_t index);
  void enqueue(const NextHop& next_hop, Job job);
  void open_connections(Destination& destination);
  bool failed_for_now(queue::Entry& entry, const Outcome& outcome);
  std::optional<queue::EntryId> redirected(const queue::Entry& entry, const Outcome& outcome);
  void relayed(queue::Entry& entry, const Outcome& outcome);
  void defer(queue::Entry& entry, const Outcome& outcome, std::int64_t next_try_ns);
  void give_up(queue::Entry& entry, const std::vector<Outcome>& failures);
  void discard(const queue::Entry& entry, const std::vector<Outcome>& failures, std::string_view rule);
  void keep_untold(queue::Entry& entry, std::vector<Outcome> failures, trace::EventId disk_filled);
  trace::EventId record(const queue::Entry& entry, const Outcome& outcome, trace::Event event);
  void settle(queue::Entry& entry, std::size_t index);
  void dispatch_all(queue::Entry& entry);
  void remove(const queue::Entry& entry);
  void clean();
  void arm();
  void run_due();

  net::Host& host_;
  const scenario::Host& config_;
  queue::Queue& queue_;
  const Router& router_;
  Locator& locator_;
  LocalDelivery& local_;
  Notify notify_;
  Redirect redirect_;
  std::unique_ptr<queue::RetrySchedule> retry_;
  std::map<NextHop, Destination> destinations_;
  net::Timer due_timer_{};
  std::int64_t due_armed_ns_ = -1;  // -1: the timer does not run
  struct Finished {
    std::unique_ptr<SmtpSender> sender;
    NextHop destination;
  };
  std::vector<Finished> finished_;
  net::Timer clean_timer_{};
};

}  // namespace mailroom::agents
