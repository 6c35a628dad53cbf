// SPDX-License-Identifier: GPL-2.0-only
// What a receiver is and does, the same for all its sessions: which extensions it offers, what it takes, and
// how patient it is. What depends on users, disks and time is asked of the host (server_actions.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/limits.hpp"
#include "protocols/smtp/reply_texts.hpp"

namespace mailroom::smtp {

enum class Greeting : std::uint8_t {
  ready,          // 220
  not_available,  // 421, and the connection is closed
  refused,        // 554: no mail service here; 503 to everything until QUIT (RFC 5321 §3.1)
};

// What to do with octets above 127 from a client that did not negotiate 8BITMIME.
enum class EighthBit : std::uint8_t {
  keep,    // take them as they are, and say so in AskMessage
  clear,   // set bit 8 to zero, as hosts of RFC 821 did
  refuse,  // 554 5.6.3 after the lone dot
};

// What to do with a message text that has a CR without LF or a LF without CR. Neither ever ends a line or the
// text.
enum class BareLineEnd : std::uint8_t {
  keep,    // content like any other octet
  refuse,  // 550 5.6.0 after the lone dot
};

// VRFY and EXPN.
enum class Query : std::uint8_t {
  ask,              // AskVerify, AskExpand
  decline,          // 252 for VRFY (RFC 5321 §3.5.3), 502 for EXPN
  not_implemented,  // 502
};

// How a session that goes wrong is slowed down and ended; the numbers are Postfix's. Every 4yz and 5yz is an
// error, and beyond `junk` of them every command of RSET, NOOP, VRFY, EXPN, ETRN and HELP is one too. A
// message that is accepted wipes the slate. 0: no limit.
struct ErrorLimits {
  int soft = 10;   // from so many errors on each reply comes `sleep_ns` late
  int hard = 20;   // at so many: 421 4.7.0, and the end
  int junk = 100;  // since the last message
  std::int64_t sleep_ns = kSecond_ns;
  static ErrorLimits none() { return {0, 0, 0, 0}; }
};

// A client that speaks before the greeting (RFC 5321 §3.1: it must not), where the greeting is held back.
enum class EarlyTalker : std::uint8_t {
  keep,    // what it said waits
  refuse,  // 554 at once
};

struct ServerOptions {
  std::string domain;                      // the receiver's own, in its greeting and replies
  bool extended = true;                    // false: a host of RFC 821, EHLO is answered 500
  Extensions offered = Extensions::all();  // in reply to EHLO; size_limit_octets below wins over its own
  std::int64_t size_limit_octets = 0;      // of a message text; 0: none
  int recipient_limit = 1000;              // further ones: 452 (RFC 5321 §4.5.3.1.10); at least 1
  EighthBit eighth_bit = EighthBit::keep;
  BareLineEnd bare_line_end = BareLineEnd::keep;
  bool honour_source_routes = false;  // else the route of a path is dropped (RFC 5321 §3.3, Appendix C)
  Query verify = Query::decline;
  Query expand = Query::not_implemented;
  bool auth_required = false;  // 530 to MAIL, VRFY, EXPN and ETRN before AUTH (RFC 4954 §6)
  ErrorLimits errors;
  std::int64_t greeting_delay_ns = 0;
  EarlyTalker early_talker = EarlyTalker::keep;
  TextProfile texts = TextProfile::modern;
  std::int64_t command_time_out_ns = 5 * kMinute_ns;  // RFC 5321 §4.5.3.2.7
  std::size_t input_limit_octets = std::size_t{1} << 20;

  // A host of RFC 821: HELO only, 7-bit, source routes honoured.
  static ServerOptions rfc821(std::string domain, EighthBit eighth_bit = EighthBit::clear);
};
// For all sessions of a receiver: nothing is copied for each of them. What a session offers is made
// consistent with the rest of the options here.
std::shared_ptr<const ServerOptions> share(ServerOptions options);

}  // namespace mailroom::smtp
