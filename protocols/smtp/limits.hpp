// SPDX-License-Identifier: GPL-2.0-only
// The sizes of RFC 5321 §4.5.3.1 and the time-outs of §4.5.3.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailroom::smtp {

// RFC 5321 §4.5.3.1: the least that everyone must take, and the most that we send.
inline constexpr std::size_t kLocalPartLimit = 64;     // §4.5.3.1.1
inline constexpr std::size_t kDomainLimit = 255;       // §4.5.3.1.2
inline constexpr std::size_t kPathLimit = 256;         // §4.5.3.1.3, with punctuation and brackets
inline constexpr std::size_t kCommandLineLimit = 512;  // §4.5.3.1.4, with CR LF
inline constexpr std::size_t kReplyLineLimit = 512;    // §4.5.3.1.5, with CR LF
inline constexpr std::size_t kTextLineLimit = 1000;    // §4.5.3.1.6, with CR LF, without the stuffed dot
inline constexpr int kRecipientsAtLeast = 100;         // §4.5.3.1.8

// Extensions lengthen commands.
inline constexpr std::size_t kSizeParameterRoom = 26;      // RFC 1870 §3 (5)
inline constexpr std::size_t kBodyParameterRoom = 17;      // RFC 6152 §2 (5)
inline constexpr std::size_t kSmtputf8ParameterRoom = 10;  // RFC 6531 §3.1 (6); of VRFY and EXPN, too
inline constexpr std::size_t kAuthParameterRoom = 500;     // RFC 4954 §3 (6)
// RFC 3461 §4 names the longest values; these are they with their keywords.
inline constexpr std::size_t kReturnParameterRoom = 9;
inline constexpr std::size_t kEnvelopeIdParameterRoom = 107;
inline constexpr std::size_t kNotifyParameterRoom = 29;
inline constexpr std::size_t kOriginalRecipientParameterRoom = 507;
inline constexpr std::size_t kAuthLineLimit = 12'288;  // RFC 4954 §4, of AUTH and of responses, with CR LF
// The longest of them: MAIL with all.
inline constexpr std::size_t kLongestCommandLine =
    kCommandLineLimit + kSizeParameterRoom + kBodyParameterRoom + kSmtputf8ParameterRoom +
    kAuthParameterRoom + kReturnParameterRoom + kEnvelopeIdParameterRoom;

// What a session waits for when its time runs out.
enum class TimeOut : std::uint8_t {
  greeting,          // §4.5.3.2.1: the 220 after the connection is there
  hello,             // EHLO or HELO; §4.5.3.2 names none, the general five minutes are taken
  mail,              // §4.5.3.2.2
  rcpt,              // §4.5.3.2.3
  data_initiation,   // §4.5.3.2.4: the 354
  data_block,        // §4.5.3.2.5: one chunk of the text to be taken by TCP
  data_termination,  // §4.5.3.2.6: the reply to the lone dot
  chunk,             // the reply to a chunk that is not the last one; RFC 3030 names none: as data_block
  auth,              // RFC 4954 names none: as hello
  turn,              // as hello
  rset,              // as hello
  quit,              // as hello
  next_command,      // §4.5.3.2.7: the receiver's wait for the sender
};
std::string_view name(TimeOut which);  // "greeting", "data termination", …

inline constexpr std::int64_t kSecond_ns = 1'000'000'000;
inline constexpr std::int64_t kMinute_ns = 60 * kSecond_ns;

struct ClientTimeOuts {
  std::int64_t greeting_ns = 5 * kMinute_ns;
  std::int64_t hello_ns = 5 * kMinute_ns;
  std::int64_t mail_ns = 5 * kMinute_ns;
  std::int64_t rcpt_ns = 5 * kMinute_ns;
  std::int64_t data_initiation_ns = 2 * kMinute_ns;
  std::int64_t data_block_ns = 3 * kMinute_ns;
  std::int64_t data_termination_ns = 10 * kMinute_ns;
  std::int64_t chunk_ns = 3 * kMinute_ns;
  std::int64_t auth_ns = 5 * kMinute_ns;
  std::int64_t turn_ns = 5 * kMinute_ns;
  std::int64_t rset_ns = 5 * kMinute_ns;
  std::int64_t quit_ns = 5 * kMinute_ns;
  std::int64_t of(TimeOut which) const;
};

}  // namespace mailroom::smtp
