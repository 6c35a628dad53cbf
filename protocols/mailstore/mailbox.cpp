// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/mailstore/mailbox.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace mailroom::mailstore {

std::uint64_t StoredOctets::size_bytes() const {
  return prefix.size() + (content ? content->size() : 0);
}

std::string StoredOctets::str() const {
  return content ? prefix + *content : prefix;
}

Mailbox::Mailbox(std::uint32_t uid_validity, std::optional<std::uint64_t> quota_bytes)
    : uid_validity_(uid_validity), quota_bytes_(quota_bytes) {
  assert(uid_validity > 0);  // RFC 9051 §9: nz-number
}

bool Mailbox::has_room_for(std::uint64_t size_bytes) const {
  if (!quota_bytes_) return true;
  return used_bytes_ <= *quota_bytes_ && size_bytes <= *quota_bytes_ - used_bytes_;
}

std::size_t Mailbox::index_of(std::uint32_t uid) const {
  const auto at = std::lower_bound(
      messages_.begin(), messages_.end(), uid,
      [](const StoredMessage& message, std::uint32_t wanted) { return message.uid < wanted; });
  const bool found = at != messages_.end() && at->uid == uid;
  return found ? static_cast<std::size_t>(at - messages_.begin()) : messages_.size();
}

const StoredMessage* Mailbox::find(std::uint32_t uid) const {
  const std::size_t index = index_of(uid);
  return index == messages_.size() ? nullptr : &messages_[index];
}

std::expected<std::uint32_t, AppendRefused> Mailbox::append(StoredOctets octets, std::int64_t internal_date_s,
                                                            Flags flags) {
  const std::uint64_t size_bytes = octets.size_bytes();
  const auto refused = [&](AppendRefused::Reason reason) {
    return std::unexpected(AppendRefused{reason, size_bytes, used_bytes_, quota_bytes_.value_or(0)});
  };
  if (!has_room_for(size_bytes)) return refused(AppendRefused::Reason::over_quota);
  // The last number stays unused, so that uid_next() always is above every UID.
  if (uid_next_ == std::numeric_limits<std::uint32_t>::max())
    return refused(AppendRefused::Reason::uids_exhausted);
  const std::uint32_t uid = uid_next_++;
  messages_.push_back(
      {.uid = uid, .flags = flags, .internal_date_s = internal_date_s, .octets = std::move(octets)});
  used_bytes_ += size_bytes;
  return uid;
}

bool Mailbox::set_flags(std::uint32_t uid, Flags flags) {
  const std::size_t index = index_of(uid);
  if (index == messages_.size()) return false;
  messages_[index].flags = flags;
  return true;
}

bool Mailbox::remove(std::uint32_t uid) {
  const std::size_t index = index_of(uid);
  if (index == messages_.size()) return false;
  used_bytes_ -= messages_[index].octets.size_bytes();
  messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(index));
  return true;
}

std::vector<std::uint32_t> Mailbox::expunge() {
  std::vector<std::uint32_t> gone;
  for (const StoredMessage& message : messages_) {
    if (!message.flags.has(Flag::deleted)) continue;
    gone.push_back(message.uid);
    used_bytes_ -= message.octets.size_bytes();
  }
  std::erase_if(messages_, [](const StoredMessage& message) { return message.flags.has(Flag::deleted); });
  return gone;
}

bool Mailbox::lock(Owner owner) {
  if (!lock_owner_) lock_owner_ = owner;
  return lock_owner_ == owner;
}

bool Mailbox::unlock(Owner owner) {
  if (lock_owner_ != owner) return false;
  lock_owner_.reset();
  return true;
}

}  // namespace mailroom::mailstore
