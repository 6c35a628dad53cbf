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
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/agents/destination.hpp"
#include "sim/agents/local_delivery.hpp"
#include "sim/agents/outcome.hpp"
#include "sim/agents/router.hpp"
#include "sim/net/host.hpp"
#include "sim/net/timer_group.hpp"
#include "sim/queue/queue.hpp"
#include "sim/queue/retry_book.hpp"
#include "sim/queue/retry_schedule.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

class Notifier;
class SmtpSender;

// Whether the disk had room for a message; if not, the event that says so.
using Taken = std::expected<void, trace::EventId>;
// Called with the entry that a message became when it was committed to the spool.
using OnCommit = std::function<void(queue::EntryId)>;

class Scheduler {
 public:
  // Called with a recipient whose host said 551 and a new address: makes a copy toward that, which replaces the
  // recipient's, and puts it into the queue, without dispatching it. The recipient's stays until then.
  using Redirect =
      std::function<Taken(const queue::Entry&, std::size_t index, const std::string& new_address, OnCommit)>;

  Scheduler(net::Host& host, const scenario::Host& config, queue::Queue& queue, const Router& router,
            Locator& locator, LocalDelivery& local, Notifier& notifier);
  ~Scheduler();

  // From now on a 551 is followed, once for a message and recipient (RFC 5321 §3.4).
  void follow_moved(Redirect redirect) { redirect_ = std::move(redirect); }

  // Starts delivery of the recipients of an entry that just became ready, because of `cause`; none: each because of its
  // own deferral. The entry may be gone afterwards.
  void dispatch(queue::Entry& entry, const std::vector<std::size_t>& ready, trace::EventId cause);
  // All of them: a new entry, and those that it was expanded into. Each is taken into the active queue when that has
  // room, and not at all if it is held.
  void dispatch(queue::Entry& entry);

  // What waits in this queue for the domain, or with `below` for one below it, is tried now if it would have been
  // later, because `who` asked for it (RFC 1985).
  struct Turn {
    std::int64_t started = 0;  // recipients that are tried now
    std::int64_t others = 0;   // that are in hand already, or held
  };
  Turn turn(std::string_view domain, bool below, std::string_view who);

  // Messages that wait in the queue are lost, those for which `is_hit` says so: not those in hand of a connection, of the
  // disk or of local delivery. While the host is out of operation, nobody has any in hand.
  void destroy_waiting(const std::function<bool()>& is_hit, trace::Blame blame, bool is_running);

  // The host stops: connections, timers, and what it knew of destinations are gone. The queue is as it was.
  void crash();
  // The host runs again: the incoming messages of the queue are dispatched, because of `cause`.
  void resume(trace::EventId cause);

  // ---- For the SMTP sender of a destination
  // The next job for a connection that is ready for one: its recipients are active from now on. `limit`: how many of
  // them the receiver takes in one transaction; 0: it did not say.
  std::optional<Job> next_job(Destination& destination, std::int64_t limit = 0);
  // Recipients of a job that were too many for one transaction: they are next. No attempt was made for them.
  void put_back(Destination& destination, Job rest);
  // The outcomes of a job, one for each of its recipients.
  void report(queue::EntryId entry, const std::vector<Outcome>& outcomes);
  // A session with the destination did its work.
  void succeeded(Destination& destination);
  // The destination did not let a connection in. Where a destination can be dead, it may be so from now on; else,
  // unless another connection is in session, all that waits for it fails for now.
  void failed(Destination& destination, const Outcome& reason);
  // All that waits for the destination fails.
  void fail_waiting(Destination& destination, const Outcome& reason);
  // Another sender goes on with the job of this one, which has only its connection to close, at that exchanger.
  void add_successor(Destination& destination, SmtpSender& sender, std::size_t exchanger);
  // The sender is through with its connection. It is destroyed when control is back with the network.
  void finished(Destination& destination, SmtpSender& sender);

  std::size_t destinations() const { return destinations_.size(); }  // in use now
  queue::Queue& queue() { return queue_; }
  Locator& locator() { return locator_; }
  net::Host& host() { return host_; }
  const scenario::Host& config() const { return config_; }

