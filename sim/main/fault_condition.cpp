// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/fault_condition.hpp"

#include <utility>

#include "protocols/smtp/ascii.hpp"

namespace mailroom {

namespace {

using trace::Kind;

struct Kinds {
  Kind command, text, reply;
};
constexpr Kinds kSent = {Kind::command_sent, Kind::content_sent, Kind::reply_sent};
constexpr Kinds kReceived = {Kind::command_received, Kind::content_received, Kind::reply_received};

bool is_said(const faults::Condition& condition, const Kinds& kinds, const trace::Event& event) {
  if (condition.code != 0) return event.kind == kinds.reply && event.code == condition.code;
  if (condition.command == ".") return event.kind == kinds.text;
  return event.kind == kinds.command &&
         smtp::ascii::same(event.text.substr(0, event.text.find_first_of(" \t")), condition.command);
}

}  // namespace

bool comes_true(const faults::Condition& condition, trace::HostId host, const trace::Event& event) {
  using Act = faults::Condition::Act;
  if (event.host != host) return false;
  switch (condition.act) {
    case Act::connects:
      return event.kind == Kind::connection_opened;
    case Act::sends:
      return is_said(condition, kSent, event);
    case Act::receives:
      return is_said(condition, kReceived, event);
    case Act::commits:
      return event.kind == Kind::message_queued;
    case Act::delivers:
      return event.kind == Kind::mailbox_appended;
    case Act::defers:
      return event.kind == Kind::copy_deferred;
    case Act::bounces:
      return event.kind == Kind::copy_bounced;
  }
  std::unreachable();
}

}  // namespace mailroom
