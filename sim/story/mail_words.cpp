// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>

#include <map>
#include <vector>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"
#include "sim/story/sentences.hpp"
#include "sim/story/words.hpp"

namespace mailroom::story {
namespace {

using trace::Kind;
using trace::StoredEvent;

std::string joined(const std::vector<std::string>& words, std::string_view between = ", ") {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : std::string(between)) + word;
  return all;
}

std::string mailbox_path(const std::string& path) {
  return path.empty() ? std::string("<>") : path;
}

std::string toward(Names& names, const StoredEvent& e) {
  if (e.recipient) return " toward " + mailbox_path(names.recipient(e.recipient));
  if (const auto made = e.copy ? names.created(e.copy) : std::nullopt; made && made->recipient)
    return " toward " + mailbox_path(names.recipient(made->recipient));
  return {};
}

std::string copy_words(Names& names, const StoredEvent& e) {
  return numbered("copy", e.copy.value) + toward(names, e);
}

std::string began(Names&, const StoredEvent& e) {
  std::string text = "the run begins";
  if (!e.text.empty()) text += fmt::format(" ({})", printable(e.text));
  return text;
}

std::string ended(Names&, const StoredEvent& e) {
  static const std::map<std::string, const char*, std::less<>> kReasons = {
      {"duration", "its duration is over"},
      {"idle", "nothing is left to do"},
      {"quit", "it was told to quit"},
      {"interrupted", "it was interrupted"},
      {"disk_full", "the disk of this computer is full"},
  };
  const auto reason = kReasons.find(e.text);
  return "the run ends: " + (reason != kReasons.end() ? std::string(reason->second) : printable(e.text));
}

std::string control(Names&, const StoredEvent& e) {
  return "the run was told from outside: " + printable_beginning(e.text);
}

std::string composed(Names&, const StoredEvent& e) {
  const auto from = detail_texts(e.detail, "from");
  const auto to = detail_texts(e.detail, "to");
  // The null reverse-path is that of a notification, which a host composes (RFC 5321 §4.5.5).
  const bool is_notification = !from.empty() && from.front().empty();
  std::string text = fmt::format("{} composed message {} ({})",
                                 is_notification ? "the host" : "the user agent", e.message.value, octets(e));
  if (!from.empty()) text += " from " + mailbox_path(printable(from.front()));
  if (!to.empty() && to.size() <= 4) text += " to " + printable(joined(to));
  if (to.size() > 4) text += fmt::format(" to {} and {} more", printable(to.front()), to.size() - 1);
  if (!is_notification) return text;
  const auto action = detail_texts(e.detail, "action");
  return text + fmt::format(", which tells of {}", action.empty() || action.front() == "failed" ? "a failure"
                                                   : action.front() == "delayed"                ? "a delay"
                                                                                 : "a success");
}

std::string created(Names& names, const StoredEvent& e) {
  std::string text = fmt::format("became responsible for message {}{}: {}", e.message.value, toward(names, e),
                                 numbered("copy", e.copy.value));
  if (const auto parent = e.parent ? names.created(e.parent) : std::nullopt)
    text += parent->host == e.host
                ? fmt::format(", made from copy {}", e.parent.value)
                : fmt::format(", from copy {} of {}", e.parent.value, names.host(parent->host));
  return text;
}

std::string delivered(Names& names, const StoredEvent& e) {
  return fmt::format("{} is delivered: in mailbox {} as UID {}", copy_words(names, e), printable(e.text),
                     e.value.value_or(0));
}

std::string relayed(Names& names, const StoredEvent& e) {
  std::string text = fmt::format("read {}: the next host is responsible now; {} is deleted from the list",
                                 in_quotes(reason_of(e)), copy_words(names, e));
  for (const std::string& forwarded : detail_texts(e.detail, "forwarded"))
    text += fmt::format("; the user has moved, and that host forwards it: {}", in_quotes(forwarded));
  return text;
}

std::string expanded(Names& names, const StoredEvent& e) {
  return fmt::format("{} is replaced by its children{}", copy_words(names, e), after_colon(e.text));
}

std::string bounced(Names& names, const StoredEvent& e) {
  const std::int64_t notice = e.value.value_or(0);
  return fmt::format("gave up {}: {}; {}", copy_words(names, e), reason_of(e),
                     notice != 0 ? fmt::format("message {} tells the originator", notice)
                                 : "nobody is told, because the reverse-path is null");
}

std::string discarded(Names& names, const StoredEvent& e) {
  return fmt::format("{} is discarded by rule{}", copy_words(names, e), after_colon(e.text));
}

std::string destroyed(Names& names, const StoredEvent& e) {
  return fmt::format("{} is lost{}{}", copy_words(names, e),
                     e.fault ? fmt::format(" by fault {}", e.fault.value) : "", after_colon(e.text));
}

std::string deferred(Names& names, const StoredEvent& e) {
  std::string text = fmt::format("{} is re-queued: {}", copy_words(names, e), reason_of(e));
  if (e.value) text += "; next try at " + clock(*e.value);
  for (const std::string& rule : detail_texts(e.detail, "rule"))
    text += fmt::format(" ({})", printable(rule));
  return text;
}

std::string queued(Names&, const StoredEvent& e) {
  return fmt::format("message {} enters the queue{} with {} ({})", e.message.value,
                     e.text.empty() ? "" : " as " + printable(e.text),
                     counted(e.value.value_or(0), "destination"), octets(e));
}

std::string removed(Names&, const StoredEvent& e) {
  return fmt::format("all destinations are processed: message {} is deleted from the queue{}",
                     e.message.value, e.text.empty() ? "" : " (" + printable(e.text) + ")");
}

std::string appended(Names&, const StoredEvent& e) {
  return fmt::format("message {} is stored in mailbox {} as UID {} ({})", e.message.value, printable(e.text),
                     e.value.value_or(0), octets(e));
}

std::string filled(Names&, const StoredEvent& e) {
  return fmt::format("the disk is full: no room for {}{}", octets(e),
                     e.text.empty() ? "" : " of " + printable(e.text));
}

}  // namespace

Sentence mail_words(Names& names, const StoredEvent& e) {
  switch (e.kind) {
    case Kind::run_began:
      return began(names, e);
    case Kind::run_ended:
      return ended(names, e);
    case Kind::control_received:
      return control(names, e);
    case Kind::message_composed:
      return composed(names, e);
    case Kind::copy_created:
      return created(names, e);
    case Kind::copy_delivered:
      return delivered(names, e);
    case Kind::copy_relayed:
      return relayed(names, e);
    case Kind::copy_expanded:
      return expanded(names, e);
    case Kind::copy_bounced:
      return bounced(names, e);
    case Kind::copy_discarded:
      return discarded(names, e);
    case Kind::copy_destroyed:
      return destroyed(names, e);
    case Kind::copy_deferred:
      return deferred(names, e);
    case Kind::message_queued:
      return queued(names, e);
    case Kind::message_removed:
      return removed(names, e);
    case Kind::mailbox_appended:
      return appended(names, e);
    case Kind::disk_filled:
      return filled(names, e);
    default:
      return std::nullopt;
  }
}

}  // namespace mailroom::story
