// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/local_delivery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/message/received.hpp"
#include "protocols/message/utf8.hpp"
#include "sim/agents/detail_text.hpp"
#include "sim/agents/directory.hpp"

namespace mailroom::agents {

namespace {

std::optional<std::uint64_t> quota_of(const scenario::User& user) {
  if (!user.quota_bytes) return std::nullopt;
  return static_cast<std::uint64_t>(*user.quota_bytes);
}

}  // namespace

LocalDelivery::LocalDelivery(net::Host& host, const scenario::Host& config, const AddressBook& book)
    : host_(host), config_(config), book_(book) {
  // UIDVALIDITY: any number that a later mailbox of the name would not have; the time of day does (RFC 9051
  // §2.3.1.1).
  const auto uid_validity = static_cast<std::uint32_t>(host.unix_time_s());
  for (const scenario::User& user : book.users()) {
    mailboxes_.emplace(user.local_part, mailstore::Mailbox(uid_validity, quota_of(user)));
  }
}

smtp::Reply LocalDelivery::say(smtp::Say what) const {
  return smtp::say(what, config_.smtp.lecture_texts ? smtp::TextProfile::lecture : smtp::TextProfile::modern,
                   config_.hostname);
}

void LocalDelivery::set_over_quota(std::string_view local_part, std::optional<trace::Blame> blame) {
  const scenario::User* const user = book_.owner(local_part);
  if (user == nullptr) return;
  if (blame) {
    over_quota_.insert_or_assign(user->local_part, *blame);
  } else {
    over_quota_.erase(user->local_part);
  }
}

std::optional<trace::Blame> LocalDelivery::blame(std::string_view local_part) const {
  if (const auto wrong = book_.blame(local_part)) return wrong;
  const scenario::User* const user = book_.owner(local_part);
  const auto full = user == nullptr ? over_quota_.end() : over_quota_.find(user->local_part);
  return full == over_quota_.end() ? std::nullopt : std::optional(full->second);
}

smtp::Reply LocalDelivery::verify(std::string_view local_part, std::int64_t declared_bytes) const {
  using Kind = AddressBook::Meaning::Kind;
  const AddressBook::Meaning meaning = book_.look_up(local_part);
  if (meaning.kind == Kind::unknown) return say(smtp::Say::no_such_user);
  const bool is_moved =
      meaning.rewriting ? meaning.rewriting->rule == Rewriting::Rule::moved : meaning.kind == Kind::moved_away;
  if (is_moved) {
    // RFC 5321 §3.4: the new address stands in the reply.
    const bool forwards = meaning.kind == Kind::rewritten;
    smtp::Reply reply = say(forwards ? smtp::Say::will_forward : smtp::Say::user_not_local);
    reply.lines.back() += fmt::format("{} <{}>", forwards ? " to" : "; please try", *meaning.user->moved_to);
    return reply;
  }
  if (meaning.rewriting && !meaning.rewriting->keeps) return say(smtp::Say::recipient_ok);
  if (over_quota_.contains(meaning.user->local_part)) return say(smtp::Say::mailbox_full);
  // A mailbox with no octet to spare is full, whatever is declared.
  const auto needed = static_cast<std::uint64_t>(std::max<std::int64_t>(declared_bytes, 1));
  if (!mailboxes_.at(meaning.user->local_part).has_room_for(needed)) return say(smtp::Say::mailbox_full);
  return say(smtp::Say::recipient_ok);
}

std::optional<smtp::Reply> LocalDelivery::refusal_of(const queue::Entry& entry,
                                                     std::string_view forward_path) const {
  // RFC 9228 §4 (loop detection): it has been here before.
  const std::string address = book_.canonical(forward_path);
  if (entry.delivered_to.contains(address)) return say(smtp::Say::forwarding_loop);
  const std::string_view local_part = split_address(forward_path).local_part;
  if (book_.mailbox(local_part) != nullptr) return std::nullopt;
  // Nothing but the catch-all knows the name, and what that stands for is no mailbox: whatever circle the way here
  // was, the name is wrong.
  const AddressBook::Meaning meaning = book_.look_up(local_part);
  if (meaning.rewriting && meaning.rewriting->rule == Rewriting::Rule::catch_all)
    return say(smtp::Say::no_such_user);
  smtp::Reply reply = verify(local_part, 0);
  return is_positive(reply) ? say(smtp::Say::forwarding_loop) : std::move(reply);
}

std::expected<std::uint32_t, LocalDelivery::Refusal> LocalDelivery::deliver(
    const queue::Entry& entry, const queue::Recipient& recipient) {
  trace::Recorder& recorder = host_.recorder();
  if (auto refusal = refusal_of(entry, recipient.forward_path)) {
    const trace::Blame to_blame = blame(split_address(recipient.forward_path).local_part).value_or(trace::Blame{});
    return std::unexpected(Refusal{std::move(*refusal), to_blame.began, to_blame.fault});
  }
  const SplitAddress address = split_address(recipient.forward_path);
  const scenario::User& user = *book_.mailbox(address.local_part);
  mailstore::Mailbox& mailbox_of_user = mailboxes_.at(user.local_part);
  // RFC 5321 §4.4: final delivery puts the reverse-path in front.
  std::string prefix = message::format_return_path(entry.reverse_path);
  // RFC 9228: which address it was for, where the mailbox alone does not say so.
  const bool was_sent_on =
      entry.text.trace_fields.contains("Delivered-To:") || address.local_part != user.local_part;
  const std::string delivered_to = book_.canonical(recipient.forward_path);
  // RFC 6532 §3: a header has characters beyond US-ASCII only where its author knows of them.
  if (config_.delivered_to && was_sent_on && (entry.smtputf8 || message::is_ascii(delivered_to)))
    prefix += message::format_field("Delivered-To", delivered_to);
  prefix += entry.text.trace_fields;
  if (const auto full = over_quota_.find(user.local_part); full != over_quota_.end())
    return std::unexpected(Refusal{say(smtp::Say::mailbox_full), full->second.began, full->second.fault});
  const auto size = static_cast<std::int64_t>(prefix.size() + entry.text.content->octets.size());
  if (!host_.disk().take(size)) {
    const trace::Blame blame = host_.disk().full().value_or(trace::Blame{});
    const trace::EventId filled = recorder.record({.kind = trace::Kind::disk_filled,
                                                   .host = host_.id(),
                                                   .message = entry.text.message,
                                                   .copy = recipient.copy,
                                                   .fault = blame.fault,
                                                   .size = size,
                                                   .text = "mailbox",
                                                   .because = blame.began});
    return std::unexpected(Refusal{say(smtp::Say::insufficient_storage), filled, blame.fault});
  }
  std::shared_ptr<const std::string> octets(entry.text.content, &entry.text.content->octets);
  const auto uid = mailbox_of_user.append({prefix, std::move(octets)}, host_.unix_time_s());
  if (!uid) {
    host_.disk().give(size);
    return std::unexpected(Refusal{say(smtp::Say::mailbox_full)});
  }
  // However the sender wrote the domain (RFC 5321 §2.4), it is one mailbox.
  const std::string mailbox =
      fmt::format("{}@{}", user.local_part, address.domain.empty() ? book_.domain() : lower(address.domain));
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
