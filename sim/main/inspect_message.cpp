// SPDX-License-Identifier: GPL-2.0-only
// `inspect --message`: the whole story of one message, hop by hop.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include "protocols/message/header.hpp"
#include "sim/main/cli.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/inspect_copies.hpp"
#include "sim/main/inspect_report.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/main/inspect_words.hpp"
#include "sim/story/story.hpp"

namespace mailroom::cli {
namespace {

using story::Story;
using trace::Kind;
using trace::StoredEvent;

const StoredEvent* composing(const Story& story) {
  for (const StoredEvent& e : story.events)
    if (e.kind == Kind::message_composed) return &e;
  return nullptr;
}

std::optional<std::string> subject_of(Run& run, trace::ContentId content) {
  if (!content) return std::nullopt;
  const auto octets = must(run.reader().content(content));
  if (!octets) return std::nullopt;
  const message::Header header(*octets);
  const message::Field* subject = header.find("Subject");
  if (subject == nullptr) return std::nullopt;
  return subject->unfolded();
}

constexpr std::size_t kMostRecipients = 20;  // named in the heading

void print_heading(Run& run, const Story& story, const trace::Message& message, Terminal& terminal) {
  fmt::print(terminal.out, "{}  {}\n", dyed(terminal, Ink::strong, numbered("Message", story.message.value)),
             printable(message.message_id));
  Table table({{.heading = ""}, {.heading = "", .wraps = true}});
  const StoredEvent* made = composing(story);
  if (made != nullptr) {
    const auto from = detail_texts(made->detail, "from");
    if (!from.empty())
      table.add({{"envelope from", Ink::dim}, from.front().empty() ? "<>" : printable(from.front())});
    std::string to;
    const std::vector<std::string> paths = detail_texts(made->detail, "to");
    for (std::size_t i = 0; i < paths.size() && i < kMostRecipients; ++i)
      to += (i == 0 ? "" : ", ") + printable(paths[i]);
    if (paths.size() > kMostRecipients)
      to += fmt::format(" and {} more", grouped(static_cast<std::int64_t>(paths.size() - kMostRecipients)));
    if (!to.empty()) table.add({{"envelope to", Ink::dim}, to});
  }
  if (const auto subject = subject_of(run, message.content))
    table.add({{"subject", Ink::dim}, printable_beginning(*subject)});
  if (message.size_bytes > 0) table.add({{"size", Ink::dim}, counted(message.size_bytes, "octet")});
  if (message.bounce_of) {
    const trace::Copy* copy = run.world().copies.find(message.bounce_of);
    std::string text = fmt::format("copy {} bounced", message.bounce_of.value);
    if (copy != nullptr && copy->message)
      text = fmt::format("message {} bounced at {} ({})", copy->message.value, run.host(copy->host), text);
    table.add({{"tells that", Ink::dim}, text});
  }
  add_report(run, message, table);
  table.print(terminal);
}

// What the story leaves out because another line says it: the storing of a delivered copy, the sum of an
// attempt whose copies each have a line, and a connection's ordinary life.
bool is_told(const StoredEvent& e) {
  switch (e.kind) {
    case Kind::mailbox_appended:
    case Kind::attempt_ended:
    case Kind::connection_established:
    case Kind::connection_closed:
      return false;
    default:
      return true;
  }
}

// Events of many copies that are one step of a host: a list that becomes its members, a message that enters
// twenty mailboxes. The first of them stands for all.
struct Alike {
  const StoredEvent* first;
  const StoredEvent* last;
  std::int64_t more = 0;  // not told one by one
};

constexpr std::int64_t kFewAlike = 4;  // so many are told one by one

std::vector<Alike> alike(const Story& story) {
  std::vector<Alike> groups;
  const auto is_same_step = [](const StoredEvent& a, const StoredEvent& b) {
    return a.copy && a.kind == b.kind && a.host == b.host && a.time_ns == b.time_ns && a.code == b.code &&
           (a.kind == Kind::copy_created || a.kind == Kind::copy_delivered || a.kind == Kind::copy_relayed);
  };
  std::vector<Alike> step;
  const auto finish = [&] {
    if (static_cast<std::int64_t>(step.size()) <= kFewAlike) {
      groups.insert(groups.end(), step.begin(), step.end());
    } else {
      groups.push_back({step.front().first, step.back().first, static_cast<std::int64_t>(step.size()) - 1});
    }
    step.clear();
  };
  for (const StoredEvent& e : story.events) {
    if (!is_told(e)) continue;
    if (!step.empty() && !is_same_step(*step.back().first, e)) finish();
    step.push_back({&e, &e});
  }
  finish();
  return groups;
}

std::string more_copies(const Alike& group) {
  return fmt::format("{}, up to copy {}", counted(group.more, "other copy", "other copies"),
                     group.last->copy.value);
}

void print_events(Run& run, const Story& story, Terminal& terminal) {
  Table table({{.heading = "time"},
               {.heading = "later by", .align = Column::Align::right},
               {.heading = "host"},
               {.heading = "what happened", .wraps = true}});
  std::int64_t before_ns = -1;
  const std::vector<Alike> groups = alike(story);
  for (const Alike& group : groups) {
    const StoredEvent& e = *group.first;
    const std::int64_t delta_ns = before_ns < 0 ? 0 : e.time_ns - before_ns;
    before_ns = e.time_ns;
    table.add({{clock(e.time_ns), Ink::dim},
               delta_ns == 0 ? std::string() : duration(delta_ns),
               {run.host(e.host), Ink::name},
               {sentence(run, e), ink_of(e.kind)}});
    if (group.more > 0)
      table.add({"", "", "", {fmt::format("… and the same of {}", more_copies(group)), Ink::dim}});
  }
  fmt::print(terminal.out, "\n{}\n", dyed(terminal, Ink::strong, "Story"));
  table.print(terminal);
}

void print_flights(Run& run, const Story& story, Terminal& terminal) {
  if (story.flights.empty()) return;
  using Align = Column::Align;
  Table table({{.heading = "link"},
               {.heading = "from"},
               {.heading = "to"},
               {.heading = "first bit out"},
               {.heading = "last bit in"},
               {.heading = "took", .align = Align::right},
               {.heading = "octets", .align = Align::right},
               {.heading = "frames lost", .align = Align::right}});
  for (const trace::Flight& f : story.flights) {
    const bool arrived = f.last_bit_in_ns >= 0;
    table.add({run.link(f.link),
               {run.host(f.from), Ink::name},
               {run.host(f.to), Ink::name},
               clock(f.first_bit_out_ns),
               {clock(f.last_bit_in_ns), arrived ? Ink::plain : Ink::bad},
               arrived ? duration(f.last_bit_in_ns - f.first_bit_out_ns) : std::string(),
               grouped(f.bytes),
               {grouped(f.drops), f.drops > 0 ? Ink::warn : Ink::dim}});
  }
  fmt::print(terminal.out, "\n{}\n", dyed(terminal, Ink::strong, "Flights (its octets over each link)"));
  table.print(terminal);
}

void print_more(Run& run, const Story& story, Terminal& terminal) {
  if (!run.records(trace::Level::mail)) {
    fmt::print(terminal.out, "\nQueues, attempts, connections and flights are not in this file: {}.\n",
               record_again(run, trace::Level::mail));
    return;
  }
  std::vector<Suggestion> next;
  const auto suggest = [&](const char* question, std::int64_t number, std::string purpose) {
    next.push_back({fmt::format("mailroom inspect {} {} {}", printable(run.file()), question, number),
                    std::move(purpose)});
  };
  if (run.records(trace::Level::full))
    for (const trace::SessionId id : story.sessions) {
      const trace::SessionState* session = run.world().sessions.find(id);
      if (next.size() >= 4 || session == nullptr || session->sender.opened_ns < 0) continue;
      const std::string sender = run.host(session->sender.host);
      suggest("--session", id.value,
              session->receiver.host
                  ? fmt::format("the dialogue of {} and {}", sender, run.host(session->receiver.host))
                  : fmt::format("the dialogue that {} waited for", sender));
    }
  for (const StoredEvent& e : story.events) {
    if (e.kind != Kind::copy_deferred && e.kind != Kind::copy_bounced) continue;
    const char* what = e.kind == Kind::copy_deferred ? "was re-queued" : "bounced";
    suggest("--why", e.id.value, fmt::format("why copy {} {}", e.copy.value, what));
    break;
  }
  for (const StoredEvent& e : story.events)
    if (e.kind == Kind::copy_bounced && e.value.value_or(0) != 0) {
      suggest("--message", *e.value, "what the originator is told");
      break;
    }
  print_suggestions(terminal, next);
}

Json message_json(Run& run, const Story& story, const trace::Message& message) {
  Json json = {{"message", story.message.value},
               {"message_id", message.message_id},
               {"host", run.host(message.host)},
               {"composed_s", seconds(message.composed_ns)},
               {"size", message.size_bytes}};
  if (const StoredEvent* made = composing(story)) {
    const auto from = detail_texts(made->detail, "from");
    json["from"] = from.empty() ? Json(nullptr) : Json(from.front());
    json["to"] = detail_texts(made->detail, "to");
  }
  const auto subject = subject_of(run, message.content);
  json["subject"] = subject ? Json(*subject) : Json(nullptr);
  json["bounce_of_copy"] = message.bounce_of ? Json(message.bounce_of.value) : Json(nullptr);
  json["report"] = report_json(run, message);
  json["copies"] = copies_json(run, message);
  json["sessions"] = Json::array();
  for (const trace::SessionId session : story.sessions) json["sessions"].push_back(session.value);
  json["events"] = Json::array();
  for (const StoredEvent& e : story.events) json["events"].push_back(to_json(run, e));
  json["flights"] = Json::array();
  for (const trace::Flight& f : story.flights)
    json["flights"].push_back({{"link", run.link(f.link)},
                               {"from", run.host(f.from)},
                               {"to", run.host(f.to)},
                               {"first_bit_out_s", seconds(f.first_bit_out_ns)},
                               {"last_bit_in_s", seconds(f.last_bit_in_ns)},
                               {"octets", f.bytes},
                               {"frames_lost", f.drops}});
  return json;
}

std::string which_messages_there_are(Run& run) {
  const std::int64_t count = run.world().messages.size();
  if (count == 0) return "no message was composed in this run";
  return fmt::format(
      "messages are numbered from 1 to {}; 'mailroom inspect {} --events --kind message.composed' lists them",
      count, printable(run.file()));
}

}  // namespace

int inspect_message(Run& run, const InspectOptions& options, Terminal& terminal) {
  const std::vector<trace::MessageId> messages = story::messages_named(run.world(), options.message);
  if (messages.empty())
    return complain(terminal, kUsage,
                    fmt::format("there is no message '{}' in this run; {}", printable(options.message),
                                which_messages_there_are(run)));
  Json answers = Json::array();
  for (const trace::MessageId id : messages) {
    const Story story = must(story::story_of(run.reader(), id));
    const trace::Message message = *run.world().messages.find(id);
    if (options.json) {
      answers.push_back(message_json(run, story, message));
      continue;
    }
    if (id != messages.front()) terminal.out << '\n';
    print_heading(run, story, message, terminal);
    print_events(run, story, terminal);
    fmt::print(terminal.out, "\n{}\n",
               dyed(terminal, Ink::strong, "Copies (who was responsible, and how it ended)"));
    print_copies(run, message, terminal);
    print_flights(run, story, terminal);
    print_more(run, story, terminal);
  }
  if (options.json) print_json(terminal, answers.size() == 1 ? answers.front() : answers);
  return kDone;
}

}  // namespace mailroom::cli
