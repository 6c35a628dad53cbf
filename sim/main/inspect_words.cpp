// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_words.hpp"

#include <fmt/format.h>

#include <map>

#include "sim/main/cli_words.hpp"
#include "sim/main/inspect_queue_words.hpp"
#include "sim/main/inspect_route_words.hpp"
#include "sim/main/inspect_wire_words.hpp"

namespace mailroom::cli {
namespace {

using trace::Kind;
using trace::StoredEvent;

std::string joined(const std::vector<std::string>& words, std::string_view between = ", ") {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : std::string(between)) + word;
  return all;
}

std::string octets(const StoredEvent& e) {
  return e.size ? counted(*e.size, "octet") : std::string("no octets");
}

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"", printable(text));
}

// ": text", or nothing
std::string after_colon(std::string_view text) {
  return text.empty() ? std::string() : ": " + printable(text);
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

std::string why(const StoredEvent& e) {
  const std::string reply = quoted_reply(e.code, e.text);
  return reply.empty() ? std::string("no reason was given") : reply;
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
  return "a person told the run: " + in_quotes(e.text);
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
                                 in_quotes(why(e)), copy_words(run, e));
  for (const std::string& forwarded : detail_texts(e.detail, "forwarded"))
    text += fmt::format("; the user has moved, and that host forwards it: {}", in_quotes(forwarded));
  return text;
}

std::string expanded(Run& run, const StoredEvent& e) {
  return fmt::format("{} is replaced by its children{}", copy_words(run, e), after_colon(e.text));
}

