// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>

#include <map>
#include <vector>

#include "sim/main/cli_words.hpp"
#include "sim/main/inspect_sentences.hpp"
#include "sim/main/inspect_words.hpp"

namespace mailroom::cli {
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

std::string toward(Run& run, const StoredEvent& e) {
  if (e.recipient) return " toward " + mailbox_path(run.recipient(e.recipient));
  if (const auto made = e.copy ? run.created(e.copy) : std::nullopt; made && made->recipient)
    return " toward " + mailbox_path(run.recipient(made->recipient));
  return {};
}

std::string copy_words(Run& run, const StoredEvent& e) {
  return numbered("copy", e.copy.value) + toward(run, e);
}

std::string began(Run&, const StoredEvent& e) {
  std::string text = "the run begins";
  if (!e.text.empty()) text += fmt::format(" ({})", printable(e.text));
  return text;
}

std::string ended(Run&, const StoredEvent& e) {
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

std::string control(Run&, const StoredEvent& e) {
  return "the run was told from outside: " + printable_beginning(e.text);
}

std::string composed(Run&, const StoredEvent& e) {
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

std::string created(Run& run, const StoredEvent& e) {
  std::string text = fmt::format("became responsible for message {}{}: {}", e.message.value, toward(run, e),
                                 numbered("copy", e.copy.value));
  if (const auto parent = e.parent ? run.created(e.parent) : std::nullopt)
    text += parent->host == e.host
                ? fmt::format(", made from copy {}", e.parent.value)
                : fmt::format(", from copy {} of {}", e.parent.value, run.host(parent->host));
  return text;
}

std::string delivered(Run& run, const StoredEvent& e) {
  return fmt::format("{} is delivered: in mailbox {} as UID {}", copy_words(run, e), printable(e.text),
                     e.value.value_or(0));
}

std::string relayed(Run& run, const StoredEvent& e) {
  std::string text = fmt::format("read {}: the next host is responsible now; {} is deleted from the list",
                                 in_quotes(reason_of(e)), copy_words(run, e));
  for (const std::string& forwarded : detail_texts(e.detail, "forwarded"))
    text += fmt::format("; the user has moved, and that host forwards it: {}", in_quotes(forwarded));
  return text;
}

std::string expanded(Run& run, const StoredEvent& e) {
  return fmt::format("{} is replaced by its children{}", copy_words(run, e), after_colon(e.text));
}

std::string bounced(Run& run, const StoredEvent& e) {
  const std::int64_t notice = e.value.value_or(0);
  return fmt::format("gave up {}: {}; {}", copy_words(run, e), reason_of(e),
                     notice != 0 ? fmt::format("message {} tells the originator", notice)
                                 : "nobody is told, because the reverse-path is null");
}

std::string discarded(Run& run, const StoredEvent& e) {
  return fmt::format("{} is discarded by rule{}", copy_words(run, e), after_colon(e.text));
}

std::string destroyed(Run& run, const StoredEvent& e) {
  return fmt::format("{} is lost{}{}", copy_words(run, e),
                     e.fault ? fmt::format(" by fault {}", e.fault.value) : "", after_colon(e.text));
}

std::string deferred(Run& run, const StoredEvent& e) {
  std::string text = fmt::format("{} is re-queued: {}", copy_words(run, e), reason_of(e));
  if (e.value) text += "; next try at " + clock(*e.value);
  for (const std::string& rule : detail_texts(e.detail, "rule"))
    text += fmt::format(" ({})", printable(rule));
  return text;
}

std::string queued(Run&, const StoredEvent& e) {
  return fmt::format("message {} enters the queue{} with {} ({})", e.message.value,
                     e.text.empty() ? "" : " as " + printable(e.text),
                     counted(e.value.value_or(0), "destination"), octets(e));
}

std::string removed(Run&, const StoredEvent& e) {
  return fmt::format("all destinations are processed: message {} is deleted from the queue{}",
                     e.message.value, e.text.empty() ? "" : " (" + printable(e.text) + ")");
}

std::string appended(Run&, const StoredEvent& e) {
  return fmt::format("message {} is stored in mailbox {} as UID {} ({})", e.message.value, printable(e.text),
                     e.value.value_or(0), octets(e));
}

std::string filled(Run&, const StoredEvent& e) {
  return fmt::format("the disk is full: no room for {}{}", octets(e),
                     e.text.empty() ? "" : " of " + printable(e.text));
}

}  // namespace

Sentence mail_words(Run& run, const StoredEvent& e) {
  switch (e.kind) {
    case Kind::run_began:
      return began(run, e);
    case Kind::run_ended:
      return ended(run, e);
    case Kind::control_received:
      return control(run, e);
    case Kind::message_composed:
      return composed(run, e);
    case Kind::copy_created:
      return created(run, e);
    case Kind::copy_delivered:
      return delivered(run, e);
    case Kind::copy_relayed:
      return relayed(run, e);
    case Kind::copy_expanded:
      return expanded(run, e);
    case Kind::copy_bounced:
      return bounced(run, e);
    case Kind::copy_discarded:
      return discarded(run, e);
    case Kind::copy_destroyed:
      return destroyed(run, e);
    case Kind::copy_deferred:
      return deferred(run, e);
    case Kind::message_queued:
      return queued(run, e);
    case Kind::message_removed:
      return removed(run, e);
    case Kind::mailbox_appended:
      return appended(run, e);
    case Kind::disk_filled:
      return filled(run, e);
    default:
      return std::nullopt;
  }
}

}  // namespace mailroom::cli
