// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/limits.hpp"

#include <cassert>

namespace mailroom::smtp {

std::string_view name(TimeOut which) {
  switch (which) {
    case TimeOut::greeting:
      return "greeting";
    case TimeOut::hello:
      return "reply to EHLO or HELO";
    case TimeOut::mail:
      return "reply to MAIL";
    case TimeOut::rcpt:
      return "reply to RCPT";
    case TimeOut::data_initiation:
      return "reply to DATA";
    case TimeOut::data_block:
      return "data block";
    case TimeOut::data_termination:
      return "reply to the lone dot";
    case TimeOut::chunk:
      return "reply to a chunk";
    case TimeOut::auth:
      return "reply to AUTH";
    case TimeOut::turn:
      return "reply to ETRN";
    case TimeOut::rset:
      return "reply to RSET";
    case TimeOut::quit:
      return "reply to QUIT";
    case TimeOut::next_command:
      return "next command";
  }
  assert(false);
  return {};
}

std::int64_t ClientTimeOuts::of(TimeOut which) const {
  switch (which) {
    case TimeOut::greeting:
      return greeting_ns;
    case TimeOut::hello:
      return hello_ns;
    case TimeOut::mail:
      return mail_ns;
    case TimeOut::rcpt:
      return rcpt_ns;
    case TimeOut::data_initiation:
      return data_initiation_ns;
    case TimeOut::data_block:
      return data_block_ns;
    case TimeOut::data_termination:
      return data_termination_ns;
    case TimeOut::chunk:
      return chunk_ns;
    case TimeOut::auth:
      return auth_ns;
    case TimeOut::turn:
      return turn_ns;
    case TimeOut::rset:
      return rset_ns;
    case TimeOut::quit:
      return quit_ns;
    case TimeOut::next_command:
      break;  // the receiver's
  }
  assert(false);
  return 0;
}

}  // namespace mailroom::smtp
