// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/mta.hpp"

#include <cassert>
#include <utility>

#include "sim/agents/smtp_receiver.hpp"

namespace mailroom::agents {

namespace {

RoutingTables tables_of(const scenario::Host& config, net::Host& host, const Locator& locator) {
  RoutingTables tables{.local_domains = {config.domains.begin(), config.domains.end()},
                       .forward = config.forward,
                       .own = host.network().address(),
                       .asks_dns = locator.asks_dns()};
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
}

bool Mta::is_called(std::string_view domain) const {
  return router_.is_local(domain) || lower(domain) == lower(config_.hostname);
}

Taken Mta::commit(Arrival arrival, OnCommit committed) {
  Expansion expansion = expansion_of(arrival);
  queue::Entry entry{.id = queue_.next_id(),
                     .arrival_ns = host_.now_ns(),
                     .reverse_path = std::move(arrival.reverse_path),
                     .text = std::move(arrival.text),
                     .eight_bit = arrival.eight_bit,
                     .smtputf8 = arrival.smtputf8,
                     .ret = arrival.ret,
                     .envelope_id = std::move(arrival.envelope_id),
                     .is_redirected = arrival.is_redirected};
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

void Mta::crash(std::string_view why) {
  assert(is_running_);
  is_running_ = false;
  host_.recorder().record({.kind = trace::Kind::host_crashed,
                           .host = host_.id(),
                           .value = static_cast<std::int64_t>(spooling_.pending()),
                           .text = why});
  receiver_.reset();
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
                           .begins_here = !arrival.received});
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
  create_copies(entries, arrival, std::move(expansion));
  for (queue::Entry& one : entries)
    if (one.id != 0) queue_.add(std::move(one));
  return id;
}

void Mta::record_queued(queue::Entry& entry, std::size_t recipients) {
  entry.queued = host_.recorder().record({.kind = trace::Kind::message_queued,
                                          .host = host_.id(),
                                          .message = entry.text.message,
                                          .content = entry.text.content->id,
                                          .size = entry.text.size_bytes(),
                                          .value = static_cast<std::int64_t>(recipients),
                                          .text = queue::queue_id(entry.id)});
}

// Parents before children; a parent ends when its children exist.
void Mta::create_copies(std::vector<queue::Entry>& entries, const Arrival& arrival, Expansion expansion) {
  std::vector<queue::Recipient> made;  // but for the text of their paths
  made.reserve(expansion.copies.size());
  std::vector<std::size_t> discarded;
  const auto end_copy = [&](std::size_t index, trace::Kind kind) {
    host_.recorder().record({.kind = kind,
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
    if (!copy.left_list) recipient.asked = came ? arrival.recipients[index].asked : made[copy.parent].asked;
    made.push_back(
        {.forward_path = {}, .id = recipient.id, .copy = recipient.copy, .asked = recipient.asked});
    if (copy.rule.empty()) entry.recipients.push_back(std::move(recipient));
    else if (copy.children == 0) discarded.push_back(index);
    if (!came && ++children[copy.parent] == expansion.copies[copy.parent].children)
      end_copy(copy.parent, trace::Kind::copy_expanded);
  }
  for (const std::size_t index : discarded) end_copy(index, trace::Kind::copy_discarded);
}

trace::EventId Mta::record_full(trace::MessageId message, std::int64_t size_bytes) {
  return host_.recorder().record({.kind = trace::Kind::disk_filled,
                                  .host = host_.id(),
                                  .message = message,
                                  .size = size_bytes,
                                  .text = "spool"});
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
