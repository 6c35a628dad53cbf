// SPDX-License-Identifier: GPL-2.0-only
// A mailbox: what final delivery appends to and what a mail access server (POP3, IMAP4) reads. A plain value
// with no clock and no disk; its host makes it durable.
//
// UIDs and UIDVALIDITY are those of RFC 9051 §2.3.1.1: UIDs ascend strictly and are never used again, not
// even after the last message was removed, for as long as UIDVALIDITY stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mailroom::mailstore {

// The octets of a stored message, CRLF line ends: trace fields of its own, then a content that many spools
// and mailboxes share. Content kept in a larger shared object (trace::Content) comes here by shared_ptr's
// aliasing constructor.
struct StoredOctets {
  std::string prefix{};
  std::shared_ptr<const std::string> content{};  // may be null: no octets

  std::uint64_t size_bytes() const;
  std::string str() const;  // one string; a copy
};

// The system flags of RFC 9051 §2.3.2 and \Recent of RFC 3501.
enum class Flag : std::uint8_t { seen = 1, answered = 2, flagged = 4, deleted = 8, draft = 16, recent = 32 };

class Flags {
 public:
  constexpr Flags() = default;
  constexpr Flags(Flag flag) : bits_(static_cast<std::uint8_t>(flag)) {}  // NOLINT: a flag is a set of one
  constexpr bool has(Flag flag) const { return (bits_ & static_cast<std::uint8_t>(flag)) != 0; }
  constexpr Flags with(Flags more) const { return Flags(static_cast<std::uint8_t>(bits_ | more.bits_)); }
  constexpr Flags without(Flags fewer) const {
    return Flags(static_cast<std::uint8_t>(bits_ & ~fewer.bits_));
  }
  friend constexpr Flags operator|(Flags a, Flags b) { return a.with(b); }
  friend constexpr bool operator==(Flags, Flags) = default;

 private:
  constexpr explicit Flags(std::uint8_t bits) : bits_(bits) {}
  std::uint8_t bits_ = 0;
};
constexpr Flags operator|(Flag a, Flag b) {
  return Flags(a) | Flags(b);
}

struct StoredMessage {
  std::uint32_t uid = 0;
  Flags flags{};
  std::int64_t internal_date_s = 0;  // unix time of delivery (RFC 9051 §2.3.3)
  StoredOctets octets{};
};

struct AppendRefused {
  enum class Reason : std::uint8_t { over_quota, uids_exhausted } reason = Reason::over_quota;
  std::uint64_t size_bytes = 0;  // of the message refused
  std::uint64_t used_bytes = 0;
  std::uint64_t quota_bytes = 0;  // 0 if there is no quota
};

class Mailbox {
 public:
  using Owner = std::uint64_t;  // who holds the lock: a session, as its host numbers it

  // `uid_validity` > 0: another one than that of any earlier mailbox of the same name. No quota: no limit.
  explicit Mailbox(std::uint32_t uid_validity, std::optional<std::uint64_t> quota_bytes = std::nullopt);

  std::uint32_t uid_validity() const { return uid_validity_; }
  std::uint32_t uid_next() const { return uid_next_; }  // the UID that the next append will give
  std::uint64_t used_bytes() const { return used_bytes_; }
  std::optional<std::uint64_t> quota_bytes() const { return quota_bytes_; }
  void set_quota(std::optional<std::uint64_t> quota_bytes) { quota_bytes_ = quota_bytes; }  // removes nothing
  bool has_room_for(std::uint64_t size_bytes) const;

  // In ascending order of UID. Appending and removing invalidate pointers and references into it.
  const std::vector<StoredMessage>& messages() const { return messages_; }
  const StoredMessage* find(std::uint32_t uid) const;  // null if there is none

  // Returns the new UID. Allowed while locked: the lock protects what is there, not what arrives (RFC 1939
  // §4).
  std::expected<std::uint32_t, AppendRefused> append(StoredOctets octets, std::int64_t internal_date_s,
                                                     Flags flags = {});

  // Whoever changes or removes messages holds the lock if anyone does; the mailbox does not know who calls.
  bool set_flags(std::uint32_t uid, Flags flags);  // false: no such message
  bool remove(std::uint32_t uid);                  // false: no such message
  std::vector<std::uint32_t> expunge();            // removes all that are \Deleted; their UIDs, ascending

  // One owner at a time. True if the lock is now the owner's (also if it already was).
  bool lock(Owner owner);
  bool unlock(Owner owner);  // false: it is not the owner's
  std::optional<Owner> lock_owner() const { return lock_owner_; }

 private:
  std::size_t index_of(std::uint32_t uid) const;  // messages_.size() if there is none

  std::uint32_t uid_validity_;
  std::uint32_t uid_next_ = 1;
  std::uint64_t used_bytes_ = 0;
  std::optional<std::uint64_t> quota_bytes_;
  std::optional<Owner> lock_owner_;
  std::vector<StoredMessage> messages_;
};

}  // namespace mailroom::mailstore