std::string bounced(Run& run, const StoredEvent& e) {
  const std::int64_t notice = e.value.value_or(0);
  return fmt::format("gave up {}: {}; {}", copy_words(run, e), why(e),
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
  std::string text = fmt::format("{} is re-queued: {}", copy_words(run, e), why(e));
  if (e.value) text += "; next try at " + clock(*e.value);
  for (const std::string& rule : detail_texts(e.detail, "rule")) text += fmt::format(" ({})", printable(rule));
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

std::string attempt_began(Run&, const StoredEvent& e) {
  std::string text = fmt::format("attempt {}: hand message {} to {}, {}", e.attempt.value, e.message.value,
                                 printable(e.text), counted(e.value.value_or(0), "recipient"));
  if (e.connection) text += fmt::format(", over connection {} that is open", e.connection.value);
  return text;
}

std::string attempt_ended(Run&, const StoredEvent& e) {
  // The code is the first recipient's, and says nothing of the others.
  const bool is_of_each = e.text == "confirmed" || e.text == "not confirmed";
  return fmt::format("attempt {} is over: {}; {} accepted", e.attempt.value, is_of_each ? e.text : why(e),
                     counted(e.value.value_or(0), "recipient"));
}

std::string connection_words(Run& run, const StoredEvent& e) {
  const std::string connection = numbered("connection", e.connection.value);
  switch (e.kind) {
    case Kind::connection_opened:
      return fmt::format("asks {} for a TCP connection to port {} ({})", printable(e.text),
                         e.value.value_or(0), connection);
    case Kind::connection_established:
      return connection + " is established";
    case Kind::connection_refused:
      return connection + " is refused: no one listens there";
    case Kind::connection_unreachable:
      return connection + " cannot be made: there is no way to the other host" + after_colon(e.text);
    case Kind::connection_timed_out:
      return connection + " timed out" + (e.text.empty() ? "" : " waiting for " + printable(e.text));
    case Kind::connection_reset:
      return connection + (e.text == "aborted here" ? " is aborted here" : " is reset by the other side");
    case Kind::connection_closed:
      return connection + " is closed";
    default:
      return fmt::format("{} is disturbed for the first time{}{}", connection,
                         e.link ? " on link " + run.link(e.link) : "", after_colon(e.text));
  }
}

std::string session_words(Run&, const StoredEvent& e) {
  const std::string session = numbered("session", e.session.value);
  switch (e.kind) {
    case Kind::session_opened:
      return fmt::format("{} opens{}", session, e.text.empty() ? "" : " (" + printable(e.text) + ")");
    case Kind::session_closed:
      return fmt::format("{} is over{}", session, after_colon(e.text));
    case Kind::session_phase_entered:
      return fmt::format("{} enters the phase {}", session, in_quotes(e.text));
    case Kind::policy_decided:
      return fmt::format("a rule of the receiver decides{}", after_colon(e.text));
    default:
      return fmt::format("time-out in {}{}", session, after_colon(e.text));
  }
}

std::string dialogue_words(Run& run, const StoredEvent& e) {
  const std::string over = fmt::format(" (session {})", e.session.value);
  // What was received has its text only where nobody of the simulation sent it.
  std::string text = e.text;
  int code = e.code;
  if (text.empty() && (e.kind == Kind::command_received || e.kind == Kind::reply_received) && e.cause) {
    if (const auto sent = must(run.reader().event(e.cause)); sent && sent->session == e.session) {
      text = sent->text;
      if (code == 0) code = sent->code;
    }
  }
  switch (e.kind) {
    case Kind::command_sent:
      return "sends " + in_quotes(text) + over;
    case Kind::command_received:
      return (text.empty() ? "reads a command" : "reads " + in_quotes(text)) + over;
    case Kind::reply_sent:
      return "replies " + in_quotes(quoted_reply(code, text)) + over;
    case Kind::reply_received:
      return "reads the reply " + in_quotes(quoted_reply(code, text)) + over;
    case Kind::content_sent:
      return fmt::format("has sent the contents of message {} ({}){}", e.message.value, octets(e), over);
    default:
      return fmt::format("has read the contents of message {} up to the lone dot ({}){}", e.message.value,
                         octets(e), over);
  }
}

}  // namespace

std::string numbered(std::string_view noun, std::int64_t number) {
  return fmt::format("{} {}", noun, number);
}

std::string quoted_reply(int code, std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  if (code == 0) return printable(first);
  const std::string digits = fmt::format("{:03}", code);
  if (first.starts_with(digits) && (first.size() == 3 || first[3] == ' ' || first[3] == '-'))
    return first.size() > 4 ? printable(fmt::format("{} {}", digits, first.substr(4))) : digits;
  return first.empty() ? digits : printable(fmt::format("{} {}", digits, first));
}

std::vector<std::string> reply_lines(int code, std::string_view text) {
  std::vector<std::string> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  const std::string digits = fmt::format("{:03}", code);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string& line = lines[i];
    const bool has_code = line.starts_with(digits) && (line.size() == 3 || line[3] == ' ' || line[3] == '-');
    if (code != 0 && !has_code) line = fmt::format("{}{}{}", digits, i + 1 < lines.size() ? '-' : ' ', line);
    line = printable(line);
  }
  return lines;
}

std::vector<std::string> detail_texts(std::string_view detail, const char* key) {
  std::vector<std::string> texts;
  const auto object = nlohmann::json::parse(detail, nullptr, false);
  if (!object.is_object() || !object.contains(key)) return texts;
  const auto& value = object[key];
  if (value.is_string()) texts.push_back(value.get<std::string>());
  if (value.is_array())
    for (const auto& member : value)
      if (member.is_string()) texts.push_back(member.get<std::string>());
  return texts;
}

Ink ink_of(Kind kind) {
  switch (kind) {
    case Kind::copy_delivered:
      return Ink::good;
    case Kind::copy_deferred:
    case Kind::disk_filled:
    case Kind::connection_refused:
    case Kind::connection_timed_out:
    case Kind::connection_unreachable:
    case Kind::connection_reset:
    case Kind::connection_disturbed:
    case Kind::timer_expired:
    case Kind::datagram_refused:
    case Kind::query_unanswered:
      return Ink::warn;
    case Kind::copy_bounced:
    case Kind::copy_discarded:
    case Kind::copy_destroyed:
    case Kind::frame_dropped:
    case Kind::datagram_dropped:
      return Ink::bad;
    default:
      return Ink::plain;
  }
}

