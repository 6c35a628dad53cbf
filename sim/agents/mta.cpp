// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/mta.hpp"

#include <cassert>
#include <utility>

#include "sim/agents/smtp_receiver.hpp"
#include "sim/agents/turn_caller.hpp"

namespace mailroom::agents {

namespace {

RoutingTables tables_of(const scenario::Host& config, net::Host& host, const Locator& locator) {
  RoutingTables tables{.local_domains = {config.domains.begin(), config.domains.end()},
                       .forward = config.forward,
                       .own = host.network().address(),
                       .asks_dns = locator.asks_dns()};
  // RFC 5321 §4.5.1: there is a postmaster wherever mail is taken, also at a host that has no other mailbox.
  if (config.receiver) tables.local_domains.insert(config.hostname);
  if (config.submit_to) tables.forward.insert_or_assign("*", *config.submit_to);
  return tables;
}

}  // namespace

Mta::Mta(net::Host& host, const scenario::Host& config, const Directory& directory, Locator& locator)
    : host_(host),
      config_(config),
      router_(tables_of(config, host, locator), directory),
      relay_(config),
      book_(config),
      expander_(config, book_, router_, directory),
      local_(host, config, book_),
      notifier_(*this),
      scheduler_(host, config, queue_, router_, locator, local_, notifier_),
      spooling_(host) {
  if (const auto& policy = config_.smtp.receiving.greylist) greylist_.emplace(*policy);
  host_.disk().set_latency(config_.disk_write_ns, config_.disk_sync_ns);
  if (!config.smtp.follow_moved) return;
  scheduler_.follow_moved([this](const queue::Entry& entry, std::size_t index, const std::string& new_address,
                                 OnCommit committed) {
    return commit({.reverse_path = entry.reverse_path,
                   .recipients = {{new_address, entry.recipients[index].copy, entry.recipients[index].asked}},
                   .text = entry.text,
                   .eight_bit = entry.eight_bit,
                   .smtputf8 = entry.smtputf8,
                   .ret = entry.ret,
                   .envelope_id = entry.envelope_id,
                   .is_redirected = true},
                  std::move(committed));
  });
}

Mta::~Mta() = default;

void Mta::start() {
  if (config_.receiver) receiver_ = std::make_unique<SmtpReceiver>(*this);
  if (!config_.turn) return;
  turns_ = std::make_unique<TurnCaller>(host_, config_, scheduler_.locator());
  turns_->start();
}

bool Mta::is_called(std::string_view domain) const {
  return router_.is_local(domain) || lower(domain) == lower(config_.hostname);
}

Taken Mta::commit(Arrival arrival, OnCommit committed) {
  assert(is_running_);
  Expansion expansion = expansion_of(arrival);
  queue::Entry entry{.id = queue_.next_id(),
                     .arrival_ns = host_.now_ns(),
                     .reverse_path = std::move(arrival.reverse_path),
                     .text = std::move(arrival.text),
                     .eight_bit = arrival.eight_bit,
                     .smtputf8 = arrival.smtputf8,
                     .ret = arrival.ret,
                     .envelope_id = std::move(arrival.envelope_id),
                     .is_redirected = arrival.is_redirected,
                     .is_double_bounce = arrival.is_double_bounce};
  if (arrival.received) {
    arrival.received->id = queue::queue_id(entry.id);
    entry.text.trace_fields.insert(0, message::format(*arrival.received));
  }
  std::int64_t size_bytes = 0;
  std::int64_t entries = 0;
  for (const Expansion::Group& group : expansion.groups) {
    const bool is_needed = &group == &expansion.groups.front() || group.open > 0;
    if (!is_needed) continue;
    ++entries;
    size_bytes += entry.text.size_bytes() + static_cast<std::int64_t>(group.fields.size());
  }
  if (!host_.disk().take(size_bytes)) {
    return std::unexpected(record_full(entry.text.message, size_bytes));
  }
  for (std::int64_t i = 0; i < entries; ++i) queue_.reserve_id();
  if (!host_.disk().is_slow()) {
    committed(enter(std::move(entry), arrival, std::move(expansion)));
    return {};
  }
  spooling_bytes_ += size_bytes;
  spooling_.after(host_.disk().write_and_sync_ns(host_.now_ns()),
                  [this, size_bytes, entry = std::move(entry), arrival = std::move(arrival),
                   expansion = std::move(expansion), committed = std::move(committed)] {
                    spooling_bytes_ -= size_bytes;
                    committed(enter(entry, arrival, expansion));
                  });
  return {};
}

void Mta::trouble_service(const std::function<void(ServiceTrouble&)>& change) {
  change(service_trouble_);
  if (receiver_) receiver_->trouble_changed();
}

void Mta::corrupt_spool(std::int64_t share_per_billion, const std::string& name, trace::Blame blame) {
  constexpr std::int64_t kBillion = 1'000'000'000;
  const auto is_hit = [&] {
    return share_per_billion >= kBillion ||
           static_cast<std::int64_t>(host_.random(name).below(kBillion)) < share_per_billion;
  };
  scheduler_.destroy_waiting(is_hit, blame, is_running_);
}

void Mta::crash(std::string_view why) {
  assert(is_running_);
  is_running_ = false;
  host_.recorder().record({.kind = trace::Kind::host_crashed,
                           .host = host_.id(),
                           .value = static_cast<std::int64_t>(spooling_.pending()),
                           .text = why});
  receiver_.reset();
  turns_.reset();
  scheduler_.crash();
  spooling_.cancel();
  host_.disk().give(std::exchange(spooling_bytes_, 0));
  host_.disk().crash();
}

void Mta::restart() {
  assert(!is_running_);
  is_running_ = true;
  trace::Recorder& recorder = host_.recorder();
  trace::ContextScope scope(recorder, recorder.context);
  recorder.context.event = recorder.record({.kind = trace::Kind::host_restarted,
                                            .host = host_.id(),
                                            .value = static_cast<std::int64_t>(queue_.size())});
  for (const auto& [id, index] : queue_.recover()) {
    queue::Entry& entry = queue_.at(id);
    queue::Recipient& recipient = entry.recipients[index];
    recipient.copy = create_copy(entry, recipient.forward_path, recipient.copy).copy;
  }
  start();
  scheduler_.resume(recorder.context.event);
}

// A route that begins here is a user agent's, or the way back of a notification.
std::string Mta::begun_route(std::string_view forward_path) const {
  while (forward_path.starts_with('@') && is_called(first_hop_domain(forward_path)))
    forward_path = without_first_hop(forward_path);
  return std::string(forward_path);
}

Expansion Mta::expansion_of(const Arrival& arrival) const {
  std::vector<std::string> forward_paths;
  forward_paths.reserve(arrival.recipients.size());
  for (const Arrival::Recipient& recipient : arrival.recipients)
    forward_paths.push_back(begun_route(recipient.forward_path));
  return expander_.expand(std::move(forward_paths),
                          {.reverse_path = arrival.reverse_path,
                           .carried = expander_.carried(arrival.text.trace_fields,
                                                        arrival.text.content->octets),
                           .begins_here = !arrival.received,
                           .smtputf8 = arrival.smtputf8});
}

queue::EntryId Mta::enter(queue::Entry entry, const Arrival& arrival, Expansion expansion) {
  const queue::EntryId id = entry.id;
  std::vector<queue::Entry> entries(expansion.groups.size());
  queue::EntryId next = id;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Expansion::Group& group = expansion.groups[i];
    if (i > 0 && group.open == 0) continue;  // all that was in it has been expanded further
    entries[i] = entry;
    entries[i].id = next++;
    if (group.reverse_path != entry.reverse_path) {  // a list's: its owner asks for nothing
      entries[i].ret.reset();
      entries[i].envelope_id.reset();
    }
    entries[i].reverse_path = std::move(group.reverse_path);
    entries[i].text.trace_fields.insert(0, group.fields);
    entries[i].delivered_to = std::move(group.delivered_to);
    entries[i].recipients.reserve(group.open);
    if (i > 0) entries.front().expansions.push_back(entries[i].id);
  }
  record_queued(entries.front(), arrival.recipients.size());
  const std::vector<Notifier::Spread> spread = create_copies(entries, arrival, std::move(expansion));
  for (queue::Entry& one : entries)
    if (one.id != 0) queue_.add(std::move(one));
  if (!spread.empty()) notifier_.spread(queue_.at(id), spread);
  return id;
}

