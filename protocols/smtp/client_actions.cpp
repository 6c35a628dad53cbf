// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/client_actions.hpp"

#include <cassert>

namespace mailroom::smtp::client {

std::string_view name(Step step) {
  switch (step) {
    case Step::greeting:
      return "greeting";
    case Step::ehlo:
      return "EHLO";
    case Step::helo:
      return "HELO";
    case Step::mail:
      return "MAIL";
    case Step::rcpt:
      return "RCPT";
    case Step::data:
      return "DATA";
    case Step::content:
      return "the lone dot";
    case Step::chunk:
      return "BDAT";
    case Step::auth:
      return "AUTH";
    case Step::turn:
      return "ETRN";
    case Step::rset:
      return "RSET";
    case Step::quit:
      return "QUIT";
    case Step::none:
      return "nothing";
  }
  assert(false);
  return {};
}

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::accepted:
      return "accepted";
    case Verdict::temporary:
      return "temporary failure";
    case Verdict::permanent:
      return "permanent failure";
  }
  assert(false);
  return {};
}

std::string_view name(How how) {
  switch (how) {
    case How::quit:
      return "quit";
    case How::refused:
      return "refused";
    case How::not_authenticated:
      return "not authenticated";
    case How::not_available:
      return "service not available";
    case How::timed_out:
      return "timed out";
    case How::connection_lost:
      return "connection lost";
    case How::protocol_error:
      return "protocol error";
  }
  assert(false);
  return {};
}

}  // namespace mailroom::smtp::client
