// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_copies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect_words.hpp"

namespace mailroom::cli {
namespace {

using trace::Copy;
using trace::CopyEnd;
using trace::CopyId;

Ink ink_of_end(const Copy& copy) {
  switch (copy.end) {
    case CopyEnd::delivered:
      return Ink::good;
    case CopyEnd::none:
      return Ink::warn;
    case CopyEnd::bounced:
    case CopyEnd::discarded:
    case CopyEnd::destroyed:
      return Ink::bad;
    case CopyEnd::relayed:
    case CopyEnd::expanded:
      return Ink::plain;
  }
  return Ink::plain;
}

std::string requeued(const Copy& copy) {
  if (copy.deferrals == 0) return {};
  return copy.deferrals == 1 ? "re-queued once" : fmt::format("re-queued {} times", copy.deferrals);
}

struct Branch {
  Table& table;
  trace::RecipientId above;  // the recipient is told again only where it changes
  std::size_t rows_left = 500;
};

// Of more copies side by side that went well than this, a few are shown.
constexpr std::size_t kMostAlike = 8;
constexpr std::size_t kExamples = 3;

// Whether nothing more is to be said of it than that it arrived: in a mailbox, at the first try of each host.
bool went_well(const trace::World& world, const Copy& copy) {
  const Copy* at = &copy;
  // A damaged file may have a copy that is its own child.
  for (int hops = 0; hops < 1000; ++hops) {
    if (at->deferrals > 0) return false;
    if (at->end == CopyEnd::delivered) return at->children.empty();
    if (at->end != CopyEnd::relayed || at->children.size() != 1) return false;
    at = world.copies.find(at->children.front());
    if (at == nullptr || !at->created) return false;
  }
  return false;
}

// What is shown of copies side by side: all, or if too many of them went well, a few of those.
struct Shown {
  std::vector<CopyId> copies;
  std::size_t left_out = 0;
};

Shown shown_of(const trace::World& world, std::vector<CopyId> copies) {
  const auto is_well = [&](CopyId id) {
    const Copy* copy = world.copies.find(id);
    return copy != nullptr && copy->created && went_well(world, *copy);
  };
  const auto well = static_cast<std::size_t>(std::ranges::count_if(copies, is_well));
  if (well <= kMostAlike) return {std::move(copies)};
  Shown shown;
  std::size_t examples = 0;
  for (const CopyId id : copies) {
    if (is_well(id) && ++examples > kExamples)
      ++shown.left_out;
    else
      shown.copies.push_back(id);
  }
  return shown;
}

std::string left_out_words(std::size_t left_out) {
  return fmt::format("… and {} more, each of them delivered at the first try (--json has them)",
                     counted(static_cast<std::int64_t>(left_out), "copy", "copies"));
}

void add_branch(Run& run, const trace::World& world, CopyId id, const std::string& indent,
                const std::string& tick, Branch& branch);

void add_children(Run& run, const trace::World& world, const Copy& copy, const std::string& indent,
                  Branch& branch) {
  // A long chain of hosts is no deeper than the hop limit lets it be; a damaged file may say anything.
  if (indent.size() >= 300) return;
  const Shown shown = shown_of(world, {copy.children.begin(), copy.children.end()});
  for (std::size_t i = 0; i < shown.copies.size(); ++i) {
    const bool is_last = i + 1 == shown.copies.size() && shown.left_out == 0;
    add_branch(run, world, shown.copies[i], indent, is_last ? "└─ " : "├─ ", branch);
  }
  if (shown.left_out > 0)
    branch.table.add({indent + "└─ …", "", "", {left_out_words(shown.left_out), Ink::dim}});
}

void add_branch(Run& run, const trace::World& world, CopyId id, const std::string& indent,
                const std::string& tick, Branch& branch) {
  const Copy* copy = world.copies.find(id);
  if (copy == nullptr || !copy->created || branch.rows_left == 0) return;
  --branch.rows_left;
  const std::string path = copy->recipient ? run.recipient(copy->recipient) : std::string();
  branch.table.add({fmt::format("{}{}copy {}", indent, tick, id.value),
                    {run.host(copy->host), Ink::name},
                    copy->recipient == branch.above ? std::string() : path,
                    {end_words(*copy), ink_of_end(*copy)}});
  const trace::RecipientId outer = branch.above;
  branch.above = copy->recipient;
  add_children(run, world, *copy,
               tick.empty() ? indent : indent + (tick.starts_with("└") ? "   " : "│  "), branch);
  branch.above = outer;
}

}  // namespace

std::string end_words(const Copy& copy) {
  const std::string reply = quoted_reply(copy.last_code, copy.last_reply);
  const std::string after = copy.deferrals > 0 ? ", after it was " + requeued(copy) : std::string();
  const std::string at = fmt::format("{} at {}", name(copy.end), clock(copy.ended_ns));
  switch (copy.end) {
    case CopyEnd::none: {
      std::string text = "in the queue";
      if (copy.deferrals > 0) text += fmt::format(", {}, last because: {}", requeued(copy), reply);
      if (copy.next_try_ns >= 0) text += fmt::format("; next try at {}", clock(copy.next_try_ns));
      return text;
    }
    case CopyEnd::delivered:
      return fmt::format("{}: mailbox {}, UID {}{}", at, printable(copy.mailbox), copy.uid, after);
    case CopyEnd::relayed:
      return fmt::format("{}: {}{}", at, reply, after);
    case CopyEnd::bounced:
      return fmt::format("{}: {}{}; {}", at, reply, after,
                         copy.bounce ? fmt::format("message {} tells the originator", copy.bounce.value)
                                     : "nobody is told (null reverse-path)");
    case CopyEnd::expanded:
    case CopyEnd::discarded:
    case CopyEnd::destroyed:
      break;
  }
  return fmt::format("{}: {}{}", at, reply, after);
}

void print_copies(Run& run, const trace::Message& message, Terminal& terminal) {
  const trace::World& world = run.world();
  Table table({{.heading = ""}, {.heading = ""}, {.heading = ""}, {.heading = "", .wraps = true}});
  Branch branch{.table = table, .above = {}};
  std::vector<CopyId> roots;
  for (const CopyId id : message.copies) {
    const Copy* copy = world.copies.find(id);
    const Copy* parent = copy != nullptr && copy->parent ? world.copies.find(copy->parent) : nullptr;
    const bool has_parent_here = parent != nullptr && parent->created && parent->message == copy->message;
    if (!has_parent_here) roots.push_back(id);
  }
  const Shown shown = shown_of(world, std::move(roots));
  for (const CopyId id : shown.copies) add_branch(run, world, id, "", "", branch);
  if (shown.left_out > 0) table.add({"…", "", "", {left_out_words(shown.left_out), Ink::dim}});
  table.print(terminal);
  if (branch.rows_left == 0)
    terminal.out << fmt::format("  ({} in all; --json has them)\n",
                                counted(static_cast<std::int64_t>(message.copies.size()), "copy", "copies"));
}

Json copies_json(Run& run, const trace::Message& message) {
  const trace::World& world = run.world();
  Json list = Json::array();
  for (const CopyId id : message.copies) {
    const Copy* copy = world.copies.find(id);
    if (copy == nullptr || !copy->created) continue;
    Json json = {{"copy", id.value},
                 {"parent", copy->parent ? Json(copy->parent.value) : Json(nullptr)},
                 {"host", run.host(copy->host)},
                 {"recipient", copy->recipient ? Json(run.recipient(copy->recipient)) : Json(nullptr)},
                 {"created_s", seconds(copy->created_ns)},
                 {"end", copy->open() ? Json(nullptr) : Json(name(copy->end))},
                 {"ended_s", seconds(copy->ended_ns)},
                 {"deferrals", copy->deferrals},
                 {"next_try_s", copy->open() ? seconds(copy->next_try_ns) : Json(nullptr)},
                 {"code", copy->last_code},
                 {"reply", copy->last_reply}};
    if (copy->end == CopyEnd::delivered) {
      json["mailbox"] = copy->mailbox;
      json["uid"] = copy->uid;
    }
    if (copy->bounce) json["notification"] = copy->bounce.value;
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace mailroom::cli
