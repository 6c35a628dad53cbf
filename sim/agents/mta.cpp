// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/mta.hpp"

#include <fmt/format.h>

#include <set>
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
      local_(host, config.users,
             config.smtp.lecture_texts ? smtp::TextProfile::lecture : smtp::TextProfile::modern,
             config.hostname, config.domains.empty() ? config.hostname : config.domains.front()),
      notifier_(*this),
      scheduler_(host, config, queue_, router_, locator, local_,
                 [this](const queue::Entry& entry, const std::vector<Outcome>& failures) {
                   return notifier_.failed(entry, failures);
                 }) {
  if (!config.smtp.follow_moved) return;
  scheduler_.follow_moved([this](const queue::Entry& entry, std::size_t index, const std::string& new_address) {
    return commit({.reverse_path = entry.reverse_path,
                   .recipients = {{new_address, entry.recipients[index].copy}},
                   .text = entry.text,
                   .eight_bit = entry.eight_bit,
                   .is_redirected = true});
  });
}

Mta::~Mta() = default;

void Mta::start() {
  if (config_.receiver) receiver_ = std::make_unique<SmtpReceiver>(*this);
}

bool Mta::is_called(std::string_view domain) const {
  return router_.is_local(domain) || lower(domain) == lower(config_.hostname);
}

Committed Mta::commit(Arrival arrival) {
  trace::Recorder& recorder = host_.recorder();
  queue::Entry entry{.id = queue_.next_id(),
                     .arrival_ns = host_.now_ns(),
                     .reverse_path = std::move(arrival.reverse_path),
                     .text = std::move(arrival.text),
                     .eight_bit = arrival.eight_bit,
                     .is_redirected = arrival.is_redirected};
  if (arrival.received) {
    arrival.received->id = queue::queue_id(entry.id);
    entry.text.trace_fields.insert(0, message::format(*arrival.received));
  }
  if (!host_.disk().take(entry.text.size_bytes())) {
    return std::unexpected(record_full(entry.text.message, entry.text.size_bytes()));
  }
  entry.queued = recorder.record({.kind = trace::Kind::message_queued,
                                  .host = host_.id(),
                                  .message = entry.text.message,
                                  .content = entry.text.content->id,
                                  .size = entry.text.size_bytes(),
                                  .value = static_cast<std::int64_t>(arrival.recipients.size()),
                                  .text = queue::queue_id(entry.id)});
  entry.recipients.reserve(arrival.recipients.size());
  for (const Arrival::Recipient& recipient : arrival.recipients) {
    entry.recipients.push_back(add_recipient(entry, recipient));
  }
  return queue_.add(std::move(entry)).id;
}

trace::EventId Mta::record_full(trace::MessageId message, std::int64_t size_bytes) {
  return host_.recorder().record({.kind = trace::Kind::disk_filled,
                                  .host = host_.id(),
                                  .message = message,
                                  .size = size_bytes,
                                  .text = "spool"});
}

trace::CopyId Mta::create_copy(const queue::Entry& entry, const std::string& forward_path,
                               trace::CopyId parent) {
  trace::Recorder& recorder = host_.recorder();
  const trace::CopyId copy = recorder.next_copy();
  const std::string queue_id = queue::queue_id(entry.id);
  recorder.record({.kind = trace::Kind::copy_created,
                   .host = host_.id(),
                   .message = entry.text.message,
                   .copy = copy,
                   .parent = parent,
                   .recipient = recorder.recipient(forward_path),
                   .text = queue_id});
  return copy;
}

queue::Recipient Mta::add_recipient(const queue::Entry& entry, const Arrival::Recipient& arrival) {
  // A route that begins here: a user agent's, or the way back of a notification.
  std::string_view path = arrival.forward_path;
  while (path.starts_with('@') && is_called(first_hop_domain(path))) path = without_first_hop(path);
  queue::Recipient recipient{.forward_path = std::string(path),
                             .id = host_.recorder().recipient(path),
                             .copy = create_copy(entry, std::string(path), arrival.parent)};
  follow_moves(entry, recipient);
  return recipient;
}

// A moved user: the copy is replaced by one toward the new address (RFC 5321 §3.4, reply 251). That may have
// moved too; users that have moved to each other are left to local delivery, which refuses them.
void Mta::follow_moves(const queue::Entry& entry, queue::Recipient& recipient) {
  trace::Recorder& recorder = host_.recorder();
  std::set<const std::string*> followed;
  while (!recipient.forward_path.starts_with('@')) {
    const SplitAddress address = split_address(recipient.forward_path);
    const std::string* moved_to =
        router_.is_local(address.domain) ? local_.forwarded_to(address.local_part) : nullptr;
    if (moved_to == nullptr || !followed.insert(moved_to).second) return;
    const trace::CopyId child = create_copy(entry, *moved_to, recipient.copy);
    const std::string rule = fmt::format("user has moved to {}", *moved_to);
    recorder.record({.kind = trace::Kind::copy_expanded,
                     .host = host_.id(),
                     .message = entry.text.message,
                     .copy = recipient.copy,
                     .recipient = recipient.id,
                     .text = rule});
    recipient.forward_path = *moved_to;
    recipient.id = recorder.recipient(*moved_to);
    recipient.copy = child;
  }
}

}  // namespace mailroom::agents