 private:
  void dispatch_all(queue::Entry& entry, trace::EventId cause);
  // The local recipients of one dispatch, whose mailboxes the disk is busy with one after the other.
  struct Writing {
    queue::EntryId entry;
    std::size_t left;
    std::vector<Outcome> outcomes;
  };
  static trace::EventId cause_of(const queue::Recipient& recipient, trace::EventId cause);
  void deliver_all_locally(queue::EntryId entry, const std::vector<std::size_t>& local, std::vector<Outcome> decided,
                           trace::EventId cause);
  void written(Writing& writing, std::size_t index);
  Outcome deliver_locally(queue::EntryId id, std::size_t index);
  void enqueue(const NextHop& next_hop, Job job);
  void open_connections(Destination& destination);
  queue::ConcurrencyRules concurrency_rules() const;
  void note_limit(const Destination& destination, std::int64_t before);
  void declare_dead(Destination& destination, const Outcome& reason);
  std::optional<Outcome> dead_reason(const NextHop& hop) const;
  void begin(queue::Entry& entry, trace::EventId cause);
  bool hold(queue::Entry& entry);
  void await_release(const queue::Entry& entry);
  void release(queue::EntryId id);
  bool expedite(queue::Entry& entry, std::size_t index, std::string_view who);
  bool has_room() const;
  bool take_next();
  void fill_active();
  bool take_incoming();
  bool take_due();
  bool failed_for_now(queue::Entry& entry, const Outcome& outcome);
  bool redirects(queue::Entry& entry, const Outcome& outcome);
  static bool is_recipient(const queue::Entry& entry, std::size_t index, const std::string& mailbox);
  void redirected(queue::EntryId id, const Outcome& outcome, const std::string& address, queue::EntryId child);
  void relayed(queue::Entry& entry, const Outcome& outcome);
  std::optional<queue::NextTry> next_of_record(const queue::Entry& entry, const Outcome& outcome);
  std::optional<Outcome> too_early(const std::string& key) const;
  std::string host_key(const NextHop& hop) const;
  std::string message_key(const queue::Entry& entry) const;
  std::string recipient_key(const queue::Entry& entry, std::size_t index) const;
  void clear_records(const queue::Entry& entry, const Outcome& outcome);
  void warn_if_late(queue::Entry& entry, const std::vector<Outcome>& delayed);
  Outcome expiry(const queue::Recipient& recipient, std::size_t index) const;
  void remember_trouble(queue::Entry& entry, const Outcome& outcome);
  void defer(queue::Entry& entry, const Outcome& outcome, const queue::NextTry& next);
  void give_up(queue::Entry& entry, const std::vector<Outcome>& failures);
  void give_up_notification(queue::Entry& entry, std::vector<Outcome> failures);
  void tell(queue::Entry& entry, const std::vector<Outcome>& failures);
  void discard(queue::Entry& entry, const std::vector<Outcome>& failures, std::string_view rule);
  void keep_untold(queue::Entry& entry, std::vector<Outcome> failures, trace::EventId disk_filled);
  trace::EventId record(const queue::Entry& entry, const Outcome& outcome, trace::Event event);
  void was_told(queue::EntryId id, const std::vector<Outcome>& failures, queue::EntryId notification);
  void settle(queue::Entry& entry, const std::vector<Outcome>& outcomes);
  void mark(queue::EntryId id, std::vector<std::size_t> done);
  void mark_later(queue::EntryId id, std::vector<std::size_t> done);
  void marked(queue::EntryId id, const std::vector<std::size_t>& done);
  void admit(queue::Entry& entry);
  void remove(const queue::Entry& entry);
  bool is_in_hand(const queue::Entry& entry) const;
  void destroy(queue::Entry& entry, trace::Blame blame);
  void clean();
  void arm();
  void run_due();

  net::Host& host_;
  const scenario::Host& config_;
  queue::Queue& queue_;
  const Router& router_;
  Locator& locator_;
  LocalDelivery& local_;
  Notifier& notifier_;
  Redirect redirect_;
  // New addresses that copies of an entry were made toward, while it is in the queue. After a crash it is not known
  // which of them were safe on the disk, so that all may be made once more.
  std::map<queue::EntryId, std::set<std::string>> redirected_;
  std::unique_ptr<queue::RetrySchedule> retry_;
  queue::RetryBook book_;    // of a shared schedule
  std::int64_t started_ns_;  // queue scans are counted from here
  std::map<NextHop, Destination> destinations_;
  std::map<NextHop, DeadDestination> dead_;
  struct Incoming {
    queue::EntryId entry;
    trace::EventId cause;
  };
  std::shared_ptr<const queue::Trouble> last_trouble_;  // shared by all that fail alike
  std::deque<Incoming> incoming_;        // those that wait for the active queue to have room
  net::TimerGroup writes_;               // what the disk is busy with
  net::TimerGroup releases_;             // of held messages
  bool is_due_next_ = false;             // of incoming and deferred mail, whose turn it is
  bool is_filling_ = false;
  bool is_starved_ = false;  // something waits for the active queue to have room
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
