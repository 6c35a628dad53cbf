// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/local_delivery.hpp"

#include <fmt/format.h>

#include <utility>

#include "protocols/message/received.hpp"
#include "sim/agents/detail_text.hpp"
#include "sim/agents/directory.hpp"

namespace mailroom::agents {

namespace {

// Postmaster is known everywhere and in any case (RFC 5321 §4.5.1).
constexpr std::string_view kPostmaster = "postmaster";

std::optional<std::uint64_t> quota_of(const scenario::User& user) {
  if (!user.quota_bytes) return std::nullopt;
  return static_cast<std::uint64_t>(*user.quota_bytes);
}

}  // namespace

LocalDelivery::LocalDelivery(net::Host& host, std::vector<scenario::User> users, smtp::TextProfile texts,
                             std::string hostname, std::string domain)
    : host_(host), texts_(texts), hostname_(std::move(hostname)), domain_(std::move(domain)) {
  // UIDVALIDITY: any number that a later mailbox of the name would not have; the time of day does (RFC 9051
  // §2.3.1.1).
  const auto uid_validity = static_cast<std::uint32_t>(host.unix_time_s());
  for (scenario::User& user : users) {
    mailstore::Mailbox mailbox(uid_validity, quota_of(user));
    std::string name = user.local_part;
    accounts_.emplace(std::move(name), Account{std::move(user), std::move(mailbox)});
  }
  if (find(kPostmaster) == nullptr) {
    scenario::User postmaster;
    postmaster.local_part = kPostmaster;
    accounts_.emplace(kPostmaster, Account{std::move(postmaster), mailstore::Mailbox(uid_validity)});
  }
}

LocalDelivery::Account* LocalDelivery::find(std::string_view local_part) {
  auto found = accounts_.find(local_part);
  if (found == accounts_.end() && lower(local_part) == kPostmaster) found = accounts_.find(kPostmaster);
  return found == accounts_.end() ? nullptr : &found->second;
}

const LocalDelivery::Account* LocalDelivery::find(std::string_view local_part) const {
  return const_cast<LocalDelivery*>(this)->find(local_part);
}

smtp::Reply LocalDelivery::say(smtp::Say what) const {
  return smtp::say(what, texts_, hostname_);
}

smtp::Reply LocalDelivery::verify(std::string_view local_part, std::int64_t declared_bytes) const {
  const Account* account = find(local_part);
  if (account == nullptr) return say(smtp::Say::no_such_user);
  if (account->user.moved_to) {
    // RFC 5321 §3.4: the new address stands in the reply.
    const bool forwards = account->user.moved == scenario::Moved::forward;
    smtp::Reply reply = say(forwards ? smtp::Say::will_forward : smtp::Say::user_not_local);
    reply.lines.back() += fmt::format("{} <{}>", forwards ? " to" : "; please try", *account->user.moved_to);
    return reply;
  }
  // A mailbox with no octet to spare is full, whatever is declared.
  const auto needed = static_cast<std::uint64_t>(std::max<std::int64_t>(declared_bytes, 1));
  if (!account->mailbox.has_room_for(needed)) return say(smtp::Say::mailbox_full);
  return say(smtp::Say::recipient_ok);
}

const std::string* LocalDelivery::forwarded_to(std::string_view local_part) const {
  const Account* account = find(local_part);
  if (account == nullptr || !account->user.moved_to || account->user.moved != scenario::Moved::forward)
    return nullptr;
  return &*account->user.moved_to;
}

std::expected<std::uint32_t, LocalDelivery::Refusal> LocalDelivery::deliver(
    const queue::Entry& entry, const queue::Recipient& recipient) {
  trace::Recorder& recorder = host_.recorder();
  const SplitAddress address = split_address(recipient.forward_path);
  if (smtp::Reply verdict = verify(address.local_part, 0); !is_positive(verdict)) {
    return std::unexpected(Refusal{std::move(verdict)});
  }
  // Who has moved on has no mailbox here; all that leads to new addresses was followed when the message came
  // in.
  if (forwarded_to(address.local_part) != nullptr)
    return std::unexpected(Refusal{say(smtp::Say::loop_detected)});
  Account& account = *find(address.local_part);
  // RFC 5321 §4.4: final delivery puts the reverse-path in front.
  std::string prefix = message::format_return_path(entry.reverse_path) + entry.text.trace_fields;
  const auto size = static_cast<std::int64_t>(prefix.size() + entry.text.content->octets.size());
  if (!host_.disk().take(size)) {
    const trace::EventId filled = recorder.record({.kind = trace::Kind::disk_filled,
                                                   .host = host_.id(),
                                                   .message = entry.text.message,
                                                   .copy = recipient.copy,
                                                   .size = size,
                                                   .text = "mailbox"});
    return std::unexpected(Refusal{say(smtp::Say::insufficient_storage), filled});
  }
  std::shared_ptr<const std::string> octets(entry.text.content, &entry.text.content->octets);
  const auto uid = account.mailbox.append({prefix, std::move(octets)}, host_.unix_time_s());
  if (!uid) {
    host_.disk().give(size);
    return std::unexpected(Refusal{say(smtp::Say::mailbox_full)});
  }
  // However the sender wrote the domain (RFC 5321 §2.4), it is one mailbox.
  const std::string mailbox =
      fmt::format("{}@{}", account.user.local_part, lower(address.domain.empty() ? domain_ : address.domain));
  std::string detail = R"({"trace_fields":)";
  append_json(detail, prefix);
  detail += '}';
  recorder.record({.kind = trace::Kind::mailbox_appended,
                   .host = host_.id(),
                   .message = entry.text.message,
                   .copy = recipient.copy,
                   .content = entry.text.content->id,
                   .size = size,
                   .value = *uid,
                   .text = mailbox,
                   .detail = detail});
  recorder.record({.kind = trace::Kind::copy_delivered,
                   .host = host_.id(),
                   .message = entry.text.message,
                   .copy = recipient.copy,
                   .recipient = recipient.id,
                   .value = *uid,
                   .text = mailbox});
  return *uid;
}

}  // namespace mailroom::agents