std::string sentence(Run& run, const StoredEvent& e) {
  using Words = std::string (*)(Run&, const StoredEvent&);
  static const std::map<Kind, Words> kWords = {
      {Kind::run_began, began},
      {Kind::run_ended, ended},
      {Kind::control_received, control},
      {Kind::message_composed, composed},
      {Kind::copy_created, created},
      {Kind::copy_delivered, delivered},
      {Kind::copy_relayed, relayed},
      {Kind::copy_expanded, expanded},
      {Kind::copy_bounced, bounced},
      {Kind::copy_discarded, discarded},
      {Kind::copy_destroyed, destroyed},
      {Kind::copy_deferred, deferred},
      {Kind::message_queued, queued},
      {Kind::message_removed, removed},
      {Kind::mailbox_appended, appended},
      {Kind::disk_filled, filled},
      {Kind::attempt_began, attempt_began},
      {Kind::attempt_ended, attempt_ended},
      {Kind::exchanger_passed_over, queue_words},
      {Kind::message_held, queue_words},
      {Kind::message_kept_waiting, queue_words},
      {Kind::message_activated, queue_words},
      {Kind::host_crashed, queue_words},
      {Kind::host_restarted, queue_words},
      {Kind::destination_declared_dead, queue_words},
      {Kind::destination_limit_changed, queue_words},
      {Kind::connection_opened, connection_words},
      {Kind::connection_established, connection_words},
      {Kind::connection_refused, connection_words},
      {Kind::connection_timed_out, connection_words},
      {Kind::connection_unreachable, connection_words},
      {Kind::connection_reset, connection_words},
      {Kind::connection_closed, connection_words},
      {Kind::connection_disturbed, connection_words},
      {Kind::session_opened, session_words},
      {Kind::session_closed, session_words},
      {Kind::session_phase_entered, session_words},
      {Kind::timer_expired, session_words},
      {Kind::policy_decided, session_words},
      {Kind::command_sent, dialogue_words},
      {Kind::command_received, dialogue_words},
      {Kind::reply_sent, dialogue_words},
      {Kind::reply_received, dialogue_words},
      {Kind::content_sent, dialogue_words},
      {Kind::content_received, dialogue_words},
      {Kind::relay_misused, route_words},
      {Kind::route_found, route_words},
      {Kind::route_failed, route_words},
  };
  if (const auto on_the_wire = wire_words(run, e)) return *on_the_wire;
  const auto words = kWords.find(e.kind);
  if (words != kWords.end()) return words->second(run, e);
  // A kind without a sentence of its own yet is told by its table.
  return fmt::format("{}{}", info(e.kind).name, after_colon(e.text));
}

Json seconds(std::int64_t time_ns) {
  return time_ns < 0 ? Json(nullptr) : Json(static_cast<double>(time_ns) / 1e9);
}

Json to_json(Run& run, const StoredEvent& e) {
  Json json = {{"event", e.id.value},
               {"time_s", seconds(e.time_ns)},
               {"time_ns", e.time_ns},
               {"kind", info(e.kind).name}};
  if (e.host) json["host"] = run.host(e.host);
  if (e.link) json["link"] = run.link(e.link);
  const auto number = [&](const char* key, auto id) {
    if (id) json[key] = id.value;
  };
  number("connection", e.connection);
  number("session", e.session);
  number("message", e.message);
  number("copy", e.copy);
  number("parent", e.parent);
  if (e.recipient) json["recipient"] = run.recipient(e.recipient);
  number("attempt", e.attempt);
  number("fault", e.fault);
  number("content", e.content);
  if (e.code != 0) json["code"] = e.code;
  if (e.size) json["size"] = *e.size;
  if (e.value) json["value"] = *e.value;
  if (!e.text.empty()) json["text"] = e.text;
  if (!e.detail.empty()) {
    auto detail = Json::parse(e.detail, nullptr, false);
    json["detail"] = detail.is_discarded() ? Json(e.detail) : std::move(detail);
  }
  number("cause", e.cause);
  number("because", e.because);
  json["sentence"] = sentence(run, e);
  return json;
}

}  // namespace mailroom::cli