void Mta::record_queued(queue::Entry& entry, std::size_t recipients) {
  // What shows in it: how long the disk took, the date in its Received field.
  trace::Blame blame = host_.disk().slow().value_or(trace::Blame{});
  if (!blame.fault && host_.skew()) blame = host_.skew()->blame;
  entry.queued = host_.recorder().record({.kind = trace::Kind::message_queued,
                                          .host = host_.id(),
                                          .message = entry.text.message,
                                          .fault = blame.fault,
                                          .content = entry.text.content->id,
                                          .size = entry.text.size_bytes(),
                                          .value = static_cast<std::int64_t>(recipients),
                                          .text = queue::queue_id(entry.id),
                                          .because = blame.began});
}

// RFC 3461 §5.2.7.3: where an address stands for several, its originator is told that, and not of each of them.
queue::Asked Mta::handed_on(const queue::Asked& asked, Expansion::Into into) {
  if (into == Expansion::Into::one || !asked || !asked->notify || !asked->notify->success) return asked;
  auto left = std::make_shared<smtp::RcptParameters>(*asked);
  left->notify->success = false;
  return left;
}

// Parents before children; a parent ends when its children exist.
std::vector<Notifier::Spread> Mta::create_copies(std::vector<queue::Entry>& entries, const Arrival& arrival,
                                                 Expansion expansion) {
  std::vector<queue::Recipient> made;  // but for the text of the paths of those that stay
  std::vector<Notifier::Spread> spread;
  made.reserve(expansion.copies.size());
  std::vector<std::size_t> discarded;
  const auto end_copy = [&](std::size_t index, trace::Kind kind) {
    return host_.recorder().record({.kind = kind,
                             .host = host_.id(),
                             .message = entries.front().text.message,
                             .copy = made[index].copy,
                             .recipient = made[index].id,
                             .text = expansion.copies[index].rule});
  };
  std::vector<std::size_t> children(expansion.copies.size(), 0);
  for (std::size_t index = 0; index < expansion.copies.size(); ++index) {
    Expansion::Copy& copy = expansion.copies[index];
    queue::Entry& entry = entries[copy.group];
    // What was expanded further before it could be queued belongs to the message as it came.
    const queue::Entry& home = entry.id != 0 ? entry : entries.front();
    if (entry.id != 0 && !entry.queued) record_queued(entry, expansion.groups[copy.group].open);
    const bool came = copy.parent == Expansion::kNone;
    queue::Recipient recipient = create_copy(home, std::move(copy.forward_path),
                                             came ? arrival.recipients[index].parent : made[copy.parent].copy);
    // RFC 3461 §5.2.7: what was asked for goes with a redirection, and ends at a list.
    if (came) recipient.asked = arrival.recipients[index].asked;
    else if (!copy.left_list) recipient.asked = handed_on(made[copy.parent].asked, expansion.copies[copy.parent].into);
    const bool stays = copy.rule.empty();
    made.push_back({.forward_path = stays ? std::string() : std::move(recipient.forward_path),
                    .id = recipient.id,
                    .copy = recipient.copy,
                    .asked = recipient.asked});
    if (stays) entry.recipients.push_back(std::move(recipient));
    else if (copy.children == 0) discarded.push_back(index);
    if (came || ++children[copy.parent] < expansion.copies[copy.parent].children) continue;
    Expansion::Copy& parent = expansion.copies[copy.parent];
    const trace::EventId event = end_copy(copy.parent, trace::Kind::copy_expanded);
    if (parent.into == Expansion::Into::one || !made[copy.parent].asked) continue;
    spread.push_back({std::move(made[copy.parent]), parent.into == Expansion::Into::list, parent.rule, event});
  }
  for (const std::size_t index : discarded) end_copy(index, trace::Kind::copy_discarded);
  return spread;
}

trace::EventId Mta::record_full(trace::MessageId message, std::int64_t size_bytes) {
  const trace::Blame blame = host_.disk().full().value_or(trace::Blame{});
  return host_.recorder().record({.kind = trace::Kind::disk_filled,
                                  .host = host_.id(),
                                  .message = message,
                                  .fault = blame.fault,
                                  .size = size_bytes,
                                  .text = "spool",
                                  .because = blame.began});
}

queue::Recipient Mta::create_copy(const queue::Entry& entry, std::string forward_path, trace::CopyId parent) {
  trace::Recorder& recorder = host_.recorder();
  queue::Recipient recipient{.id = recorder.recipient(forward_path), .copy = recorder.next_copy()};
  recipient.forward_path = std::move(forward_path);
  const std::string queue_id = queue::queue_id(entry.id);
  recorder.record({.kind = trace::Kind::copy_created,
                   .host = host_.id(),
                   .message = entry.text.message,
                   .copy = recipient.copy,
                   .parent = parent,
                   .recipient = recipient.id,
                   .text = queue_id});
  return recipient;
}

}  // namespace mailroom::agents
