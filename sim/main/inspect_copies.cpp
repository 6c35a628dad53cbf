// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_copies.hpp"

#include <fmt/format.h>

#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect_words.hpp"
#include "sim/story/copies.hpp"

namespace mailroom::cli {
namespace {

using trace::Copy;
using trace::CopyEnd;
using trace::CopyId;

struct Branch {
  Table& table;
  trace::RecipientId above;  // the recipient is told again only where it changes
  std::size_t rows_left = 500;
};

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
  const story::Shown shown = story::shown_of(world, {copy.children.begin(), copy.children.end()});
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
                    {story::end_words(*copy), ink_of(story::tone_of(*copy))}});
  const trace::RecipientId outer = branch.above;
  branch.above = copy->recipient;
  add_children(run, world, *copy, tick.empty() ? indent : indent + (tick.starts_with("└") ? "   " : "│  "),
               branch);
  branch.above = outer;
}

}  // namespace

void print_copies(Run& run, const trace::Message& message, Terminal& terminal) {
  const trace::World& world = run.world();
  Table table({{.heading = ""}, {.heading = ""}, {.heading = ""}, {.heading = "", .wraps = true}});
  Branch branch{.table = table, .above = {}};
  const story::Shown shown = story::shown_of(world, story::roots_of(world, message));
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
